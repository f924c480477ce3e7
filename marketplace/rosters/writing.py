"""Rows that a person confirmed go onto the firms' records, through the services of their rooms, part by part.

Each row is judged once more in the moment of writing. Where the record has changed since the preview in what the row would
do, nothing is written and the row is shown again. What was there before is kept beside it for the undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.jobs import failure_of
from marketplace.imports.profiles import firm_key
from marketplace.rosters import queries, rules
from marketplace.rosters.comparing import Tools, as_mapping, line_of
from marketplace.rosters.judging import Judge, Judgement
from marketplace.rosters.known import Directory, directory_of, look_again, records_of
from marketplace.rosters.models import Roster, RosterRow
from marketplace.rosters.pen import Pen, Plan
from marketplace.taxonomy.kept import steady

# Others wait while a part is written on SQLite: under a second on one small machine.
ROWS_AT_ONCE = 200
# Somebody else was quicker between judging and writing.
_OVERTAKEN = frozenset({"core.stale", "firms.code_taken"})


@dataclass
class Done:
    """What one part did."""

    written: int = 0
    nothing: int = 0
    changed: int = 0
    refused: int = 0

    @property
    def rows(self) -> int:
        return self.written + self.nothing + self.changed + self.refused


class Writer:
    """Writes part after part of one roster, each in a unit of work of its caller's."""

    def __init__(self, session: Session, roster_id: int, today: date) -> None:
        self._tools = Tools(session, today)
        columns = (RosterRow.name, RosterRow.code, RosterRow.firm_id, RosterRow.stated)
        rows = session.execute(select(*columns).where(queries.waiting(roster_id))).all()
        tokens = {row.stated["token"][0] for row in rows if row.stated.get("token")}
        self._directory: Directory = directory_of(
            session, self._tools.folding, (row.name for row in rows), (row.code for row in rows if row.code),
            tokens | {row.firm_id for row in rows if row.firm_id},
        )  # fmt: skip

    def write_part(self, session: Session, actor: Actor, roster: Roster, *, now: datetime) -> Done:
        """The next :data:`ROWS_AT_ONCE` confirmed rows; none left when it did nothing."""
        statement = select(RosterRow).where(queries.waiting(roster.id)).order_by(RosterRow.position)
        rows = list(session.scalars(statement.limit(ROWS_AT_ONCE)))
        lines = {row.id: line_of(as_mapping(row)) for row in rows}
        look_again(
            session,
            self._directory,
            self._tools.folding,
            (row.name for row in rows),
            (row.code for row in rows),
        )
        meant = {row.firm_id for row in rows if row.firm_id} | {
            named.id
            for row in rows
            for named in (
                self._directory.by_code.get(row.code or ""),
                *self._directory.by_fold.get(row.fold, ()),
            )
            if named is not None
        }
        records = records_of(session, actor, sorted(meant))
        judge = Judge(self._tools.folding, self._directory, records, self._tools.book)
        done, plans, differing = Done(), list[Plan](), list[tuple[RosterRow, Judgement]]()
        for row in rows:
            judgement = judge.one(lines[row.id])
            if _as_shown(row, judgement):
                plans.append(Plan(row, lines[row.id], records.get(judgement.firm_id or 0), roster.overrides))
            else:
                differing.append((row, judgement))
        ours = queries.firms_written(session, roster.id, {judgement.firm_id for _, judgement in differing})
        for row, judgement in differing:
            _show_again(row, judgement, "written_above" if judgement.firm_id in ours else "changed_meanwhile")
            done.changed += 1
        with outbox.gathered(session), steady(session):
            self._write(session, actor, roster, _one_a_firm(plans), done, now)
        return done

    def _write(
        self, session: Session, actor: Actor, roster: Roster, plans: Sequence[Plan], done: Done, now: datetime
    ) -> None:
        """All together, or where that is refused in halves, until what cannot be written stands alone."""
        try:
            with session.begin_nested(), session.no_autoflush:
                Pen(session, actor, roster, self._tools.book, now).write(plans)
        except Refusal as refusal:
            if len(plans) > 1:
                middle = len(plans) // 2
                for half in (plans[:middle], plans[middle:]):
                    self._write(session, actor, roster, half, done, now)
                return
            row = plans[0].row
            if refusal.code in _OVERTAKEN:
                row.kind, row.reason, row.taken = "suspicious", "changed_meanwhile", False
                row.suspicions = [["changed_meanwhile", {}], *row.suspicions]
                done.changed += 1
            else:
                row.outcome, row.refusal = "refused", _plain(refusal)
                done.refused += 1
            return
        for plan in plans:
            plan.row.outcome = "written" if plan.writes else "nothing"
            done.written += plan.writes
            done.nothing += not plan.writes


def _one_a_firm(plans: Iterable[Plan]) -> list[Plan]:
    """Without the rows of firms that an earlier row here means already: those are judged anew once that one is written."""
    seen = set[object]()
    kept = []
    for plan in plans:
        marks = {plan.record.id} if plan.record else {firm_key(plan.line.name), plan.line.code} - {None}
        if seen.isdisjoint(marks):
            kept.append(plan)
        seen |= marks
    return kept


def _as_shown(row: RosterRow, judgement: Judgement) -> bool:
    """Whether the row would still do what the person saw, and nothing new about it is doubtful."""
    shown = [(change["field"], change["old"], change["new"], change["protected"]) for change in row.changes]
    now = [
        (change["field"], change["old"], change["new"], change["protected"]) for change in judgement.changes
    ]
    seen = {code for code, _ in row.suspicions}
    return row.firm_id == judgement.firm_id and shown == now and seen.issuperset(judgement.codes)


def _show_again(row: RosterRow, judgement: Judgement, reason: str) -> None:
    codes = judgement.codes
    row.kind, row.reason, row.taken = "suspicious", reason, False
    row.suspicions = [[reason, {}], *judgement.suspicions]
    row.changes, row.firm_id, row.blocked = judgement.changes, judgement.firm_id, rules.is_blocked(codes)


def _plain(refusal: Refusal) -> list[Any]:
    """Code, parameters, and the field that it is about."""
    failure = failure_of(refusal.problems[0])
    return [failure["code"], failure["params"], refusal.problems[0].field]
