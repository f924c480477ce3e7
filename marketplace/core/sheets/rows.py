"""Rows to typed records. A bad cell is reported where it stands, with the mend; everything else goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.core.i18n import render
from marketplace.core.sheets.book import Sheet, Workbook, column_letters
from marketplace.core.sheets.columns import Column, Field, guess_columns, missing_fields
from marketplace.core.sheets.errors import Limits, Note, SheetError, ValueProblem
from marketplace.core.sheets.headings import Heading, SkippedRow, body, guess_heading
from marketplace.core.sheets.reading import DEFAULT_LIMITS, open_table

_IDENTITIES = frozenset({"need_id", "capability_id", "row_id"})


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell, or in a whole row (``column`` ""). ``left_out``: the row is not among the records."""

    sheet: str
    row: int
    column: str
    column_index: int
    code: str
    params: dict[str, Any]
    text: str = ""
    left_out: bool = False

    @property
    def cell(self) -> str:
        """Where to click in Excel: D7, or the bare row number."""
        return f"{column_letters(self.column_index)}{self.row}" if self.column_index >= 0 else str(self.row)

    def sentence(self, locale: str = "zh") -> str:
        """What is wrong and how to mend it."""
        return render(self.code, self.params, locale)

    def located(self, locale: str = "zh") -> str:
        """The sentence with sheet, row and column before it."""
        where = {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "problem": (self.code, self.params),
        }
        return render("sheets.at_cell" if self.column else "sheets.at_row", where, locale)


@dataclass(frozen=True)
class Record:
    """One row: typed ``values`` by field key (absent where blank or unreadable), ``texts`` as written, ``extra`` columns
    by their heading."""

    sheet: str
    row: int
    values: dict[str, Any]
    texts: dict[str, str]
    extra: dict[str, str]


@dataclass(frozen=True)
class Reading:
    """A sheet read: what was understood, what was not, and why it was read so."""

    sheet: Sheet
    heading: Heading
    columns: tuple[Column, ...]
    records: list[Record]
    errors: list[RowError]
    skipped: list[SkippedRow]
    notes: tuple[Note, ...] = ()


@dataclass
class _Seen:
    rows: dict[str, int] = field(default_factory=dict)


def read_rows(sheet: Sheet, heading: Heading, columns: Sequence[Column], fields: Sequence[Field]) -> Reading:
    """Read every row of data below the heading. Raises SheetError only when a column that must be there is missing."""
    missing = missing_fields(columns, fields)
    if missing:
        raise SheetError("column_missing", sheet=sheet.name, columns=[one.label for one in missing],
                         found=[label for label in heading.labels if label][:12])  # fmt: skip
    rows, skipped = body(sheet, heading)
    mapped = [column for column in columns if column.field]
    extra = [column for column in columns if column.field is None]
    present = {column.field.key for column in mapped if column.field}
    absent_identity = not any(one.key in _IDENTITIES and one.key in present for one in fields)
    records: list[Record] = []
    errors = [
        RowError(sheet.name, sheet.number(index), "", -1, note.code, note.params, left_out=True)
        for index, note in sorted((sheet.unread or {}).items())
    ]
    seen = _Seen()
    for number, cells in rows:
        record, problems = _read_row(sheet.name, number, cells, mapped, extra)
        if not absent_identity and not any(problem.left_out for problem in problems):
            problems += _repeated(record, seen, mapped)
        errors.extend(problems)
        if not any(problem.left_out for problem in problems):
            records.append(record)
    return Reading(sheet, heading, tuple(columns), records, errors, skipped)


def _read_row(
    sheet: str, number: int, cells: Sequence[str], mapped: Sequence[Column], extra: Sequence[Column]
) -> tuple[Record, list[RowError]]:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    problems: list[RowError] = []
    for column in mapped:
        one = column.field
        if one is None:
            continue
        written = cells[column.index]
        if not written or written.isspace():
            if one.required:
                problems.append(RowError(sheet, number, column.label, column.index, "sheets.value_missing",
                                         {"column": column.label}, left_out=True))  # fmt: skip
            continue
        texts[one.key] = written
        try:
            values[one.key] = one.parse(written, column.unit)
        except ValueProblem as problem:
            problems.append(RowError(sheet, number, column.label, column.index, problem.code, problem.params,
                                     written[:200], left_out=one.required))  # fmt: skip
    whole = texts.get("title", "").strip()
    if "description" not in values and len(whole) > len(values.get("title", whole)):
        values["description"] = whole  # the whole need stood in the title's cell: nothing of it is lost
    others: dict[str, str] = {}
    for column in extra:
        if cells[column.index]:
            name = column.label or column_letters(column.index)
            others[name if name not in others else f"{name} ({column_letters(column.index)})"] = cells[
                column.index
            ]
    return Record(sheet, number, values, texts, others), problems


def _repeated(record: Record, seen: _Seen, mapped: Sequence[Column]) -> list[RowError]:
    for column in mapped:
        if (
            column.field
            and column.field.key in _IDENTITIES
            and (identity := record.values.get(column.field.key))
        ):
            first = seen.rows.setdefault(identity, record.row)
            if first != record.row:
                return [RowError(record.sheet, record.row, column.label, column.index, "sheets.id_repeated",
                                 {"text": identity, "first": first}, identity, left_out=True)]  # fmt: skip
    return []


def read_sheet(sheet: Sheet, fields: Sequence[Field]) -> Reading:
    """Guess heading and columns, then read. SheetError when a column that must be there is missing."""
    heading = guess_heading(sheet, fields)
    return read_rows(sheet, heading, guess_columns(heading.labels, fields), fields)


def best_sheet(workbook: Workbook, fields: Sequence[Field]) -> Sheet:
    """The sheet in which the most headings are recognised; the earlier of two alike."""
    return max(
        enumerate(workbook.sheets), key=lambda pair: (guess_heading(pair[1], fields).recognised, -pair[0])
    )[1]  # fmt: skip


def read_records(
    source: bytes | Path, filename: str | None, fields: Sequence[Field], limits: Limits = DEFAULT_LIMITS
) -> list[Reading]:
    """Open a file and read every visible sheet that has the columns it must have, in the file's order.

    A sheet without them (a cover, a code list) is passed over with a note; when no sheet has them, SheetError names what
    is missing in the likeliest one.
    """
    workbook = open_table(source, filename, limits)
    readings: list[Reading] = []
    notes = list(workbook.notes)
    for sheet in workbook.sheets:
        heading = guess_heading(sheet, fields)
        columns = guess_columns(heading.labels, fields)
        if missing_fields(columns, fields):
            notes.append(Note("sheets.sheet_passed_over", {"sheet": sheet.name}))
            continue
        readings.append(read_rows(sheet, heading, columns, fields))
    if not readings:
        return [read_sheet(best_sheet(workbook, fields), fields)]  # raises, naming the columns
    first = readings[0]
    readings[0] = Reading(
        first.sheet, first.heading, first.columns, first.records, first.errors, first.skipped, tuple(notes)
    )
    return readings
