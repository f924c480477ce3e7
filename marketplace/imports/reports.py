"""How a file was read, as JSON for the page, and the rows in it that need a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.core.sheets import Column, Note, RowError, Sheet, SheetError, Workbook, column_letters
from marketplace.core.sheets.headings import Heading
from marketplace.core.sheets.rows import Reading, read_rows
from marketplace.imports.models import SheetRow, SheetSource
from marketplace.imports.reading import FIELDS, Choice, Corrections, SheetView, Side

_SAMPLES = 2
_LONGEST_SAMPLE = 60


def choices_of(stored: Mapping[str, Any]) -> dict[str, Choice]:
    """What :func:`stored_choice` made, by sheet name."""
    return {
        name: Choice(
            chosen.get("heading_row"),
            {int(index): key for index, key in chosen.get("columns", {}).items()},
            bool(chosen.get("left_out")),
        )
        for name, chosen in stored.items()
    }


def stored_choice(choice: Choice) -> dict[str, Any]:
    return {
        "heading_row": choice.heading_row,
        "columns": {str(index): key for index, key in choice.columns.items()},
        "left_out": choice.left_out,
    }


def corrections_of(rows: Iterable[SheetRow]) -> Corrections:
    rows = list(rows)
    return Corrections(
        {
            (row.sheet, row.number, int(index)): text
            for row in rows
            for index, text in row.corrections.items()
        },
        frozenset((row.sheet, row.number) for row in rows if row.skipped),
    )


def report_of(
    workbook: Workbook, views: list[SheetView], side: Side | None, failure: SheetError | None
) -> dict[str, Any]:
    """What the mapping page shows of one file."""
    readings = {reading.sheet.name: reading for reading in side.readings} if side else {}
    sheets = []
    for view in views:
        reading = readings.get(view.sheet.name)
        skipped: dict[str, int] = {}
        for row in reading.skipped if reading else ():
            skipped[row.code] = skipped.get(row.code, 0) + 1
        sheets.append(
            {
                "name": view.sheet.name,
                "usable": view.usable,
                "left_out": view.chosen.left_out,
                "rows_in_file": len(view.sheet.rows),
                "first_row": view.sheet.first_number,
                "heading_row": view.sheet.number(view.heading.first),
                "why": [_stored(note) for note in view.heading.why],
                "columns": [
                    _column(view, column) for column in view.columns if column.label or _samples(view, column)
                ],
                "missing": [field.label for field in view.missing],
                "records": len(reading.records) if reading else 0,
                "skipped": skipped,
            }
        )
    problem = failure.problems[0] if failure else None
    return {
        "sheets": sheets,
        "notes": [_stored(note) for note in (side.notes if side else workbook.notes)],
        "rows": len(side.rows) if side else 0,
        "errors": len(side.errors) if side else 0,
        "repeated": sum(error.code == "imports.row_repeated" for error in side.errors) if side else 0,
        "failure": [problem.code, problem.params] if problem else None,
    }


def _stored(note: Note) -> list[Any]:
    return [note.code, note.params]


def _column(view: SheetView, column: Column) -> dict[str, Any]:
    return {
        "index": column.index,
        "letters": column_letters(column.index),
        "label": column.label,
        "unit": column.unit,
        "field": column.field.key if column.field else "",
        "confidence": column.confidence,
        "how": column.how,
        "samples": _samples(view, column),
    }


def _samples(view: SheetView, column: Column) -> list[str]:
    found: list[str] = []
    for row in view.sheet.rows[view.heading.last + 1 : view.heading.last + 40]:
        text = " ".join(row[column.index].split())
        if text and text not in found and not any(text in other for other in row[: column.index]):
            found.append(text if len(text) <= _LONGEST_SAMPLE else f"{text[:_LONGEST_SAMPLE]}…")
        if len(found) == _SAMPLES:
            break
    return found


def rows_to_mend(side: Side) -> dict[tuple[str, int], tuple[dict[str, str], list[dict[str, Any]]]]:
    """Cells and problems of every row with one, by sheet and row number. Repetitions need nobody and are left out."""
    found: dict[tuple[str, int], tuple[dict[str, str], list[dict[str, Any]]]] = {}
    readings = {reading.sheet.name: reading for reading in side.readings}
    for error in side.errors:
        if error.code == "imports.row_repeated":
            continue
        sheet = readings[error.sheet].sheet
        cells = sheet.rows[error.row - sheet.first_number]
        _, problems = found.setdefault(
            (error.sheet, error.row), ({str(index): text for index, text in enumerate(cells) if text}, [])
        )
        problems.append(problem_of(error))
    return found


def problem_of(error: RowError) -> dict[str, Any]:
    return {
        "column": error.column_index,
        "label": error.column,
        "code": error.code,
        "params": error.params,
        "left_out": error.left_out,
    }


def problems_left(row: SheetRow, source: SheetSource) -> list[dict[str, Any]]:
    """The row's problems once its corrections are in, read with the columns as they are mapped now."""
    cells = {**row.values, **row.corrections}
    reading = read_alone(source.reading, source.side, row.sheet, row.number, cells)
    return [problem_of(error) for error in reading.errors] if reading else []


def read_alone(
    report: Mapping[str, Any], side: str, name: str, number: int, cells: Mapping[str, Any]
) -> Reading | None:
    """One row read by itself, with the columns as they were mapped last; None where its sheet is not among them."""
    by_key = {field.key: field for field in FIELDS[side]}
    sheet = next((sheet for sheet in report["sheets"] if sheet["name"] == name), None)
    if sheet is None:
        return None
    columns = [
        Column(column["index"], column["label"], by_key.get(column["field"]), 1.0, "chosen", column["unit"])
        for column in sheet["columns"]
    ]
    width = 1 + max((column.index for column in columns), default=0)
    texts = [str(cells.get(str(index), "")) for index in range(width)]
    labels = tuple(next((one.label for one in columns if one.index == index), "") for index in range(width))
    # Two rows alone: the heading, then this one.
    alone = Sheet(name, [list(labels), texts], first_number=number - 1)
    return read_rows(alone, Heading(0, 0, labels, 0, ()), columns, FIELDS[side])
