"""Building an index anew beside the one that answers, and going back to the one before.

Nobody waits for it: the old index answers and is written until the new one has been counted and a sample of it compared
with its rows. Then one step swaps them, and the old one is kept.
"""

from __future__ import annotations

import time
from datetime import datetime

from sqlalchemy import func, select

from marketplace.core import audit
from marketplace.core.actor import Actor, system_actor
from marketplace.core.context import Progress, WorkContext
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.discovery import runs
from marketplace.discovery.building import BUILDERS, build, ids_in_order
from marketplace.discovery.engine import engine_of
from marketplace.discovery.models import IndexRecord
from marketplace.discovery.records import GONE, confirm, stamped
from search.documents import Document
from search.engines.base import Engine, EngineError, Rebuild

SAMPLE = 200
# Live writes go on meanwhile: a count that is one off is counted again, and only what stays wrong is wrong.
LOOKS = 6
PAUSE = 0.5


def rebuild(context: WorkContext, now: datetime, progress: Progress | None = None) -> int:
    """Build, compare, swap; returns how many documents answer now. Raises EngineError, and then nothing has changed."""
    engine = engine_of(context.settings)
    with runs.noted(context, "rebuild", now) as run, engine.rebuild() as beside:
        revisions, refused = _fill(context, beside, now, progress)
        run.checked = _verify(context, beside, now, refused)
        beside.swap()
        run.index_name = engine.state().index
        with context.database.unit_of_work() as session:
            confirm(session, revisions)
            runs.look_for_hits(session, now)
    return run.checked


def _fill(
    context: WorkContext, beside: Rebuild, now: datetime, progress: Progress | None
) -> tuple[dict[str, int], set[str]]:
    """Every document, table by table in order of id. Returns revisions to confirm, and the keys that were refused."""
    revisions: dict[str, int] = {}
    refused: set[str] = set()
    for kind in BUILDERS:
        with context.database.reading() as session:
            for ids in ids_in_order(session, kind):
                session.rollback()  # a snapshot held for the whole table would keep old rows alive
                for batch in stamped(context.database, {kind: ids}, now):
                    report = beside.write(batch.documents, batch.tombstones)
                    if report.retry:
                        raise EngineError(f"not taken now: {next(iter(report.retry.items()))}")
                    refused |= report.refused.keys()
                    settled = report.settled
                    revisions |= {key: rev for key, rev in batch.unconfirmed.items() if key in settled}
                if progress is not None:
                    progress(f"discovery.step.{kind}", ids[-1], 0)
    return revisions, refused


def _verify(context: WorkContext, beside: Rebuild, now: datetime, refused: set[str]) -> int:
    for look in range(LOOKS):
        if look:
            time.sleep(PAUSE)
        expected, sample = _expected(context, now, refused)
        verdict = beside.verify(expected, sample)
        if verdict.good:
            return verdict.found
    raise EngineError(
        f"the new index is not whole: {verdict.expected} expected, {verdict.found} found, wrong: {verdict.wrong[:5]}"
    )


def _expected(context: WorkContext, now: datetime, refused: set[str]) -> tuple[int, list[Document]]:
    """How many documents there should be, and a random few of them, built anew from their rows."""
    with context.database.reading() as session:
        living = IndexRecord.digest != GONE
        count = session.scalar(select(func.count()).where(living)) or 0
        drawn = session.execute(
            select(IndexRecord.kind, IndexRecord.item_id).where(living).order_by(func.random()).limit(SAMPLE)
        ).all()
        sample = [
            document
            for kind in BUILDERS
            for document in build(
                session, kind, [row.item_id for row in drawn if row.kind == kind], now
            ).values()
            if document.key not in refused
        ]
    return count - len(refused), sample


def roll_back(context: WorkContext, now: datetime) -> str:
    """Go back in the machine's own name; returns the name of the index that answers now. Raises as :func:`turn_back`."""
    engine = engine_of(context.settings)
    with runs.noted(context, "rollback", now) as run:
        turn_back(context.database, system_actor("lianqiao index"), engine, now)
        run.index_name = engine.state().index
    return run.index_name


def turn_back(database: Database, actor: Actor, engine: Engine, now: datetime) -> None:
    """Answer from the index before the last swap, whoever asks for it. It lacks what was written since: compare next.

    Who goes back is written down before it is done: a process that is killed in between leaves a row that says so. The
    engine does it between two units of work, while nobody's change waits. Refusal where there is no index to go back to;
    raises EngineError, which then is on record too, where the engine could not.
    """
    if not engine.state().can_roll_back:
        raise Refusal("discovery.no_way_back")
    with database.unit_of_work() as session:
        audit.record(session, actor, "index.rollback", "index", None, now)
    try:
        engine.roll_back()
    except EngineError:
        with database.unit_of_work() as session:
            audit.record(session, actor, "index.rollback_failed", "index", None, now)
        raise
