"""Specification rows: what is missing is named by row and column, what is stored reads back, one line says it all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from marketplace.core import words
from marketplace.core.i18n import render
from marketplace.core.specs import (
    LONGEST,
    MOST_ROWS,
    OPERATORS,
    SpecContent,
    content_of,
    fill_rows,
    spec_problems,
    written,
)

GOOD = SpecContent("断裂强力", "ge", "180", None, "N", True, "GB/T 9102")
assert words


class Stored:
    def __init__(self, **columns: Any) -> None:
        self.__dict__.update(columns)


def named(rows: list[SpecContent]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in spec_problems(rows)]


def test_a_good_table_has_no_problems() -> None:
    assert named([GOOD] * MOST_ROWS) == []
    assert named([]) == []


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"parameter": ""}, "specs.parameter_missing", "parameter"),
        ({"value": ""}, "specs.value_missing", "value"),
        ({"operator": "about"}, "specs.operator_unknown", "operator"),
        ({"operator": "range"}, "specs.high_missing", "value_high"),
        *[({name: "长" * (most + 1)}, "specs.cell_long", name) for name, most in LONGEST.items()],
    ],
)
def test_each_problem_is_named_at_its_cell(change: dict[str, Any], code: str, column: str) -> None:
    rows = [GOOD, replace(GOOD, **change)]
    assert named(rows) == [(code, f"specs-1-{column}")]
    for locale in ("zh", "en"):
        sentence = render(code, spec_problems(rows)[0].params, locale)
        assert "2" in sentence and "%" not in sentence


def test_the_longest_cell_that_a_column_holds_is_fine() -> None:
    assert named([replace(GOOD, **{name: "长" * most}) for name, most in LONGEST.items()]) == []


def test_too_many_rows_are_told_once_and_the_rest_is_not_examined() -> None:
    assert named([SpecContent("", "ge", "")] * (MOST_ROWS + 1))[0] == ("specs.too_many", "specs")
    assert len(named([SpecContent("", "ge", "")] * (MOST_ROWS + 1))) == 1 + 2 * MOST_ROWS


def test_stored_rows_read_back_equal_and_in_order() -> None:
    rows = (GOOD, SpecContent("电压", "range", "10", "35", "kV", False, None), replace(GOOD, unit=None))
    stored: list[Any] = [Stored(position=0)]
    fill_rows(stored, Stored, rows)
    assert [row.position for row in stored] == [0, 1, 2]
    assert content_of(stored) == rows


def test_a_row_is_empty_when_nothing_was_written() -> None:
    assert SpecContent("", "ge", "", None, None, True, None).empty
    for name in LONGEST:
        assert not replace(SpecContent("", "ge", ""), **{name: "x"}).empty


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (GOOD, "断裂强力 ≥ 180 N"),
        (SpecContent("电压", "range", "10", "35", "kV"), "电压 10～35 kV"),
        (SpecContent("材质", "contains", "2205", None, None), "材质 2205"),
        (SpecContent("阻燃等级", "eq", "V-0"), "阻燃等级 = V-0"),
    ],
)
def test_a_row_on_one_line(row: SpecContent, line: str) -> None:
    assert written(row) == line


def test_every_operator_can_be_written() -> None:
    for operator in OPERATORS:
        assert "180" in written(replace(GOOD, operator=operator, value_high="200"))
