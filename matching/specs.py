"""Spec rows compared as numbers, codes and grades: met, unmet or unproven, with both sides' numbers in the answer.

Unproven is the honest default: an unknown unit, a range that overlaps only in part, a silent offer. Unmet means the two
statements cannot both hold. Whether that excludes is for gates to say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from matching import findings as codes
from matching.degrees import DEGREE, WRITTEN, unit_meant
from matching.findings import Finding, Params
from matching.profiles import SpecRow
from matching.units import Parameter, UnitTable, fold, parameter_key, shown

_EQUAL = 1e-9  # relative; two decimal notations of one number
_SAME_SIZE = 0.005  # a stated size within half a per cent is the same size: 3 mm and 3.01 mm


@dataclass(frozen=True)
class ResolvedSpec:
    """A row on the base scale. kind "number", "code" or "unclear"; open ends are infinite."""

    row: SpecRow
    key: str
    name: str
    kind: str
    low: float = -math.inf
    high: float = math.inf
    dimension: str = ""
    code: str = ""
    better: str = ""
    nature: str = "property"
    scale: tuple[str, ...] = ()

    @cached_property
    def shown(self) -> str:
        return show_row(self.row)

    @cached_property
    def unanswered(self) -> SpecResult:
        """What is to be said where nobody offers a row of this parameter: the same of every offer."""
        params: Params = {"parameter": self.name, "wanted": self.shown}
        return SpecResult("unproven", Finding(codes.SPEC_UNPROVEN, params), self.row.must)


Offered = Mapping[str, Sequence[ResolvedSpec]]
"""Rows by parameter (`ResolvedSpec.key`): a demand looks at those of its own parameter alone."""


@dataclass(frozen=True)
class SpecResult:
    """status "met", "unmet" or "unproven"; the finding carries the numbers; `must` as the need wrote it."""

    status: str
    finding: Finding
    must: bool


@lru_cache(maxsize=8192)
def parameter_of(name: str, units: UnitTable) -> str:
    """The key under which all names of one parameter fall together."""
    parameter = units.parameter(name)
    return parameter_key(parameter.name if parameter else name)


@lru_cache(maxsize=65536)
def resolve(row: SpecRow, units: UnitTable) -> ResolvedSpec:
    """The row with its parameter named canonically and its values on the base scale."""
    parameter = units.parameter(row.parameter)
    key = parameter_of(row.parameter, units)
    name = parameter.name if parameter else row.parameter.strip()
    better = parameter.better if parameter else ""
    nature = parameter.nature if parameter else "property"
    scale = parameter.scale if parameter else ()
    if (parameter and parameter.kind == "code") or row.operator == "contains":
        return ResolvedSpec(
            row, key, name, "code", code=_code(row.value), better=better, nature=nature, scale=scale
        )
    bounds = _bounds(row, units, parameter)
    if bounds is None:
        kind = "code" if isinstance(row.value, str) and row.value.strip() else "unclear"
        return ResolvedSpec(
            row, key, name, kind, code=_code(row.value), better=better, nature=nature, scale=scale
        )
    low, high, dimension = bounds
    return ResolvedSpec(row, key, name, "number", low, high, dimension, "", better, nature, scale)


def _bounds(row: SpecRow, units: UnitTable, parameter: Parameter | None) -> tuple[float, float, str] | None:
    low: float | None
    high: float | None
    operator, unit = row.operator, row.unit
    if isinstance(row.value, str):
        measure = units.measure(row.value)
        if measure is None or not _only_a_quantity(row.value, measure.text):
            return None
        unit = measure.unit or unit
        low, high = measure.low, measure.high
        if operator == "range" and row.value_high is not None:
            high = row.value_high  # two cells of a sheet: 8 | 60
        elif measure.operator != "=":
            operator = measure.operator
    else:
        low, high = row.value, row.value_high if row.operator == "range" else row.value
    if operator in ("≥", ">"):
        low, high = low if low is not None else high, None
    elif operator in ("≤", "<"):
        low, high = None, high if high is not None else low
    if low is None and high is None:
        return None
    found = units.unit(unit) if unit else None
    if found is not None and found.symbol == DEGREE and WRITTEN in f"{row.value}{row.unit}":
        known = parameter.dimension if parameter else ""
        found = units.unit(unit_meant(known, row.parameter, "", max(abs(low or 0.0), abs(high or 0.0))))
    factor, offset = (found.factor, found.offset) if found else (1.0, 0.0)
    bottom = low * factor + offset if low is not None else -math.inf
    top = high * factor + offset if high is not None else math.inf
    if bottom > top:
        bottom, top = top, bottom
    if operator == ">":
        bottom += abs(bottom) * _EQUAL * 10 or _EQUAL
    elif operator == "<":
        top -= abs(top) * _EQUAL * 10 or _EQUAL
    if parameter and parameter.better == "lower" and bottom < 0 < top and math.isclose(-bottom, top):
        bottom = top  # ±0.01 mm: the spread itself is the value
    # A unit that nobody has entered compares with itself, spelled alike, and with nothing else.
    dimension = found.dimension if found else _spelled(fold(unit).casefold())
    return bottom, top, dimension


def _only_a_quantity(text: str, quantity: str) -> bool:
    """「≥180 MPa」 yes, 「PA66 30% 玻纤」 no: a grade that holds a number is a code."""
    return len(fold(text).strip()) - len(quantity) <= 2


def _code(value: float | str | None) -> str:
    if value is None:
        return ""
    text = shown(value) if isinstance(value, float | int) else fold(value)
    return re.sub(r"[\s]|级$", "", text).casefold()


def by_parameter(rows: Sequence[SpecRow], units: UnitTable) -> Offered:
    found: dict[str, list[ResolvedSpec]] = {}
    for row in rows:
        resolved = resolve(row, units)
        found.setdefault(resolved.key, []).append(resolved)
    return found


def compare(need: ResolvedSpec, offered: Offered) -> SpecResult:
    """The need's row against every offered row of the same parameter: the kindest true answer.

    met > unproven with a number > unmet > unproven without one: an offer that lists two grades is judged by the
    better one.
    """
    best: tuple[str, str, ResolvedSpec] | None = None
    for row in offered.get(need.key, ()):
        status, code = _compare_pair(need, row)
        if best is None or status == "met" or (best[0], status) == ("unmet", "unproven"):
            best = status, code, row
        if status == "met":
            break
    if best is None:
        return need.unanswered
    status, code, row = best
    params: Params = {"parameter": need.name, "wanted": need.shown, "offered": row.shown}
    return SpecResult(status, Finding(code, params), need.row.must)


def _compare_pair(need: ResolvedSpec, offer: ResolvedSpec) -> tuple[str, str]:
    if need.kind == "code" and offer.kind == "code":
        return _compare_codes(need, offer)
    if need.kind != "number" or offer.kind != "number" or need.dimension != offer.dimension:
        return "unproven", codes.SPEC_UNIT_UNCLEAR
    if need.nature == "rating":
        return _compare_ratings(need, offer)
    low, high = need.low, need.high
    if low == high and need.better == "higher":
        high = math.inf  # 「抗拉强度 180 MPa」 asks for at least that
    elif low == high and need.better == "lower":
        low = -math.inf
    if _at_least(offer.low, low) and _at_most(offer.high, high):
        return "met", codes.SPEC_MET
    if low == high and offer.low == offer.high and need.nature == "selectable":
        if math.isclose(low, offer.low, rel_tol=_SAME_SIZE):
            return "met", codes.SPEC_MET
        return "unmet", codes.SPEC_UNMET
    if not (_at_most(offer.low, high) and _at_least(offer.high, low)):
        return "unmet", codes.SPEC_UNMET
    # Overlap. A maker chooses sizes within its range; a property's range promises only its worst end.
    if need.nature == "selectable":
        covers = _at_most(offer.low, low) and _at_least(offer.high, high)
        if covers or math.isinf(low) or math.isinf(high):
            return "met", codes.SPEC_MET
    return "unproven", codes.SPEC_PARTLY


def _compare_ratings(need: ResolvedSpec, offer: ResolvedSpec) -> tuple[str, str]:
    """A load is a load, whether the buyer writes ≥ (it must bear) or ≤ (we shall put on), the maker ≤ or =."""
    wanted = need.low if math.isinf(need.high) else need.high
    if _at_least(offer.low if math.isinf(offer.high) else offer.high, wanted):
        return "met", codes.SPEC_MET
    # 「≥800」 may bear 1,000 or not.
    return ("unproven", codes.SPEC_PARTLY) if math.isinf(offer.high) else ("unmet", codes.SPEC_UNMET)


def _compare_codes(need: ResolvedSpec, offer: ResolvedSpec) -> tuple[str, str]:
    met, unmet = ("met", codes.SPEC_MET), ("unmet", codes.SPEC_UNMET)
    wanted, given = _spelled(need.code), _spelled(offer.code)
    if wanted == given:
        return met
    if need.better == "digits":
        asked = re.findall(r"\d", wanted)
        # 「IP54/IP55」 is made in both: the better one answers.
        made = [
            digits for part in _alternatives(given) if len(digits := re.findall(r"\d", part)) == len(asked)
        ]
        if len(asked) == 2 and made:
            enough = any(
                all(theirs >= ours for ours, theirs in zip(asked, digits, strict=True)) for digits in made
            )
            return met if enough else unmet
    if need.scale:
        grades = [_spelled(grade.casefold()) for grade in need.scale]
        ours, theirs = _grade(wanted, grades), _grade(given, grades)
        if ours is not None and theirs is not None:
            enough = theirs <= ours if need.better == "lower" else theirs >= ours
            return met if enough else unmet
        return "unproven", codes.SPEC_PARTLY
    if wanted and (wanted in _alternatives(given) or (need.row.operator == "contains" and wanted in given)):
        return met
    # Two different names of grades contradict nothing by themselves: one may be the other's equivalent.
    return "unproven", codes.SPEC_PARTLY


def _spelled(code: str) -> str:
    return re.sub(r"[\s\-]", "", code)


def _alternatives(code: str) -> set[str]:
    return {part for part in re.split(r"[、,，/;；或]", code) if part}


def _grade(code: str, grades: Sequence[str]) -> int | None:
    for index in sorted(range(len(grades)), key=lambda index: -len(grades[index])):
        if grades[index] in code:
            return index
    return None


def _at_least(value: float, bound: float) -> bool:
    return value >= bound or math.isclose(value, bound, rel_tol=_EQUAL)


def _at_most(value: float, bound: float) -> bool:
    return value <= bound or math.isclose(value, bound, rel_tol=_EQUAL)


def show_row(row: SpecRow) -> str:
    """「≥180 MPa」「0.5–3 mm」「V-0」: the row's values for a sentence, without its name."""
    space = "" if row.unit in ("", "%", "‰", "°") else " "
    tail = f"{space}{row.unit}"
    if isinstance(row.value, str):
        text = row.value.strip()
        tail = "" if row.unit and row.unit in text else tail
        if row.operator == "range" and row.value_high is not None:
            return f"{text}–{shown(row.value_high)}{tail}"
        return f"{row.operator if row.operator in '≥≤><' else ''}{text}{tail}"
    if row.operator == "range" and row.value_high is not None:
        low = "" if row.value is None else shown(row.value)
        if row.value is not None and row.value == -row.value_high:
            return f"±{shown(row.value_high)}{tail}"
        return f"{low}–{shown(row.value_high)}{tail}"
    if row.value is None:
        return ""
    return f"{row.operator if row.operator in '≥≤><' else ''}{shown(row.value)}{tail}"
