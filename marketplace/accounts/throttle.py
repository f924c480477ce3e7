"""Tries at what abuse pays for, counted in the database: many processes share one count, and a restart forgets none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Attempt
from marketplace.accounts.rules import LIMITS, hashed
from marketplace.core.db import take_turn
from marketplace.core.errors import Refusal


def check(session: Session, kind: str, key: str, now: datetime) -> None:
    """Refusal ``core.too_many`` when the limit of failed tries since the last success is reached.

    Tries at one key take their turn until the transaction ends; a hundred sent at once are counted like a hundred
    sent one by one.
    """
    limit = LIMITS[kind]
    take_turn(session, f"{kind}:{key}")
    if failures(session, kind, key, now) >= limit.most:
        raise Refusal("core.too_many", minutes=int(limit.window.total_seconds() // 60))


def failures(session: Session, kind: str, key: str, now: datetime) -> int:
    """How many tries have failed within the window since the last one that did not."""
    of_key = (
        Attempt.kind == kind,
        Attempt.key_hash == hashed(key),
        Attempt.at > now - LIMITS[kind].window,
    )
    last_success = select(func.max(Attempt.id)).where(*of_key, Attempt.succeeded).scalar_subquery()
    failed = select(func.count()).where(
        *of_key, Attempt.succeeded.is_(False), Attempt.id > func.coalesce(last_success, 0)
    )
    return session.scalar(failed) or 0


def note(
    session: Session, kind: str, key: str, now: datetime, *, succeeded: bool, account_id: int | None = None
) -> None:
    """Write a try down. The edge commits it even where the answer is no."""
    session.add(Attempt(kind=kind, key_hash=hashed(key), at=now, succeeded=succeeded, account_id=account_id))
    session.flush()


def spend(session: Session, kind: str, key: str, now: datetime) -> None:
    """Check and count in one: for acts of which every try counts. Refusal ``core.too_many``."""
    check(session, kind, key, now)
    note(session, kind, key, now, succeeded=False)
