"""Who let a sheet outrank what firms said themselves is on record: each decision is one row of the audit."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.audit import AuditEntry
from tests.integration.rosters.conftest import Desk, code, roster


def test_each_decision_on_a_roster_is_on_record(desk: Desk) -> None:
    desk.bring(roster(f"甲示例机械有限公司,{code(1)},齿轮箱,,,,,,,,")).confirm()
    desk.bring(
        roster(f"甲示例机械有限责任公司,{code(1)},减速机,,,,,,,,", f"乙示例机械有限公司,{code(2)},轴,,,,,,,,")
    )
    alike, new = desk.row("甲示例"), desk.row("乙示例")
    assert alike.reason == "name_similar"
    desk.post(f"rows/{new.id}", action="save", **{"cell-2": "长轴"})
    desk.post(f"rows/{new.id}", action="skip")
    desk.post(f"rows/{new.id}", action="unskip")
    desk.post(f"rows/{new.id}", action="leave")
    desk.post("reasons/name_similar", action="take")
    desk.post(f"rows/{alike.id}", action="same")
    with desk.database.reading() as session:
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject_kind == "roster", AuditEntry.subject_id == desk.id)
            .order_by(AuditEntry.id)
        ).all()
    assert [(entry.action, entry.details) for entry in entries] == [
        ("roster.create", {}),
        ("roster.mend", {"row": new.number}),
        ("roster.skip", {"row": new.number, "skipped": True}),
        ("roster.skip", {"row": new.number, "skipped": False}),
        ("roster.decide", {"row": new.number, "taken": False, "believed": {}}),
        ("roster.decide_all", {"reason": "name_similar", "taken": True, "rows": 1}),
        ("roster.join", {"row": alike.number, "firm": alike.suspicions[0][1]["firm_id"], "same": True}),
    ]
    assert {entry.account_id for entry in entries} == {entries[0].account_id}
