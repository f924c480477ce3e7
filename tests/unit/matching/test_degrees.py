"""「度」 as a temperature or an angle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import SpecRow, UnitTable
from matching.degrees import is_temperature
from matching.spec_reading import read_specs
from matching.specs import compare, show_row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("耐温200度", ["耐温 200 °C"]),
        ("可耐 200 度", ["耐温 200 °C"]),
        ("热变形温度≥75度", ["热变形温度 ≥75 °C"]),
        ("使用温度-40~125度", ["工作温度 -40–125 °C"]),
        ("烘烤温度 200 度", ["烘烤温度 200 °C"]),
        ("维卡软化点 120度", ["维卡软化点 120 °C"]),
        ("旋转90度", ["旋转 90°"]),
        ("倾角 15 度", ["倾角 15°"]),
        ("安装夹角：30度", ["安装夹角 30°"]),
        ("数值 2900 度", ["数值 2900 °C"]),
        ("数值 90 度", ["数值 90°"]),
        ("烘箱转角 45度", ["烘箱转角 45°"]),
    ],
)
def test_the_parameter_or_the_words_beside_decide(units: UnitTable, text: str, expected: list[str]) -> None:
    assert [f"{row.parameter} {show_row(row)}" for row in read_specs(text, units)] == expected


@pytest.mark.parametrize("value", [SpecRow("耐温", "≥", 200, unit="度"), SpecRow("耐温", "≥", "200度")])
def test_a_row_in_degrees_is_compared_with_one_in_celsius(units: UnitTable, value: SpecRow) -> None:
    assert compare(value, (SpecRow("耐温", "=", 220, unit="℃"),), units).status == "met"
    assert compare(value, (SpecRow("耐热温度", "=", 180, unit="°C"),), units).status == "unmet"


def test_an_angle_stays_one(units: UnitTable) -> None:
    wanted = SpecRow("安装倾角", "≤", 15, unit="度")
    assert compare(wanted, (SpecRow("安装倾角", "=", 12, unit="°"),), units).status == "met"


@given(st.text(max_size=12), st.text(max_size=12), st.floats(0, 400))
def test_a_known_dimension_is_never_overruled(before: str, after: str, value: float) -> None:
    assert is_temperature("temperature", before, after, value)
    assert not is_temperature("angle", before, after, value)
    if value > 360:
        assert is_temperature("", "", "", value)
