"""Pages of calls in a lived-in district: staff open, read and remind; a firm answers; nothing foreign is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, true

from marketplace.assembly import build_worker
from marketplace.calls import exports, queries
from marketplace.calls.models import Call, CallDeclaration, CallFirm, CallReminder
from marketplace.core.audit import AuditEntry
from marketplace.core.clock import day_of, utc_now
from marketplace.core.db import Database
from marketplace.firms.models import Firm, FirmMember
from marketplace.mail.models import MailMessage
from tests.integration.core.district import HERE, ROLES, Place, account_of, visit

pytestmark = pytest.mark.slow


def database_of(app: Flask) -> Database:
    found: Database = app.extensions["lianqiao.database"]
    return found


def the_call(app: Flask) -> int:
    with database_of(app).reading() as session:
        return session.scalars(select(Call.id).order_by(Call.id)).one()


def firm_of(app: Flask, role: str) -> int:
    with database_of(app).reading() as session:
        account = account_of(session, str(ROLES[role]))
        return session.scalars(select(FirmMember.firm_id).where(FirmMember.account_id == account.id)).one()


def page(app: Flask, role: str, path: str, status: int = 200, locale: str = "zh") -> str:
    answer = visit(app, role, locale=locale).get(path, base_url=HERE)
    assert answer.status_code == status, (role, path)
    return answer.text


@pytest.fixture
def site(own_site: Flask) -> Flask:
    own_site.config["WTF_CSRF_ENABLED"] = False
    return own_site


def post(app: Flask, role: str, path: str, **form: object) -> str:
    answer = visit(app, role).post(path, data=form, base_url=HERE, follow_redirects=True)
    assert answer.status_code in (200, 422), (path, answer.status_code)
    return answer.text


def test_staff_count_first_then_open_and_firms_see_it_on_their_first_page(site: Flask) -> None:
    form = {"title": "补充征集（示例）", "due_on": (day_of(utc_now()) + timedelta(days=5)).isoformat()}
    form |= {"asks_needs": "y", "chain_key": "nylon"}
    assert "还没有发出" in post(site, "bureau", "/calls/new", **form, action="save")
    with database_of(site).reading() as session:
        assert len(session.scalars(select(Call)).all()) == 1
    assert "还没有选企业" in post(site, "bureau", "/calls/new", **{**form, "chain_key": ""}, action="submit")
    shown = post(site, "bureau", "/calls/new", **form, action="submit")
    assert "征集已发出" in shown
    assert "补充征集（示例）" in page(site, "buyer", "/")
    assert "补充征集（示例）" in page(site, "buyer", "/calls/")
    assert "Calls that wait" in page(site, "buyer", "/", locale="en")


def test_a_firm_says_that_it_has_none_and_takes_it_back(site: Flask) -> None:
    call_id, firm_id = the_call(site), firm_of(site, "supplier")
    path = f"/calls/{call_id}"
    shown = page(site, "supplier", path)
    assert "没有可报的" in shown
    assert "电话催报表" not in shown
    for kind in ("needs", "capabilities"):
        where = f"{path}/firms/{firm_id}/none/{kind}"
        assert "请选一个原因" in post(site, "supplier", where, reason="")
        assert "已记下" in post(site, "supplier", where, reason="none_now", note="十二月再报")
    with database_of(site).reading() as session:
        assert len(session.scalars(select(CallDeclaration)).all()) == 2
    assert "尼龙新材料产业链供需征集（示例）" not in page(site, "supplier", "/")
    assert "已撤回" in post(site, "supplier", f"{path}/firms/{firm_id}/some/needs")
    other = firm_of(site, "buyer")
    answer = visit(site, "supplier").post(
        f"{path}/firms/{other}/none/needs", data={"reason": "none_now"}, base_url=HERE
    )
    assert answer.status_code == 404


def test_nobody_else_finds_it(site: Flask) -> None:
    call_id = the_call(site)
    for role in ("newcomer", "anonymous"):
        page(site, role, f"/calls/{call_id}", 404)
    for part in ("sheet", "remind/group"):
        page(site, "supplier", f"/calls/{call_id}/{part}", 403)
    with database_of(site).unit_of_work() as session:
        session.execute(delete(CallFirm).where(CallFirm.firm_id == firm_of(site, "supplier")))
    page(site, "supplier", f"/calls/{call_id}", 404)


def test_mails_go_out_by_the_worker_and_the_group_text_and_the_sheet_are_there(
    site: Flask, own_district: Place
) -> None:
    call_id = the_call(site)
    assert "正在逐家发催报邮件" in post(site, "bureau", f"/calls/{call_id}/remind/mail")
    worker = build_worker(own_district.settings())
    while worker.work_one_job():
        pass
    with database_of(site).reading() as session:
        mailed = set(session.scalars(select(CallReminder.firm_id).where(CallReminder.channel == "mail")))
        queued = session.scalars(select(MailMessage).where(MailMessage.kind == "call_reminder")).all()
    assert mailed <= {firm_of(site, "buyer"), firm_of(site, "supplier")}
    assert len(queued) == len(mailed) >= 1
    assert f"{HERE}/calls/{call_id}" in queued[0].text
    worker.context.database.dispose()
    text = page(site, "bureau", f"/calls/{call_id}/remind/group?names=1")
    for told in ("免费", "核实方法", f"{HERE}/calls/{call_id}", "还没有报的："):
        assert told in text
    assert "微信群里提醒了" in post(site, "bureau", f"/calls/{call_id}/remind/group")
    assert "电话催报表" in page(site, "bureau", f"/calls/{call_id}/sheet")
    sheet = visit(site, "bureau").post(f"/calls/{call_id}/sheet.xlsx", base_url=HERE)
    assert sheet.data[:2] == b"PK"


def test_nobody_waits_while_a_sheet_of_numbers_is_written_out(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who took it is on record by then, and the database is anybody's to write to."""
    call_id, recorded, made = the_call(site), [], exports.call_sheet

    def call_sheet(*args: Any, **values: Any) -> bytes:
        with database_of(site).unit_of_work() as session:
            entries = select(AuditEntry.action).where(AuditEntry.action == "call.sheet")
            recorded.extend(session.scalars(entries))
        return made(*args, **values)

    monkeypatch.setattr(exports, "call_sheet", call_sheet)
    sheet = visit(site, "bureau").post(f"/calls/{call_id}/sheet.xlsx", base_url=HERE)
    assert sheet.status_code == 200 and sheet.data[:2] == b"PK"
    assert recorded == ["call.sheet"]


def test_further_firms_are_counted_first_then_asked(site: Flask) -> None:
    call_id = the_call(site)
    path = f"/calls/{call_id}/more"
    with database_of(site).unit_of_work() as session:
        firm_id = firm_of(site, "supplier")
        session.execute(delete(CallDeclaration).where(CallDeclaration.firm_id == firm_id))
        session.execute(delete(CallFirm).where(CallFirm.firm_id == firm_id))
    assert f'href="{path}"' in page(site, "bureau", f"/calls/{call_id}")
    assert "还没有选企业" in post(site, "bureau", path)
    assert "还没有征集过的有" in post(site, "bureau", path, everyone="y", action="save")
    assert "又征集了" in post(site, "bureau", path, everyone="y")
    assert "符合条件的企业都已经征集过了" in post(site, "bureau", path, everyone="y")
    with database_of(site).reading() as session:
        assert session.get(CallFirm, (call_id, firm_id)) is not None
    page(site, "supplier", path, 403)
    page(site, "town", path, 403)
    post(site, "bureau", f"/calls/{call_id}/close")
    assert "不能再改" in page(site, "bureau", path, 400)


def test_those_whom_no_mail_reaches_are_counted_where_mails_are_sent(site: Flask) -> None:
    """Where it reaches nobody, no mail is offered: the group's text is the first thing to do."""
    call_id = the_call(site)
    address = f"/calls/{call_id}"
    with database_of(site).unit_of_work() as session:
        some = queries.unmailable(session, session.get_one(Call, call_id), true())
    assert (
        f"其中 {some} 家没有可用的邮箱" in (shown := page(site, "bureau", address)) and "remind/mail" in shown
    )
    assert f"{some} of them have no usable e-mail address" in page(site, "bureau", address, locale="en")
    with database_of(site).unit_of_work() as session:
        session.execute(delete(FirmMember))
        call = session.get_one(Call, call_id)
        assert some < queries.tally_of(session, call, true()).unanswered
    shown = page(site, "bureau", address)
    assert "这些企业都没有可用的邮箱" in shown and "remind/mail" not in shown
    assert "btn btn-primary" in shown.partition("remind/group")[0].rpartition("<a ")[2]
    assert "None of these firms has a usable e-mail address" in page(site, "bureau", address, locale="en")


def test_a_town_reads_its_own_firms_only(site: Flask) -> None:
    call_id = the_call(site)
    with database_of(site).reading() as session:
        town = account_of(session, str(ROLES["town"])).office_membership
        assert town is not None
        rows = session.execute(
            select(Firm.legal_name, Firm.office_id)
            .join(CallFirm, CallFirm.firm_id == Firm.id)
            .where(CallFirm.call_id == call_id)
        ).all()
        own = {row.legal_name for row in rows if row.office_id == town.office_id}
        foreign = {row.legal_name for row in rows} - own
    assert own
    assert foreign
    for path in (
        f"/calls/{call_id}?tab=all",
        f"/calls/{call_id}/sheet",
        f"/calls/{call_id}/remind/group?names=1",
    ):
        shown = page(site, "town", path)
        assert not [name for name in foreign if name in shown], path
    assert [name for name in own if name in page(site, "town", f"/calls/{call_id}?tab=all")]


def statements(app: Flask, role: str, path: str) -> int:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    engine = database_of(app).engine
    page(app, role, path)  # what is kept in memory is there from now on
    event.listen(engine, "before_cursor_execute", note)
    page(app, role, path)
    event.remove(engine, "before_cursor_execute", note)
    return len(found)


def test_one_firm_and_three_cost_the_same(site: Flask) -> None:
    call_id = the_call(site)
    counts = {}
    with database_of(site).reading() as session:
        firms = list(session.scalars(select(CallFirm.firm_id).where(CallFirm.call_id == call_id)))
    assert len(firms) >= 3
    for kept in (3, 1):
        with database_of(site).unit_of_work() as session:
            session.execute(delete(CallFirm).where(CallFirm.firm_id.in_(firms[kept:])))
        counts[kept] = [
            statements(site, "bureau", f"/calls/{call_id}?tab=all"),
            statements(site, "bureau", f"/calls/{call_id}/sheet"),
        ]
    assert counts[1] == counts[3]
