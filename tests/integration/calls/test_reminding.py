"""Reminders: only to those who have not answered, by mail once a day, each of them written down."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.letters import Site
from marketplace.calls import exports, queries, reminding, service
from marketplace.calls.models import Call, CallReminder
from marketplace.core.clock import day_of, end_of
from marketplace.core.errors import Refusal
from marketplace.firms import contacts, prefilled
from marketplace.firms.models import Firm
from marketplace.firms.prefilled import Prefilled
from marketplace.mail.models import MailMessage
from tests.integration.calls.conftest import DUE, MACHINE, NOW, House

LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)
SITE = Site("链桥", "https://lianqiao.example")
LINK = "https://lianqiao.example/calls/1"


def mail_all(house: House, call: Call, who: str = "bureau", now=LATER) -> None:  # type: ignore[no-untyped-def]
    after: int | None = 0
    while after is not None:
        after = reminding.mail_some(
            house.session, house.people[who], call.id, None, after=after, link=LINK, site=SITE, now=now
        )


def mails(house: House) -> list[tuple[str, str]]:
    rows = house.session.scalars(select(MailMessage).order_by(MailMessage.id))
    return [(row.recipient, row.subject) for row in rows if row.kind == "call_reminder"]


def reminders(house: House, channel: str) -> list[int]:
    statement = select(CallReminder.firm_id).where(CallReminder.channel == channel)
    return sorted(house.session.scalars(statement))


@pytest.mark.parametrize("at_once", [1, 200])
def test_mail_goes_to_those_who_have_not_answered_and_once_a_day(
    house: House, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "AT_ONCE", at_once)
    call = house.open(asks_capabilities=False)
    house.hand_in_need("gamma", LATER)
    mail_all(house, call)
    # Beta is claimed by nobody: there is no address, and no row that says it was reminded.
    assert [recipient for recipient, _ in mails(house)] == [
        "alpha@lianqiao.example",
        "delta@lianqiao.example",
    ]
    assert reminders(house, "mail") == sorted([house.firms["alpha"], house.firms["delta"]])
    other = house.open(asks_capabilities=False)
    mail_all(house, call)
    mail_all(house, other, who="near")
    assert len(mails(house)) == 2
    mail_all(house, call, now=LATER + DAY)
    assert len(mails(house)) == 4


def test_the_database_refuses_a_second_mail_of_the_day(house: House) -> None:
    call = house.open()
    mail_all(house, call)
    second = CallReminder(
        call_id=call.id, firm_id=house.firms["alpha"], channel="mail", at=LATER, day=day_of(LATER)
    )
    with pytest.raises(IntegrityError), house.session.begin_nested():
        house.session.add(second)
        house.session.flush()


def test_the_mail_says_what_and_by_when_that_it_is_free_and_how_to_verify(house: House) -> None:
    call = house.open(number="示例〔2026〕7号", asks_needs=False)
    mail_all(house, call)
    row = house.session.scalars(select(MailMessage).where(MailMessage.kind == "call_reminder")).first()
    assert row is not None
    assert "2026年11月30日" in row.subject
    for text in (row.text, row.html or ""):
        for told in ("示例alpha有限公司", "能力", "示例〔2026〕7号", LINK, "免费", "如何核实"):
            assert told in text, told
    mail_all(house, call, now=end_of(DUE))
    late = house.session.scalars(select(MailMessage).order_by(MailMessage.id.desc())).first()
    assert late is not None
    assert late.subject.startswith("已过截止日期")


def test_a_town_mails_its_own_firms_only(house: House) -> None:
    mail_all(house, house.open(), who="near")
    assert [recipient for recipient, _ in mails(house)] == ["alpha@lianqiao.example"]


def test_nobody_is_reminded_of_what_has_ended(house: House) -> None:
    call = house.open()
    service.close(house.session, house.people["bureau"], call.id, now=LATER)
    with pytest.raises(Refusal, match=r"calls\.ended"):
        mail_all(house, call)
    with pytest.raises(Refusal, match=r"calls\.ended"):
        reminding.note_group(house.session, house.people["bureau"], call.id, None, now=LATER)


def test_a_group_reminds_whoever_has_not_answered(house: House) -> None:
    call = house.open(asks_capabilities=False)
    house.hand_in_need("alpha", LATER)
    assert reminding.note_group(house.session, house.people["bureau"], call.id, None, now=LATER) == 3
    assert reminders(house, "group") == sorted(house.firms[name] for name in ("beta", "gamma", "delta"))


def test_what_came_of_a_call_is_noted(house: House) -> None:
    call, bureau, beta = house.open(), house.people["bureau"], house.firms["beta"]
    with pytest.raises(Refusal, match=r"calls\.outcome_missing"):
        reminding.note_call(house.session, bureau, call.id, beta, outcome="", now=LATER)
    for by in (None, day_of(NOW) - DAY):
        with pytest.raises(Refusal, match=r"calls\.report_by_missing"):
            reminding.note_call(
                house.session, bureau, call.id, beta, outcome="will_report", report_by=by, now=LATER
            )
    reminding.note_call(house.session, bureau, call.id, beta, outcome="not_reached", now=LATER)
    reminding.note_call(
        house.session, bureau, call.id, beta, outcome="will_report", report_by=DUE, note="下午再打", now=LATER
    )
    last = queries.last_reminders(house.session, call.id, [beta])[beta]
    assert (last.outcome, last.report_by, last.note) == ("will_report", DUE, "下午再打")
    assert exports.reminder_in_words(last, "zh") == "2026-11-23 电话答应 2026-11-30 前报"
    assert len(queries.reminders_of(house.session, beta)) == 2


def test_the_sheet_names_business_lines_and_people_who_agreed_and_nobody_else(house: House) -> None:
    call = house.open()
    for name, mobile, consent in (("alpha", "13800000001", True), ("gamma", "13800000002", False)):
        contacts.add_contact(
            house.session, house.people[name], house.firms[name], name=f"示例{name}", title=None, mobile=mobile,
            email=None, consent=consent, now=NOW,
        )  # fmt: skip
    content = exports.call_sheet(house.session, house.people["bureau"], call, None, locale="zh")
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    rows = {str(row[0]): row for row in sheet.iter_rows(values_only=True) if row[0] and "示例" in str(row[0])}
    assert set(rows) == {f"示例{name}有限公司" for name in house.firms}
    assert rows["示例alpha有限公司"][2:4] == ("13800000001", "示例alpha")
    assert rows["示例beta有限公司"][2] == "0375-0000000"
    assert not rows["示例gamma有限公司"][2]
    assert "13800000002" not in str(list(rows.values()))
    assert rows["示例beta有限公司"][4] == "需求、能力"
    assert rows["示例delta有限公司"][1] == "示例区局"
    # Whom a roster names is called from the page, and leaves it in no file.
    unclaimed = house.session.get_one(Firm, house.firms["delta"])
    unclaimed.claimed_at = None
    prefilled.set_contact(
        house.session,
        MACHINE,
        house.firms["delta"],
        Prefilled("示例丁", "13800000004"),
        source="示例名册",
        now=NOW,
    )
    house.session.flush()
    shown = {line.firm_id: line for line in exports.lines(house.session, house.people["bureau"], call, None)}
    assert shown[house.firms["delta"]].phone == "13800000004"
    again = exports.call_sheet(house.session, house.people["bureau"], call, None, locale="zh")
    taken = load_workbook(BytesIO(again)).active
    assert taken is not None
    assert "13800000004" not in str(list(taken.iter_rows(values_only=True)))
    town = exports.lines(house.session, house.people["near"], call, None)
    assert {line.firm_id for line in town} == {house.firms["alpha"], house.firms["beta"]}
