"""The life of a listing: the whole square of states and actions, walked against a table written by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Refusal
from marketplace.core.lifecycle import Action, State, allowed_actions, state_of, take

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
BEFORE = NOW - timedelta(days=3)


@dataclass
class Paper:
    submitted_at: datetime | None = None
    published_at: datetime | None = None
    returned_at: datetime | None = None
    paused_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    valid_until: date | None = None


# How a listing in each state looks.
IN = {
    "draft": Paper(),
    "submitted": Paper(submitted_at=BEFORE),
    "returned": Paper(returned_at=BEFORE),
    "published": Paper(submitted_at=BEFORE, published_at=BEFORE, valid_until=TODAY),
    "paused": Paper(submitted_at=BEFORE, published_at=BEFORE, paused_at=BEFORE, valid_until=TODAY),
    "expired": Paper(submitted_at=BEFORE, published_at=BEFORE, valid_until=TODAY - timedelta(days=1)),
    "closed": Paper(
        submitted_at=BEFORE, published_at=BEFORE, closed_at=BEFORE, close_reason="met", valid_until=TODAY
    ),
}
# A row per state, a column per action; "-" is refused. An expired listing is renewed by whoever sets the new day.
TABLE = """
             save      submit     withdraw publish   return   pause  resume    renew     close  revise reopen
draft        draft     submitted  -        -         -        -      -         -         closed -      -
submitted    -         -          draft    published returned -      -         -         closed -      -
returned     returned  submitted  -        -         -        -      -         -         closed -      -
published    -         -          -        -         -        paused -         published closed draft  -
paused       -         -          -        -         -        -      published -         closed draft  -
expired      -         -          -        -         -        -      -         published closed draft  -
closed       -         -          -        -         -        -      -         -         -      -      published
"""
_HEAD, *_ROWS = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {(row[0], action): target for row in _ROWS for action, target in zip(_HEAD, row[1:], strict=True)}


def test_the_table_names_every_state_and_every_action() -> None:
    assert set(EXPECTED) == {(state.value, action.value) for state, action in product(State, Action)}


@pytest.mark.parametrize(("state", "paper"), IN.items(), ids=list(IN))
def test_each_example_is_in_its_state(state: str, paper: Paper) -> None:
    assert state_of(paper, TODAY) == state


@pytest.mark.parametrize(("state", "action"), EXPECTED)
def test_every_step_is_taken_or_refused(state: str, action: str) -> None:
    paper, target = replace(IN[state]), EXPECTED[state, action]
    if target == "-":
        with pytest.raises(Refusal) as refused:
            take(paper, Action(action), NOW, TODAY)
        assert refused.value.code == "lifecycle.step"
        assert paper == IN[state], "a refused step changes nothing"
        assert Action(action) not in allowed_actions(paper, TODAY)
        return
    assert Action(action) in allowed_actions(paper, TODAY)
    assert take(paper, Action(action), NOW, TODAY, "cancelled") == target
    if (state, action) == ("expired", "renew"):
        paper.valid_until = TODAY  # what the caller does next
    assert state_of(paper, TODAY) == target


def test_a_close_is_taken_back_to_the_state_before() -> None:
    for state, paper in IN.items():
        if state == "closed":
            continue
        kept = replace(paper)
        take(kept, Action.CLOSE, NOW, TODAY, "cancelled")
        assert (kept.closed_at, kept.close_reason) == (NOW, "cancelled")
        assert take(kept, Action.REOPEN, NOW, TODAY) == state
        assert kept == paper


def test_what_would_be_expired_at_once_is_not_published() -> None:
    for day, published in ((TODAY - timedelta(days=1), False), (TODAY, True), (None, True)):
        paper = replace(IN["submitted"], valid_until=day)
        if published:
            assert take(paper, Action.PUBLISH, NOW, TODAY) == State.PUBLISHED == state_of(paper, TODAY)
        else:
            with pytest.raises(Refusal) as refused:
                take(paper, Action.PUBLISH, NOW, TODAY)
            assert refused.value.code == "lifecycle.validity_past"
            assert paper.published_at is None


def test_renewing_what_was_paused_and_then_expired_shows_it_again() -> None:
    paper = replace(IN["expired"], paused_at=BEFORE)
    assert take(paper, Action.RENEW, NOW, TODAY) == State.PUBLISHED
    paper.valid_until = TODAY + timedelta(days=30)
    assert state_of(paper, TODAY) == State.PUBLISHED


def test_the_last_valid_day_counts_in_full() -> None:
    paper = replace(IN["published"], valid_until=TODAY)
    assert [state_of(paper, TODAY + timedelta(days=days)) for days in (-1, 0, 1)] == [
        State.PUBLISHED,
        State.PUBLISHED,
        State.EXPIRED,
    ]


def test_a_resubmission_forgets_the_return_and_a_revision_forgets_everything() -> None:
    paper = replace(IN["returned"])
    take(paper, Action.SUBMIT, NOW, TODAY)
    assert (paper.submitted_at, paper.returned_at) == (NOW, None)
    take(paper, Action.PUBLISH, NOW, TODAY)
    take(paper, Action.PAUSE, NOW, TODAY)
    take(paper, Action.REVISE, NOW, TODAY)
    assert paper == Paper()


@given(
    st.lists(st.sampled_from(list(Action)), max_size=30),
    st.sampled_from([None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)]),
)
def test_no_walk_leads_out_of_the_machine(actions: list[Action], valid_until: date | None) -> None:
    """Whatever is tried in whatever order: the state returned is the state read, and only legal steps change anything."""
    paper = Paper(valid_until=valid_until)
    for action in actions:
        before, legal = replace(paper), allowed_actions(paper, TODAY)
        try:
            state = take(paper, action, NOW, TODAY, "cancelled")
        except Refusal:
            assert paper == before
            continue
        assert action in legal
        if action is Action.RENEW:
            paper.valid_until = TODAY
        assert state_of(paper, TODAY) == state
