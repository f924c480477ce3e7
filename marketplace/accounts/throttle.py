"""Tries at what abuse pays for, counted in the database: many processes share one count, and a restart forgets none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Attempt
from marketplace.accounts.rules import LIMITS, hashed
from marketplace.core.errors import Refusal


def check(session: Session, kind: str, key: str, now: datetime) -> None:
    """Refusal ``core.too_many`` when the limit of failed tries is reached."""
    limit = LIMITS[kind]
    failed = select(func.count()).where(
        Attempt.kind == kind,
        Attempt.key_hash == hashed(key),
        Attempt.at > now - limit.window,
        Attempt.succeeded.is_(False),
    )
    if (session.scalar(failed) or 0) >= limit.most:
        raise Refusal("core.too_many", minutes=int(limit.window.total_seconds() // 60))


def note(session: Session, kind: str, key: str, now: datetime, *, succeeded: bool, account_id: int | None = None) -> None:
    session.add(Attempt(kind=kind, key_hash=hashed(key), at=now, succeeded=succeeded, account_id=account_id))
    session.flush()
