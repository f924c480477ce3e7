"""Long work of rosters: comparing a sheet, writing what was confirmed, taking it back."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.db import take_turn
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.jobs import JobClaim
from marketplace.core.sheets import open_table
from marketplace.imports.jobs import OTHERS_TURN
from marketplace.imports.reports import choices_of
from marketplace.rosters import queries
from marketplace.rosters.comparing import Compared, Kept, compare
from marketplace.rosters.models import Roster, RosterEffect, RosterRow
from marketplace.rosters.service import COMPARE, UNDO, WRITE
from marketplace.rosters.undoing import undo_part
from marketplace.rosters.writing import Writer

__all__ = ["COMPARE", "UNDO", "WRITE", "compare_roster", "undo", "write"]
_ROWS_STORED_AT_ONCE = 1_000


def compare_roster(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Read the file as it is mapped now and compare it with what is on file; the preview is what comes of it."""
    progress("rosters.step.reading", 0, 0)
    with context.database.reading() as session:
        roster, actor = _known(context, session, claim)
        workbook = open_table(context.files.read(roster.file.sha256), roster.file.name)
        found = compare(
            session, actor, workbook, choices_of(roster.choices), _kept(session, roster.id),
            today=day_of(utc_now()), progress=progress,
        )  # fmt: skip
    _store(context, claim, found, progress)
    return {"roster_id": claim.params["roster_id"], "rows": len(found.rows)}


def _kept(session: Session, roster_id: int) -> Kept:
    columns = (RosterRow.sheet, RosterRow.number, RosterRow.corrections, RosterRow.skipped)
    rows = session.execute(select(*columns).where(RosterRow.roster_id == roster_id)).all()
    return Kept(
        {(row.sheet, row.number): row.corrections for row in rows if row.corrections},
        frozenset((row.sheet, row.number) for row in rows if row.skipped),
    )


def _store(context: WorkContext, claim: JobClaim, found: Compared, progress: Progress) -> None:
    """The preview in place of an earlier one. It is there once ``compared_at`` is: a part alone is nobody's."""
    with context.database.unit_of_work() as session:
        roster, _ = _known(context, session, claim, lock=True)
        if roster.written_at is not None:
            raise Refusal("rosters.written_already")
        roster.compared_at, roster.overrides = None, {}
        session.execute(delete(RosterRow).where(RosterRow.roster_id == roster.id))
    for start in range(0, len(found.rows), _ROWS_STORED_AT_ONCE):
        progress("rosters.step.storing", start, len(found.rows))
        part = found.rows[start : start + _ROWS_STORED_AT_ONCE]
        with context.database.unit_of_work() as session:
            roster, _ = _known(context, session, claim)
            # Every column of every row: else rows with an empty cell and rows without one are written by turns.
            stored = insert(RosterRow).execution_options(render_nulls=True)
            session.execute(stored, [row | {"roster_id": roster.id} for row in part])
    with context.database.unit_of_work() as session:
        roster, _ = _known(context, session, claim, lock=True)
        roster.reading = found.report
        roster.counts = {"rows": len(found.rows), "protected": _protected(found)}
        roster.compared_at = utc_now()


def _protected(found: Compared) -> dict[str, int]:
    """By field, in how many rows the sheet disagrees with what the firm said itself or the bureau has checked."""
    counted: dict[str, int] = {}
    for row in found.rows:
        for change in row["changes"]:
            if change["protected"] and not change["clears"]:
                counted[change["field"]] = counted.get(change["field"], 0) + 1
    return counted


def write(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Confirmed rows go onto the records a part at a time; a worker that takes over goes on after the last whole part."""
    with context.database.reading() as session:
        roster, actor = _known(context, session, claim)
        total = queries.waiting_count(session, roster.id)
        writer = Writer(session, roster.id, day_of(utc_now()))
    done = 0
    while True:
        progress("rosters.step.writing", done, total)
        with context.database.unit_of_work() as session:
            roster, actor = _known(context, session, claim, lock=True)
            if roster.undone_at is not None:
                raise Refusal("rosters.undone_already")
            # Two rosters of the same firms, written at once: each part meets what the other's last one has made.
            take_turn(session, "rosters.write")
            part = writer.write_part(session, actor, roster, now=utc_now())
            if part.rows == 0:
                roster.written_at = utc_now()
                counts = queries.outcome_counts(session, roster.id)
                audit.record(session, actor, "roster.write", "roster", roster.id, roster.written_at, **counts)
                return counts
        done += part.rows
        time.sleep(OTHERS_TURN)


def undo(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Everything that the roster wrote is taken back where nobody has changed it since."""
    with context.database.reading() as session:
        roster, _ = _known(context, session, claim)
        total = sum(queries.effect_counts(session, roster.id).values())
    done, below = 0, None
    while True:
        progress("rosters.step.undoing", done, total)
        with context.database.unit_of_work() as session:
            roster, actor = _known(context, session, claim, lock=True)
            moment = utc_now()
            count, below = undo_part(session, actor, roster.id, below, now=moment)
            done += count
            if below is None:
                return _finish_undo(session, actor, roster.id)
        time.sleep(OTHERS_TURN)


def _finish_undo(session: Session, actor: Actor, roster_id: int) -> dict[str, Any]:
    session.flush()
    roster = session.get_one(Roster, roster_id)
    roster.undone_at = utc_now()
    session.execute(
        update(RosterRow)
        .where(RosterRow.roster_id == roster_id, RosterRow.outcome == "written")
        .values(outcome="undone")
        .execution_options(synchronize_session=False)
    )
    # Firms that are gone again have no record to look at.
    gone = select(RosterEffect.row_id).where(
        RosterEffect.roster_id == roster_id,
        RosterEffect.kind == "created",
        RosterEffect.undone_at.is_not(None),
    )
    session.execute(
        update(RosterRow)
        .where(RosterRow.roster_id == roster_id, RosterRow.id.in_(gone))
        .values(firm_id=None)
        .execution_options(synchronize_session=False)
    )
    left = sum(queries.effect_counts(session, roster_id).values())
    undone = RosterEffect.roster_id == roster_id, RosterEffect.undone_at.is_not(None)
    counts = {"undone": session.scalar(select(func.count(RosterEffect.id)).where(*undone)), "left": left}
    audit.record(session, actor, "roster.undo", "roster", roster_id, roster.undone_at, **counts)
    return counts


def _known(
    context: WorkContext, session: Session, claim: JobClaim, *, lock: bool = False
) -> tuple[Roster, Actor]:
    """The roster and who asked, if they may still see it."""
    actor = context.actor_of_job(session, claim)
    found = queries.roster_or_none(session, actor, claim.params["roster_id"], lock=lock)
    if found is None:
        raise NotFound
    return found, actor
