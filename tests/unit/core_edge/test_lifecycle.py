"""The whole square of states and actions: what is not in the table is refused and changes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core.errors import Refusal
from marketplace.core.lifecycle import STEPS, Action, State, allowed_actions, state_of, take

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
EARLIER = NOW - timedelta(days=3)


@dataclass
class Row:
    submitted_at: datetime | None = None
    published_at: datetime | None = None
    returned_at: datetime | None = None
    paused_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    valid_until: date | None = TODAY


def row_in(state: State) -> Row:
    match state:
        case State.DRAFT:
            return Row()
        case State.SUBMITTED:
            return Row(submitted_at=EARLIER)
        case State.RETURNED:
            return Row(returned_at=EARLIER)
        case State.PUBLISHED:
            return Row(submitted_at=EARLIER, published_at=EARLIER)
        case State.PAUSED:
            return Row(submitted_at=EARLIER, published_at=EARLIER, paused_at=EARLIER)
        case State.EXPIRED:
            return Row(submitted_at=EARLIER, published_at=EARLIER, valid_until=TODAY - timedelta(days=1))
        case State.CLOSED:
            return Row(submitted_at=EARLIER, published_at=EARLIER, closed_at=EARLIER, close_reason="met")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_only_legal_steps_pass(state: State, action: Action) -> None:
    row = row_in(state)
    assert state_of(row, TODAY) is state
    before = asdict(row)
    if (state, action) not in STEPS:
        with pytest.raises(Refusal) as refused:
            take(row, action, NOW, TODAY, "met")
        assert refused.value.code == "lifecycle.step"
        assert asdict(row) == before
        assert action not in allowed_actions(row, TODAY)
        return
    assert action in allowed_actions(row, TODAY)
    if action is Action.RENEW:
        row.valid_until = TODAY + timedelta(days=30)  # what renewing services do first
        if state is State.EXPIRED:
            row.valid_until = TODAY - timedelta(days=1)
            assert take(row, action, NOW, TODAY) is State.PUBLISHED
            return
    reached = take(row, action, NOW, TODAY, "met")
    wanted = STEPS[state, action]
    assert reached is (wanted if wanted is not None else State.PUBLISHED)
    assert state_of(row, TODAY) is reached


def test_the_last_valid_day_is_whole() -> None:
    row = row_in(State.PUBLISHED)
    assert state_of(row, TODAY) is State.PUBLISHED
    assert state_of(row, TODAY + timedelta(days=1)) is State.EXPIRED


def test_what_would_be_expired_at_once_is_not_published() -> None:
    row = row_in(State.SUBMITTED)
    row.valid_until = TODAY - timedelta(days=1)
    with pytest.raises(Refusal) as refused:
        take(row, Action.PUBLISH, NOW, TODAY)
    assert refused.value.code == "lifecycle.validity_past"
    assert row.published_at is None
