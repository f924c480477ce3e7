"""The "index" outbox handler and the rebuild: rows are re-read, documents written, what is no longer open removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.core.clock import day_of
from marketplace.core.context import Progress, WorkContext
from marketplace.discovery.documents import (
    capability_documents,
    firm_documents,
    need_documents,
    revision,
)
from marketplace.discovery.engine import engine_of
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from search.documents import Document, Tombstone
from search.engines.base import Engine, EngineError

BATCH = 500
Build = Callable[[Session, Sequence[int], datetime], list[Document]]
BUILDERS: dict[str, Build] = {
    "need": need_documents,
    "capability": capability_documents,
    "firm": firm_documents,
}
_TABLES: dict[str, type[Need] | type[Capability] | type[Firm]] = {
    "need": Need,
    "capability": Capability,
    "firm": Firm,
}


def index_keys(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Write or remove the documents of these keys. A firm takes its listings with it: its name stands on them.

    While the engine cannot write, every key waits; a key that names nothing we index fails alone.
    """
    wanted, failures = _named(keys)
    engine = engine_of(context.settings)
    try:
        with context.database.reading() as session:
            if engine.needs_rebuild:
                rebuild(session, engine, now)
            else:
                unsettled = _write(session, engine, _with_listings(session, wanted), now)
                if unsettled:  # a listing that did not go in holds up those who brought it along
                    failures |= {key: unsettled.get(key, repr(unsettled)) for key in keys}
    except EngineError as error:
        return {key: repr(error) for key in keys}
    return failures


def _named(keys: Sequence[str]) -> tuple[dict[str, set[int]], dict[str, str]]:
    """Ids by kind, and what is wrong with the keys that name nothing."""
    wanted: dict[str, set[int]] = {kind: set() for kind in BUILDERS}
    failures = {}
    for key in keys:
        kind, _, number = key.partition(":")
        if kind in wanted and number.isascii() and number.isdigit():
            wanted[kind].add(int(number))
        else:
            failures[key] = "names no need, capability or firm"
    return wanted, failures


def _with_listings(session: Session, named: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """A firm's name, office and certificates stand on its listings, and its products on the firm."""
    wanted = {kind: set(ids) for kind, ids in named.items()}
    firms = wanted["firm"]
    if firms:
        wanted["need"] |= set(session.scalars(select(Need.id).where(Need.firm_id.in_(firms))))
        wanted["capability"] |= set(
            session.scalars(select(Capability.id).where(Capability.firm_id.in_(firms)))
        )
    if wanted["capability"]:
        owners = select(Capability.firm_id).where(Capability.id.in_(wanted["capability"]))
        wanted["firm"] = firms | set(session.scalars(owners))
    return wanted


def _write(session: Session, engine: Engine, wanted: Mapping[str, set[int]], now: datetime) -> dict[str, str]:
    """Returns the keys that did not go in, with the reason."""
    documents: list[Document] = []
    gone: list[str] = []
    for kind, ids in wanted.items():
        ordered = sorted(ids)
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            built = BUILDERS[kind](session, batch, now)
            documents.extend(built)
            there = {document.id for document in built}
            gone.extend(f"{kind}:{number}" for number in batch if number not in there)
    graves = [Tombstone(key, revision(now), day_of(now)) for key in gone]
    report = engine.write(documents, graves)
    return {**report.retry, **report.refused}


def rebuild(session: Session, engine: Engine, now: datetime, progress: Progress | None = None) -> int:
    """Fill the index from the database, table by table in order of id; returns how many documents it holds."""
    engine.reset()
    for kind, table in _TABLES.items():
        last = 0
        while True:
            ids = list(
                session.scalars(select(table.id).where(table.id > last).order_by(table.id).limit(BATCH))
            )
            if not ids:
                break
            engine.write(BUILDERS[kind](session, ids, now))
            last = ids[-1]
            if progress is not None:
                progress(f"discovery.step.{kind}", last, last)
    engine.mark_complete()
    return engine.count()


def keep_whole(context: WorkContext, now: datetime) -> None:
    """The worker's upkeep: fill an index that is new, lost, or of another version."""
    engine = engine_of(context.settings)
    if engine.needs_rebuild:
        with context.database.reading() as session:
            rebuild(session, engine, now)
