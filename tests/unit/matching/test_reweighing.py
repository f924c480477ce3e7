"""Stored candidates weighed anew on a page give the list that matching with these weights would give."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import DEFAULT_WEIGHTS, CapabilityProfile, Matcher, NeedProfile, UnitTable, Weights
from matching.reweighing import Candidate, Place, Pool
from search.analysis import Analyser
from tests.unit.matching import golden

AS_OF = golden.AS_OF
MOST_BODY = 1.0
REACH = (Weights(body=0.0), Weights(body=MOST_BODY))
AT_ONCE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
weights = st.builds(
    Weights,
    body=st.floats(0, MOST_BODY),
    **{
        name: st.floats(0, 1)
        for name in (
            "specs", "terms", "certificates", "capacity", "lead_time", "industry", "chain", "delivery", "tier",
        )
    },
)  # fmt: skip


def pool_of(matcher: Matcher, need: NeedProfile, size: int = 100) -> Pool:
    """As a database gives it back."""
    listed = [match.capability_id for match in matcher.match(need, top=5, as_of=AS_OF)]
    pool = matcher.pool(need, size=size, as_of=AS_OF, reach=REACH, listed=listed)
    kept = json.loads(json.dumps([candidate.plain() for candidate in pool.candidates]))
    return Pool(pool.need_id, tuple(map(Candidate.of, kept)), pool.beyond)


def matched(matcher: Matcher, need: NeedProfile, chosen: Weights, top: int) -> list[Place]:
    found = matcher.reweighed(chosen).match(need, top=top, as_of=AS_OF)
    return [Place(match.capability_id, rank, match.score, match.label) for rank, match in enumerate(found, 1)]


def test_the_default_weights_change_nothing(matcher: Matcher) -> None:
    listed = 0
    for need in golden.NEEDS:
        places = pool_of(matcher, need).listed(DEFAULT_WEIGHTS, 10)
        assert places == matched(matcher, need, DEFAULT_WEIGHTS, 10)
        listed += len(places)
    assert listed > len(golden.NEEDS)


@settings(max_examples=40, deadline=None, suppress_health_check=AT_ONCE)
@given(weights, st.sampled_from([1, 3, 10]))
def test_stored_signals_weighed_anew_equal_matching_with_these_weights(
    matcher: Matcher, chosen: Weights, top: int
) -> None:
    for need in golden.NEEDS:
        pool = pool_of(matcher, need)
        assert pool.beyond == 0
        places = pool.listed(chosen, top)
        assert places == matched(matcher, need, chosen, top)
        assert pool.is_certain(places, top)


@settings(max_examples=40, deadline=None, suppress_health_check=AT_ONCE)
@given(weights, st.integers(1, 6), st.sampled_from([1, 2, 4]))
def test_a_short_pool_says_when_it_may_lack_a_pair(
    matcher: Matcher, chosen: Weights, size: int, top: int
) -> None:
    for need in golden.NEEDS:
        pool = pool_of(matcher, need, size)
        assert len(pool.candidates) <= size + 5
        places = pool.listed(chosen, top)
        if pool.is_certain(places, top):
            assert places == matched(matcher, need, chosen, top)


def test_a_short_pool_is_now_and_then_certain_and_now_and_then_not(matcher: Matcher) -> None:
    said = {
        pool.is_certain(pool.listed(DEFAULT_WEIGHTS, 1), 1)
        for pool in (pool_of(matcher, need, 1) for need in golden.NEEDS)
    }
    assert said == {True, False}


def test_what_a_fact_excludes_is_in_no_pool(matcher: Matcher) -> None:
    excluded = 0
    for need in golden.NEEDS:
        held = {candidate.capability_id for candidate in pool_of(matcher, need).candidates}
        out = {match.capability_id for match in matcher.excluded(need, AS_OF)}
        assert not held & out
        excluded += len(out)
    assert excluded


def test_other_weights_move_pairs_and_their_labels(analyser: Analyser, units: UnitTable) -> None:
    need = NeedProfile("need", title="浸胶帘子布", delivery_division="410402")
    near = CapabilityProfile("near", title="浸胶帘子布", divisions=frozenset({"4104"}))
    far = replace(near, id="far", divisions=frozenset({"3302"}))
    matcher = Matcher.fit([far, near], analyser, units=units)
    pool = matcher.pool(need, size=10, as_of=date(2026, 11, 23), reach=REACH)
    usual = {place.capability_id: place for place in pool.listed(DEFAULT_WEIGHTS, 10)}
    local = pool.listed(Weights(delivery=2.0), 10)
    assert usual["near"].score == usual["far"].score
    assert [place.capability_id for place in local] == ["near", "far"]
    assert local[1].score < usual["far"].score
    public = matcher.pool(replace(need, open_procedure=True), size=10, as_of=date(2026, 11, 23), reach=REACH)
    assert {place.score for place in public.listed(Weights(delivery=2.0, tier=2.0), 10)} == {
        usual["near"].score
    }
