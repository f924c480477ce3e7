"""Use cases of rosters: bring one in, say how to read it, mend and decide rows, confirm, take back, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.core import audit, files, jobs
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import FileStore
from marketplace.core.jobs import Job
from marketplace.imports import rules as imports
from marketplace.imports.reading import Choice
from marketplace.imports.reports import stored_choice
from marketplace.imports.service import given_up, media_type_of
from marketplace.rosters import queries, rules
from marketplace.rosters.comparing import Tools, judge_again, read_again
from marketplace.rosters.models import Roster, RosterEffect, RosterRow

COMPARE, WRITE, UNDO = "rosters.compare", "rosters.write", "rosters.undo"


@dataclass(frozen=True)
class RosterFile:
    """A file as it came; it has been opened, and ``kind`` is what it is."""

    name: str
    content: bytes
    kind: str


def create(session: Session, actor: Actor, store: FileStore, upload: RosterFile, *, now: datetime) -> Roster:
    """Keep the file and ask for its comparison. No firm is touched."""
    if not rules.may_bring(actor) or actor.account_id is None:
        raise Forbidden
    kept = files.keep(
        session, actor, store, upload.name, upload.content, media_type_of(upload.kind), "roster", now
    )
    roster = Roster(
        account_id=actor.account_id,
        file=kept,
        created_at=now,
        choices={},
        reading={},
        overrides={},
        counts={},
    )
    session.add(roster)
    session.flush()
    _record(session, actor, "create", roster.id, now)
    _submit(session, actor, roster, COMPARE, now)
    return roster


def choose(
    session: Session, actor: Actor, roster_id: int, choices: Mapping[str, Choice], *, now: datetime
) -> Roster:
    """Other headings or columns, by sheet name; the file is read and compared again."""
    roster = _open(session, actor, roster_id, now)
    if half_written(session, roster_id):
        raise Refusal("rosters.written_already")
    sheets = {sheet["name"]: sheet for sheet in roster.reading.get("sheets", ())}
    for name, choice in choices.items():
        if name not in sheets:
            raise NotFound
        imports.check_heading(sheets[name], choice.heading_row)
    roster.choices = {**roster.choices, **{name: stored_choice(one) for name, one in choices.items()}}
    _record(session, actor, "choose", roster_id, now, sheets=sorted(choices))
    return _compared_anew(session, actor, roster, now)


def compare_again(session: Session, actor: Actor, roster_id: int, *, now: datetime) -> Roster:
    """Compare with what is on file now. Corrected cells stay; decisions are asked anew."""
    roster = _open(session, actor, roster_id, now)
    if half_written(session, roster_id):
        raise Refusal("rosters.written_already")
    _record(session, actor, "compare", roster_id, now)
    return _compared_anew(session, actor, roster, now)


def _compared_anew(session: Session, actor: Actor, roster: Roster, now: datetime) -> Roster:
    roster.compared_at = None
    _submit(session, actor, roster, COMPARE, now)
    return roster


def mend(
    session: Session, actor: Actor, roster_id: int, row_id: int, cells: Mapping[int, str], *, now: datetime
) -> RosterRow:
    """Other texts for cells of one row; it is judged again with every row that bears on it. A row that was refused in
    writing is open again."""
    roster, row = _row(session, actor, roster_id, row_id, now, refused_too=True)
    for text in cells.values():
        if len(text) > imports.LONGEST_CELL:
            raise Refusal("imports.cell_long", None, length=len(text), limit=imports.LONGEST_CELL)
    row.corrections = {
        **row.corrections,
        **{str(index): text.replace("\x00", "") for index, text in cells.items()},
    }
    row.skipped, row.joined = False, None
    row.outcome, row.refusal = None, []
    _judge_around(session, actor, roster, row, day_of(now), read=True)
    _record(session, actor, "mend", roster_id, now, row=row.number)
    return row


def skip(
    session: Session, actor: Actor, roster_id: int, row_id: int, *, skipped: bool, now: datetime
) -> RosterRow:
    """Leave a row out, or take it in again; another row may stand alone now."""
    roster, row = _row(session, actor, roster_id, row_id, now)
    row.skipped = skipped
    _judge_around(session, actor, roster, row, day_of(now))
    _record(session, actor, "skip", roster_id, now, row=row.number, skipped=skipped)
    return row


def _judge_around(
    session: Session, actor: Actor, roster: Roster, row: RosterRow, today: date, *, read: bool = False
) -> None:
    tools = Tools(session, today)
    folds, codes = {row.fold}, {row.code}
    if read:
        read_again(roster, row, tools)
    session.flush()
    folds, codes = {*folds, row.fold} - {""}, {*codes, row.code}
    judge_again(session, actor, tools, roster.id, folds, {code for code in codes if code})


def decide(
    session: Session, actor: Actor, roster_id: int, row_id: int, *, taken: bool,
    believed: Mapping[str, bool] | None = None, now: datetime,
) -> RosterRow:  # fmt: skip
    """Whether one row is written, and in which of its fields the sheet is believed."""
    _, row = _row(session, actor, roster_id, row_id, now)
    if taken and (row.blocked or row.kind == "unread"):
        raise Refusal("rosters.blocked", None, row=row.number)
    if believed is not None:
        known = {change["field"] for change in row.changes}
        row.believed = {**row.believed, **{name: yes for name, yes in believed.items() if name in known}}
    row.taken = taken
    _record(session, actor, "decide", roster_id, now, row=row.number, taken=taken, believed=row.believed)
    return row


def join(
    session: Session, actor: Actor, roster_id: int, row_id: int, *, same: bool, now: datetime
) -> RosterRow:
    """A name like one on file: it is that firm (its diff is shown next), or it is another one."""
    roster, row = _row(session, actor, roster_id, row_id, now)
    alike = next((params["firm_id"] for _, params in row.suspicions if "firm_id" in params), None)
    if alike is None:
        raise NotFound
    row.joined = alike if same else 0
    _judge_around(session, actor, roster, row, day_of(now))
    row.taken = not row.blocked
    _record(session, actor, "join", roster_id, now, row=row.number, firm=alike, same=same)
    return row


def decide_all(
    session: Session, actor: Actor, roster_id: int, reason: str, *, taken: bool, now: datetime
) -> int:
    """All rows that are doubtful for this reason first, at once; returns how many."""
    _open(session, actor, roster_id, now)
    done = session.execute(
        update(RosterRow)
        .where(
            RosterRow.roster_id == roster_id,
            RosterRow.kind == "suspicious",
            RosterRow.reason == reason,
            ~RosterRow.blocked,
            RosterRow.outcome.is_(None),
        )
        .values(taken=taken)
        .execution_options(synchronize_session=False)
    )
    rows = int(getattr(done, "rowcount", 0))
    _record(session, actor, "decide_all", roster_id, now, reason=reason[:30], taken=taken, rows=rows)
    return rows


def believe_all(
    session: Session, actor: Actor, roster_id: int, field: str, *, believed: bool, now: datetime
) -> Roster:
    """In one field the sheet is believed over what firms said themselves, in every row where nothing else was said."""
    roster = _open(session, actor, roster_id, now)
    if field not in roster.counts.get("protected", {}):
        raise NotFound
    roster.overrides = {**roster.overrides, field: believed}
    _record(session, actor, "believe_all", roster_id, now, field=field, believed=believed)
    return roster


def confirm(session: Session, actor: Actor, roster_id: int, *, now: datetime) -> Roster:
    """Ask for the taken rows to be written."""
    roster = _open(session, actor, roster_id, now)
    if roster.compared_at is None:
        raise Refusal("rosters.not_compared")
    if not queries.waiting_count(session, roster_id):
        raise Refusal("rosters.nothing_to_write")
    _record(session, actor, "confirm", roster_id, now)
    _submit(session, actor, roster, WRITE, now)
    return roster


def take_back(session: Session, actor: Actor, roster_id: int, *, now: datetime) -> Roster:
    """Ask for everything that this roster wrote to be taken back."""
    roster = _idle(session, actor, roster_id, now)
    if roster.written_at is None and not half_written(session, roster_id):
        raise Refusal("rosters.nothing_written")
    if roster.undone_at is not None:
        raise Refusal("rosters.undone_already")
    _record(session, actor, "take_back", roster_id, now)
    _submit(session, actor, roster, UNDO, now)
    return roster


def half_written(session: Session, roster_id: int) -> bool:
    """Whether anything of it stands on a record: a job may have died half-way."""
    statement = select(RosterEffect.id).where(RosterEffect.roster_id == roster_id).limit(1)
    return session.scalar(statement) is not None


def delete(session: Session, actor: Actor, roster_id: int, *, now: datetime) -> list[str]:
    """Forget a roster with its file and rows; what it wrote stays, and can no longer be taken back in one step. Returns
    hashes of files that nothing refers to any more."""
    roster = _idle(session, actor, roster_id, now)
    session.delete(roster)
    session.flush()
    _record(session, actor, "delete", roster_id, now)
    return files.forget(session, [roster.file_id])


def under_way(job: Job | None, now: datetime) -> bool:
    return job is not None and job.finished_at is None and not given_up(job, now)


def _idle(session: Session, actor: Actor, roster_id: int, now: datetime) -> Roster:
    """The roster, locked; Refusal while a job of it is under way."""
    roster = queries.roster_or_none(session, actor, roster_id, lock=True)
    if roster is None:
        raise NotFound
    if under_way(queries.job_of(session, roster), now):
        raise Refusal("imports.busy")
    return roster


def _open(session: Session, actor: Actor, roster_id: int, now: datetime) -> Roster:
    """The same, and not taken back: what was undone stays as it is, to be read."""
    roster = _idle(session, actor, roster_id, now)
    if roster.undone_at is not None:
        raise Refusal("rosters.undone_already")
    return roster


def _row(
    session: Session, actor: Actor, roster_id: int, row_id: int, now: datetime, *, refused_too: bool = False
) -> tuple[Roster, RosterRow]:
    roster = _open(session, actor, roster_id, now)
    row = queries.row_or_none(session, roster_id, row_id)
    if row is None:
        raise NotFound
    if row.outcome is not None and not (refused_too and row.outcome == "refused"):
        raise Refusal("rosters.row_done", None, row=row.number)
    return roster, row


def _submit(session: Session, actor: Actor, roster: Roster, kind: str, now: datetime) -> None:
    roster.job_id = jobs.submit(session, actor, kind, {"roster_id": roster.id}, now).id


def _record(session: Session, actor: Actor, step: str, roster_id: int, now: datetime, **details: Any) -> None:
    """Each step of a person is on record: by a roster a sheet may outrank what firms said themselves."""
    audit.record(session, actor, f"roster.{step}", "roster", roster_id, now, **details)
