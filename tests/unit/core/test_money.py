"""Money: 万元 at the edge, yuan inside, nothing that a column cannot hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Refusal
from marketplace.core.money import MOST, from_wan, in_wan


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("12.5", "125000.00"),
        ("1,200", "12000000.00"),
        ("１２", "120000.00"),
        (" 3 万元 ", "30000.00"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("0.0000005", "0.01"),
    ],
)
def test_what_people_write_is_read(written: str, yuan: str) -> None:
    assert str(from_wan(written)) == yuan


@pytest.mark.parametrize(
    "written",
    ["", "abc", "-1", "NaN", "sNaN", "Infinity", "1e400", "1e30", "九百", "1.2.3", "9" * 5000, "\x00"],
)
def test_what_is_no_amount_is_refused_at_its_field(written: str) -> None:
    with pytest.raises(Refusal) as refused:
        from_wan(written, "budget_low")
    problem = refused.value.problems[0]
    assert (problem.code, problem.field) == ("core.amount_unreadable", "budget_low")
    assert len(problem.params["text"]) <= 40


@given(st.decimals(min_value=0, max_value=MOST, places=2))
def test_what_is_shown_is_read_back_to_the_same_amount(yuan: Decimal) -> None:
    shown = in_wan(yuan)
    assert "E" not in shown
    assert from_wan(shown) == yuan


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    try:
        assert 0 <= from_wan(text) <= MOST
    except Refusal as refused:
        assert refused.code == "core.amount_unreadable"
