"""What a certificate is worth on a day, and which rule a tier was issued under."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.certifications import rules
from marketplace.certifications.rules import CertificationFacts
from marketplace.taxonomy.values import Tier, TierRule

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
MAYBE = st.none() | DAYS
OLD = TierRule(
    "旧办法",
    "",
    "gradient-2022",
    "工信部企业〔2022〕63号",
    date(2022, 8, 1),
    date(2026, 3, 31),
    (4, 30),
    "at_expiry",
)
NEW = TierRule(
    "新办法", "", "gradient-2026", "工信部企业〔2026〕2号", date(2026, 4, 1), None, (5, 31), "before_expiry"
)
TIERS = tuple(
    Tier("专精特新中小企业", "", rule.key, "srdi-sme", "", 2, "", years, "high", shown)
    for rule, years, shown in ((OLD, 3, True), (NEW, 3, True))
)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "revoked_on", "standing"),
    [
        (None, date(2026, 11, 22), None, "lapsed"),
        (None, date(2026, 11, 23), None, "soon"),
        (None, date(2026, 11, 23) + timedelta(days=rules.SOON_DAYS), None, "soon"),
        (None, date(2026, 11, 23) + timedelta(days=rules.SOON_DAYS + 1), None, "valid"),
        (None, None, None, "valid"),
        (date(2026, 11, 23), None, None, "valid"),
        (date(2026, 11, 24), None, None, "not_yet"),
        (date(2026, 11, 24), date(2026, 11, 30), None, "not_yet"),
        (None, None, date(2026, 11, 23), "revoked"),
        (None, date(2025, 1, 1), date(2024, 1, 1), "revoked"),
        (None, None, date(2026, 11, 24), "valid"),
    ],
)
def test_standing_on_its_days(
    valid_from: date | None, valid_until: date | None, revoked_on: date | None, standing: str
) -> None:
    assert rules.standing(valid_from, valid_until, revoked_on, date(2026, 11, 23)) == standing


@given(MAYBE, MAYBE, MAYBE, DAYS)
def test_soon_is_a_kind_of_valid_and_a_lapsed_one_never_comes_back(
    valid_from: date | None, valid_until: date | None, revoked_on: date | None, day: date
) -> None:
    today = rules.standing(valid_from, valid_until, revoked_on, day)
    tomorrow = rules.standing(valid_from, valid_until, revoked_on, day + timedelta(days=1))
    order = {"not_yet": 0, "valid": 1, "soon": 2, "lapsed": 3, "revoked": 4}
    if revoked_on is None or revoked_on > day:
        assert order[tomorrow] >= order[today]
    if today in ("valid", "soon"):
        assert (valid_from is None or valid_from <= day) and (valid_until is None or day <= valid_until)
    left = rules.days_left(valid_until, day)
    assert left is None or (left < 0) == (valid_until is not None and valid_until < day)


@pytest.mark.parametrize(
    ("issued", "document"),
    [
        (date(2026, 3, 31), OLD.document),
        (date(2026, 4, 1), NEW.document),
        (date(2022, 8, 1), OLD.document),
        (date(2022, 7, 31), None),
    ],
)
def test_a_tier_is_issued_under_the_rule_of_its_day(issued: date, document: str | None) -> None:
    found = rules.tier_suggestion((OLD, NEW), TIERS, "srdi-sme", issued)
    assert (found.document if found else None) == document


def test_three_years_end_the_day_before() -> None:
    found = rules.tier_suggestion((OLD, NEW), TIERS, "srdi-sme", date(2024, 1, 1))
    assert found is not None and found.last_day == date(2026, 12, 31)
    unknown = rules.tier_suggestion((OLD, NEW), TIERS, "no-such-tier", date(2024, 1, 1))
    assert unknown is not None and unknown.last_day is None


def test_every_problem_is_named_at_once() -> None:
    facts = CertificationFacts(
        "nothing", "9" * 81, issuer="x" * 121, valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 31)
    )
    found = {(problem.code, problem.field) for problem in rules.problems_of(facts, frozenset({"iso-9001"}))}
    assert found == {
        ("certifications.kind_unknown", "kind_key"),
        ("certifications.dates_order", "valid_until"),
        ("certifications.too_long", "number"),
        ("certifications.too_long", "issuer"),
    }
    one_day = CertificationFacts("iso-9001", valid_from=date(2026, 2, 1), valid_until=date(2026, 2, 1))
    assert rules.problems_of(one_day, frozenset({"iso-9001"})) == []
    bare = rules.problems_of(CertificationFacts("iso-9001"), frozenset({"iso-9001"}))
    assert [problem.code for problem in bare] == ["certifications.nothing_stated"]


def test_a_certificate_of_the_last_years_that_there_are_ends_with_them() -> None:
    found = rules.tier_suggestion([NEW], TIERS, "srdi-sme", date(9998, 5, 1))
    assert found is not None and found.last_day == date.max
