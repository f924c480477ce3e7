"""Quantities as people write them, on one scale: unit factors are data in seeds/units, never code.

`read_units(folder)` loads them; `UnitTable.measure` reads 「10~35kV」「≥ 120 MPa」「±0.01 mm」「3万吨/年」「0.5㎜」.
A measure keeps the numbers as written (for the sentence that explains) and gives the same interval on the base scale
of its dimension (for comparing). Scales that do not convert into each other (HRC and HB) are different dimensions.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

DAYS_PER_PERIOD = {"年": 365.0, "季": 365.0 / 4, "月": 365.0 / 12, "周": 7.0, "天": 1.0, "小时": 1.0 / 24}
"""Commercial periods in days; a capacity per hour counts round the clock, as plants with continuous lines state it."""

_PERIOD_NAMES = {
    "年": "年", "a": "年", "季度": "季", "季": "季", "月": "月", "个月": "月", "周": "周", "星期": "周",
    "天": "天", "日": "天", "d": "天", "小时": "小时", "h": "小时", "year": "年", "month": "月", "day": "天",
}  # fmt: skip
_MULTIPLIERS = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_OPERATORS = {
    "≥": "≥", ">=": "≥", "≧": "≥", "=>": "≥", "不小于": "≥", "不低于": "≥", "不少于": "≥", "大于等于": "≥",
    "大于或等于": "≥", "至少": "≥", "最低": "≥", "最小": "≥", "≤": "≤", "<=": "≤", "≦": "≤", "不大于": "≤",
    "不超过": "≤", "不高于": "≤", "不多于": "≤", "小于等于": "≤", "小于或等于": "≤", "最多": "≤", "最大": "≤",
    "最高": "≤", ">": ">", "大于": ">", "高于": ">", "超过": ">", "<": "<", "小于": "<", "低于": "<",
    "±": "±", "+/-": "±", "=": "=", "≈": "=", "约": "=", "为": "=", "达到": "=", "达": "=",
}  # fmt: skip
_SUFFIX_OPERATORS = {
    "以上": "≥",
    "及以上": "≥",
    "或以上": "≥",
    "起": "≥",
    "以下": "≤",
    "及以下": "≤",
    "以内": "≤",
    "之内": "≤",
}

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s*(?:[×x*]\s*10\s*\^?\s*|e)[+-]?\d{1,2})?"
_COUNTED_UNIT = re.compile("(十万|百万|千万|万|亿)(.+)")  # 「万吨」 as a column's unit
_MULTIPLIER = "(?:" + "|".join(sorted(_MULTIPLIERS, key=len, reverse=True)) + ")"
_PLAIN_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_DIGIT = re.compile(r"\d")  # no quantity without one
_SIGNS_OF_NO_NAME = re.compile(r"[\s:：=()（）_]")
_RANGE = r"\s*(?:~|-|–|—|--|至|到)\s*"


def fold(text: str) -> str:
    """One spelling for widths and signs: NFKC, one tilde, one middle dot, Greek mu and omega, no zero-width marks."""
    folded = unicodedata.normalize("NFKC", text)
    # To look for a sign is ten times cheaper than to ask of every character what it becomes.
    return folded.translate(_SIGNS) if _ANY_SIGN.search(folded) else folded


_SIGNS = str.maketrans({
    "〜": "~", "∼": "~", "⋅": "·", "•": "·", "‧": "·", "∙": "·", "µ": "μ", "⁃": "-", "−": "-", "‐": "-", "‑": "-",
    "\u200b": None, "\ufeff": None, "Φ": "φ", "ϕ": "φ", "Ø": "φ", "ø": "φ", "⩾": "≥", "⩽": "≤", "℃": "°C",
})  # fmt: skip
_ANY_SIGN = re.compile("[" + "".join(map(chr, _SIGNS)) + "]")


class UnknownUnit(ValueError):
    """A unit that seeds/units does not know; `unit` is what was written."""

    def __init__(self, unit: str) -> None:
        super().__init__(f"unknown unit {unit!r}")
        self.unit = unit


@dataclass(frozen=True)
class Unit:
    """One row of units.csv: `value * factor + offset` is the value on the dimension's base scale."""

    symbol: str
    aliases: tuple[str, ...]
    dimension: str
    factor: float
    offset: float
    source: str


@dataclass(frozen=True)
class Parameter:
    """One row of parameters.csv: a parameter's names, and how its values compare.

    kind "number" or "code"; better "higher", "lower", "digits" (IP codes: each digit counts) or ""; nature
    "selectable" (the maker may choose within its range: thickness), "property" (comes out of the process: strength) or
    "rating" (what it bears at most, however written: a load of ≤ 1,250 kg serves one of ≥ 1,000 kg).
    """

    name: str
    synonyms: tuple[str, ...]
    kind: str
    dimension: str
    better: str
    nature: str
    scale: tuple[str, ...]
    pattern: str
    bare: bool
    source: str


@dataclass(frozen=True)
class Measure:
    """A quantity as written: bounds in `unit` (None = open), `unit` canonical or "", `period` "" or 年/季/月/周/天/小时."""

    operator: str  # = ≥ ≤ > < range ±
    low: float | None
    high: float | None
    unit: str
    dimension: str
    period: str
    text: str
    start: int
    end: int


# Caches are keyed by identity: hashing hundreds of rows a pair costs seconds.
@dataclass(frozen=True, eq=False)
class UnitTable:
    """Units and parameters as values. Equal tables give equal `version`."""

    units: tuple[Unit, ...]
    parameters: tuple[Parameter, ...]

    @cached_property
    def version(self) -> str:
        return sha256(repr((self.units, self.parameters)).encode()).hexdigest()[:12]

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        names: dict[str, Unit] = {}
        for unit in self.units:
            for name in (unit.symbol, *unit.aliases):
                names.setdefault(fold(name), unit)
        return names

    @cached_property
    def _by_folded_name(self) -> dict[str, Unit | None]:
        """Case-insensitive fall-back; None marks spellings that would be ambiguous (mW and MW)."""
        names: dict[str, Unit | None] = {}
        for name, unit in self._by_name.items():
            key = name.casefold().replace(" ", "")
            names[key] = unit if names.get(key, unit) is unit else None
        return names

    @cached_property
    def parameter_names(self) -> dict[str, Parameter]:
        """Every folded name and synonym (case- and space-insensitive) → its parameter."""
        names: dict[str, Parameter] = {}
        for parameter in self.parameters:
            for name in (parameter.name, *parameter.synonyms):
                names.setdefault(parameter_key(name), parameter)
        return names

    @cached_property
    def parameter_ends(self) -> frozenset[str]:
        """The characters that those names end with: what ends otherwise is none of them."""
        return frozenset(name[-1] for name in self.parameter_names if name)

    @cached_property
    def _implied(self) -> dict[str, Parameter]:
        """By dimension, the parameter that needs no name there."""
        found: dict[str, Parameter] = {}
        for parameter in self.parameters:
            if parameter.bare and parameter.kind == "number":
                found.setdefault(parameter.dimension, parameter)
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_measure_pattern(self._by_name), re.VERBOSE)

    def unit(self, name: str) -> Unit | None:
        """The unit written so, or None; 万吨 and 亿件 too; sloppy case (Mpa, KV) where it cannot be misread."""
        folded = fold(name).strip()
        found = self._by_name.get(folded) or self._by_folded_name.get(folded.casefold().replace(" ", ""))
        if found is None:
            counted = _COUNTED_UNIT.match(folded)
            inner = self._by_name.get(counted[2]) if counted else None
            if counted and inner and not inner.offset:
                return replace(inner, symbol=folded, factor=inner.factor * _MULTIPLIERS[counted[1]])
        return found

    def to_base(self, value: float, unit: str) -> float:
        """`value` on the base scale of the unit's dimension; raises UnknownUnit."""
        found = self.unit(unit)
        if found is None:
            raise UnknownUnit(unit)
        return value * found.factor + found.offset

    def convert(self, value: float, unit: str, target: str) -> float | None:
        """`value` in `target`, or None where the two do not measure the same thing; raises UnknownUnit."""
        source, wanted = self.unit(unit), self.unit(target)
        if source is None or wanted is None:
            raise UnknownUnit(unit if source is None else target)
        if source.dimension != wanted.dimension:
            return None
        return (value * source.factor + source.offset - wanted.offset) / wanted.factor

    def parameter(self, name: str) -> Parameter | None:
        """The parameter that goes by this name, 最大/最小 and such stripped."""
        return self.parameter_names.get(parameter_key(name)) or self.parameter_names.get(
            parameter_key(_strip_extremes(name))
        )

    def measure(self, text: str) -> Measure | None:
        """The first quantity in the text."""
        return next(iter(self.measures(text)), None)

    def measures(self, text: str) -> Iterable[Measure]:
        """Every quantity in the text, in order; offsets are into `fold(text)`."""
        return map(self.measured, self.quantities(fold(text)))

    def quantities(self, folded: str) -> Iterable[re.Match[str]]:
        """Where quantities stand in a folded text; `measured` says what each is."""
        return self._pattern.finditer(folded) if _DIGIT.search(folded) else ()

    def implied_by(self, found: re.Match[str]) -> Parameter | None:
        """「1400dtex」「10kV」: the parameter that alone is sold by this unit."""
        unit = self._written_unit(found)
        return self._implied.get(unit.dimension) if unit else None

    def quantity_of(self, dimension: str) -> re.Pattern[str]:
        """Hits wherever a quantity of this dimension may stand in a folded text, and perhaps elsewhere."""
        names = sorted(
            (name for name, unit in self._by_name.items() if unit.dimension == dimension),
            key=len,
            reverse=True,
        )
        return re.compile(rf"\d\s*(?:{_MULTIPLIER})?\s*(?:{'|'.join(map(re.escape, names))})")

    def _written_unit(self, found: re.Match[str]) -> Unit | None:
        """Of a range the upper end's, where both ends have one."""
        return (
            self._unit_of(found["unit"])
            or self._unit_of(found["low_unit"])
            or self._unit_of(found["spread_unit"])
        )

    def measured(self, found: re.Match[str]) -> Measure:
        part = found.groupdict()
        unit = self._written_unit(found)
        low = read_number(part["low"])
        low_times = _MULTIPLIERS.get(part["low_times"] or "", 1.0)
        times = _MULTIPLIERS.get(part["times"] or "", 1.0)
        operator = _OPERATORS.get((part["operator"] or "").strip(), "")
        if part["high"] is None:
            low *= low_times
            if part["plus_minus"]:
                spread = read_number(part["plus_minus"])
                return self._built("range", low - spread, low + spread, unit, found)
        else:
            high = read_number(part["high"]) * times * (-1.0 if part["high_sign"] else 1.0)
            # 「1~3万吨」 means 10,000 to 30,000: the multiplier stands once, after the range.
            low *= low_times if part["low_times"] else times
            low_unit = self._unit_of(part["low_unit"])
            if low_unit and unit and low_unit is not unit and low_unit.dimension == unit.dimension:
                low = (low * low_unit.factor + low_unit.offset - unit.offset) / unit.factor
            if (part["sign"] or "").strip() == "-":
                low = -low
            if low > high:
                low, high = high, low
            return self._built("range", low, high, unit, found)
        suffix = _SUFFIX_OPERATORS.get(part["suffix"] or "", "")
        operator = operator if operator and operator != "=" else (suffix or operator or "=")
        if (part["sign"] or "").strip() == "-":
            low = -low
        if operator == "±":
            return self._built("±", -low, low, unit, found)
        if operator in ("≥", ">"):
            return self._built(operator, low, None, unit, found)
        if operator in ("≤", "<"):
            return self._built(operator, None, low, unit, found)
        return self._built("=", low, low, unit, found)

    def _unit_of(self, name: str | None) -> Unit | None:
        return (self._by_name.get(name) or self.unit(name)) if name else None

    @staticmethod
    def _built(
        operator: str, low: float | None, high: float | None, unit: Unit | None, found: re.Match[str]
    ) -> Measure:
        period = found["period"] or found["period_before"] or ""
        return Measure(
            operator, low, high, unit.symbol if unit else "", unit.dimension if unit else "",
            _PERIOD_NAMES.get(period, ""), found.group(0).strip(), found.start(), found.end(),
        )  # fmt: skip


def read_number(text: str) -> float:
    """「12,000」「1.5」「1×10^12」「2e6」 as a float."""
    if _PLAIN_NUMBER.fullmatch(text):
        return float(text)
    compact = re.sub(r"\s", "", text).replace(",", "")
    parts = re.split(r"[×x*]10\^?|e", compact, maxsplit=1)
    value = float(parts[0]) * (10.0 ** int(parts[1]) if len(parts) == 2 else 1.0)
    return value if math.isfinite(value) else 0.0


def shown(value: float) -> str:
    """A number for a sentence: at most six significant digits, no trailing zeros, no exponent below 1e9."""
    if value == 0:
        return "0"
    if abs(value) >= 1e9 or abs(value) < 1e-4:
        return f"{value:.4g}"
    return f"{float(f'{value:.6g}'):.6f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=65536)
def parameter_key(name: str) -> str:
    """A parameter's name without case, widths, blanks and brackets."""
    return squeezed(name)


def squeezed(name: str) -> str:
    return _SIGNS_OF_NO_NAME.sub("", fold(name)).casefold()


def _strip_extremes(name: str) -> str:
    return re.sub(r"^(?:最大|最小|最高|最低|额定|标称|公称|平均|要求|产品|材料|成品)", "", fold(name).strip())


def _measure_pattern(names: Iterable[str]) -> str:
    ordered = sorted(names, key=lambda name: (-len(name), name))
    unit = "(?:" + "|".join(_unit_pattern(name) for name in ordered) + ")"
    operators = "|".join(re.escape(name) for name in sorted(_OPERATORS, key=len, reverse=True))
    periods = "|".join(sorted(_PERIOD_NAMES, key=len, reverse=True))
    suffixes = "|".join(sorted(_SUFFIX_OPERATORS, key=len, reverse=True))
    return rf"""
    (?: (?P<period_before>[年月日天]) (?:产能|产量|产|需求量|用量|采购量|供应量|耗用?) [^\d,，。;；]{{0,6}}? )?
    (?P<operator>{operators})? \s* φ?
    (?<![A-Za-z\d.]) (?P<sign>-\s*(?=\d))? (?P<low>{_NUMBER}) \s* (?P<low_times>{_MULTIPLIER})? \s* (?P<low_unit>{unit})?
    (?: {_RANGE} φ? (?P<high_sign>-\s*(?=\d))? (?P<high>{_NUMBER}) \s* (?P<times>{_MULTIPLIER})? \s* (?P<unit>{unit})?
      | \s* (?:±|\+/-) \s* (?P<plus_minus>{_NUMBER}) \s* (?P<spread_unit>{unit})? )?
    (?: \s* (?:/|每) \s* (?P<period>{periods}) (?![A-Za-z]) )?
    (?P<suffix>{suffixes})?
    """


def _unit_pattern(name: str) -> str:
    escaped = re.escape(name)
    if name in ("D", "A", "V", "K", "F", "N", "T", "g", "L", "l", "h", "d", "s", "m"):
        # One Latin letter is a unit only where no word or code goes on: 3D打印 and 5G基站 are none.
        return escaped + r"(?![A-Za-z0-9\-打建])"
    return escaped + (r"(?![A-Za-z])" if re.search(r"[A-Za-z]$", name) else "")


def read_units(folder: Path) -> UnitTable:
    """Load units.csv and parameters.csv from a folder (seeds/units)."""
    with (folder / "units.csv").open(encoding="utf-8", newline="") as handle:
        units = tuple(
            Unit(row["symbol"], _names(row["aliases"]), row["dimension"], float(row["factor"]), float(row["offset"]),
                 row["source"])
            for row in csv.DictReader(handle)
        )  # fmt: skip
    with (folder / "parameters.csv").open(encoding="utf-8", newline="") as handle:
        parameters = tuple(
            Parameter(
                row["parameter"], _names(row["synonyms"]), row["kind"], row["dimension"], row["better"], row["nature"],
                tuple(part for part in row["scale"].split("<") if part), row["pattern"], row["bare"] == "yes",
                row["source"],
            )
            for row in csv.DictReader(handle)
        )  # fmt: skip
    return UnitTable(units, parameters)


@lru_cache(maxsize=1)
def default_units() -> UnitTable:
    """The units that ship with the program: beside the package in a checkout, inside the site's package in a wheel."""
    root = Path(__file__).resolve().parent.parent
    for folder in (root / "seeds" / "units", root / "marketplace" / "seeds" / "units"):
        if (folder / "units.csv").is_file():
            return read_units(folder)
    raise FileNotFoundError("seeds/units/units.csv")


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split("|") if name)
