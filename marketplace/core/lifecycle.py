"""The life of a listing (a need, a capability): one state machine, its status read from timestamps.

draft → submitted → published → (paused) → closed; submitted → returned (with reasons) → submitted; a published listing
past its last valid day is expired. Time changes things without writing rows: the state is always asked ``as_of`` a day.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from marketplace.core.errors import Refusal


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    PAUSED = "paused"
    EXPIRED = "expired"
    CLOSED = "closed"


class Action(StrEnum):
    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    RETURN = "return"
    PAUSE = "pause"
    RESUME = "resume"
    RENEW = "renew"
    CLOSE = "close"
    REVISE = "revise"
    REOPEN = "reopen"


S, A = State, Action
# Every legal step. What is not here is refused, and a test walks the whole square.
# None: the state that it had before, read from the other timestamps (a close taken back).
STEPS: dict[tuple[State, Action], State | None] = {
    (S.DRAFT, A.SAVE): S.DRAFT,
    (S.RETURNED, A.SAVE): S.RETURNED,
    (S.DRAFT, A.SUBMIT): S.SUBMITTED,
    (S.RETURNED, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.WITHDRAW): S.DRAFT,
    (S.SUBMITTED, A.PUBLISH): S.PUBLISHED,
    (S.SUBMITTED, A.RETURN): S.RETURNED,
    (S.PUBLISHED, A.PAUSE): S.PAUSED,
    (S.PAUSED, A.RESUME): S.PUBLISHED,
    (S.PUBLISHED, A.RENEW): S.PUBLISHED,
    (S.EXPIRED, A.RENEW): S.PUBLISHED,
    # A changed listing is looked at again before others see the change.
    (S.PUBLISHED, A.REVISE): S.DRAFT,
    (S.PAUSED, A.REVISE): S.DRAFT,
    (S.EXPIRED, A.REVISE): S.DRAFT,
    **{(state, A.CLOSE): S.CLOSED for state in State if state is not S.CLOSED},
    (S.CLOSED, A.REOPEN): None,
}


class Listing(Protocol):
    """What the state is read from."""

    submitted_at: datetime | None
    published_at: datetime | None
    returned_at: datetime | None
    paused_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    valid_until: date | None


def state_of(listing: Listing, as_of: date) -> State:
    """The state on a Chinese calendar day; ``valid_until`` is the last valid day."""
    if listing.closed_at is not None:
        return S.CLOSED
    if listing.published_at is not None:
        if listing.valid_until is not None and listing.valid_until < as_of:
            return S.EXPIRED
        return S.PAUSED if listing.paused_at is not None else S.PUBLISHED
    if listing.submitted_at is not None:
        return S.SUBMITTED
    return S.RETURNED if listing.returned_at is not None else S.DRAFT


def allowed_actions(listing: Listing, as_of: date) -> frozenset[Action]:
    state = state_of(listing, as_of)
    return frozenset(action for start, action in STEPS if start is state)


def take(
    listing: Listing, action: Action, now: datetime, as_of: date, close_reason: str | None = None
) -> State:
    """Carry out one step on the timestamps, return the new state.

    Refusal ``lifecycle.step`` for an illegal one, ``lifecycle.validity_past`` for publishing what would be expired at
    once. A renewal's new last day is set by the caller.
    """
    state = state_of(listing, as_of)
    if (state, action) not in STEPS:
        raise Refusal(
            "lifecycle.step",
            state=(f"lifecycle.state.{state}", {}),
            action=(f"lifecycle.action.{action}", {}),
        )
    if action is A.PUBLISH and listing.valid_until is not None and listing.valid_until < as_of:
        raise Refusal("lifecycle.validity_past", "valid_until", valid_until=listing.valid_until)
    match action:
        case A.SUBMIT:
            listing.submitted_at, listing.returned_at = now, None
        case A.WITHDRAW:
            listing.submitted_at = None
        case A.PUBLISH:
            listing.published_at = now
        case A.RETURN:
            listing.submitted_at, listing.returned_at = None, now
        case A.PAUSE:
            listing.paused_at = now
        case A.RESUME:
            listing.paused_at = None
        case A.REVISE:
            listing.submitted_at = listing.published_at = listing.paused_at = listing.returned_at = None
        case A.CLOSE:
            listing.closed_at, listing.close_reason = now, close_reason
        case A.REOPEN:
            listing.closed_at, listing.close_reason = None, None
        case A.RENEW:
            # Whoever lets an expired listing hold longer wants it seen, even if it was paused before it expired.
            listing.paused_at = None
        case A.SAVE:
            pass
    return STEPS[state, action] or state_of(listing, as_of)
