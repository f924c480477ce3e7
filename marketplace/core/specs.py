"""A specification row as people write it (指标名 关系 数值 单位 必备/优选 标准), and what makes it readable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.errors import Problem

# Operators by key, with the sign that a reader sees.
OPERATORS = {"eq": "=", "ge": "≥", "le": "≤", "gt": ">", "lt": "<", "range": "～", "contains": "∋"}
MOST_ROWS = 40
# As long as the columns are.
LONGEST = {"parameter": 80, "value": 120, "value_high": 120, "unit": 30, "standard": 120}


@dataclass(frozen=True)
class SpecContent:
    """One row. ``value`` and ``value_high`` stay text as written; the matcher reads numbers and units from them."""

    parameter: str
    operator: str
    value: str
    value_high: str | None = None
    unit: str | None = None
    must: bool = True
    standard: str | None = None

    @property
    def empty(self) -> bool:
        return not (self.parameter or self.value or self.value_high or self.unit or self.standard)


def spec_problems(rows: Sequence[SpecContent], prefix: str = "specs") -> list[Problem]:
    """What is missing in which row; fields are named ``specs-<row>-<column>``."""
    problems = []
    if len(rows) > MOST_ROWS:
        problems.append(Problem("specs.too_many", prefix, {"most": MOST_ROWS}))
    for number, row in enumerate(rows[:MOST_ROWS]):
        at = f"{prefix}-{number}"
        if not row.parameter:
            problems.append(Problem("specs.parameter_missing", f"{at}-parameter", {"row": number + 1}))
        if not row.value:
            problems.append(Problem("specs.value_missing", f"{at}-value", {"row": number + 1}))
        if row.operator not in OPERATORS:
            problems.append(Problem("specs.operator_unknown", f"{at}-operator", {"row": number + 1}))
        if row.operator == "range" and not row.value_high:
            problems.append(Problem("specs.high_missing", f"{at}-value_high", {"row": number + 1}))
        for column, most in LONGEST.items():
            if len(getattr(row, column) or "") > most:
                said = {"row": number + 1, "column": (f"specs.column.{column}", {}), "most": most}
                problems.append(Problem("specs.cell_long", f"{at}-{column}", said))
    return problems


def content_of(rows: Iterable[Any]) -> tuple[SpecContent, ...]:
    """Stored rows (need_specs, capability_specs) as values."""
    return tuple(
        SpecContent(r.parameter, r.operator, r.value, r.value_high, r.unit, r.must, r.standard) for r in rows
    )


def fill_rows(stored: list[Any], make: type[Any], rows: Iterable[SpecContent]) -> None:
    """Replace the stored rows by these, numbered from 0."""
    stored[:] = [
        make(
            position=position,
            parameter=row.parameter,
            operator=row.operator,
            value=row.value,
            value_high=row.value_high,
            unit=row.unit,
            must=row.must,
            standard=row.standard,
        )
        for position, row in enumerate(rows)
    ]


def written(row: SpecContent) -> str:
    """A row on one line: 「断裂强力 ≥ 180 N」, 「电压 10～35 kV」."""
    unit = f" {row.unit}" if row.unit else ""
    if row.operator == "range":
        return f"{row.parameter} {row.value}～{row.value_high}{unit}"
    if row.operator == "contains":
        return f"{row.parameter} {row.value}{unit}"
    return f"{row.parameter} {OPERATORS[row.operator]} {row.value}{unit}"
