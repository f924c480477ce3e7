"""The "index" outbox handler: rows are re-read, documents written with their revisions, what is gone is buried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from marketplace.core import outbox
from marketplace.core.context import WorkContext
from marketplace.core.outbox import Trouble
from marketplace.discovery import rebuilding, runs
from marketplace.discovery.building import Wanted, named, with_listings
from marketplace.discovery.engine import engine_of
from marketplace.discovery.records import Stamped, confirm, stamped
from search.engines.base import Engine, EngineError
from search.engines.writing import Report

INDEX = "index"


def index_keys(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, Trouble]:
    """Write or bury the documents of these keys. A firm takes its listings with it: its name stands on them.

    While the engine is away every key waits, and none of them loses an attempt over it.
    """
    wanted, nothing = named(keys)
    troubles = {key: Trouble("names no need, capability or firm", "refused") for key in nothing}
    engine = engine_of(context.settings)
    try:
        if engine.needs_rebuild:
            rebuilding.rebuild(context, now)
        with context.database.reading() as session:
            whole = with_listings(session, wanted)
        unsettled = write(context, engine, whole, now)
    except EngineError as error:
        return {**{key: Trouble(repr(error), "away") for key in keys}, **troubles}
    _see_to_listings(context, sorted(unsettled.keys() - set(keys)), now)
    return {**troubles, **{key: trouble for key, trouble in unsettled.items() if key in keys}}


def write(context: WorkContext, engine: Engine, wanted: Wanted, now: datetime) -> dict[str, Trouble]:
    """Bring these documents up to date; returns what the engine did not take, with the reason."""
    unsettled: dict[str, Trouble] = {}
    for batch, report in _sent(engine, stamped(context.database, wanted, now)):
        unsettled |= {key: Trouble(reason, "retry") for key, reason in report.retry.items()}
        unsettled |= {key: Trouble(reason, "refused") for key, reason in report.refused.items()}
        settled = report.settled
        told = {key: rev for key, rev in batch.unconfirmed.items() if key in settled}
        _note_written(context, told, now)
    return unsettled


def _sent(engine: Engine, batches: Iterator[Stamped]) -> Iterator[tuple[Stamped, Report]]:
    """Each batch with what became of it. While the engine takes one, the next is built: no key stands in two, so
    their order does not matter."""
    with ThreadPoolExecutor(1, "index") as sender:
        under_way: tuple[Stamped, Future[Report]] | None = None
        for batch in batches:
            before, under_way = (
                under_way,
                (batch, sender.submit(engine.write, batch.documents, batch.tombstones)),
            )
            if before is not None:
                yield before[0], before[1].result()
        if under_way is not None:
            yield under_way[0], under_way[1].result()


def _note_written(context: WorkContext, revisions: Mapping[str, int], now: datetime) -> None:
    """What an index holds since now is what saved searches are asked of next."""
    if revisions:
        with context.database.unit_of_work() as session:
            confirm(session, revisions)
            runs.look_for_hits(session, now)


def _see_to_listings(context: WorkContext, keys: Sequence[str], now: datetime) -> None:
    """A listing that a firm brought along and that did not go in waits under its own name, and holds up nobody."""
    if keys:
        with context.database.unit_of_work() as session:
            for key in keys:
                outbox.enqueue(session, INDEX, key, now)


def keep_whole(context: WorkContext, now: datetime) -> None:
    """The worker's upkeep: fill an index that is new, lost, or of another version."""
    if engine_of(context.settings).needs_rebuild:
        rebuilding.rebuild(context, now)
