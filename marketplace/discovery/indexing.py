"""The "index" outbox handler and the rebuild: rows are re-read, documents written, what is no longer open removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.core.clock import utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.db import Database
from marketplace.discovery.documents import capability_documents, firm_documents, need_documents
from marketplace.discovery.engine import engine_of
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from search.documents import Document
from search.engines.base import Engine

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
    """Write or remove the documents of these keys. A firm takes its listings with it: its name stands on them."""
    engine = engine_of(context.settings)
    with context.database.reading() as session:
        if engine.needs_rebuild:
            rebuild(session, engine, now)
            return {}
        wanted = _with_listings(session, keys)
        _write(session, engine, wanted, now)
    return {}


def _with_listings(session: Session, keys: Sequence[str]) -> dict[str, set[int]]:
    wanted: dict[str, set[int]] = {kind: set() for kind in BUILDERS}
    for key in keys:
        kind, _, number = key.partition(":")
        wanted[kind].add(int(number))
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


def _write(session: Session, engine: Engine, wanted: Mapping[str, set[int]], now: datetime) -> None:
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
    if documents:
        engine.write(documents)
    if gone:
        engine.delete(gone)


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


def ensure(database: Database, engine: Engine) -> None:
    """Fill an index that is new, lost or of another version."""
    if engine.needs_rebuild:
        with database.reading() as session:
            rebuild(session, engine, utc_now())
