"""One step in a listing's life, the same for needs and capabilities: the step, its audit row, its outbox rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Refusal
from marketplace.core.lifecycle import Action, State, take

# After these steps others see something else, so index and matches are looked at again.
_SEEN_OUTSIDE = frozenset(
    {
        Action.PUBLISH,
        Action.PAUSE,
        Action.RESUME,
        Action.RENEW,
        Action.CLOSE,
        Action.REVISE,
        Action.RETURN,
        Action.REOPEN,
    }
)


def step(
    session: Session,
    actor: Actor,
    kind: str,
    listing: Any,
    action: Action,
    now: datetime,
    *,
    close_reason: str | None = None,
    **details: Any,
) -> State:
    """Take the step or raise Refusal ``lifecycle.step``; ``kind`` is need or capability."""
    state = take(listing, action, now, day_of(now), close_reason)
    listing.updated_at = now
    audit.record(
        session, actor, f"{kind}.{action.value}", kind, listing.id, now, version=listing.version, **details
    )
    if action in _SEEN_OUTSIDE:
        look_again(session, kind, listing.id, now)
    return state


def look_again(session: Session, kind: str, listing_id: int, now: datetime) -> None:
    for work in ("index", "match"):
        outbox.enqueue(session, work, f"{kind}:{listing_id}", now)


def check_version(listing: Any, expected: int | None) -> None:
    """Refusal ``core.stale`` when the reader saw an older version than the one stored."""
    if expected is not None and listing.version != expected:
        raise Refusal("core.stale")
