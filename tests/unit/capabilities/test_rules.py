"""What a capability must hold, how complete it is, and what is read out of a text."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.capabilities import rules
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.reading import rows_in
from marketplace.core.specs import SpecContent

WORDS = st.text("尼龙钢板ab 1", max_size=8)
SPECS = st.lists(st.builds(SpecContent, WORDS, st.just("ge"), WORDS), max_size=3).map(tuple)
NUMBERS = st.none() | st.decimals(0, 1000, places=2)
NAMES = st.lists(st.sampled_from(["iso9001", "iso14001", "iatf16949"]), max_size=2, unique=True).map(tuple)
CONTENTS = st.builds(
    CapabilityContent,
    product=WORDS,
    sentence=WORDS,
    description=WORDS,
    capacity=NUMBERS,
    moq=NUMBERS,
    lead_time_days=st.none() | st.integers(0, 400),
    specs=SPECS,
    certificates=NAMES,
    standards=NAMES,
)
# One field at a time, filled with something.
FILLED: dict[str, Any] = {
    "product": "尼龙66工业丝",
    "sentence": "高强低缩",
    "description": "三条纺丝线",
    "capacity": Decimal(0),
    "moq": Decimal(1),
    "lead_time_days": 0,
    "specs": (SpecContent("断裂强度", "ge", "9.2"),),
    "certificates": ("iso9001",),
    "standards": ("GB/T 16422.2",),
    "english_product": "Nylon 66 yarn",
    "spare_capacity": Decimal(5),
    "chain_key": "nylon",
}


@given(CONTENTS, st.sampled_from(sorted(FILLED)), st.integers(0, 8))
def test_saying_more_never_lowers_the_completeness(
    content: CapabilityContent, field: str, photos: int
) -> None:
    before = rules.completeness(content, photos)
    assert rules.completeness(replace(content, **{field: FILLED[field]}), photos) >= before
    assert rules.completeness(content, photos + 1) >= before
    assert 0 <= before <= 100


@given(CONTENTS, st.integers(0, 8))
def test_what_is_missing_and_what_is_there_add_up(content: CapabilityContent, photos: int) -> None:
    missing = rules.missing_for_buyers(content, photos)
    worth = [rules.COMPLETENESS[name] for name in missing]
    assert rules.completeness(content, photos) + sum(worth) == 100
    assert worth == sorted(worth, reverse=True)


def test_empty_is_nothing_and_everything_is_a_hundred() -> None:
    assert rules.completeness(CapabilityContent()) == 0
    assert rules.completeness(CapabilityContent(product="   ")) == 0
    assert rules.completeness(CapabilityContent(**FILLED), photos=1) == 100
    assert rules.missing_for_buyers(CapabilityContent(**FILLED), photos=1) == ()


def test_every_field_of_the_meter_is_a_field_of_the_content() -> None:
    assert set(rules.COMPLETENESS) - {"photos"} <= {field.name for field in fields(CapabilityContent)}


def test_spare_is_part_of_the_whole() -> None:
    content = CapabilityContent(
        product="锻件", capacity=Decimal(10), spare_capacity=Decimal(11), capacity_unit="吨"
    )
    assert [problem.code for problem in rules.submission_problems(content)] == ["capabilities.spare_over"]
    assert rules.submission_problems(replace(content, spare_capacity=Decimal(10))) == []
    assert rules.submission_problems(replace(content, capacity=None)) == []


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-10, 400))
def test_half_a_year_without_a_word_is_stale(confirmed: date, days: int) -> None:
    assert rules.needs_confirming(confirmed, confirmed + timedelta(days=days)) == (days > 180)
    assert rules.needs_confirming(None, confirmed)


def test_rows_are_read_from_a_text_for_a_person_to_look_at() -> None:
    rows = rows_in("断裂强力≥180N，阻燃等级V-0；厚度0.5-3mm，抗拉强度 1080 MPa。欢迎来电。")
    found = {(row.parameter, row.operator, row.value, row.value_high, row.unit) for row in rows}
    assert {
        ("断裂强力", "ge", "180", None, "N"),
        ("阻燃等级", "eq", "V-0", None, None),
        ("厚度", "range", "0.5", "3", "mm"),
        ("抗拉强度", "eq", "1080", None, "MPa"),
    } <= found


def test_a_unit_is_not_read_as_a_grade_of_the_same_letters() -> None:
    found = {(row.parameter, row.value, row.unit) for row in rows_in("硬度 280 HB，阻燃 V-0")}
    assert found == {("硬度", "280", "HB"), ("阻燃等级", "V-0", None)}


def test_degrees_said_of_heat_are_celsius_and_otherwise_an_angle() -> None:
    found = {
        (row.parameter, row.value, row.unit)
        for row in rows_in("热变形温度大于200度，熔点254度，折弯角度 30度")
    }
    assert found == {("热变形温度", "200", "°C"), ("熔点", "254", "°C"), ("折弯角度", "30", "°")}


@given(st.text(max_size=200))
def test_whatever_is_read_can_be_saved(text: str) -> None:
    content = CapabilityContent(product="锻件", specs=rows_in(text))
    assert rules.shape_problems(content) == []


@pytest.mark.parametrize("text", ["", "欢迎来电咨询，质量第一。", "电话 13803751234"])
def test_a_text_without_parameters_gives_no_rows(text: str) -> None:
    assert rows_in(text) == ()
