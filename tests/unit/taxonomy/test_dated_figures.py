"""Procurement figures by scope, region and day; certificates and tiers on a day; chains and codes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.taxonomy import rules
from marketplace.taxonomy.values import Edge, Parameter, TierRule

Parameters = tuple[Parameter, ...]
ZONE = "410472"


def figure(parameters: Parameters, key: str, scope: str, as_of: date, region: str = ZONE) -> str | None:
    found = rules.parameter_on(parameters, key, scope, region, as_of)
    return found.value if found else None


@pytest.mark.parametrize(
    ("key", "scope", "as_of", "expected"),
    [
        ("reserve.share_min", "works", date(2020, 12, 31), None),
        ("reserve.share_min", "works", date(2021, 1, 1), "30"),
        ("reserve.share_min", "works", date(2022, 6, 30), "30"),
        ("reserve.share_min", "works", date(2022, 7, 1), "40"),
        ("reserve.share_min", "works", date(2025, 11, 2), "40"),
        ("reserve.share_min", "works", date(2025, 11, 3), "40"),
        ("reserve.share_min", "goods_services", date(2025, 11, 3), "30"),
        ("reserve.small_project_ceiling", "goods_services", date(2026, 1, 1), "200"),
        ("reserve.small_project_ceiling", "works", date(2026, 1, 1), "400"),
        ("deduction.small_micro.min", "goods_services", date(2022, 6, 30), "6"),
        ("deduction.small_micro.min", "goods_services", date(2022, 7, 1), "10"),
        ("deduction.small_micro.max", "goods_services", date(2022, 7, 1), "20"),
        ("deduction.small_micro.max", "works", date(2022, 7, 1), "5"),
        ("domestic.deduction", "goods_services", date(2025, 12, 31), None),
        ("domestic.deduction", "goods_services", date(2026, 1, 1), "20"),
        ("innovation.suppliers_max", "all", date(2024, 5, 31), None),
        ("innovation.suppliers_max", "all", date(2024, 6, 1), "3"),
        (
            "innovation.contract_years_max",
            "innovation_major",
            date(2026, 1, 1),
            None,
        ),  # from memory: not applied
        ("no.such.key", "all", date(2026, 1, 1), None),
    ],
)
def test_figures_on_a_day(
    parameters: Parameters, key: str, scope: str, as_of: date, expected: str | None
) -> None:
    assert figure(parameters, key, scope, as_of) == expected


def test_the_state_council_text_carries_the_works_share_now(parameters: Parameters) -> None:
    before = rules.parameter_on(parameters, "reserve.share_min", "works", "", date(2025, 11, 2))
    after = rules.parameter_on(parameters, "reserve.share_min", "works", "", date(2025, 11, 3))
    assert before and after
    assert (before.confidence, after.confidence) == ("medium", "high")
    assert after.document == "国办发〔2025〕38号"


def test_a_local_rule_holds_in_its_region_only(parameters: Parameters) -> None:
    day = date(2026, 1, 1)
    assert figure(parameters, "reserve.share_min", "goods_services", day, "370406") == "40"
    assert figure(parameters, "reserve.share_min", "goods_services", day, "370402") == "30"
    assert (
        figure(parameters, "reserve.share_min", "goods_services", day, "630102") == "40"
    )  # province rules below
    assert figure(parameters, "reserve.share_min", "goods_services", date(2022, 12, 21), "370406") == "30"
    assert figure(parameters, "procurement_threshold", "county", day, "410422") == "30"
    assert figure(parameters, "procurement_threshold", "city", day, "410100") == "100"
    assert figure(parameters, "procurement_threshold", "city", day, "410400") == "50"
    assert figure(parameters, "procurement_threshold", "county", day, "420100") is None


def test_no_two_shown_rows_of_one_place_overlap(parameters: Parameters) -> None:
    rows: dict[tuple[str, str, str], list[Parameter]] = {}
    for row in parameters:
        if row.shown:
            rows.setdefault((row.key, row.scope, row.region), []).append(row)
    for place, periods in rows.items():
        for earlier, later in pairwise(periods):
            assert earlier.valid_to is not None and earlier.valid_to < later.valid_from, place


def test_a_value_is_read_as_what_it_is(parameters: Parameters) -> None:
    def row(key: str, scope: str = "all") -> Parameter:
        found = rules.parameter_on(parameters, key, scope, "", date(2026, 1, 1))
        assert found is not None
        return found

    assert row("payment.interest.unagreed").number * 100 == 5
    assert row("deduction.beneficiary").members == ("small", "micro")
    assert row("domestic.stacks_with_small_micro").is_true
    with pytest.raises(ValueError, match="not a number"):
        _ = row("deduction.goods_test").number


# ---------------------------------------------------------------- certificates and tiers
def test_a_certificate_counts_through_its_last_day() -> None:
    first, last = date(2023, 1, 1), date(2025, 12, 31)
    state = [rules.certificate_state(first, last, day) for day in (
        first - timedelta(days=1), first, last, last + timedelta(days=1))]  # fmt: skip
    assert state == ["not_yet", "valid", "valid", "lapsed"]
    assert rules.certificate_state(None, None, last) == "valid"
    assert rules.certificate_state(first, last, date(2024, 5, 1), revoked_on=date(2024, 5, 2)) == "valid"
    assert rules.certificate_state(first, last, date(2024, 5, 2), revoked_on=date(2024, 5, 2)) == "revoked"


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2023, 1, 1), 3, date(2025, 12, 31)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2023, 3, 1), 1, date(2024, 2, 29)),
    ],
)
def test_the_last_day_of_a_term(first: date, years: int, last: date) -> None:
    assert rules.last_day(first, years) == last


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 10))
def test_a_new_term_may_begin_the_day_after(first: date, years: int) -> None:
    following = rules.last_day(first, years) + timedelta(days=1)
    assert following.year == first.year + years
    assert (following.month, following.day) in {(first.month, first.day), (3, 1)}


def test_which_rule_issues_on_a_day(tier_rules: tuple[TierRule, ...]) -> None:
    def key(day: date) -> str | None:
        found = rules.tier_rule_on(tier_rules, day)
        return found.key if found else None

    assert key(date(2022, 7, 31)) is None
    assert key(date(2022, 8, 1)) == "gradient-2022"
    assert key(date(2026, 3, 31)) == "gradient-2022"
    assert key(date(2026, 4, 1)) == "gradient-2026"


def test_the_annual_update_moved_by_a_month(tier_rules: tuple[TierRule, ...]) -> None:
    old, new = tier_rules
    assert (old.re_review, new.re_review) == ("at_expiry", "before_expiry")
    assert rules.annual_update_due(old, date(2025, 4, 30)) == date(2025, 4, 30)
    assert rules.annual_update_due(old, date(2025, 5, 1)) == date(2026, 4, 30)
    assert rules.annual_update_due(new, date(2026, 5, 31)) == date(2026, 5, 31)
    assert rules.annual_update_due(new, date(2026, 6, 1)) == date(2027, 5, 31)


# ---------------------------------------------------------------- codes and chains
def test_codes() -> None:
    assert rules.industry_code(" c２８１1 ") == "2811"
    assert rules.industry_code("c") == "C"
    assert (
        rules.within("410472", "410400") and rules.within("410472", "410000") and rules.within("410472", "")
    )
    assert not rules.within("410472", "410402") and not rules.within("410000", "410400")
    assert rules.regions_of("410472") == ("410472", "410400", "410000", "")
    assert rules.regions_of("410000") == ("410000", "")
    assert rules.regions_of("") == ("",)


def test_distance_follows_the_flow_downstream_only() -> None:
    chain = [Edge("a", "b", "", ""), Edge("b", "c", "", ""), Edge("c", "a", "", ""), Edge("c", "d", "", "")]
    assert [rules.link_distance(chain, "a", goal) for goal in "abcd"] == [0, 1, 2, 3]
    assert rules.link_distance(chain, "d", "a") is None
    assert rules.link_distance(chain, "a", "d", most=2) is None
