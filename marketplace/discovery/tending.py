"""What administrators see of the index and the outbox, and what they can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import audit, jobs, outbox
from marketplace.core.actor import Actor
from marketplace.core.db import Database
from marketplace.core.errors import Forbidden, Refusal
from marketplace.core.outbox import Backlog, OutboxEntry
from marketplace.discovery import runs
from marketplace.discovery.models import IndexRecord, IndexRun
from marketplace.discovery.rebuilding import turn_back
from marketplace.discovery.rules import may_watch_index
from search.engines.base import Engine, EngineError, IndexState

RECONCILE = "index.reconcile"
REBUILD = "index.rebuild"


@dataclass(frozen=True)
class Standing:
    """Everything on the status page. ``state`` is None while the engine does not answer, ``silence`` says why."""

    state: IndexState | None
    silence: str
    documents: int
    backlog: list[Backlog]
    dead: list[OutboxEntry]
    compared: IndexRun | None
    last_compared: IndexRun | None
    rebuilt: IndexRun | None
    under_way: frozenset[str]


def standing(session: Session, actor: Actor, engine: Engine, now: datetime) -> Standing:
    if not may_watch_index(actor):
        raise Forbidden
    state, silence = None, ""
    try:
        state = engine.state()
    except EngineError as error:
        silence = str(error)
    open_jobs = select(jobs.Job.kind).where(
        jobs.Job.kind.in_((RECONCILE, REBUILD)), jobs.Job.finished_at.is_(None)
    )
    return Standing(
        state=state,
        silence=silence,
        documents=session.scalar(select(func.count()).where(IndexRecord.digest != "")) or 0,
        backlog=outbox.backlog(session, now),
        dead=outbox.dead_rows(session),
        compared=runs.latest(session, "reconcile", good=True),
        last_compared=runs.latest(session, "reconcile"),
        rebuilt=runs.latest(session, "rebuild", good=True),
        under_way=frozenset(session.scalars(open_jobs)),
    )


def refuse_while_silent(engine: Engine) -> None:
    """Asked before the change begins, which would wait for a server that is away."""
    try:
        engine.state()
    except EngineError as error:
        raise Refusal("discovery.engine_silent") from error


def ask_for(session: Session, actor: Actor, kind: str, now: datetime) -> None:
    """Have the index compared or built anew; asked twice it is done once."""
    if not may_watch_index(actor) or kind not in (RECONCILE, REBUILD):
        raise Forbidden
    if jobs.under_way(session, kind, {}) is None:
        jobs.submit(session, actor, kind, {}, now)
        audit.record(session, actor, kind, "index", None, now)


def go_back(database: Database, actor: Actor, engine: Engine, now: datetime) -> None:
    """Answer from the index before the last swap, and have that one brought up to date."""
    if not may_watch_index(actor):
        raise Forbidden
    try:
        turn_back(database, actor, engine, now)
    except EngineError as error:
        raise Refusal("discovery.no_way_back") from error
    with database.unit_of_work() as session:
        ask_for(session, actor, RECONCILE, now)


def revive(session: Session, actor: Actor, entry_ids: Sequence[int], now: datetime) -> int:
    """Look at dead rows once more; returns how many."""
    if not may_watch_index(actor):
        raise Forbidden
    count = outbox.revive(session, entry_ids, now)
    if count:
        audit.record(session, actor, "outbox.revive", "outbox", None, now, rows=count)
    return count
