"""Rows of a buyer's sheet that cannot be taken as they are: shown with the wrong cells open, and read again from what
comes back. Nothing of them is stored: they are the reader's own until they are right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.errors import Refusal
from marketplace.core.i18n import render
from marketplace.core.sheets import Column, RowError, Sheet, Workbook, column_letters
from marketplace.imports.reading import Choice, Side, look_at, read_views
from marketplace.imports.reports import rows_to_mend
from marketplace.imports.rules import LONGEST_CELL

MOST_MENDED = 40
"""Rows that the page opens at once; what is beyond is named, to be mended in the sheet itself."""
MOST_CELLS = 60
_CELL = re.compile(r"row-(\d{1,2})-(place|skip|label-(\d{1,2})|cell-(\d{1,2}))")


@dataclass(frozen=True)
class Cell:
    """One cell of a row, with what is wrong with it in the reader's language."""

    label: str
    text: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnRow:
    """A row to mend: where it stands in the sheet, its cells, and what is wrong with the row as a whole."""

    place: str
    about: str
    cells: tuple[Cell, ...]
    problems: tuple[str, ...] = ()


def wrong_rows(side: Side, locale: str, places: Mapping[str, str] | None = None) -> list[OwnRow]:
    """Every row of a file in which something is wrong, in the order of the file; ``places`` say where rows stood that
    came back mended (:func:`sent_rows`)."""
    readings = {reading.sheet.name: reading for reading in side.readings}
    order = {name: number for number, name in enumerate(readings)}
    wrong = sorted(rows_to_mend(side).items(), key=lambda row: (order[row[0][0]], row[0][1]))
    several = len(side.readings) > 1
    found = []
    for (name, number), (texts, problems) in wrong:
        columns = [column for column in readings[name].columns if column.label or column.field][:MOST_CELLS]
        said: dict[int, list[str]] = {}
        shown = {column.index for column in columns}
        for problem in problems:
            index = problem["column"] if problem["column"] in shown else -1
            said.setdefault(index, []).append(render(problem["code"], problem["params"], locale))
        found.append(
            OwnRow(
                places[name] if places else _place(name if several else "", number, locale),
                _about(columns, texts),
                tuple(_cell(column, texts, said) for column in columns),
                tuple(said.get(-1, ())),
            )
        )
    return found


def _place(sheet: str, number: int, locale: str) -> str:
    code = "imports.place_in_sheet" if sheet else "imports.place"
    return render(code, {"sheet": sheet, "row": number}, locale)


def _about(columns: list[Column], texts: Mapping[str, str]) -> str:
    titles = [column.index for column in columns if column.field and column.field.key == "title"]
    return str(texts.get(str(titles[0]), ""))[:80] if titles else ""


def _cell(column: Column, texts: Mapping[str, str], said: Mapping[int, list[str]]) -> Cell:
    return Cell(
        column.label or column_letters(column.index),
        str(texts.get(str(column.index), "")),
        tuple(said.get(column.index, ())),
    )


def add_problem(side: Side, sheet: str, row: int, field: str, code: str, params: Mapping[str, Any]) -> None:
    """Something that is wrong with a row though each of its cells can be read, at the column of a field."""
    reading = next(reading for reading in side.readings if reading.sheet.name == sheet)
    column = next((one for one in reading.columns if one.field and one.field.key == field), None)
    label, index = (column.label, column.index) if column else ("", -1)
    side.errors.append(RowError(sheet, row, label, index, code, dict(params), left_out=True))


# ---------------------------------------------------------------- what comes back
def any_left(form: Mapping[str, str]) -> bool:
    """Whether the page sent a row that its reader did not strike out."""
    rows = {found[1] for name in form if (found := _CELL.fullmatch(name)) and found[3]}
    return any(f"row-{number}-skip" not in form for number in rows)


def sent_rows(form: Mapping[str, str], *, locale: str) -> tuple[Side, dict[str, str]]:
    """The rows of the page, each read as a sheet of its own under its headings; and where each stood in the file, by the
    name of that sheet. Raises Refusal for a cell that is too long, SheetError where nothing is left to read."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        if found := _CELL.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = value.replace("\x00", "")
    sheets, places = [], {}
    for number, sent in sorted(rows.items())[:MOST_MENDED]:
        if "skip" in sent:
            continue
        width = sum(key.startswith("label-") for key in sent)
        labels = [sent.get(f"label-{index}", "") for index in range(width)]
        texts = [sent.get(f"cell-{index}", "") for index in range(width)]
        longest = max(map(len, [*labels, *texts]), default=0)
        if longest > LONGEST_CELL:
            raise Refusal("imports.cell_long", "file", length=longest, limit=LONGEST_CELL)
        sheets.append(Sheet(str(number), [labels, texts]))
        places[str(number)] = sent.get("place", "")[:120]
    workbook = Workbook("", "csv", tuple(sheets))
    headed = {sheet.name: Choice(heading_row=sheet.first_number) for sheet in sheets}
    return read_views(workbook, look_at(workbook, "own_needs", headed), "own_needs", locale=locale), places
