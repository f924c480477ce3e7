"""Specification rows out of a pasted text, for a person to look at before anything is saved."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from marketplace import paths
from marketplace.core.specs import LONGEST, MOST_ROWS, SpecContent

if TYPE_CHECKING:
    from matching import SpecRow, UnitTable

_OPERATORS = {"=": "eq", "≥": "ge", "≤": "le", ">": "gt", "<": "lt", "range": "range", "contains": "contains"}

# 「热变形温度 200度」 means ℃ as said aloud; everywhere else 度 is an angle.
_OF_HEAT = re.compile(r"温|[熔沸闪凝倾冰]点|软化点|HDT", re.IGNORECASE)


def rows_in(text: str) -> tuple[SpecContent, ...]:
    """「断裂强力≥180N，阻燃等级V-0」 as rows in the order of the text; at most as many as a table holds."""
    # the matcher brings numpy along, and most pages never read a text
    from matching import read_specs

    rows = [_content(row) for row in read_specs(text, _units())]
    # 「硬度 280 HB」 says a unit, not the flame rating of the same letters.
    units = {row.unit for row in rows if row.unit}
    readable = [
        row
        for row in rows
        if row.value and row.value not in units and len(row.parameter) <= LONGEST["parameter"]
    ]
    return tuple(dict.fromkeys(readable))[:MOST_ROWS]


@cache
def _units() -> UnitTable:
    from matching import read_units  # with numpy, see above

    return read_units(paths.SEEDS / "units")


def _content(row: SpecRow) -> SpecContent:
    value, high = _written(row.value), _written(row.value_high)
    operator = _OPERATORS.get(row.operator, "eq")
    if operator == "range" and not high:
        operator = "contains" if isinstance(row.value, str) else "eq"
    return SpecContent(
        parameter=row.parameter,
        operator=operator,
        value=value[: LONGEST["value"]],
        value_high=high if operator == "range" else None,
        unit=_unit_of(row)[: LONGEST["unit"]] or None,
        must=True,
        standard=row.standard or None,
    )


def _unit_of(row: SpecRow) -> str:
    return "°C" if row.unit == "°" and _OF_HEAT.search(row.parameter) else row.unit


def _written(value: float | str | None) -> str:
    """1080.0 as 1080; text as it is."""
    if value is None or isinstance(value, str):
        return (value or "").strip()
    return f"{value:.10g}"
