"""「度」 as a temperature, an angle or electricity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import SpecRow, UnitTable
from matching.degrees import unit_meant
from matching.spec_reading import read_specs
from matching.specs import by_parameter, compare, resolve, show_row


def status(wanted: SpecRow, offered: SpecRow, units: UnitTable) -> str:
    return compare(resolve(wanted, units), by_parameter((offered,), units)).status


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
        ("冷弯角 180度", ["冷弯角 180°"]),
        ("热弯半径外角 90度", ["热弯半径外角 90°"]),
        ("吨产品耗电 480度", ["吨产品耗电 480 kWh"]),
        ("耐油橡胶硬度 70度", ["硬度 70°"]),
    ],
)
def test_the_parameter_or_the_words_beside_decide(units: UnitTable, text: str, expected: list[str]) -> None:
    assert [f"{row.parameter} {show_row(row)}" for row in read_specs(text, units)] == expected


@pytest.mark.parametrize("wanted", [SpecRow("耐温", "≥", 200, unit="度"), SpecRow("耐温", "≥", "200度")])
def test_a_row_in_degrees_is_compared_with_one_in_celsius(units: UnitTable, wanted: SpecRow) -> None:
    assert status(wanted, SpecRow("耐温", "=", 220, unit="℃"), units) == "met"
    assert status(wanted, SpecRow("耐热温度", "=", 180, unit="°C"), units) == "unmet"


def test_an_angle_stays_one(units: UnitTable) -> None:
    wanted = SpecRow("安装倾角", "≤", 15, unit="度")
    assert status(wanted, SpecRow("安装倾角", "=", 12, unit="°"), units) == "met"


def test_who_writes_the_sign_means_an_angle(units: UnitTable) -> None:
    """1080° is three turns, whatever its size."""
    turns = SpecRow("行程", "=", 1080, unit="°")
    assert (resolve(turns, units).dimension, resolve(turns, units).low) == ("angle", 1080)


def test_a_cold_bend_is_no_temperature() -> None:
    assert unit_meant("", "", "冷弯不裂", 180) == unit_meant("", "冷弯 ", "", 180) == "°"
    assert unit_meant("", "", "冷水中", 4) == "°C"


@given(st.text(max_size=12), st.text(max_size=12), st.floats(0, 400))
def test_a_known_dimension_is_never_overruled(before: str, after: str, value: float) -> None:
    assert unit_meant("temperature", before, after, value) == "°C"
    assert unit_meant("energy", before, after, value) == "kWh"
    assert unit_meant("angle", before, after, value) == unit_meant("hardness", before, after, value) == "°"
    assert unit_meant("", "", "", value) == ("°C" if value > 360 else "°")
