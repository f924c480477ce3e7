"""Spec rows out of free Chinese text: 「抗拉强度≥180MPa，阻燃等级V-0，厚度0.5-3mm」.

With `known_only` (prose) a number needs a known parameter's name, or a unit that implies one; without (a column of
specs) any short name before an operator or a number with a unit counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from matching.degrees import as_meant
from matching.profiles import SpecRow
from matching.units import Measure, Parameter, UnitTable, fold, parameter_key

# 「、」 parts no numbers of one list: 10、20、35kV. One class of signs first, so that nothing else is looked at.
_CLAUSE_END = re.compile(r"[,，;；。!！?？\n\r\t|、](?:(?<!、)|(?<![A-Za-z0-9]、)|(?=[^\d~]))")
_NAME_TAIL = re.compile(
    r"([\u4e00-\u9fffA-Za-zΔ][\u4e00-\u9fffA-Za-z0-9.Δ/()（）\- ]{0,18})\s*(?:[:：]|要求|需|应|须|控制在|可达|在)*\s*$"
)
_LEADING_UP = re.compile(r"(?:[:：=]|要求|应|须|需|控制在|可达|达到|在|为|约|范围|φ|\s)+$")
_LAST_BRACKETS = re.compile(r"[(（][^()（）]{0,12}[)）]$")
_BLANK = re.compile(r"[\s、]")
_NOT_PARAMETERS = re.compile(
    r"产能|年产|月产|日产|产量|用量|数量|需求量|采购量|交期|交货|订量|起订|预算|单价|价格|付款|账期|电话|手机|编号|年份|员工|人员|面积|"
    r"注册资本|成立|专利|占地|投资|产值|营收|收入|设备"
)
_SUPPLY_DIMENSIONS = {"count", "count_machine", "count_roll", "count_sheet", "count_lot"}
_GLUED = re.compile(r"(?<![A-Za-z])(Ra|Rz|DN|PN|Rm)(?=\d)")  # 「Ra0.8」: letters name the parameter, no grade
_TELLING = re.compile(r"[A-Za-z0-9ⅠⅡⅢⅣ]")  # no number and no grade without one of these
_REFUSED = re.compile(
    r"\s*(?:以上|以下|的|即|就|一律|整批|整卷|整车|全部|者|直接|我们|,|、|\s){0,3}"
    r"(?:退货|退回|拒收|拒绝|判退|判废|报废|作废|不收|不接收|不接受|返工|不合格|索赔|扣款|退)"
)
_OPPOSITE = {">": "≤", "≥": "<", "<": "≥", "≤": ">"}
HEAT_RESISTANCE, WITHSTANDS = "耐温", "耐"
_TESTED = re.compile(r"工频|冲击|耐压|耐受|击穿|雷电|操作波")
_BESIDE = 5  # signs on either side that are looked at
_LONGEST_NAME = 14  # signs of a known parameter's name before a number
_MUST_NOT = re.compile(r"优选|优先|最好|宜|尽量|可选|如有")


@dataclass(frozen=True)
class _Grades:
    """A parameter whose values are grades: its names, the pattern of a value behind one of them, and of a value by itself
    where that tells enough."""

    parameter: Parameter
    names: tuple[str, ...]
    named: re.Pattern[str]
    bare: re.Pattern[str] | None

    def found_in(self, text: str) -> re.Match[str] | None:
        named = self.named.search(text) if any(name in text for name in self.names) else None
        return named or (self.bare.search(text) if self.bare else None)


def read_specs(text: str, units: UnitTable, *, known_only: bool = False) -> tuple[SpecRow, ...]:
    """Rows in order of appearance. `must` is False where the clause says 优先, 最好 and the like."""
    rows: dict[SpecRow, None] = {}
    clauses = _clauses(_GLUED.sub(r"\1 ", fold(text)))
    whole = ";".join(clauses)  # what stands nowhere in it stands in no clause
    grades = [each for each in _graded(units) if each.found_in(whole)]
    for clause in clauses:
        must = _MUST_NOT.search(clause) is None
        for row in _codes(clause, grades, must):
            rows.setdefault(row)
        for row in _numbers(clause, units, must, known_only):
            rows.setdefault(row)
    return tuple(rows)


def traces(parameter: Parameter, units: UnitTable) -> tuple[tuple[str, ...], re.Pattern[str] | None]:
    """What prose must hold for a row of this parameter to be read there: one of its names (as `squeezed`) or, where a bare
    unit or grade tells it, a hit of the pattern (as folded)."""
    names = tuple(parameter_key(name) for name in (parameter.name, *parameter.synonyms))
    if parameter.name == HEAT_RESISTANCE:
        names += (WITHSTANDS,)
    if not parameter.bare:
        return names, None
    if parameter.kind == "number":
        return names, units.quantity_of(parameter.dimension)
    return names, next(each.bare for each in _graded(units) if each.parameter is parameter)


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE_END.split(text) if clause and _TELLING.search(clause)]


def _numbers(clause: str, units: UnitTable, must: bool, known_only: bool) -> list[SpecRow]:
    rows = []
    position = 0
    for found in units.quantities(clause):
        before, position = clause[position : found.start()], found.end()
        name, parameter = _named(before, units)
        implied = units.implied_by(found) if parameter is None else None
        withstood = before.rstrip().endswith(WITHSTANDS)
        if known_only and parameter is None and implied is None and not withstood:
            continue  # most numbers in prose: nothing more is asked about them
        measure = units.measured(found)
        if measure.period or (measure.dimension in _SUPPLY_DIMENSIONS and not name):
            continue
        measure = as_meant(measure, parameter.dimension if parameter else "", before, clause[measure.end :])
        if parameter is None and measure.dimension == "temperature" and withstood:
            parameter = units.parameter(HEAT_RESISTANCE)  # 「可耐 200 度」
        if (
            parameter is None
            and implied is not None
            and (not name or known_only)
            and not _tested(measure, clause)
        ):
            name, parameter = implied.name, implied
        if parameter is not None and not _dimension_fits(parameter, measure):
            parameter = None
            name = "" if known_only else name
        if parameter is None and (known_only or not name or not (measure.unit or measure.operator != "=")):
            continue
        if not _NOT_PARAMETERS.search(name):
            row = _row(parameter.name if parameter else name, measure, before, must)
            if _REFUSED.match(clause, measure.end):
                # 「色差>3 退货」 says what is refused, so it asks for the opposite
                row = replace(row, operator=_OPPOSITE.get(row.operator, row.operator))
            rows.append(row)
    return rows


def _named(before: str, units: UnitTable) -> tuple[str, Parameter | None]:
    """The name right before a number: the longest known parameter that ends there, else the raw tail, "" if it is none."""
    cleaned = _LEADING_UP.sub("", before)
    cleaned = _LAST_BRACKETS.sub("", cleaned).rstrip()
    known = _known_at_the_end(cleaned, units)
    if known is not None:
        return known
    found = _NAME_TAIL.search(cleaned)
    name = _BLANK.split(found[1].strip())[-1] if found else ""
    return (name if 2 <= len(name) <= 12 else ""), None


def _known_at_the_end(text: str, units: UnitTable) -> tuple[str, Parameter] | None:
    if parameter_key(text[-_LONGEST_NAME:])[-1:] not in units.parameter_ends:
        return None
    for length in range(min(len(text), _LONGEST_NAME), 0, -1):
        tail = text[-length:]
        if length < len(text) and _is_plain(tail[0]) and _is_plain(text[-length - 1]):
            continue  # 「Ra」 inside 「Tera」 is not a name
        parameter = units.parameter_names.get(parameter_key(tail))
        if parameter is not None and parameter.kind == "number":
            return tail, parameter
    return None


def _is_plain(sign: str) -> bool:
    """A Latin letter or a digit."""
    return sign.isascii() and sign.isalnum()


def _tested(measure: Measure, clause: str) -> bool:
    """「过 42kV 工频」 is what it is tested with, not what it is rated for."""
    beside = (
        clause[max(measure.start - _BESIDE, 0) : measure.start] + clause[measure.end : measure.end + _BESIDE]
    )
    return _TESTED.search(beside) is not None


def _dimension_fits(parameter: Parameter, measure: Measure) -> bool:
    return not parameter.dimension or not measure.dimension or parameter.dimension == measure.dimension


def _row(name: str, measure: Measure, before: str, must: bool) -> SpecRow:
    operator, low, high = measure.operator, measure.low, measure.high
    if operator in ("±", "range"):
        return SpecRow(name, "range", low, high, measure.unit, must)
    if operator == "=" and re.search(r"(?:最大|最高|可达)[^,，]{0,10}$", before):
        operator = "≤"
    return SpecRow(name, operator, low if low is not None else high, None, measure.unit, must)


def _codes(clause: str, grades: Sequence[_Grades], must: bool) -> list[SpecRow]:
    rows = []
    for each in grades:
        found = each.found_in(clause)
        if found:
            rows.append(SpecRow(each.parameter.name, "=", found["value"].strip(), None, "", must))
    return rows


@lru_cache(maxsize=4)
def _graded(units: UnitTable) -> tuple[_Grades, ...]:
    graded = []
    for parameter in units.parameters:
        if parameter.kind != "code":
            continue
        names = sorted((fold(name) for name in (parameter.name, *parameter.synonyms)), key=len, reverse=True)
        value = f"(?P<value>{parameter.pattern})"
        named = re.compile(
            "(?:"
            + "|".join(map(re.escape, names))
            + r")\s*(?:级别|等级)?\s*(?:[:：=≥]|>=|不低于|达到?|为|要求|采用|符合|满足|选用)*\s*(?:UL\s?94\s*)?"
            + value
        )
        bare = re.compile(rf"(?<![A-Za-z0-9]){value}(?![A-Za-z0-9])") if parameter.bare else None
        graded.append(_Grades(parameter, tuple(names), named, bare))
    return tuple(graded)
