"""One side of two sheets: a file, opened and read with what a person chose, corrected or skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from marketplace.core.sheets import (
    CAPABILITY_FIELDS,
    FIRM_FIELDS,
    NEED_FIELDS,
    Column,
    Field,
    Heading,
    Note,
    Reading,
    RowError,
    Sheet,
    Workbook,
    best_sheet,
    choose_columns,
    guess_columns,
    guess_heading,
    heading_at,
    missing_fields,
    open_table,
    read_rows,
    values,
)
from marketplace.core.sheets.errors import SheetError
from marketplace.imports.profiles import Row, firm_key, rows_of
from marketplace.imports.vocabulary import Vocabulary
from marketplace.taxonomy.lists import lists_of

# What a roster may say beyond what a firm's record holds (a legal representative, an address) stays in the sheet.
_NOT_KEPT = frozenset({"legal_representative", "address"})
ROSTER_FIELDS = tuple(one for one in FIRM_FIELDS if one.key not in _NOT_KEPT)
# In a buyer's own sheet a blank firm is the buyer.
OWN_NEED_FIELDS = tuple(replace(one, required=False) if one.key == "firm" else one for one in NEED_FIELDS)


def _served(value: str, unit: str = "") -> tuple[str, ...]:
    """A cell of 供货范围 as codes, by the divisions that are shipped: a wrong place is told at its cell, like a wrong day."""
    return _words().served(values.items(value))


@cache
def _words() -> Vocabulary:
    return Vocabulary(lists_of(None))


OFFER_FIELDS = tuple(replace(one, parse=_served) if one.key == "serves" else one for one in CAPABILITY_FIELDS)
FIELDS: dict[str, tuple[Field, ...]] = {
    "needs": NEED_FIELDS,
    "own_needs": OWN_NEED_FIELDS,
    "capabilities": OFFER_FIELDS,
    "firms": ROSTER_FIELDS,
}
CellKey = tuple[str, int, int]
"""Sheet name, row number, column index."""


@dataclass(frozen=True)
class Choice:
    """What a person chose for one sheet: the heading's row number, fields by column index ("" for none), or to leave
    the sheet out."""

    heading_row: int | None = None
    columns: Mapping[int, str] = field(default_factory=dict)
    left_out: bool = False


@dataclass(frozen=True)
class Corrections:
    """Cells that a person wrote anew, and rows (sheet, number) that they skipped."""

    cells: Mapping[CellKey, str] = field(default_factory=dict)
    skipped: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class SheetView:
    """One sheet as guessed or chosen, before its rows are read: what the mapping page shows."""

    sheet: Sheet
    heading: Heading
    columns: tuple[Column, ...]
    missing: tuple[Field, ...]
    chosen: Choice

    @property
    def usable(self) -> bool:
        return not self.missing and not self.chosen.left_out


@dataclass
class Side:
    """What one file gave: rows to match, what could not be read, and how it was read."""

    side: str
    filename: str
    views: list[SheetView]
    readings: list[Reading] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    skipped: int = 0

    @property
    def left_out(self) -> int:
        """Rows that are not among the records."""
        return len({(error.sheet, error.row) for error in self.errors if error.left_out})

    def skip_counts(self) -> Counter[str]:
        return Counter(row.code for reading in self.readings for row in reading.skipped)


NO_CHOICES: Mapping[str, Choice] = {}
NO_CORRECTIONS = Corrections()


def look_at(workbook: Workbook, side: str, choices: Mapping[str, Choice] = NO_CHOICES) -> list[SheetView]:
    """Every visible sheet with its heading and columns, guessed unless chosen."""
    return [_view(sheet, FIELDS[side], choices.get(sheet.name, Choice())) for sheet in workbook.sheets]


def _view(sheet: Sheet, fields: tuple[Field, ...], choice: Choice) -> SheetView:
    index = -1 if choice.heading_row is None else choice.heading_row - sheet.first_number
    guessed = guess_heading(sheet, fields)
    heading = guessed
    if 0 <= index < len(sheet.rows) and index != guessed.first:
        heading = heading_at(sheet, index)
    columns = guess_columns(heading.labels, fields)
    if choice.columns:
        columns = choose_columns(columns, fields, choice.columns)
    return SheetView(sheet, heading, columns, missing_fields(columns, fields), choice)


def read_side(
    source: bytes | Path, filename: str | None, side: str, *, locale: str = "zh",
    choices: Mapping[str, Choice] = NO_CHOICES, corrections: Corrections = NO_CORRECTIONS,
) -> Side:  # fmt: skip
    """Open and read. Raises SheetError where nothing can be read: the file itself, or no sheet with the columns."""
    workbook = open_table(source, filename)
    return read_views(
        workbook, look_at(workbook, side, choices), side, locale=locale, corrections=corrections
    )


def read_views(
    workbook: Workbook, views: list[SheetView], side: str, *, locale: str = "zh",
    corrections: Corrections = NO_CORRECTIONS,
) -> Side:  # fmt: skip
    """Read the rows of every usable sheet. Raises SheetError, naming the columns missing, where none is usable."""
    found = Side(side, workbook.filename, views)
    notes = list(workbook.notes)
    for view in views:
        if view.usable:
            reading = read_rows(_corrected(view.sheet, corrections), view.heading, view.columns, FIELDS[side])
            found.readings.append(_without_skipped(reading, corrections))
        elif not view.chosen.left_out:
            notes.append(Note("sheets.sheet_passed_over", {"sheet": view.sheet.name}))
    if not found.readings:
        raise _why_nothing(workbook, views, side)
    found.notes = tuple(notes)
    found.errors = [error for reading in found.readings for error in reading.errors]
    found.skipped = len(corrections.skipped)
    rows = rows_of(found.readings, side, locale)
    # A roster's repeated rows are for a person to decide: nothing of it is dropped here.
    found.rows = rows if side == "firms" else _once(rows, found)
    return found


def _why_nothing(workbook: Workbook, views: list[SheetView], side: str) -> SheetError:
    likeliest = best_sheet(workbook, FIELDS[side])
    view = next(view for view in views if view.sheet is likeliest)
    if not view.missing:
        return SheetError("empty")
    return SheetError(
        "column_missing", sheet=likeliest.name, columns=[one.label for one in view.missing],
        found=[label for label in view.heading.labels if label][:12],
    )  # fmt: skip


def _corrected(sheet: Sheet, corrections: Corrections) -> Sheet:
    cells = {
        (row, column): text for (name, row, column), text in corrections.cells.items() if name == sheet.name
    }
    return sheet.mended(cells) if cells else sheet


def _without_skipped(reading: Reading, corrections: Corrections) -> Reading:
    skipped = {row for name, row in corrections.skipped if name == reading.sheet.name}
    if not skipped:
        return reading
    return replace(
        reading,
        records=[record for record in reading.records if record.row not in skipped],
        errors=[error for error in reading.errors if error.row not in skipped],
    )


def _once(rows: list[Row], found: Side) -> list[Row]:
    """Rows that say the same twice are taken once, an id of another sheet's row likewise; each is reported."""
    kept: list[Row] = []
    said: dict[tuple[str, str, str], Row] = {}
    ids: dict[str, Row] = {}
    key = "need_id" if found.side in ("needs", "own_needs") else "capability_id"
    for row in rows:
        texts = row.record.texts
        same = (firm_key(row.firm), row.title, f"{texts.get('description', '')}{texts.get('specs', '')}")
        first = said.setdefault(same, row)
        if first is row and ids.setdefault(row.id, row) is row:
            kept.append(row)
            continue
        if first is not row:
            code, params = "imports.row_repeated", {"first": first.record.row, "sheet": first.record.sheet}
        else:
            code, params = "sheets.id_repeated", {"text": row.id, "first": ids[row.id].record.row}
        found.errors.append(
            RowError(
                row.record.sheet, row.record.row, "", -1, code, params, texts.get(key, row.title)[:200], True
            )
        )
    return kept
