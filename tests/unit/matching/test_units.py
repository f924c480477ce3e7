"""Quantities as people write them; pint is the oracle for the factors in seeds/units."""

import math

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import UnitTable, default_units
from matching.units import UnknownUnit, read_number, shown

WRITTEN = [
    ("10~35kV", ("range", 10, 35, "kV", "")),
    ("10kV～35kV", ("range", 10, 35, "kV", "")),
    ("10-35 kV", ("range", 10, 35, "kV", "")),
    ("≥ 120 MPa", ("≥", 120, None, "MPa", "")),
    ("不低于 180Mpa", ("≥", 180, None, "MPa", "")),
    ("180MPa以上", ("≥", 180, None, "MPa", "")),
    ("不超过4.5%", ("≤", None, 4.5, "%", "")),
    ("＜0.2％", ("<", None, 0.2, "%", "")),
    ("±0.01 mm", ("±", -0.01, 0.01, "mm", "")),
    ("100±5 mm", ("range", 95, 105, "mm", "")),
    ("0.5㎜", ("=", 0.5, 0.5, "mm", "")),
    ("０．５－３毫米", ("range", 0.5, 3, "mm", "")),
    ("-40~85℃", ("range", -40, 85, "°C", "")),
    ("3万吨/年", ("=", 30000, 30000, "t", "年")),
    ("1~3万吨/年", ("range", 10000, 30000, "t", "年")),
    ("年产3万吨", ("=", 30000, 30000, "t", "年")),
    ("月产能 500 台", ("=", 500, 500, "台", "月")),
    ("20t/a", ("=", 20, 20, "t", "年")),
    ("12,000件", ("=", 12000, 12000, "件", "")),
    ("1×10^12 Ω·cm", ("=", 1e12, 1e12, "Ω·cm", "")),
    ("58-62HRC", ("range", 58, 62, "HRC", "")),
    ("1400dtex", ("=", 1400, 1400, "dtex", "")),
    ("5~10个工作日", ("range", 5, 10, "d", "")),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_reads_what_people_write(units: UnitTable, text: str, expected: tuple[object, ...]) -> None:
    measure = units.measure(text)
    assert measure is not None
    found = (measure.operator, measure.low, measure.high, measure.unit, measure.period)
    assert (found[0], *found[3:]) == (expected[0], *expected[3:])
    for bound, wanted in zip(found[1:3], expected[1:3], strict=True):
        assert (bound is None) == (wanted is None)
        if bound is not None:
            assert math.isclose(bound, wanted, rel_tol=1e-9)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["TC4", "PA66", "IATF16949", "第三方", ""])
def test_grades_are_no_quantities(units: UnitTable, text: str) -> None:
    assert units.measure(text) is None


@pytest.mark.parametrize("text", ["3D打印", "5G基站", "3C认证"])
def test_a_letter_inside_a_word_is_no_unit(units: UnitTable, text: str) -> None:
    assert all(not measure.unit for measure in units.measures(text))


def test_ambiguous_case_is_not_guessed(units: UnitTable) -> None:
    milli, mega = units.unit("mW"), units.unit("MW")
    assert milli is not None and mega is not None and milli.factor * 1e9 == pytest.approx(mega.factor)
    pascal = units.unit("Mpa")
    assert pascal is not None and pascal.symbol == "MPa"


def test_scales_that_do_not_convert_stay_apart(units: UnitTable) -> None:
    assert units.convert(60, "HRC", "HB") is None
    assert units.convert(10, "件", "t") is None
    with pytest.raises(UnknownUnit):
        units.to_base(1, "箩")


_PINT_NAMES = {
    "μm": "um", "in": "inch", "ft": "foot", "t": "metric_ton", "lb": "pound", "d": "day", "周": "week", "Pa": "Pa", "kPa": "kPa",
    "MPa": "MPa", "GPa": "GPa", "bar": "bar", "psi": "psi", "kgf/cm2": "kgf/cm**2", "马力": "metric_horsepower", "kgf": "kgf",
    "°C": "degC", "°F": "degF", "Wh": "watt_hour", "kWh": "kilowatt_hour", "MWh": "megawatt_hour", "GWh": "gigawatt_hour",
    "mAh": "milliampere_hour", "Ah": "ampere_hour", "N·m": "N*m", "kN·m": "kN*m", "mΩ": "milliohm", "Ω": "ohm", "kΩ": "kiloohm",
    "MΩ": "megaohm", "Ω·cm": "ohm*cm", "Ω·m": "ohm*m", "kV/mm": "kV/mm", "μF": "uF", "m3": "m**3", "cm3": "cm**3",
    "m3/h": "m**3/hour", "L/min": "liter/minute", "mL": "milliliter", "L": "liter", "mm2": "mm**2", "cm2": "cm**2", "m2": "m**2",
    "hm2": "hectare", "g/cm3": "g/cm**3", "kg/m3": "kg/m**3", "g/m2": "g/m**2", "dtex": "decitex", "tex": "tex",
    "den": "denier", "kJ/m2": "kJ/m**2", "mPa·s": "mPa*s", "Pa·s": "Pa*s", "mm2/s": "mm**2/s", "cN/dtex": "cN/decitex",
    "cN/tex": "cN/tex", "W/(m·K)": "W/(m*K)", "Wh/kg": "watt_hour/kg", "Wh/L": "watt_hour/liter", "m/min": "m/minute",
    "km/h": "km/hour", "mg/L": "mg/liter", "mg/m3": "mg/m**3", "VA": "VA", "kVA": "kVA", "MVA": "MVA", "h": "hour", "min": "minute",
}  # fmt: skip
_PLAIN = "mm nm cm dm m km mg g kg s ms mV V kV mA A kA mW W kW MW GW J kJ MJ K N cN kN Hz kHz MHz GHz pF nF F m/s J/m".split()


def test_factors_agree_with_pint(units: UnitTable) -> None:
    registry = pint.UnitRegistry()
    checked = 0
    by_dimension: dict[str, str] = {}
    for unit in units.units:
        name = _PINT_NAMES.get(unit.symbol) or (unit.symbol if unit.symbol in _PLAIN else "")
        if not name:
            continue
        reference = by_dimension.setdefault(unit.dimension, unit.symbol)
        reference_name = _PINT_NAMES.get(reference, reference)
        theirs = registry.Quantity(7.5, name).to(reference_name).magnitude
        assert units.convert(7.5, unit.symbol, reference) == pytest.approx(theirs, rel=1e-9), unit.symbol
        checked += 1
    assert checked >= 90


def test_every_row_names_its_source_and_no_name_is_claimed_twice(units: UnitTable) -> None:
    assert all(unit.source for unit in units.units)
    assert all(parameter.source for parameter in units.parameters)
    symbols = [unit.symbol for unit in units.units]
    assert len(symbols) == len(set(symbols))
    for parameter in units.parameters:
        assert units.parameter(parameter.name) is parameter
        if parameter.dimension:
            assert any(unit.dimension == parameter.dimension for unit in units.units), parameter.name


@given(st.floats(min_value=0.001, max_value=1e8), st.sampled_from(["mm", "kV", "MPa", "t", "W", "dtex"]))
def test_conversion_there_and_back(value: float, symbol: str) -> None:
    units = default_units()
    unit = units.unit(symbol)
    assert unit is not None
    for other in units.units:
        if other.dimension == unit.dimension:
            there = units.convert(value, symbol, other.symbol)
            assert there is not None
            assert units.convert(there, other.symbol, symbol) == pytest.approx(value, rel=1e-9)


@given(st.decimals(min_value="0.001", max_value="999999", places=3))
def test_a_written_number_is_read_back(value: object) -> None:
    assert read_number(f"{value:,}") == pytest.approx(float(str(value)))


def test_numbers_are_shown_short() -> None:
    assert [shown(value) for value in (0.0, 0.5, 180.0, 31.5, 30000.0, 1e12, 0.00001)] == [
        "0", "0.5", "180", "31.5", "30000", "1e+12", "1e-05",
    ]  # fmt: skip
