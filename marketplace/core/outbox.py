"""What must follow a change: names of things to look at again, written in the change's own transaction.

A row is a kind and a key and carries no payload: the drainer re-reads the row it names. There is one row per name;
enqueuing again raises its revision, so work done on an older look never removes a newer wish. A sequence number is no
watermark (rows commit out of order on PostgreSQL): rows are claimed, never counted.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    collate,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.db import Base, Pk, insert_of, ring_after_commit, take_rows

MAX_ATTEMPTS = 8
# How many rows are claimed together.
AT_ONCE = 200
LEASE = timedelta(minutes=5)
# How long a row rests when what it needs is away. Short, because being away is nobody's fault and ends by itself.
AWAY = 4.0
# The row that a living worker keeps pushing ahead of itself: nobody handles it, and it falls due when nobody is there.
ALIVE = "alive"
# A question that only a worker answers that has heard a bell: the minute's look leaves it alone.
CALL = "call"
# Rings after each commit that left something to look at.
BELL = "outbox"
_GATHERED = "outbox.gathered"


class Trouble(NamedTuple):
    """Why a row was not done. ``retry``: later, each time twice as late, and dead in the end; ``away``: what it needs
    does not answer, which costs no attempt, however long it lasts; ``refused``: never as it stands, so it is dead at
    once and a person looks."""

    reason: str
    verdict: Literal["retry", "away", "refused"] = "retry"


class OutboxEntry(Base):
    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[Pk]
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    revision: Mapped[int] = mapped_column(default=1)
    enqueued_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    dead_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Claim:
    """One row in hand: ``revision`` fences its removal, ``leased_until`` the renewal of its lease (:class:`Hand`)."""

    id: int
    kind: str
    key: str
    revision: int
    attempts: int
    leased_until: datetime


def enqueue(session: Session, kind: str, key: object, now: datetime, due: datetime | None = None) -> None:
    """Ask that ``kind`` looks at ``key`` again once this transaction has committed; not before ``due``, if given."""
    row = {
        "kind": kind,
        "key": str(key),
        "revision": 1,
        "enqueued_at": now,
        "due_at": due or now,
        "attempts": 0,
    }
    ring_after_commit(session, BELL)  # for later too: whoever looks then sets an alarm for it
    gathered = session.info.get(_GATHERED)
    if gathered is not None:
        gathered[kind, str(key)] = row
        return
    session.flush()  # what is asked for after a change is written after it, by everybody in the same order
    session.connection().execute(_wish(insert_of(session)), row)


@contextmanager
def gathered(session: Session) -> Iterator[None]:
    """Wishes of a unit of work that changes hundreds of records: each name once, written together at its end.

    What a savepoint rolls back meanwhile is wished for all the same: somebody looks once more and finds nothing new.
    """
    wishes: dict[tuple[str, str], dict[str, Any]] = {}
    session.info[_GATHERED] = wishes
    try:
        yield
    finally:
        del session.info[_GATHERED]
    if wishes:
        session.flush()
        # By name: two parts that are written at once wait for each other in one order, never crosswise.
        rows = [wishes[name] for name in sorted(wishes)]
        session.connection().execute(_wish(insert_of(session)), rows)


@cache
def _wish(insert: Any) -> Any:
    """The statement of :func:`enqueue`, made once: it runs with nearly every change there is."""
    table: Any = OutboxEntry.__table__
    statement = insert(table)
    asked_again = {
        "revision": table.c.revision + 1,
        "due_at": statement.excluded.due_at,
        "attempts": 0,
        "last_error": None,
        "dead_at": None,
    }
    return statement.on_conflict_do_update(index_elements=["kind", "key"], set_=asked_again)


def claim(session: Session, kinds: Sequence[str], now: datetime, most: int = AT_ONCE) -> list[Claim]:
    """Take up to ``most`` due rows for :data:`LEASE`, and longer while they are held (:class:`Hand`); another worker's
    leased rows are left alone."""
    due = (
        select(OutboxEntry.id)
        .where(OutboxEntry.kind.in_(kinds), OutboxEntry.due_at <= now, OutboxEntry.dead_at.is_(None))
        .where(or_(OutboxEntry.leased_until.is_(None), OutboxEntry.leased_until < now))
        .order_by(OutboxEntry.due_at, OutboxEntry.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(due).all()
    if not ids:
        return []
    if len(ids) == most:  # there may be more than two hands carry: for the next round, or for another worker
        ring_after_commit(session, BELL)
    entry = OutboxEntry
    until = now + LEASE
    taken = session.execute(
        update(entry)
        .where(entry.id.in_(ids))
        .values(leased_until=until)
        .returning(entry.id, entry.kind, entry.key, entry.revision, entry.attempts)
        .execution_options(synchronize_session=False)
    )
    order = {number: place for place, number in enumerate(ids)}
    return sorted((Claim(*row, until) for row in taken), key=lambda each: order[each.id])


class Hand:
    """What a worker has in hand: a batch may take longer than a lease, which :meth:`hold` renews for what is not done.

    A row whose lease ends at a moment that this hand has never said was given back, or is another worker's by now.
    """

    def __init__(self, claims: Collection[Claim]) -> None:
        self._ids = [claim.id for claim in claims]
        self._said = {claim.leased_until for claim in claims}

    def hold(self, session: Session, now: datetime) -> None:
        until = now + LEASE
        mine = OutboxEntry.id.in_(self._ids) & OutboxEntry.leased_until.in_(sorted(self._said))
        # All that was said counts: nobody knows of a commit that broke whether it was one.
        self._said.add(until)
        _take_by_name(session, mine)
        session.execute(
            update(OutboxEntry)
            .where(mine)
            .values(leased_until=until)
            .execution_options(synchronize_session=False)
        )


def take(session: Session, entry_ids: Collection[int]) -> None:
    """Have these rows for this unit of work, before some of them are settled and others postponed."""
    _take_by_name(session, OutboxEntry.id.in_(entry_ids))


def _take_by_name(session: Session, wanted: ColumnElement[bool]) -> None:
    """By name, as :func:`gathered` writes: in the order that Python sorts by, whatever the database's own language is."""
    name = [collate(OutboxEntry.kind, "C"), collate(OutboxEntry.key, "C")]
    take_rows(session, select(OutboxEntry.id).where(wanted).order_by(*name))


def settle(session: Session, claims: Sequence[Claim]) -> None:
    """Remove what was done; a row that was enqueued again meanwhile only loses its lease."""
    if not claims:
        return
    held = [(done.id, done.revision) for done in claims]
    removed = session.scalars(
        delete(OutboxEntry)
        .where(tuple_(OutboxEntry.id, OutboxEntry.revision).in_(held))
        .returning(OutboxEntry.id)
    ).all()
    if again := {done.id for done in claims} - set(removed):
        session.execute(update(OutboxEntry).where(OutboxEntry.id.in_(again)).values(leased_until=None))


def postpone(session: Session, failed: Sequence[tuple[Claim, str | Trouble]], now: datetime) -> None:
    """Try again later, each time twice as late; after :data:`MAX_ATTEMPTS` the row is dead and staff see it.

    A row that was enqueued again meanwhile starts anew: the older failure says nothing about the newer wish. A little
    chance in the pause keeps rows that failed together from knocking together.
    """
    if not failed:
        return
    table: Any = OutboxEntry.__table__
    connection = session.connection()
    connection.execute(
        update(table)
        .where(table.c.id == bindparam("of_id"), table.c.revision == bindparam("of_revision"))
        .values({name: bindparam(f"new_{name}") for name in ("attempts", "last_error", "due_at", "dead_at")}),
        [_postponed(claim, trouble, now) for claim, trouble in failed],
    )
    held = [claim.id for claim, _ in failed]
    connection.execute(update(table).where(table.c.id.in_(held)).values(leased_until=None))


def _postponed(failed: Claim, trouble: str | Trouble, now: datetime) -> dict[str, Any]:
    reason, verdict = trouble if isinstance(trouble, Trouble) else Trouble(trouble)
    attempts = failed.attempts + (verdict != "away")
    pause = AWAY if verdict == "away" else 2**attempts
    dead = verdict == "refused" or (verdict == "retry" and attempts >= MAX_ATTEMPTS)
    return {
        "of_id": failed.id,
        "of_revision": failed.revision,
        "new_attempts": attempts,
        "new_last_error": reason[:2000],
        "new_due_at": now + timedelta(seconds=pause * random.uniform(0.75, 1.0)),
        "new_dead_at": now if dead else None,
    }


def revive(session: Session, entry_ids: Sequence[int], now: datetime) -> int:
    """Look at these dead rows once more, as if they had never failed; returns how many there were."""
    ring_after_commit(session, BELL)
    take(session, entry_ids)
    revived = session.scalars(
        update(OutboxEntry)
        .where(OutboxEntry.id.in_(entry_ids), OutboxEntry.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, due_at=now, revision=OutboxEntry.revision + 1)
        .returning(OutboxEntry.id)
    )
    return len(revived.all())


def dead_rows(session: Session, most: int = 50) -> list[OutboxEntry]:
    """What was given up, the latest first."""
    statement = select(OutboxEntry).where(OutboxEntry.dead_at.is_not(None))
    return list(session.scalars(statement.order_by(OutboxEntry.dead_at.desc(), OutboxEntry.id).limit(most)))


class Backlog(NamedTuple):
    """How much of one kind waits. ``oldest`` is when the longest waiting of what is due was asked for."""

    kind: str
    due: int
    later: int
    dead: int
    oldest: datetime | None


def backlog(session: Session, now: datetime) -> list[Backlog]:
    """One line a kind, for status pages."""
    dead = OutboxEntry.dead_at.is_not(None)
    due = OutboxEntry.dead_at.is_(None) & ((OutboxEntry.due_at <= now) | (OutboxEntry.attempts > 0))
    rows = session.execute(
        select(
            OutboxEntry.kind,
            func.count().filter(due),
            func.count(),
            func.count().filter(dead),
            func.min(OutboxEntry.enqueued_at).filter(due),
        )
        .group_by(OutboxEntry.kind)
        .order_by(OutboxEntry.kind)
    )
    return [Backlog(kind, due, every - due - dead, dead, oldest) for kind, due, every, dead, oldest in rows]


def tell_alive(session: Session, now: datetime, until: datetime) -> None:
    """A worker is here and will say so again before ``until``; what looks for rows that lie too long finds a dead one."""
    enqueue(session, ALIVE, "worker", now, due=until)


def alive_until(session: Session) -> datetime | None:
    """Until when a worker has said that it is there; None where none ever was."""
    return session.scalar(select(OutboxEntry.due_at).where(OutboxEntry.kind == ALIVE))


def call(session: Session, ear: str, now: datetime) -> str:
    """Ask whether a worker with this ear hears the bells; returns the name of the question. Who asked takes it back
    (:func:`hang_up`) before it falls due."""
    name = f"{ear}.{uuid.uuid4().hex}"
    enqueue(session, CALL, name, now, due=now + timedelta(days=1))
    return name


def answered(session: Session, name: str) -> bool:
    return (
        session.scalar(select(OutboxEntry.id).where(OutboxEntry.kind == CALL, OutboxEntry.key == name))
        is None
    )


def hang_up(session: Session, name: str) -> None:
    """The question of this name goes."""
    session.execute(delete(OutboxEntry).where(OutboxEntry.kind == CALL, OutboxEntry.key == name))


def called(session: Session, ear: str, now: datetime) -> Sequence[str]:
    """Questions that a worker with this ear answers once it has heard a bell, and those that fell due, of whoever asked
    and did not live to take them back."""
    meant = OutboxEntry.key.startswith(f"{ear}.") | (OutboxEntry.due_at <= now)
    return session.scalars(select(OutboxEntry.key).where(OutboxEntry.kind == CALL, meant)).all()


def waits(session: Session, kind: str) -> bool:
    """Whether any row of this kind is still to be looked at, now or later; dead ones are not."""
    alive = select(OutboxEntry.id).where(OutboxEntry.kind == kind, OutboxEntry.dead_at.is_(None)).limit(1)
    return session.scalar(alive) is not None


def next_due(session: Session, kinds: Collection[str], now: datetime) -> datetime | None:
    """When the next row of these kinds falls due that is not due yet; None when none waits for later."""
    entry = OutboxEntry
    later = select(func.min(entry.due_at)).where(entry.kind.in_(kinds), entry.due_at > now)
    return session.scalar(later.where(entry.dead_at.is_(None)))


def depth(session: Session) -> dict[str, int]:
    """How many rows there are of each kind: waiting, leased and dead."""
    rows = session.execute(select(OutboxEntry.kind, func.count()).group_by(OutboxEntry.kind))
    return {kind: count for kind, count in rows}
