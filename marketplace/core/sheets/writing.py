"""Files that a desk likes: rows are streamed in, a workbook, a .csv or a .jsonl comes out.

A workbook never holds a formula or a live link: every text is a string cell. A .csv guards texts that a spreadsheet would
run (`=`, `+`, `-`, `@` and their kin) with a leading apostrophe, which our own reader takes off again.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from marketplace.core.i18n import N_, translate
from marketplace.core.sheets.layout import Layout, clean_text, sheet_names
from marketplace.core.sheets.rows import RowError

EXCEL_ROWS = 1_048_576
# What a browser is told that a workbook is.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITABLE = frozenset({".xlsx", ".csv", ".jsonl"})
_RUNNABLE = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True)
class Labelled:
    """A cell with a tone: strong, possible, weak, good, doubt or bad. The word is always there; colour only helps."""

    text: str
    tone: str


Cell = str | int | float | Decimal | bool | date | datetime | Labelled | None


@dataclass(frozen=True)
class ColumnSpec:
    """``key`` heads the column in .csv and .jsonl, ``heading`` in a workbook.

    ``kind``: text, wrap (long text), number, score (two decimals), percent, day. ``width`` in characters, 0 for by content.
    """

    key: str
    heading: str
    kind: str = "text"
    width: float = 0


@dataclass(frozen=True)
class SheetSpec:
    """One sheet; ``rows`` may be an iterator and is gone through once. ``table`` False for a page of prose."""

    name: str
    columns: Sequence[ColumnSpec]
    rows: Iterable[Sequence[Cell]]
    table: bool = True


def write_workbook(
    stream: BinaryIO | Path,
    sheets: Sequence[SheetSpec],
    *,
    title: str = "",
    author: str = "",
    created: datetime | None = None,
    row_limit: int = EXCEL_ROWS,
) -> dict[str, int]:
    """Write an .xlsx and return how many rows each sheet got. Memory stays flat however long the iterators are.

    Past ``row_limit`` rows (heading included) a sheet goes on in 「name (2)」, with the heading again.
    """
    # Late: a site starts without the thing that only a download needs.
    import xlsxwriter

    # A Path goes to xlsxwriter as a name; constant_memory streams each row to a temporary file.
    target: Any = str(stream) if isinstance(stream, Path) else stream
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    properties: dict[str, Any] = {
        "title": clean_text(title),
        "author": clean_text(author),
        "company": "链桥 Lianqiao",
    }
    if created is not None:
        properties["created"] = created.replace(tzinfo=None)
    book.set_properties(properties)
    layout = Layout(book)
    names = sheet_names()
    written: dict[str, int] = {}
    try:
        for spec in sheets:
            rows, part, more = iter(spec.rows), 1, True
            while more:
                name = names(spec.name if part == 1 else f"{spec.name} ({part})")
                count, more, rows = _write_part(book, layout, name, spec, rows, row_limit)
                written[name] = count
                part += 1
    finally:
        book.close()
    return written


def _write_part(
    book: Any, layout: Layout, name: str, spec: SheetSpec, rows: Iterator[Sequence[Cell]], row_limit: int
) -> tuple[int, bool, Iterator[Sequence[Cell]]]:
    sheet = book.add_worksheet(name)
    layout.begin(sheet, name, [column.heading for column in spec.columns], spec.table)
    widths = [layout.width_of(column.heading) + (3 if spec.table else 0) for column in spec.columns]
    count = 0
    kinds = [column.kind for column in spec.columns]
    for row in rows:
        if count + 1 >= row_limit:
            layout.end(sheet, count, widths, [(c.width, c.kind) for c in spec.columns], spec.table)
            return count, True, _again(row, rows)
        count += 1
        for index, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
            length = layout.write(
                sheet, count, index, _plain(cell), kind, cell.tone if isinstance(cell, Labelled) else ""
            )
            if length > widths[index]:
                widths[index] = length
    layout.end(sheet, count, widths, [(c.width, c.kind) for c in spec.columns], spec.table)
    return count, False, rows


def _again(row: Sequence[Cell], rows: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield row
    yield from rows


def _plain(cell: Cell) -> str | int | float | bool | date | None:
    """A value that a cell can hold exactly; else its text (a number of more than 15 digits would be rounded)."""
    if isinstance(cell, Labelled):
        return clean_text(cell.text)
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, Decimal):
        if not cell.is_finite() or len(cell.as_tuple().digits) > 15 or abs(cell.adjusted()) > 15:
            return f"{cell:f}" if cell.is_finite() else str(cell)
        return float(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 10**15:
        return str(cell)
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(cell, date) and cell.year < 1900:
        return cell.isoformat()
    return cell


def guarded(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe before a formula's first character. Texts that already begin with
    apostrophes and one get another, so that taking one off always gives the text back."""
    text = clean_text(text)
    return f"'{text}" if _RUNNABLE.match(text) else text


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, Labelled):
        return guarded(cell.text)
    return _number_or_day(cell)


def _number_or_day(cell: int | float | Decimal | date) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal) and cell.is_finite():
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return str(cell)


def write_csv(stream: BinaryIO, sheet: SheetSpec) -> int:
    """UTF-8 with its mark (Excel in a Chinese Windows needs it), CRLF, keys as heading. Returns the number of rows."""
    out = TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(out)
        writer.writerow([guarded(column.key) for column in sheet.columns])
        count = 0
        for count, row in enumerate(sheet.rows, 1):  # noqa: B007 - the last count is what we return
            texts = [_csv_text(cell) for cell in row]
            # A row of one blank cell would be an empty line, which a reader drops.
            writer.writerow(texts if any(texts) or len(texts) > 1 else [" "])
        return count
    finally:
        out.detach()


def write_jsonl(stream: BinaryIO, sheet: SheetSpec) -> int:
    """One object a line, keys in the sheet's order, numbers as numbers, days as 2026-11-23. Returns the number of rows."""
    keys = [column.key for column in sheet.columns]
    count = 0
    for count, row in enumerate(sheet.rows, 1):  # noqa: B007 - the last count is what we return
        record = dict(zip(keys, (_json_value(cell) for cell in row), strict=True))
        stream.write(json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n")
    return count


def _json_value(cell: Cell) -> str | int | float | bool | None:
    if isinstance(cell, Labelled):
        return clean_text(cell.text)
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, Decimal):
        return (
            _number_or_day(cell) if not cell.is_finite() or len(cell.as_tuple().digits) > 15 else float(cell)
        )
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, date):
        return _number_or_day(cell)
    return cell


def write_table(target: Path, sheets: Sequence[SheetSpec], **properties: Any) -> dict[str, int]:
    """Write by the target's suffix and return rows by sheet name.

    .csv and .jsonl hold one sheet: the first goes to ``target``, the others beside it as ``target-2.csv`` and so on, if
    they have any rows. ``properties`` (title, author, created) go into a workbook. Raises ValueError for another suffix.
    """
    suffix = target.suffix.lower()
    if suffix not in WRITABLE:
        raise ValueError(f"cannot write {suffix or 'a file without suffix'}")
    if suffix == ".xlsx":
        return write_workbook(target, sheets, **properties)
    write = write_csv if suffix == ".csv" else write_jsonl
    written: dict[str, int] = {}
    for position, sheet in enumerate(sheets, 1):
        path = target if position == 1 else target.with_name(f"{target.stem}-{position}{target.suffix}")
        with path.open("wb") as stream:
            written[sheet.name] = write(stream, sheet)
        if position > 1 and not written[sheet.name]:
            path.unlink()
    return written


def errors_sheet(errors: Iterable[RowError], locale: str = "zh") -> SheetSpec:
    """The sheet of what could not be read: where, what and how to mend it, and the text as it stood."""
    columns = [
        ColumnSpec("sheet", translate(N_("工作表"), locale)),
        ColumnSpec("row", translate(N_("行"), locale), "number"),
        ColumnSpec("column", translate(N_("列"), locale)),
        ColumnSpec("problem", translate(N_("问题与改法"), locale), "wrap", 60),
        ColumnSpec("text", translate(N_("原文"), locale), "wrap", 40),
        ColumnSpec("left_out", translate(N_("处理"), locale)),
    ]
    left, kept = translate(N_("本行未读入"), locale), translate(N_("本行已读入，此格留空"), locale)
    rows = (
        (
            error.sheet,
            error.row,
            error.column,
            error.sentence(locale),
            error.text,
            Labelled(left, "bad") if error.left_out else Labelled(kept, "doubt"),
        )
        for error in errors
    )
    return SheetSpec(translate(N_("有问题的行"), locale), columns, rows)
