"""The choices that organisers have, and what another choice does to one need's list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.conferences.weight_rules import (
    STEPS,
    changed,
    chosen,
    preset_like,
    presets,
    reach,
    signals,
    steps_in,
    weights_of,
    whole,
)
from marketplace.core.errors import Refusal
from matching import DEFAULT_WEIGHTS
from matching.reweighing import Candidate, Facts, Pool

choices = st.fixed_dictionaries({signal.key: st.sampled_from(STEPS) for signal in signals()}).map(chosen)
shares = st.floats(0, 1).map(lambda value: round(value, 6))


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    """A need's candidates with any values; some so alike that only the lot parts them."""
    count = draw(st.integers(0, 8))
    kept = []
    for number in range(count):
        title, body = draw(shares), draw(shares)
        facts = Facts(
            title, body, draw(shares), draw(st.integers(0, 2)), 2, draw(st.integers(0, 2)), 0, 0, None
        )
        values = draw(
            st.dictionaries(
                st.sampled_from([signal.key for signal in signals() if signal.key != "body"]), shares
            )
        )
        kept.append(Candidate(str(number + 1), {"title": title, "body": body, **values}, facts))
    return Pool("7", tuple(kept), 0.0)


def test_the_data_are_whole_in_both_languages_and_hold_the_default() -> None:
    assert weights_of({}) == DEFAULT_WEIGHTS
    # Whatever the matcher comes to weigh is an organiser's to see, save what the rest is measured against and ties.
    assert {signal.key for signal in signals()} == set(DEFAULT_WEIGHTS.plain()) - {"title", "freshness"}
    for one in (*signals(), *presets()):
        for named in (one, one.summary):
            assert named.name and named.name_en and named.label("en") != named.label("zh")
    for signal in signals():
        assert list(signal.numbers.values()) == sorted(set(signal.numbers.values()))
        assert (signal.usual == "off") == signal.switch
    assert [signal.key for signal in signals() if signal.switch] == ["delivery", "tier"]
    first, *others = presets()
    assert not first.steps and all(chosen(one.steps) == one.steps != {} for one in others)
    assert len({tuple(one.steps.items()) for one in presets()}) == len(presets())
    assert not any("tier" in one.steps for one in presets())
    low, high = reach()
    assert low.body == 0 and high.body == max(weights_of({"body": "high"}).body, DEFAULT_WEIGHTS.body)


def test_steps_come_back_from_stored_weights_and_unknown_ones_are_refused() -> None:
    for steps in ({}, {"specs": "off"}, {"delivery": "low", "tier": "high", "body": "low"}):
        stored = weights_of(steps).plain()
        assert {key: step for key, step in steps_in(stored).items() if key in steps} == steps
        assert chosen({key: step for key, step in steps_in(stored).items() if step}) == steps
    assert steps_in({**DEFAULT_WEIGHTS.plain(), "specs": 0.33})["specs"] is None
    with pytest.raises(Refusal) as refused:
        chosen({"specs": "enormous", "tier": ""})
    assert [problem.field for problem in refused.value.problems] == ["specs", "tier"]


@given(choices)
def test_a_choice_survives_being_weighed_and_read_back(steps: dict[str, str]) -> None:
    stored = weights_of(steps).plain()
    assert steps_in(stored) == whole(steps)
    assert (stored == DEFAULT_WEIGHTS.plain()) == (steps == {})
    low, high = reach()
    assert low.body <= stored["body"] <= high.body and stored["title"] == 1.0
    named = preset_like(steps)
    assert named is None or named.steps == steps


@given(pools(), choices, choices, st.integers(1, 5))
def test_what_changes_is_the_difference_of_the_two_lists(
    pool: Pool, one: dict[str, str], other: dict[str, str], top: int
) -> None:
    old, new = (
        [int(place.capability_id) for place in pool.listed(weights_of(steps), top)] for steps in (one, other)
    )
    change = changed(pool, weights_of(one), weights_of(other), top)
    assert [move.capability_id for move in change.moves if move.after] == new
    assert {move.capability_id for move in change.moves if move.kind == "enters"} == set(new) - set(old)
    assert {move.capability_id for move in change.moves if move.kind == "leaves"} == set(old) - set(new)
    for move in change.moves:
        if move.before and move.after:
            assert old.index(move.capability_id) + 1 == move.before.rank
            assert (move.kind == "stays") == (
                (move.before.rank, move.before.label) == (move.after.rank, move.after.label)
            )
    assert changed(pool, weights_of(one), weights_of(one), top).stays
