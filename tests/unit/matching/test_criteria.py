"""Locality and tier: visible, switched off by default, and gone where public money or a tender is involved."""

from dataclasses import replace
from datetime import date

import pytest

from matching import CapabilityProfile, Certificate, Matcher, NeedProfile, UnitTable, Weights, combine
from matching.criteria import check_tier
from search.analysis import Analyser

DAY = date(2026, 11, 23)
NEED = NeedProfile("need", title="浸胶帘子布", delivery_division="410402")
LOCAL = CapabilityProfile(
    "local",
    title="浸胶帘子布",
    divisions=frozenset({"4104"}),
    certificates=(Certificate("srdi-little-giant"),),
)
FAR = CapabilityProfile("far", title="浸胶帘子布", divisions=frozenset({"3302"}))
ON = Weights(delivery=1.0, tier=1.0)


def scores(analyser: Analyser, units: UnitTable, need: NeedProfile, weights: Weights) -> dict[str, float]:
    matcher = Matcher.fit([LOCAL, FAR], analyser, units=units, weights=weights)
    return {match.capability_id: match.score for match in matcher.match(need, top=0, as_of=DAY)}


def test_both_weigh_nothing_until_switched_on(analyser: Analyser, units: UnitTable) -> None:
    usual = scores(analyser, units, NEED, Weights())
    assert usual["local"] == usual["far"]
    switched = scores(analyser, units, NEED, ON)
    assert switched["local"] > switched["far"]
    for alone in (Weights(delivery=1.0), Weights(tier=1.0)):
        found = scores(analyser, units, NEED, alone)
        assert found["local"] > found["far"]


def test_no_weight_brings_them_back_under_an_open_procedure(analyser: Analyser, units: UnitTable) -> None:
    public = replace(NEED, open_procedure=True)
    found = scores(analyser, units, public, ON)
    assert found["local"] == found["far"]
    matcher = Matcher.fit([LOCAL, FAR], analyser, units=units, weights=ON)
    for match in matcher.match(public, top=0, as_of=DAY):
        assert not {"delivery", "tier"} & set(match.signals)
        assert combine(match.signals, Weights(delivery=5.0, tier=5.0)) == pytest.approx(
            combine(match.signals, Weights()), abs=1e-6
        )
        assert "division_not_served" not in {finding.code for finding in match.gaps}


@pytest.mark.parametrize(
    ("paper", "value"),
    [
        (Certificate("srdi-sme", date(2024, 1, 1), date(2026, 11, 23)), 0.75),
        (Certificate("srdi-sme", date(2024, 1, 1), date(2026, 11, 22)), 0.0),
        (Certificate("srdi-sme", date(2026, 11, 24)), 0.0),
        (Certificate("srdi-sme", declared_absent=True), 0.0),
        (Certificate("iso-9001"), 0.0),
    ],
)
def test_a_tier_counts_on_its_days(paper: Certificate, value: float) -> None:
    assert check_tier(replace(FAR, certificates=(paper,)), DAY).value == value


def test_the_highest_tier_counts() -> None:
    papers = (Certificate("innovative-sme"), Certificate("srdi-little-giant"), Certificate("srdi-sme"))
    assert check_tier(replace(FAR, certificates=papers), DAY).value == 1.0
