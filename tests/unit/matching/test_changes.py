"""Listings that come, change and go: the matcher that learnt of them equals one built from scratch under its statistics."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import CapabilityProfile, Matcher, UnitTable, gathering, text
from matching.prepared import PreparedCapability
from search.analysis import Analyser
from tests.unit.matching import golden

AS_OF = golden.AS_OF
POOL = golden.CAPABILITIES
OTHERS = ["浸胶帘子布、尼龙66工业丝", "保洁服务", "干式变压器", "高强钢板与铸件", ""]

steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "change", "remove"]),
        st.sampled_from(range(len(POOL))),
        st.sampled_from(OTHERS),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.sampled_from([8, 25, len(POOL)]))
def test_changes_equal_a_matcher_built_anew(
    analyser: Analyser, units: UnitTable, changes: list[tuple[str, int, str]], known: int
) -> None:
    held = {capability.id: capability for capability in POOL[:known]}
    matcher = Matcher.fit(list(held.values()), analyser, units=units)
    first = matcher.statistics()
    for kind, place, title in changes:
        capability = POOL[place]
        if kind == "remove":
            held.pop(capability.id, None)
            matcher = matcher.changed((), [capability.id])
            continue
        if kind == "change":
            capability = replace(capability, title=title, description="")
        held[capability.id] = capability
        matcher = matcher.changed([capability])
    anew = Matcher.from_statistics(first, list(held.values()), analyser, units=units)
    assert matcher.statistics() == first and len(matcher) == len(held)
    for need in golden.NEEDS:
        assert matcher.match(need, top=0, as_of=AS_OF) == anew.match(need, top=0, as_of=AS_OF)
        assert matcher.excluded(need, AS_OF) == anew.excluded(need, AS_OF)
        assert matcher.unmatched_causes(need, AS_OF) == anew.unmatched_causes(need, AS_OF)
        for capability in POOL[::7]:
            assert matcher.explain(need, capability.id, AS_OF) == anew.explain(need, capability.id, AS_OF)


def test_the_earlier_matcher_is_left_as_it_was(matcher: Matcher) -> None:
    need = golden.NEEDS[0]
    before = matcher.match(need, top=0, as_of=AS_OF)
    later = matcher.changed([], [before[0].capability_id])
    assert later.match(need, top=0, as_of=AS_OF) == before[1:]
    assert matcher.match(need, top=0, as_of=AS_OF) == before
    assert matcher.worn == 0 and later.worn > 0


def test_many_small_changes_leave_few_parts(matcher: Matcher) -> None:
    for number in range(60):
        matcher = matcher.changed([CapabilityProfile(f"new-{number}", title="保洁服务")])
    assert len(matcher._shelf.parts) <= 5 and len(matcher) == len(POOL) + 60


def test_batches_bound_the_memory_and_change_nothing(
    matcher: Matcher, analyser: Analyser, units: UnitTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register's texts are read in many batches, its listings weighed in many rounds."""
    monkeypatch.setattr(gathering, "CHARACTERS_AT_ONCE", 100)
    monkeypatch.setattr(text, "ROWS_AT_ONCE", 3)
    again = Matcher.fit(POOL, analyser, units=units)
    assert again.statistics() == matcher.statistics()
    for need in golden.NEEDS:
        assert again.match(need, top=0, as_of=AS_OF) == matcher.match(need, top=0, as_of=AS_OF)


def test_reading_ahead_reads_each_once_and_changes_no_answer(analyser: Analyser, units: UnitTable) -> None:
    lazy, ahead = (Matcher.fit(POOL, analyser, units=units) for _ in range(2))
    assert ahead.read_ahead(10) == 10
    assert ahead.read_ahead(len(POOL)) == len(POOL) - 10
    assert ahead.read_ahead(1) == 0
    for need in golden.NEEDS:
        assert ahead.match(need, top=0, as_of=AS_OF) == lazy.match(need, top=0, as_of=AS_OF)
        assert ahead.excluded(need, AS_OF) == lazy.excluded(need, AS_OF)
    newer = ahead.changed([replace(POOL[0], title="保洁服务", description="")], [POOL[1].id])
    assert newer.read_ahead(len(POOL)) == 0  # the changed one is read when it is judged
    assert [match.capability_id for match in newer.match(golden.NEEDS[0], top=0, as_of=AS_OF)] == [
        match.capability_id
        for match in lazy.changed([replace(POOL[0], title="保洁服务", description="")], [POOL[1].id]).match(
            golden.NEEDS[0], top=0, as_of=AS_OF
        )
    ]


class Looked(dict[str, PreparedCapability]):
    """Readings that note for which listings they were asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[object] = []

    def __contains__(self, key: object) -> bool:
        self.asked.append(key)
        return super().__contains__(key)


def test_reading_ahead_goes_on_where_it_stood(analyser: Analyser, units: UnitTable) -> None:
    matcher, looked = Matcher.fit(POOL, analyser, units=units), Looked()
    matcher._readings.kept = looked
    while matcher.read_ahead(3):
        pass
    assert looked.asked == [capability.id for capability in POOL], "each is looked at once, in as many calls"
    looked.asked.clear()
    later = matcher.changed([CapabilityProfile("new", title="保洁服务")], [POOL[0].id])
    assert later.read_ahead(10) == 1 and looked.asked == ["new"]
    assert later.read_ahead(10) == 0 and looked.asked == ["new"]


def test_what_was_let_go_is_read_ahead_again(
    analyser: Analyser, units: UnitTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = Matcher.fit(POOL, analyser, units=units)
    assert matcher.read_ahead(len(POOL)) == len(POOL)
    monkeypatch.setattr("matching.matcher.MOST_PREPARED", len(POOL))
    kept = matcher._readings.kept
    del kept[POOL[0].id]
    kept["another"] = kept[POOL[1].id]
    matcher._offer(0)  # no room: all of them go
    assert matcher.read_ahead(len(POOL)) == len(POOL) - 1


def test_what_one_matcher_lets_go_is_read_ahead_again_by_those_that_share_it(
    analyser: Analyser, units: UnitTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Matcher.fit(POOL, analyser, units=units)
    assert first.read_ahead(len(POOL)) == len(POOL)
    newer = first.changed([CapabilityProfile("new", title="保洁服务")])
    assert newer.read_ahead(10) == 1
    monkeypatch.setattr("matching.matcher.MOST_PREPARED", len(POOL) + 1)
    del first._readings.kept[POOL[0].id]
    first._readings.kept["another"] = first._readings.kept[POOL[1].id]
    first._offer(0)  # no room: all of them go, whoever read them
    assert newer.read_ahead(len(POOL) + 1) == len(POOL)


def test_a_matcher_and_the_one_made_of_it_read_each_its_own_listings_ahead(
    analyser: Analyser, units: UnitTable
) -> None:
    first = Matcher.fit(POOL, analyser, units=units)
    one = first.changed([CapabilityProfile("one", title="保洁服务")])
    two = first.changed(
        [CapabilityProfile("two", title="保安服务"), CapabilityProfile("three", title="绿化")]
    )
    assert two.read_ahead(len(POOL) + 9) == len(POOL) + 2
    assert one.read_ahead(9) == 1
    assert (two.read_ahead(9), first.read_ahead(9)) == (0, 0)


def test_no_more_is_read_ahead_than_is_kept(
    analyser: Analyser, units: UnitTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.matcher.MOST_PREPARED", 5)
    assert Matcher.fit(POOL, analyser, units=units).read_ahead(len(POOL)) == 5
