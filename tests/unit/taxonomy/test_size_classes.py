"""Size classes of 300号: worked cases, exact boundaries, and what an industry code is sorted into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.taxonomy import queries, rules
from marketplace.taxonomy.values import SizeGroup

# key, employees, revenue, assets, expected: computed by hand from the rule "all lower bounds, else one class down".
VECTORS = [
    ("industry", 999, 40000, None, "medium"),
    ("industry", 1000, 40000, None, "large"),
    ("industry", 1000, 39999.99, None, "medium"),
    ("industry", 300, 2000, None, "medium"),
    ("industry", 2000, 300, None, "small"),
    ("industry", 299, 40000, None, "small"),
    ("industry", 19, 100000, None, "micro"),
    ("software_it", 103, 15735.28, None, "medium"),
    ("industry", 103, 15735.28, None, "small"),
    ("construction", None, 6000, 4999, "small"),
    ("construction", None, 80000, 79999, "medium"),
    ("real_estate_dev", None, 250000, 9999, "medium"),
    ("real_estate_dev", None, 99, 50000, "micro"),
    ("property_mgmt", 99, 5000, None, "micro"),
    ("leasing_business", 300, None, 119999, "medium"),
    ("leasing_business", 12, None, 99, "micro"),
    ("other", 99, None, None, "small"),
    ("other", 300, None, None, "large"),
    ("agriculture", None, 499.99, None, "small"),
    ("agriculture", None, 20000, None, "large"),
    ("transport", 25, 199, None, "micro"),
    ("info_transmission", 2000, 99999, None, "medium"),
    ("retail", 50, 499, None, "small"),
    ("wholesale", 5, 1000, None, "small"),
]


@pytest.mark.parametrize(("key", "employees", "revenue", "assets", "expected"), VECTORS)
def test_worked_cases(
    groups: dict[str, SizeGroup],
    key: str,
    employees: int | None,
    revenue: float | None,
    assets: float | None,
    expected: str,
) -> None:
    assert rules.size_class(groups[key], employees, revenue, assets) == expected


def test_every_bound_includes_its_own_figure_and_nothing_below(groups: dict[str, SizeGroup]) -> None:
    assert len(groups) == 16
    plenty = 10**9
    for group in groups.values():
        for name in group.indicators:
            for level, size in enumerate(("small", "medium", "large")):
                bound = getattr(group, name)[level]
                figures = dict.fromkeys(group.indicators, plenty)
                at = rules.size_class(group, *_in_order(figures | {name: bound}))
                below = rules.size_class(group, *_in_order(figures | {name: bound - 0.01}))
                assert (at, below) == (size, rules.SIZES[level]), (group.key, name)


def _in_order(figures: dict[str, float]) -> tuple[float | None, ...]:
    return tuple(figures.get(name) for name in ("employees", "revenue_wan", "assets_wan"))


def test_a_missing_figure_is_asked_for_and_an_unused_one_is_not(groups: dict[str, SizeGroup]) -> None:
    assert rules.size_class(groups["industry"], 100, None, 5000) is None
    assert rules.size_class(groups["other"], 100, None, None) == "medium"
    assert groups["leasing_business"].indicators == ("employees", "assets_wan")


def test_negative_figures_are_refused(groups: dict[str, SizeGroup]) -> None:
    with pytest.raises(ValueError, match="negative"):
        rules.size_class(groups["industry"], -1, 5, None)


@given(st.integers(0, 5000), st.integers(0, 500000), st.integers(0, 500000), st.integers(0, 1000))
def test_a_firm_that_grows_never_becomes_smaller(
    groups: dict[str, SizeGroup], employees: int, revenue: int, assets: int, more: int
) -> None:
    for group in groups.values():
        before = rules.size_class(group, employees, revenue, assets)
        after = rules.size_class(group, employees + more, revenue + more, assets + more)
        assert before and after
        assert rules.SIZES.index(after) >= rules.SIZES.index(before)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("C", "industry"),
        ("282", "industry"),
        ("C2822", "industry"),  # a class that is not loaded: its group decides
        ("Ｃ282", "industry"),
        ("06", "industry"),
        ("44", "industry"),
        ("48", "construction"),
        ("51", "wholesale"),
        ("52", "retail"),
        ("54", "transport"),
        ("591", "transport"),
        ("592", "warehousing"),
        ("53", None),  # rail
        ("651", "software_it"),
        ("64", "info_transmission"),
        ("66", None),  # finance
        ("701", "real_estate_dev"),
        ("702", "property_mgmt"),
        ("703", "other"),
        ("704", None),  # own property
        ("709", "other"),
        ("72", "leasing_business"),
        ("73", "other"),
        ("83", None),  # education
        ("84", None),  # health
        ("85", "other"),
        ("92", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_which_group_an_industry_belongs_to(seeded: Session, code: str, expected: str | None) -> None:
    group = queries.size_group_for(seeded, code)
    assert (group.key if group else None) == expected


def test_a_class_code_with_its_letter_needs_no_list(groups: dict[str, SizeGroup]) -> None:
    found = rules.size_group_for("C2822", groups.values())
    assert found is groups["industry"]
    assert rules.size_group_for("G5910", groups.values()) is groups["transport"]
    assert rules.size_group_for("2822", groups.values()) is None
    assert rules.size_group_for("2822", groups.values(), section="C") is groups["industry"]


def test_size_alone_does_not_make_an_sme() -> None:
    assert rules.is_sme("small", controlled_by_large=False) is True
    assert rules.is_sme("small", controlled_by_large=True) is False
    assert rules.is_sme("large", controlled_by_large=False) is False
    assert rules.is_sme(None, controlled_by_large=False) is None
