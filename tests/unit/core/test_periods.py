"""How often an amount comes: one place for its codes, its units and its words."""

from __future__ import annotations

from collections import Counter

import pytest

import marketplace.words  # noqa: F401 - every room's codes are registered
from marketplace.capabilities import rules as capability_rules
from marketplace.core import periods
from marketplace.core.i18n import registered_words, render
from marketplace.needs import rules as need_rules


@pytest.mark.parametrize("code", capability_rules.PERIODS)
def test_a_unit_of_time_is_read_back_as_its_code(code: str) -> None:
    assert periods.period_of(periods.unit_of(code), (code,)) == code
    assert periods.period_of(periods.unit_of(code), ()) is None


def test_what_comes_once_has_no_unit_and_what_is_unknown_no_code() -> None:
    assert periods.unit_of("once") == periods.unit_of(None) == ""
    for unit in ("", "季", "小时"):
        assert periods.period_of(unit, capability_rules.PERIODS) is None


def test_an_amount_per_period_is_written_in_the_readers_language() -> None:
    assert [periods.per("吨", code, "zh") for code in capability_rules.PERIODS] == ["吨/天", "吨/月", "吨/年"]
    assert [periods.per("t", code, "en") for code in capability_rules.PERIODS] == [
        "t/day",
        "t/month",
        "t/year",
    ]


def test_each_period_has_its_words_once() -> None:
    codes = {*need_rules.PERIODS, *capability_rules.PERIODS}
    words = [render(f"core.period.{code}", {}, "zh") for code in codes]
    registered = Counter(registered_words().values())
    assert {word: registered[word] for word in words} == dict.fromkeys(words, 1)
