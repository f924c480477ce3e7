"""Where a supplier delivers and how long it waits for its money, from the cells of a sheet to the matcher and the draft."""

from __future__ import annotations

import pytest

from marketplace.imports.keeping import capability_content, need_content
from marketplace.imports.pairing import unit_table
from marketplace.imports.profiles import capability_profile, need_profile
from marketplace.imports.reading import Side, read_side
from marketplace.imports.vocabulary import Vocabulary
from marketplace.taxonomy.lists import lists_of

LISTS = lists_of(None)
WORDS, UNITS = Vocabulary(LISTS), unit_table()


def offers(headings: str, cells: str) -> Side:
    text = f"企业名称,主导产品,{headings}\n乙公司,浸胶帘子布,{cells}\n"
    return read_side(text.encode(), "sheet.csv", "capabilities")


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("河南省、湖北省", {"410000", "420000"}), ("河南", {"410000"}), ("吉林", {"220000"}), ("省内", {"410000"}),
        ("平顶山；洛阳市", {"410300", "410400"}), ("新华区", {"410402"}), ("河北省石家庄市新华区", {"130105"}),
        ("Xinhua (130105)", {"130105"}), ("Henan", {"410000"}), ("全国", set()), ("", set()),
    ],
)  # fmt: skip
def test_the_area_served_reaches_matcher_and_draft(cell: str, codes: set[str]) -> None:
    side = offers("供货范围,账期", f"{cell},60天")
    profile = capability_profile(side.rows[0], WORDS, UNITS)
    content = capability_content(side.rows[0], profile, LISTS)
    assert side.errors == []
    assert profile.divisions == codes and set(content.divisions) == codes
    assert (profile.payment_days, content.payment_days) == (60, 60)


@pytest.mark.parametrize(
    ("cell", "chinese", "english"),
    [
        ("河南、火星", "「火星」不在行政区划表里", "“火星” in the area served is not in the list"),
        ("朝阳区", "「朝阳区」有好几个地方同名", "Several places are called “朝阳区”"),
    ],
)
def test_a_place_that_is_none_is_told_at_its_cell_in_both_languages(
    cell: str, chinese: str, english: str
) -> None:
    side = offers("产能,供货范围", f"100吨,{cell}")
    (error,) = side.errors
    assert (error.row, error.column, error.cell, error.left_out) == (2, "供货范围", "D2", False)
    assert chinese in error.sentence("zh") and english in error.sentence("en")
    assert side.rows[0].record.values["quantity"].high == 100  # the rest of the row stands


def test_more_places_than_a_listing_takes_are_told() -> None:
    cities = "、".join(division.code for division in LISTS.divisions.values() if division.level == "city")
    (error,) = offers("供货范围", cities).errors
    assert (error.code, error.params) == ("sheets.areas_many", {"most": 60})


def test_a_needs_payment_term_stands_against_the_suppliers() -> None:
    text = "企业名称,需求名称,付款期限（天）\n甲公司,浸胶帘子布,90\n"
    (row,) = read_side(text.encode(), "sheet.csv", "needs").rows
    profile = need_profile(row, WORDS, UNITS)
    assert (profile.payment_days, need_content(row, profile, LISTS).payment_days) == (90, 90)
