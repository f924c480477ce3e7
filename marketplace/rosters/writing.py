"""Rows that a person confirmed go onto the firms' records, through the services of their rooms, part by part.

Each row is judged once more in the moment of writing. Where the record has changed since the preview in what the row would
do, nothing is written and the row is shown again. What was there before is kept beside it for the undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.certifications import service as certifications
from marketplace.certifications.rules import CertificationFacts, tier_suggestion
from marketplace.core import outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.jobs import failure_of
from marketplace.firms import prefilled
from marketplace.firms import queries as firm_queries
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.prefilled import Prefilled
from marketplace.rosters import queries, rules, values
from marketplace.rosters.comparing import Tools, as_mapping, line_of
from marketplace.rosters.judging import Judge, Judgement, Line
from marketplace.rosters.known import Directory, Record, directory_of, look_again, records_of
from marketplace.rosters.models import Roster, RosterEffect, RosterRow
from marketplace.taxonomy.kept import steady

SOURCE = "sheet"
# Others wait while a part is written on SQLite: under a second on one small machine.
ROWS_AT_ONCE = 100


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
        with outbox.gathered(session), steady(session):
            return self._write_rows(session, actor, roster, rows, lines, judge, records, now)

    def _write_rows(
        self, session: Session, actor: Actor, roster: Roster, rows: Iterable[RosterRow],
        lines: Mapping[int, Line], judge: Judge, records: Mapping[int, Record], now: datetime,
    ) -> Done:  # fmt: skip
        done = Done()
        for row in rows:
            judgement = judge.one(lines[row.id])
            if not _as_shown(row, judgement):
                _show_again(row, judgement)
                done.changed += 1
                continue
            try:
                # The savepoint writes what the row before has changed, at once; no look-up need do so by bits.
                with session.begin_nested(), session.no_autoflush:
                    record = records.get(judgement.firm_id) if judgement.firm_id is not None else None
                    wrote = self._write(session, actor, roster, row, lines[row.id], record, now)
            except Refusal as refusal:
                row.outcome, row.refusal = "refused", _plain(refusal)
                done.refused += 1
                continue
            row.outcome = "written" if wrote else "nothing"
            done.written += wrote
            done.nothing += not wrote
        return done

    def _write(
        self, session: Session, actor: Actor, roster: Roster, row: RosterRow, line: Line,
        record: Record | None, now: datetime,
    ) -> bool:  # fmt: skip
        """Whether anything was written."""
        pen = _Pen(session, actor, roster, row, self._tools, now)
        if record is None:
            pen.create(line)
            return True
        believed = rules.believed_changes(row.changes, row.believed, roster.overrides)
        pen.change(record, believed)
        return bool(believed)


def _as_shown(row: RosterRow, judgement: Judgement) -> bool:
    """Whether the row would still do what the person saw, and nothing new about it is doubtful."""
    shown = [(change["field"], change["old"], change["new"], change["protected"]) for change in row.changes]
    now = [
        (change["field"], change["old"], change["new"], change["protected"]) for change in judgement.changes
    ]
    seen = {code for code, _ in row.suspicions}
    return row.firm_id == judgement.firm_id and shown == now and seen.issuperset(judgement.codes)


def _show_again(row: RosterRow, judgement: Judgement) -> None:
    codes = judgement.codes
    row.kind, row.reason, row.taken = "suspicious", "changed_meanwhile", False
    row.suspicions = [["changed_meanwhile", {}], *judgement.suspicions]
    row.changes, row.firm_id, row.blocked = judgement.changes, judgement.firm_id, rules.is_blocked(codes)


def _plain(refusal: Refusal) -> list[Any]:
    failure = failure_of(refusal.problems[0])
    return [failure["code"], failure["params"]]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass
class _Pen:
    """Writes one row and keeps what was there before."""

    session: Session
    actor: Actor
    roster: Roster
    row: RosterRow
    tools: Tools
    now: datetime

    def create(self, line: Line) -> None:
        said = {name: values.typed(name, line.said.get(name)) for name in values.FIELDS}
        firm = firms.create_for(self.session, self.actor, FirmFacts(**said), source=SOURCE, now=self.now)
        self.row.firm_id = firm.id
        self._keep("created", {}, {"version": firm.version})
        if tier := line.said.get(values.TIER):
            self._certify(tier, None)
        if contact := line.said.get(values.CONTACT):
            self._contact(contact, None, "")

    def change(self, record: Record, believed: Iterable[Mapping[str, Any]]) -> None:
        by_field = {change["field"]: change for change in believed}
        tier, contact = by_field.pop(values.TIER, None), by_field.pop(values.CONTACT, None)
        if by_field:
            self._update(record, by_field)
        if tier:
            self._certify(tier["new"], tier["replaces"])
        if contact:
            self._contact(contact["new"], record.contact, record.contact_at)

    def _update(self, record: Record, changes: Mapping[str, Mapping[str, Any]]) -> None:
        firm = firm_queries.firm_or_none(self.session, self.actor, record.id)
        if firm is None:
            raise Refusal("core.stale")
        new = {name: values.typed(name, change["new"]) for name, change in changes.items()}
        facts = replace(firms.facts_of(firm), **new)
        firms.update_firm(
            self.session,
            self.actor,
            record.id,
            facts,
            expected_version=record.version,
            source=SOURCE,
            now=self.now,
        )
        before = {
            name: {"value": change["old"], "said": record.sources.get(name)}
            for name, change in changes.items()
        }
        self._keep("fields", before, {name: change["new"] for name, change in changes.items()})

    def _certify(self, tier: Mapping[str, Any], replaces: int | None) -> None:
        firm_id = self.row.firm_id
        assert firm_id is not None
        issued, ends = (_day(tier.get(name)) for name in ("valid_from", "valid_until"))
        rule = (
            tier_suggestion(self.tools.book.rules, self.tools.book.tiers, tier["kind"], issued)
            if issued
            else None
        )
        facts = CertificationFacts(
            tier["kind"], number=tier.get("number"), cohort=tier.get("cohort"),
            rule_document=rule.document if rule else None, valid_from=issued, valid_until=ends,
        )  # fmt: skip
        if replaces is not None:
            certifications.remove(self.session, self.actor, replaces, now=self.now)
        added = certifications.add(self.session, self.actor, firm_id, facts, source=SOURCE, now=self.now)
        self._keep("certificate", {"id": replaces}, {"id": added.id})

    def _contact(self, contact: Mapping[str, Any], earlier: Mapping[str, Any] | None, at: str) -> None:
        firm_id = self.row.firm_id
        assert firm_id is not None
        if prefilled.set_contact(
            self.session,
            self.actor,
            firm_id,
            Prefilled(**contact),
            source=self.roster.file.name,
            now=self.now,
        ):
            self._keep("contact", {"contact": earlier, "at": at}, {"contact": dict(contact)})

    def _keep(self, kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.session.add(
            RosterEffect(
                roster_id=self.roster.id, row_id=self.row.id, firm_id=self.row.firm_id, kind=kind,
                before=dict(before), after=dict(after), at=self.now, kept={},
            )
        )  # fmt: skip
