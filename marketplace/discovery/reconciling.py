"""Comparing the index with the database, document by document, and mending what differs.

Both sides are read in the order of their ids, so neither is ever held whole. What is compared is the digest of a document
built anew from its rows with the digest that the index keeps of what it was given: nothing that anybody counted or noted
on the way can hide a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from marketplace.core import jobs
from marketplace.core.actor import system_actor
from marketplace.core.context import Progress, WorkContext
from marketplace.discovery import runs, tending
from marketplace.discovery.building import BUILDERS, build, ids_in_order
from marketplace.discovery.engine import engine_of
from marketplace.discovery.indexing import write
from marketplace.discovery.models import IndexRun
from marketplace.discovery.records import lift, records_of
from search.documents import split_key
from search.engines.base import EngineError, Entry

RECONCILE = tending.RECONCILE
EVERY = timedelta(hours=6)
# No write that was under way when its row went is as old as this.
GRAVES_KEPT = timedelta(days=7)


def reconcile(context: WorkContext, now: datetime, progress: Progress | None = None) -> IndexRun:
    """Compare every document and mend what differs; the run says how many there were. Raises EngineError."""
    engine = engine_of(context.settings)
    with runs.noted(context, "reconcile", now) as run:
        engine.refresh()
        run.index_name = engine.state().index
        for kind in BUILDERS:
            entries = engine.entries(kind)
            ahead: Entry | None = next(entries, None)
            with context.database.reading() as session:
                for ids in ids_in_order(session, kind):
                    session.rollback()  # as in rebuilding: no snapshot for the whole table
                    held, ahead = _until(entries, ahead, ids[-1])
                    _compare(context, run, kind, ids, held, now)
                    if progress is not None:
                        progress("discovery.step.comparing", run.checked, 0)
            held, ahead = _until(entries, ahead, None)
            _compare(context, run, kind, [], held, now)
        engine.purge((now - GRAVES_KEPT).date())
    return run


def _until(
    entries: Iterator[Entry], ahead: Entry | None, last: int | None
) -> tuple[dict[int, Entry], Entry | None]:
    """What the index holds up to this id (all that is left, for None), and the first entry beyond it."""
    held: dict[int, Entry] = {}
    while ahead is not None:
        number = split_key(ahead.key)[1]
        if last is not None and number > last:
            break
        held[number] = ahead
        ahead = next(entries, None)
    return held, ahead


def _compare(
    context: WorkContext, run: IndexRun, kind: str, ids: list[int], held: Mapping[int, Entry], now: datetime
) -> None:
    with context.database.reading() as session:
        wanted = build(session, kind, ids, now)
        records = records_of(session, kind, held)
    living = {number: entry for number, entry in held.items() if not entry.deleted}
    missing = [number for number in wanted if number not in living]
    differing = [
        number
        for number, entry in living.items()
        if number in wanted and wanted[number].digest != entry.digest
    ]
    surplus = [number for number in living if number not in wanted]
    run.checked += len(wanted.keys() | living.keys())
    run.missing += len(missing)
    run.differing += len(differing)
    run.surplus += len(surplus)
    wrong = [*missing, *differing, *surplus]
    ahead = {
        held[number].key: held[number].rev
        for number in wrong
        if number in held and (number not in records or records[number].rev < held[number].rev)
    }
    if ahead:
        with context.database.unit_of_work() as session:
            lift(session, ahead, now)
    if wrong and (untaken := write(context, engine_of(context.settings), {kind: wrong}, now)):
        first = next(iter(untaken.items()))
        raise EngineError(f"{len(untaken)} not taken, the first: {first[0]}: {first[1].reason}")


def keep_equal(context: WorkContext, now: datetime) -> None:
    """The worker's upkeep: have the index compared every few hours, and soon after a comparison that failed."""
    with context.database.reading() as session:
        last = runs.latest(session, "reconcile")
    if last is None or now - last.begun_at >= (EVERY if last.error is None else timedelta(minutes=1)):
        with context.database.unit_of_work() as session:
            jobs.submit_once(session, system_actor(), RECONCILE, {}, now)
