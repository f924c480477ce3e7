"""The steps in a listing's life, the same for needs and capabilities: the step, its audit row, its outbox rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.lifecycle import Action, State, take

Listing = TypeVar("Listing", bound=Any)

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


@dataclass(frozen=True)
class Steps(Generic[Listing]):
    """The use cases that ask for nothing but permission and the right moment, for one kind of listing.

    ``held`` finds the listing for one who may change it, and holds its row; ``room`` says what is refused.
    """

    kind: str
    room: str
    model: type[Listing]
    held: Callable[[Session, Actor, int, datetime], Listing]
    close_reasons: tuple[str, ...]
    reopenable: timedelta

    def withdraw(self, session: Session, actor: Actor, listing_id: int, *, now: datetime) -> Listing:
        """Take it back from the bureau before it was looked at."""
        return self._by_its_firm(session, actor, listing_id, Action.WITHDRAW, now)

    def pause(self, session: Session, actor: Actor, listing_id: int, *, now: datetime) -> Listing:
        return self._by_its_firm(session, actor, listing_id, Action.PAUSE, now)

    def resume(self, session: Session, actor: Actor, listing_id: int, *, now: datetime) -> Listing:
        return self._by_its_firm(session, actor, listing_id, Action.RESUME, now)

    def revise(self, session: Session, actor: Actor, listing_id: int, *, now: datetime) -> Listing:
        """Take it back to a draft in order to change it; it is looked at again before others see it."""
        return self._by_its_firm(session, actor, listing_id, Action.REVISE, now)

    def close(
        self, session: Session, actor: Actor, listing_id: int, *, reason: str, now: datetime
    ) -> Listing:
        listing = self.held(session, actor, listing_id, now)
        if reason not in self.close_reasons:
            raise Refusal(f"{self.room}.choice", "reason")
        step(session, actor, self.kind, listing, Action.CLOSE, now, close_reason=reason, reason=reason)
        return listing

    def reopen(self, session: Session, actor: Actor, listing_id: int, *, now: datetime) -> Listing:
        """Take back a close of the last few days; the listing stands as it stood before."""
        listing = self.held(session, actor, listing_id, now)
        if listing.closed_at is not None and now - listing.closed_at > self.reopenable:
            raise Refusal(f"{self.room}.reopen_late", days=self.reopenable.days)
        step(session, actor, self.kind, listing, Action.REOPEN, now)
        return listing

    def publish(self, session: Session, actor: Actor, listing_id: int, *, now: datetime) -> Listing:
        """Called by moderation after its checks; the bureau only."""
        listing = self._for_the_bureau(session, actor, listing_id)
        if listing.firm.verified_at is None or listing.firm.suspended_at is not None:
            raise Refusal(f"{self.room}.firm_unchecked", firm=listing.firm.legal_name)
        step(session, actor, self.kind, listing, Action.PUBLISH, now)
        return listing

    def return_(self, session: Session, actor: Actor, listing_id: int, *, now: datetime) -> Listing:
        """Called by moderation, which keeps the reasons; the bureau only."""
        listing = self._for_the_bureau(session, actor, listing_id)
        step(session, actor, self.kind, listing, Action.RETURN, now)
        return listing

    def _by_its_firm(
        self, session: Session, actor: Actor, listing_id: int, action: Action, now: datetime
    ) -> Listing:
        listing = self.held(session, actor, listing_id, now)
        step(session, actor, self.kind, listing, action, now)
        return listing

    def _for_the_bureau(self, session: Session, actor: Actor, listing_id: int) -> Listing:
        if not actor.staff:
            raise NotFound
        if not actor.bureau:
            raise Forbidden
        listing = session.get(self.model, listing_id)
        if listing is None:
            raise NotFound
        return listing
