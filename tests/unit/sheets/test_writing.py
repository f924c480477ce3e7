"""Written files: read back equal, never a formula, pleasant on a screen and on paper."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.sheets import (
    NEED_FIELDS,
    ColumnSpec,
    Labelled,
    SheetSpec,
    errors_sheet,
    open_table,
    read_records,
    write_csv,
    write_jsonl,
    write_table,
    write_workbook,
)
from marketplace.core.sheets.layout import Layout, clean_text
from marketplace.core.sheets.writing import guarded
from tests.unit.sheets import made

PREFIXES = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
COLUMNS = [ColumnSpec("need_title", "需求"), ColumnSpec("firm", "企业"), ColumnSpec("score", "分值", "score")]
# What a cell of ours may hold: any text without control characters (a workbook cannot hold those) and carriage returns
# (XML turns them into line feeds).
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=40
).filter(lambda text: clean_text(text) == text)


def _book(*sheets: SheetSpec, **more: Any) -> openpyxl.Workbook:
    out = io.BytesIO()
    write_workbook(out, sheets, **more)
    out.seek(0)
    return openpyxl.load_workbook(out)


def _columns(count: int) -> list[ColumnSpec]:
    return [ColumnSpec(f"c{number}", f"列{number}") for number in range(count)]


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
@settings(max_examples=60)
def test_a_workbook_is_read_back_equal(rows: list[tuple[str, str]]) -> None:
    out = io.BytesIO()
    write_workbook(out, [SheetSpec("表", _columns(2), rows)])
    read = open_table(out.getvalue(), "a.xlsx").sheets[0].rows
    assert _padded(read[1:], len(rows)) == [list(row) for row in rows]


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
@settings(max_examples=60)
def test_a_csv_is_read_back_equal(rows: list[tuple[str, str]]) -> None:
    out = io.BytesIO()
    write_csv(out, SheetSpec("表", _columns(2), rows))
    read = open_table(out.getvalue(), "a.csv").sheets[0].rows
    assert _padded(read[1:], len(rows)) == [list(row) for row in rows]


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
@settings(max_examples=60)
def test_a_jsonl_is_read_back_equal(rows: list[tuple[str, str]]) -> None:
    out = io.BytesIO()
    write_jsonl(out, SheetSpec("表", _columns(2), rows))
    read = open_table(out.getvalue(), "a.jsonl").sheets[0].rows
    assert _padded(read[1:], len(rows)) == [list(row) for row in rows]


def _padded(rows: list[list[str]], count: int) -> list[list[str]]:
    """Trailing blank rows are not kept by any spreadsheet."""
    return [*([*row, *[""] * (2 - len(row))] for row in rows), *[["", ""]] * (count - len(rows))]


@given(
    st.floats(-1e14, 1e14).map(lambda value: float(f"{value:.12g}")),
    st.dates(date(1900, 3, 1), date(2999, 12, 31)),
)
def test_numbers_and_days_are_read_back_equal(number: float, day: date) -> None:
    sheet = SheetSpec("表", [ColumnSpec("n", "数", "number"), ColumnSpec("d", "日", "day")], [(number, day)])
    for write, name in ((write_csv, "a.csv"), (lambda out, one: write_workbook(out, [one]), "a.xlsx")):
        out = io.BytesIO()
        write(out, sheet)
        read = open_table(out.getvalue(), name).sheets[0].rows[1]
        assert float(read[0]) == pytest.approx(number, rel=1e-12, abs=1e-300) and read[1] == day.isoformat()


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_spreadsheet_runs_what_we_write(prefix: str) -> None:
    danger = f'{prefix}HYPERLINK("http://x","y")|cmd'
    sheet = SheetSpec("表", [ColumnSpec("=k", danger)], [(danger,), (Labelled(danger, "strong"),)])
    cells = [cell for row in _book(sheet).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert all(cell.hyperlink is None for cell in cells)
    out = io.BytesIO()
    write_csv(out, sheet)
    rows = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[0] == ["'=k"]
    for row in rows[1:]:
        assert row[0][0] == "'" or prefix == "\0"
        assert row[0][0] not in "=+-@\t\r\n＝＋－＠\0"


@given(st.text(st.sampled_from("'=+-@\t＝a1 "), max_size=6))
def test_the_guard_comes_off_again(text: str) -> None:
    sheet = SheetSpec("表", _columns(2), [(text, "x")])
    out = io.BytesIO()
    write_csv(out, sheet)
    assert open_table(out.getvalue(), "a.csv").sheets[0].rows[1] == [text, "x"]
    assert guarded(text)[:1] not in set("=+-@\t＝")


def test_numbers_below_zero_stay_numbers_in_csv() -> None:
    out = io.BytesIO()
    write_csv(out, SheetSpec("表", _columns(3), [(-5, Decimal("-0.50"), -1.25)]))
    assert out.getvalue() == b"\xef\xbb\xbfc0,c1,c2\r\n-5,-0.50,-1.25\r\n"


def test_jsonl_keeps_types_and_order() -> None:
    out = io.BytesIO()
    write_jsonl(
        out, SheetSpec("表", COLUMNS, [("轴承=1", Labelled("强", "strong"), 0.5), (None, "乙", float("nan"))])
    )
    lines = [json.loads(line) for line in out.getvalue().decode().splitlines()]
    assert lines == [
        {"need_title": "轴承=1", "firm": "强", "score": 0.5},
        {"need_title": None, "firm": "乙", "score": "nan"},
    ]
    assert list(lines[0]) == ["need_title", "firm", "score"]


def test_the_look_of_a_workbook() -> None:
    rows = [
        ("铝合金精密压铸件外壳", Labelled("强", "strong"), 0.87),
        ("x", Labelled("弱", "weak"), Decimal("0.1")),
    ]
    book = _book(
        SheetSpec("匹配清单", COLUMNS, rows),
        title="匹配清单",
        author="示例区",
        created=datetime(2026, 11, 23, tzinfo=UTC),
    )
    sheet = book["匹配清单"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:C3"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and (
        sheet.page_setup.fitToWidth,
        sheet.page_setup.fitToHeight,
    ) in ((1, 0), (None, 0))
    assert sheet.print_title_rows == "$1:$1" and "&P" in sheet.oddFooter.center.text
    assert sheet["A1"].font.bold and sheet["A1"].value == "需求"
    assert 20 <= sheet.column_dimensions["A"].width <= 24  # ten Han characters count 20
    assert sheet["B2"].fill.fgColor.rgb != sheet["B3"].fill.fgColor.rgb
    assert sheet["C2"].number_format == "0.00" and sheet["C3"].value == 0.1
    assert (book.properties.title, book.properties.creator, book.properties.created) == (
        "匹配清单",
        "示例区",
        datetime(2026, 11, 23),
    )


def test_a_long_list_goes_on_with_a_numbered_sheet() -> None:
    out = io.BytesIO()
    written = write_workbook(
        out, [SheetSpec("清单", _columns(1), ([str(number)] for number in range(25)))], row_limit=11
    )
    assert written == {"清单": 10, "清单 (2)": 10, "清单 (3)": 5}
    sheets = open_table(out.getvalue(), "a.xlsx").sheets
    assert [row[0] for sheet in sheets for row in sheet.rows[1:]] == [str(number) for number in range(25)]
    assert {sheet.rows[0][0] for sheet in sheets} == {"列0"}


def test_a_list_that_just_fits_gets_no_empty_sheet() -> None:
    out = io.BytesIO()
    assert write_workbook(out, [SheetSpec("清单", _columns(1), [["a"]] * 10)], row_limit=11) == {"清单": 10}


def test_rows_are_streamed() -> None:
    alive: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(3000):
            alive.append(number)
            yield [f"行{number}"]

    out = io.BytesIO()
    assert write_workbook(out, [SheetSpec("清单", _columns(1), rows())]) == {"清单": 3000}
    assert len(alive) == 3000


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("a/b:c*d?[e]", "a b c d  e"),
        ("'引号'", "引号"),
        ("", "Sheet"),
        ("History", "History_"),
        ("长" * 40, "长" * 31),
    ],
)
def test_sheet_names_excel_accepts(wanted: str, name: str) -> None:
    assert _book(SheetSpec(wanted, _columns(1), [])).sheetnames == [name]


def test_sheet_names_are_told_apart() -> None:
    names = _book(*[SheetSpec("名" * 31, _columns(1), [])] * 3).sheetnames
    assert len(set(names)) == 3 and all(len(name) <= 31 for name in names)


def test_what_a_cell_cannot_hold_is_written_as_text_or_cut() -> None:
    row = (
        2**60,
        Decimal("12345678901234567.89"),
        float("inf"),
        "a\0b\x1f\ud800c",
        "字" * 40_000,
        date(1899, 1, 1),
    )
    read = list(_book(SheetSpec("表", _columns(6), [row])).active.values)[1]
    assert read[:4] == (str(2**60), "12345678901234567.89", "inf", "abc")
    assert len(read[4]) == 32_767 and read[4].endswith("…") and read[5] == "1899-01-01"


def test_width_counts_han_twice() -> None:
    assert (
        Layout.width_of("abc") == 3 and Layout.width_of("强度ab") == 6 and Layout.width_of("a\n强度强度") == 8
    )


def test_written_by_suffix(tmp_path: Path) -> None:
    first, second = (
        SheetSpec("清单", COLUMNS, [("轴承", "甲", 0.5)]),
        SheetSpec("未匹配", COLUMNS, [("法兰", "乙", 0)]),
    )
    assert write_table(tmp_path / "out.XLSX", [first, second], title="清单") == {"清单": 1, "未匹配": 1}
    assert write_table(tmp_path / "out.csv", [first, second, SheetSpec("空", COLUMNS, [])]) == {
        "清单": 1,
        "未匹配": 1,
        "空": 0,
    }
    assert write_table(tmp_path / "out.jsonl", [first]) == {"清单": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "out-2.csv",
        "out.XLSX",
        "out.csv",
        "out.jsonl",
    ]
    assert open_table(tmp_path / "out-2.csv").sheets[0].rows == [
        ["need_title", "firm", "score"],
        ["法兰", "乙", "0"],
    ]
    with pytest.raises(ValueError, match="pdf"):
        write_table(tmp_path / "out.pdf", [first])


def test_a_failing_iterator_leaves_the_error_to_the_caller(tmp_path: Path) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["a"]
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        write_table(tmp_path / "a.xlsx", [SheetSpec("表", _columns(1), rows())])


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_sheet_of_errors(locale: str) -> None:
    data = made.xlsx([["企业名称", "需求名称", "数量"], ["", "轴承", "x"], ["甲", "法兰", "y"]])
    [reading] = read_records(data, "a.xlsx", NEED_FIELDS)
    out = io.BytesIO()
    write_workbook(out, [errors_sheet(reading.errors, locale)])
    rows = open_table(out.getvalue(), "a.xlsx").sheets[0].rows
    assert len(rows) == 4 and [row[1] for row in rows[1:]] == ["2", "2", "3"]
    assert rows[1][5] == ("本行未读入" if locale == "zh" else "Row left out")
