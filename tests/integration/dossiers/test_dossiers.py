"""One file per firm: who reads it, what of it, and that three rows cost no more queries than one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, event, select

from marketplace.calls import reminding, service
from marketplace.capabilities.models import Capability
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import Database
from marketplace.dossiers import parts, rules
from marketplace.firms import queries as firms
from marketplace.firms.models import Firm, FirmMember
from marketplace.firms.rules import FirmView
from marketplace.needs.models import Need
from tests.integration.calls.conftest import MACHINE, NOW, House
from tests.integration.core.district import HERE, ROLES, account_of, visit

LATER = NOW + timedelta(hours=1)


def read(
    house: House, who: Actor, part: str, firm: str = "alpha", before: int | None = None
) -> list[parts.Line]:
    record = house.session.get_one(Firm, house.firms[firm])
    reader = parts.reader_of(who, record, LATER, "zh")
    return parts.lines_of(house.session, reader, record, part, before)[0]


def test_the_file_is_for_its_people_and_those_who_look_after_it(house: House) -> None:
    alpha = firms.view_of(house.session.get_one(Firm, house.firms["alpha"]))
    account = house.people["bureau"].account_id
    cast = {
        **house.people,
        "anonymous": ANONYMOUS,
        "newcomer": Actor(account_id=account),
        "machine": MACHINE,
        "administrator": Actor(account_id=account, administrator=True),
        "viewer": Actor(account_id=account, firm_roles={alpha.firm_id: "viewer"}),
        "far filling in": replace(house.people["far"], acting_for=alpha.firm_id),
        "nobody filling in": Actor(account_id=account, acting_for=alpha.firm_id),
    }
    assert {who for who, actor in cast.items() if rules.may_read(actor, alpha)} == {
        "alpha", "viewer", "near", "bureau", "administrator", "machine", "far filling in",
    }  # fmt: skip
    assert rules.may_read(house.people["near"], FirmView(1, None, True, False)) is False
    assert set(rules.parts_for(False)) == set(rules.PARTS) - rules.INTERNAL


def test_the_firm_reads_what_it_was_sent_and_no_note_of_the_bureaus(house: House) -> None:
    call, bureau, alpha = house.open(), house.people["bureau"], house.firms["alpha"]
    reminding.note_call(
        house.session, bureau, call.id, alpha, outcome="not_reached", note="老板出差，改日再打", now=LATER
    )
    reminding.note_group(house.session, bureau, call.id, None, now=LATER)
    by_staff = read(house, bureau, "reminders")
    assert {(line.state, line.detail) for line in by_staff} == {
        ("2026-11-23 微信群", ""), ("2026-11-23 电话没打通", "老板出差，改日再打"),
    }  # fmt: skip
    by_firm = read(house, house.people["alpha"], "reminders")
    assert [line.state for line in by_firm] == ["2026-11-23 微信群"]
    assert [line.state for line in read(house, house.people["alpha"], "calls")] == ["未报"]
    service.cancel(house.session, bureau, call.id, reason="示例", now=LATER)
    assert read(house, house.people["alpha"], "calls") == []
    assert read(house, house.people["alpha"], "reminders") == []


def test_lists_go_on_by_key_and_say_who_said_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "AT_ONCE", 2)
    made = [house.hand_in_need("alpha", NOW) for _ in range(3)]
    bureau = house.people["bureau"]
    first = read(house, bureau, "needs")
    assert [line.key for line in first] == [made[2], made[1]]
    assert {line.source for line in first} == {"部门代填"}
    assert [line.key for line in read(house, bureau, "needs", before=first[-1].key)] == [made[0]]
    house.open()
    house.open()
    house.open()
    calls = read(house, bureau, "calls")
    assert len(calls) == 2
    assert len(read(house, bureau, "calls", before=calls[-1].key)) == 1


# ---------------------------------------------------------------- pages
def database_of(app: Flask) -> Database:
    found: Database = app.extensions["lianqiao.database"]
    return found


def firm_of(app: Flask, role: str) -> int:
    with database_of(app).reading() as session:
        account = account_of(session, str(ROLES[role]))
        return session.scalars(select(FirmMember.firm_id).where(FirmMember.account_id == account.id)).one()


@pytest.mark.slow
def test_the_page_is_one_paper_and_foreign_files_are_not_found(district_site: Flask) -> None:
    firm_id, other = firm_of(district_site, "supplier"), firm_of(district_site, "buyer")
    for role, status in (
        ("supplier", 200), ("bureau", 200), ("admin", 200), ("buyer", 404), ("newcomer", 404), ("anonymous", 404),
    ):  # fmt: skip
        answer = visit(district_site, role).get(f"/dossiers/{firm_id}", base_url=HERE)
        assert answer.status_code == status, role
        part = visit(district_site, role).get(f"/dossiers/{firm_id}/needs", base_url=HERE)
        assert part.status_code == status, role
    own = visit(district_site, "supplier").get(f"/dossiers/{firm_id}", base_url=HERE).text
    for told in ("统一社会信用代码", "资质与认定", "推荐对接与答复", "征集与答复", "档案变更", "部门代填"):
        assert told in own, told
    assert "名册写入的内容" not in own
    assert (
        visit(district_site, "supplier").get(f"/dossiers/{firm_id}/rosters", base_url=HERE).status_code == 404
    )
    staff = visit(district_site, "bureau").get(f"/dossiers/{firm_id}", base_url=HERE).text
    assert "名册写入的内容" in staff
    # Its people's addresses are the firm's own to read; the paper that staff carry names none without consent.
    assert visit(district_site, "buyer").get(f"/dossiers/{other}", base_url=HERE).status_code == 200


@pytest.mark.slow
def test_one_row_and_three_cost_the_same(own_site: Flask) -> None:
    database = database_of(own_site)
    counts = {}
    firm_id = firm_of(own_site, "supplier")
    with database.unit_of_work() as session:
        for number in range(3):
            session.add(Capability(firm_id=firm_id, product=f"示例{number}", created_at=NOW, updated_at=NOW))
            session.add(
                Need(firm_id=firm_id, title=f"示例{number}", created_at=NOW, updated_at=NOW, valid_until=date(2027, 1, 1))
            )  # fmt: skip
    for kept in (3, 1):
        found: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            found.append(statement)  # noqa: B023

        client = visit(own_site, "bureau")
        client.get(f"/dossiers/{firm_id}", base_url=HERE)
        event.listen(database.engine, "before_cursor_execute", note)
        assert client.get(f"/dossiers/{firm_id}", base_url=HERE).status_code == 200
        event.remove(database.engine, "before_cursor_execute", note)
        counts[kept] = len(found)
        with database.unit_of_work() as session:
            for model, title in ((Need, Need.title), (Capability, Capability.product)):
                session.execute(delete(model).where(model.firm_id == firm_id, title.in_(["示例1", "示例2"])))
    assert counts[1] == counts[3]
