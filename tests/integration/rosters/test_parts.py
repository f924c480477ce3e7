"""Rows go onto the records many at a time: no question per row, and one row's refusal holds up no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from marketplace.assembly import build_worker
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.certifications.models import Certification
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.firms.models import Firm, PrefilledContact
from marketplace.rosters import pen, undoing, writing
from marketplace.settings import Settings
from marketplace.worker import Worker
from tests.integration.rosters.conftest import NOW, Desk, code, roster
from tests.integration.rosters.test_preview import put
from tests.integration.rosters.test_writing import MACHINE, count, firm


@contextmanager
def questions(database: Database) -> Iterator[list[str]]:
    """Every statement but the inserts, which SQLite wants one by one for their numbers."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("INSERT"):
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def lines(begin: int, rows: int, product: str) -> list[str]:
    """Half of them firms on file, half new ones, each with a tier and somebody to call."""
    return [
        f"示例第{n}号配套有限公司,{code(n)},{product},专精特新中小企业,第三批,2025-01-01,2027-12-31,示例镇,382,示例{n},1380000{n:04d}"
        for n in range(begin, begin + rows)
    ]


def test_writing_and_undoing_ask_as_much_for_twelve_rows_as_for_four(desk: Desk, database: Database) -> None:
    asked: dict[int, tuple[int, int]] = {}
    for rows, begin in ((4, 100), (12, 200)):
        for n in range(begin, begin + rows // 2):
            put(database, f"示例第{n}号配套有限公司", n, main_product="旧")
        desk.bring(roster(*lines(begin, rows, "新")))
        desk.post("confirm")
        with questions(database) as writing_asked:
            desk.work()
        desk.post("undo")
        with questions(database) as undoing_asked:
            desk.work()
        asked[rows] = len(writing_asked), len(undoing_asked)
        assert desk.roster().undone_at is not None and not any(one.kept for one in desk.effects())
    assert asked[4] == asked[12]
    assert count(database, Firm) == 8 and count(database, Certification) == 0


def test_each_state_change_has_its_audit_row(desk: Desk, database: Database) -> None:
    put(database, "示例第300号配套有限公司", 300, main_product="旧")
    desk.bring(roster(*lines(300, 4, "新"))).confirm()
    told = {"firm.create": 3, "firm.update": 1, "certification.add": 4, "firm.prefill_contact": 4}

    def actions() -> dict[str, int]:
        statement = (
            select(AuditEntry.action, func.count())
            .where(AuditEntry.account_id.is_not(None), AuditEntry.subject_kind == "firm")
            .group_by(AuditEntry.action)
        )
        with database.reading() as session:
            return {action: number for action, number in session.execute(statement)}

    assert actions() == told
    desk.undo()
    created = [row for row in desk.rows() if row.kind == "new"]
    assert [row.firm_id for row in created] == [None] * 3 and "看档案" not in desk.page(kind="new")
    assert actions() == {
        **told,
        "firm.update": 2,
        "firm.remove": 3,
        "certification.remove": 4,
        "firm.prefill_contact": 8,
    }


def test_one_row_that_is_refused_holds_up_no_other(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that no record can hold, and a code that somebody else registers in the very moment of writing."""
    look_again = writing.look_again

    def meanwhile(session: Any, *arguments: Any) -> None:
        look_again(session, *arguments)
        monkeypatch.setattr(writing, "look_again", look_again)
        session.add(
            Firm(legal_name="示例抢先有限公司", credit_code=code(403), created_at=NOW, updated_at=NOW)
        )
        session.flush()

    too_long = f"示例{'长' * 130}有限公司"
    desk.bring(roster(*lines(400, 9, "新"), f"{too_long},{code(450)},泵,,,,,,,,"))
    monkeypatch.setattr(writing, "look_again", meanwhile)
    desk.confirm()
    rows = {row.code: row for row in desk.rows()}
    assert rows[code(450)].outcome == "refused" and "120" in desk.page(outcome="refused")
    overtaken = rows[code(403)]
    assert (overtaken.outcome, overtaken.reason, overtaken.taken) == (None, "changed_meanwhile", False)
    assert [row.outcome for row in rows.values()].count("written") == 8 and count(database, Firm) == 9
    assert count(database, Certification) == 8 and count(database, PrefilledContact) == 8
    page = desk.page(outcome="refused")
    assert "企业名称：有" in page and "保存改正" in page and 'value="take"' not in page
    desk.post(f"rows/{rows[code(450)].id}", **{"action": "save", "cell-0": "示例改短有限公司"})
    desk.confirm()
    assert firm(database, "示例改短有限公司").main_product == "泵"


def test_two_rows_of_one_firm_make_one_firm(desk: Desk, database: Database) -> None:
    """The second is shown again, against the record that the first has made."""
    desk.bring(roster("示例两遍有限公司,,机加工,,,,,,,,", "示例两遍有限公司,,注塑,,,,,,,,"))
    assert [row.reason for row in desk.rows()] == [None, "firm_twice"]
    desk.post("reasons/firm_twice", action="take")
    desk.confirm()
    assert count(database, Firm) == 1 and firm(database, "示例两遍有限公司").main_product == "机加工"
    second = desk.rows()[1]
    assert (second.reason, second.taken) == ("written_above", False)
    page = desk.page()
    assert "这一行还没有写入" in page and "您核对期间" not in page
    assert re.search(r">1</p><p class=\"stat-label\">还没有写入，等您看一眼的行", page)
    desk.post("reasons/written_above", action="take")
    desk.confirm()
    assert firm(database, "示例两遍有限公司").main_product == "注塑"
    desk.undo()
    assert count(database, Firm) == 0


def test_what_cannot_be_taken_back_holds_up_nothing_else(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two firms that are in use by now, and one that is gone, among many that go."""
    monkeypatch.setattr(undoing, "EFFECTS_AT_ONCE", 7)
    desk.bring(roster(*lines(500, 10, "新"))).confirm()
    for n in (503, 508):
        with database.unit_of_work() as session:
            capabilities.create(
                session,
                MACHINE,
                firm(database, f"示例第{n}号配套有限公司").id,
                CapabilityContent(product="泵"),
                source="sheet",
                now=NOW,
            )
    gone = firm(database, "示例第505号配套有限公司").id
    with database.unit_of_work() as session:
        for one in session.scalars(select(Certification).where(Certification.firm_id == gone)):
            session.delete(one)
        session.flush()
        session.delete(session.get_one(Firm, gone))
    desk.undo()
    with database.reading() as session:
        left = set(session.scalars(select(Firm.legal_name)))
    assert left == {"示例第503号配套有限公司", "示例第508号配套有限公司"}
    kept = {(one.firm_id == gone, one.kind): one.kept for one in desk.effects() if one.kept}
    assert kept[False, "created"] == {"created": "firms.in_use"}
    assert kept[True, "created"] == {"created": "rosters.kept_gone"}
    assert count(database, Certification) == 0 and count(database, PrefilledContact) == 0


def test_nothing_of_a_part_stands_when_its_writing_fails(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(BaseException):
        pass

    def broken(*_: Any, **__: Any) -> None:
        raise Broken

    desk.bring(roster(*lines(600, 4, "新")))
    monkeypatch.setattr(pen.prefilled, "set_contacts", broken)
    desk.post("confirm")
    with pytest.raises(Broken):
        desk.work()
    assert count(database, Firm) == 0 and count(database, Certification) == 0 and not desk.effects()


def test_two_rosters_of_the_same_firms_are_written_at_once(
    desk: Desk,
    database: Database,
    signed_in: Any,
    people: Any,
    worker: Worker,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two workers, each with one organiser's roster: every firm is there once, those without a code too."""
    monkeypatch.setattr(writing, "ROWS_AT_ONCE", 3)
    sheet = roster(
        *(f"示例第{n}号配套有限公司,{code(n) if n % 2 else ''},泵,,,,,,,," for n in range(700, 712))
    )
    second = Desk(signed_in(people.other), database, build_worker(settings))
    second.worker.upkeep = ()
    for each in (desk, second):
        each.bring(sheet)
    for each in (desk, second):
        each.post("confirm")
    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(each.worker.work_one_job) for each in (desk, second)]:
            assert done.result()
    second.worker.context.database.dispose()
    assert count(database, Firm) == 12
    outcomes = [row.outcome or row.reason for each in (desk, second) for row in each.rows()]
    assert sorted(map(str, outcomes)) == ["changed_meanwhile"] * 12 + ["written"] * 12
    assert desk.roster().written_at is not None and second.roster().written_at is not None


def test_a_roster_that_was_taken_back_reads_so_in_both_languages(
    desk: Desk, signed_in: Any, people: Any
) -> None:
    desk.bring(roster(*lines(800, 2, "新"))).confirm().undo()
    assert "导入已撤销" in desk.page(kind="new") and "导入已撤销" in desk.client.get("/rosters/").text
    english = signed_in(people.organiser, "en")
    for address in ("/rosters/", f"{desk.address}?kind=new"):
        page = english.get(address).text
        assert "Undone" in page and "Revoked" not in page


def test_the_same_file_twice_by_one_organiser(desk: Desk, database: Database) -> None:
    """Before the first is written both may be; the second then finds nothing of its own to do, and undoing it takes
    nothing away that the first has made."""
    sheet = roster(*lines(900, 3, "新"))
    first = Desk(desk.client, database, desk.worker).bring(sheet)
    desk.bring(sheet)
    first.confirm()
    desk.confirm()
    assert {row.outcome or row.reason for row in desk.rows()} == {"changed_meanwhile"}
    assert count(database, Firm) == 3 and not desk.effects()
    desk.post("reasons/changed_meanwhile", action="take")
    desk.confirm()
    assert {row.outcome for row in desk.rows()} == {"nothing"} and not desk.effects()
    desk.post("delete")
    assert first.client.get(first.address).status_code == 200, "the bytes are the first one's too"
    first.undo()
    assert count(database, Firm) == 0
