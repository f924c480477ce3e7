"""差一点: at most two things missing, nothing that a fact rules out ever listed, and mending what is named keeps its word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matching import CapabilityProfile, Certificate, Matcher, NeedProfile, SpecRow, UnitTable
from matching.nearly import KINDS, MOST_MISSING, NearMiss, missing_of
from search.analysis import Analyser
from tests.unit.matching import golden
from tests.unit.matching.golden import AS_OF

NEED = NeedProfile(
    "need",
    "buyer",
    title="矿用液压支架千斤顶",
    use="综采工作面液压支架推移",
    specs=(SpecRow("额定压力", "≥", 31.5, unit="MPa"),),
    certificates_required=("MA",),
    quantity=100,
    quantity_unit="台",
    quantity_period="年",
    lead_time_days=30,
    payment_days=60,
)
WHOLE = CapabilityProfile(
    "whole",
    "maker",
    title="矿用液压支架千斤顶",
    summary="综采工作面液压支架推移千斤顶",
    specs=(SpecRow("额定压力", "≥", 40, unit="MPa"),),
    certificates=(Certificate("MA", date(2025, 1, 1), date(2029, 1, 1)),),
    capacity=500,
    capacity_unit="台",
    lead_time_days=20,
    payment_days=90,
)
LAPSED = (Certificate("MA", date(2022, 1, 1), date(2026, 1, 1)),)
ABSENT = (Certificate("MA", declared_absent=True),)
LOW = (SpecRow("额定压力", "=", 25, unit="MPa"),)

# What is changed of the whole offer, and what is then missing: kind, state.
ONE_MISSING = {
    "lapsed": ({"certificates": LAPSED}, ("certificate", "lacking")),
    "absent": ({"certificates": ABSENT}, ("certificate", "lacking")),
    "contradicted": ({"specs": LOW}, ("spec", "lacking")),
    "capacity": ({"capacity": 40.0}, ("capacity", "lacking")),
    "order": ({"moq": 200.0}, ("moq", "lacking")),
    "late": ({"lead_time_days": 45.0}, ("lead_time", "lacking")),
    "paid late": ({"payment_days": 30.0}, ("payment", "lacking")),
}


@pytest.fixture
def world(analyser: Analyser, units: UnitTable) -> Matcher:
    """A matcher whose statistics know the trade and others; offers are put beside it."""
    others = [
        *golden.CAPABILITIES,
        WHOLE,
        replace(WHOLE, id="other", firm_id="other", title="液压油缸密封件"),
    ]
    return Matcher.fit(others, analyser, units=units)


def near(world: Matcher, *offers: CapabilityProfile, need: NeedProfile = NEED) -> dict[str, NearMiss]:
    return {match.capability_id: miss for match, miss in world.narrowed(offers).nearly(need, as_of=AS_OF)}


def listed(world: Matcher, *offers: CapabilityProfile, need: NeedProfile = NEED) -> dict[str, str]:
    return {match.capability_id: match.label for match in world.narrowed(offers).match(need, as_of=AS_OF)}


def test_a_whole_offer_is_met_not_nearly_met(world: Matcher) -> None:
    assert listed(world, WHOLE) == {"whole": "strong"}
    assert near(world, WHOLE) == {}


@pytest.mark.parametrize("what", ONE_MISSING)
def test_one_thing_missing_is_named(world: Matcher, what: str) -> None:
    changes, told = ONE_MISSING[what]
    found = near(world, replace(WHOLE, **changes))["whole"]  # type: ignore[arg-type]
    assert [(thing.kind, thing.state) for thing in found.missing] == [told]
    assert found.label == "strong"


@pytest.mark.parametrize("what", ["lapsed", "absent", "contradicted"])
def test_what_a_fact_rules_out_is_told_and_never_listed(world: Matcher, what: str) -> None:
    offer = replace(WHOLE, **ONE_MISSING[what][0])  # type: ignore[arg-type]
    assert near(world, offer)["whole"].standing == "barred"
    assert listed(world, offer) == {}


def test_the_missing_thing_says_by_how_much(world: Matcher) -> None:
    (thing,) = near(world, replace(WHOLE, specs=LOW))["whole"].missing
    assert thing.finding.params == {"parameter": "工作压力", "wanted": "≥31.5 MPa", "offered": "25 MPa"}
    assert thing.subject == "工作压力"
    undivided = replace(NEED, splitting_accepted=False)
    (short,) = near(world, replace(WHOLE, capacity=40.0), need=undivided)["whole"].missing
    assert (short.finding.code, short.finding.params["percent"]) == ("capacity_undivided", 40)


def test_two_things_missing_still_belong_and_three_do_not(world: Matcher) -> None:
    two = replace(WHOLE, certificates=LAPSED, specs=LOW)
    assert len(near(world, two)["whole"].missing) == 2
    assert near(world, replace(two, lead_time_days=45.0)) == {}
    silent = replace(WHOLE, certificates=LAPSED, specs=(), lead_time_days=None)
    assert near(world, silent) == {}, "two questions open beside a lapsed certificate"


def test_both_lapsed_certificates_count(world: Matcher) -> None:
    """Were only the first told, a pair that lacks three would pass for one that lacks two."""
    need = replace(NEED, certificates_required=("MA", "ISO 9001", "ISO 14001"))
    three = tuple(Certificate(kind, valid_until=date(2026, 1, 1)) for kind in need.certificates_required)
    assert near(world, replace(WHOLE, certificates=three), need=need) == {}
    two = (*three[:2], Certificate("ISO 14001", valid_until=date(2029, 1, 1)))
    found = near(world, replace(WHOLE, certificates=two), need=need)["whole"]
    assert [thing.subject for thing in found.missing] == ["MA", "ISO 9001"]


@pytest.mark.parametrize(
    "relation",
    [
        {"firm_id": "buyer"},
        {"control_group": "one"},
        {"excluded_firms": frozenset({"buyer"})},
        {"types": frozenset({"finance"})},
    ],
)
def test_who_does_not_want_or_owns_the_other_is_never_near(
    world: Matcher, relation: dict[str, object]
) -> None:
    need = replace(NEED, control_group="one", type="procurement")
    offer = replace(WHOLE, certificates=LAPSED)
    assert near(world, offer, need=need)
    assert near(world, replace(offer, **relation), need=need) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize("what", ONE_MISSING)
def test_mending_what_is_named_keeps_the_promise(world: Matcher, what: str) -> None:
    """The label told beforehand is the label that the mended offer gets, and then nothing is missing."""
    offer = replace(WHOLE, **ONE_MISSING[what][0])  # type: ignore[arg-type]
    promised = near(world, offer)["whole"]
    assert listed(world, WHOLE)["whole"] == promised.label
    assert near(world, WHOLE) == {}


def test_over_the_mini_world_near_misses_keep_their_bounds(matcher: Matcher) -> None:
    seen = 0
    for need in golden.NEEDS:
        every = {match.capability_id for match in matcher.match(need, top=0, as_of=AS_OF)}
        for match, miss in matcher.nearly(need, as_of=AS_OF):
            seen += 1
            assert 1 <= len(miss.missing) <= MOST_MISSING
            assert all(thing.kind in KINDS for thing in miss.missing)
            assert (miss.standing == "barred") == (match.excluded is not None)
            assert miss.standing != "barred" or match.capability_id not in every
            assert miss.mended >= match.score or miss.standing == "listed"
            assert miss.label != "weak"
    assert seen >= 5


def test_the_nearest_few_are_the_first_of_all(matcher: Matcher) -> None:
    for need in golden.NEEDS:
        every = [match.capability_id for match, _miss in matcher.nearly(need, most=100, as_of=AS_OF)]
        for most in (1, 2, 3):
            some = [match.capability_id for match, _miss in matcher.nearly(need, most=most, as_of=AS_OF)]
            assert some == every[:most]


def test_only_the_firms_asked_for_are_looked_at(matcher: Matcher) -> None:
    for need in golden.NEEDS:
        every = matcher.nearly(need, most=100, as_of=AS_OF)
        for match, _miss in every:
            alone = matcher.nearly(need, as_of=AS_OF, firms={match.firm_id})
            assert match.capability_id in {found.capability_id for found, _ in alone}
            assert {found.firm_id for found, _ in alone} == {match.firm_id}
        assert matcher.nearly(need, as_of=AS_OF, firms=frozenset()) == []


def test_what_is_held_is_not_missing(world: Matcher) -> None:
    soon = (Certificate("MA", valid_until=date(2026, 12, 1)),)
    assert near(world, replace(WHOLE, certificates=soon)) == {}
    found = world.narrowed([replace(WHOLE, certificates=soon)]).match(NEED, as_of=AS_OF)[0].unproven
    assert [missing_of(finding) for finding in found] == [None]
