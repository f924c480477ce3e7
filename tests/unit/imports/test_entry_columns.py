"""The direction and a type's own fields from a sheet's headings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.core.terms import TermContent
from marketplace.imports.entry_columns import direction_in, terms_in
from marketplace.taxonomy.lists import lists_of

LISTS = lists_of(None)


@pytest.mark.parametrize(
    ("cell", "direction"),
    [
        ("我需要", "want"),
        ("我 开放", "open"),
        ("我能做", "make"),
        ("I open", "open"),
        ("开放", "open"),
        ("其他", ""),
    ],
)
def test_a_direction_as_people_write_it(cell: str, direction: str) -> None:
    assert direction_in({"备注": "x", "方向": cell}) == direction


def test_no_column_says_no_direction() -> None:
    assert direction_in({"备注": "我开放"}) == ""


def test_a_loan_by_its_headings() -> None:
    row = {
        "资金用途": "订单与应收账款",
        "需要金额（万元）": "300",
        "使用期限": "2年",
        "能提供的增信": "应收账款质押、知识产权质押",
        "备注": "急",
    }
    assert terms_in(row, "want", ("finance",), LISTS) == (
        TermContent("purpose", text="orders"),
        TermContent("amount", number=Decimal(3_000_000)),
        TermContent("loan_months", number=Decimal(24)),
        TermContent("security", text="receivables"),
        TermContent("security", text="ip"),
    )


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [("300", 3_000_000), ("300万元", 3_000_000), ("0.5亿元", 50_000_000), ("800,000元", 800_000)],
)
def test_amounts_with_and_without_their_unit(cell: str, yuan: int) -> None:
    assert terms_in({"需要金额": cell}, "want", ("finance",), LISTS) == (
        TermContent("amount", number=Decimal(yuan)),
    )


def test_english_headings_and_a_platform() -> None:
    row = {"Equipment": "Salt spray chamber", "Hours open": "40", "Fee": "300 yuan", "Free of charge": "no"}
    found = {term.key: term.text or term.number for term in terms_in(row, "offer", ("platform",), LISTS)}
    assert found == {"equipment": "Salt spray chamber", "hours": 40, "fee": 300, "free": "no"}


def test_what_is_of_another_type_or_cannot_be_read_is_left_to_the_text() -> None:
    row = {"需要金额": "面议", "设备与平台": "中试线", "资金用途": "随便"}
    assert terms_in(row, "want", ("finance",), LISTS) == ()
