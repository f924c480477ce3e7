"""An opened file: sheets of plain text cells, with what the file itself says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from marketplace.core.sheets.errors import Note

Span = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, counted from 0, both ends included."""


@dataclass(frozen=True)
class Sheet:
    """One visible sheet. ``rows`` is rectangular; row ``i`` is the file's row ``i + first_number``.

    Merged ranges are filled with their value and still named in ``spans``. ``unread`` are lines that were no row at
    all (a broken line of a .jsonl), by row index.
    """

    name: str
    rows: list[list[str]]
    spans: tuple[Span, ...] = ()
    first_number: int = 1
    unread: Mapping[int, Note] | None = None

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def number(self, index: int) -> int:
        """The row number that a person sees in Excel or in an editor."""
        return index + self.first_number

    def mended(self, changes: Mapping[tuple[int, int], str]) -> Sheet:
        """The same sheet with other texts at (row number, column index): what a person corrected in place."""
        rows = list(self.rows)
        for (number, column), text in changes.items():
            index = number - self.first_number
            if 0 <= index < len(rows) and 0 <= column < self.width:
                rows[index] = [*rows[index][:column], text, *rows[index][column + 1 :]]
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Workbook:
    """``kind`` is what the content is (xlsx, xls, xlsb, ods, csv, jsonl), whatever the name ends in."""

    filename: str
    kind: str
    sheets: tuple[Sheet, ...]
    notes: tuple[Note, ...] = ()
    encoding: str = ""


def column_letters(index: int) -> str:
    """Excel's name of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters
