"""Open a table file of any usual kind: guards first, then one parser, then plain text cells.

Nothing is evaluated: formulas arrive as the values that the office program stored, macros and links are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from marketplace.core.sheets.areas import Area
from marketplace.core.sheets.book import Sheet, Span, Workbook
from marketplace.core.sheets.cells import cell_text, percent_text
from marketplace.core.sheets.errors import MEBIBYTE, Limits, Note, SheetError
from marketplace.core.sheets.kinds import container_of, suffix_of
from marketplace.core.sheets.oleguard import inspect_ole
from marketplace.core.sheets.plaintext import read_delimited, read_jsonl, squared
from marketplace.core.sheets.zipguard import inspect_zip

DEFAULT_LIMITS = Limits()


def open_table(
    source: bytes | Path, filename: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Workbook:
    """The visible sheets of a .xlsx, .xls, .xlsb, .ods, .csv or .jsonl as text.

    ``filename`` is the name the person gave; for a Path its own name will do. Raises SheetError, whose sentence says
    what is wrong and how to mend it; OSError for a path that cannot be read.
    """
    if filename is None:
        filename = source.name if isinstance(source, Path) else ""
    suffix = suffix_of(filename)
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > limits.bytes:
        raise SheetError("too_large", megabytes=limits.bytes // MEBIBYTE)
    data = source.read_bytes() if isinstance(source, Path) else source
    container = container_of(data, suffix)
    if container == "text":
        return (read_jsonl if suffix == ".jsonl" else read_delimited)(data, filename, limits)
    if container == "zip":
        kind, areas = inspect_zip(data, limits)
    else:
        kind, areas = "xls", inspect_ole(data, limits)
    return _read_book(data, filename, suffix, kind, areas, limits)


def _read_book(
    data: bytes, filename: str, suffix: str, kind: str, areas: list[Area], limits: Limits
) -> Workbook:
    notes: list[Note] = []
    if suffix.rstrip("m") != f".{kind}".rstrip("m") and suffix != ".xlsm":
        notes.append(Note("sheets.suffix_differs", {"suffix": suffix, "kind": kind}))
    sheets: list[Sheet] = []
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            for index, told in enumerate(book.sheets_metadata):
                if told.typ is not SheetTypeEnum.WorkSheet:
                    continue
                if told.visible is not SheetVisibleEnum.Visible:
                    notes.append(Note("sheets.hidden_skipped", {"sheet": told.name}))
                    continue
                area = areas[index] if index < len(areas) else Area()
                found = book.get_sheet_by_index(index)
                if found.end and (found.end[0] + 1) * (found.end[1] + 1) > limits.cells:
                    raise SheetError("too_many_cells", limit=limits.cells)
                # Row by row: the whole sheet as values and as texts at once would take twice the room.
                rows = [[cell_text(value) for value in row] for row in found.iter_rows()]
                before = [""] * (found.start[1] if found.start else 0)
                rows = [[*before, *row] for row in rows] if before else rows
                _show_percents(rows, area.percents)
                spans = [(*first, *last) for first, last in found.merged_cell_ranges or ()] or area.spans
                kept = _fill(rows, spans, limits)
                sheets.append(Sheet(told.name, squared(rows), kept))
    except PasswordError:
        raise SheetError("password") from None
    except CalamineError:
        raise SheetError("broken") from None
    except BaseException as error:
        # A parser's panic arrives as a BaseException of its own; anything else is none of our business.
        if type(error).__name__ == "PanicException" or isinstance(
            error, OSError | ValueError | OverflowError
        ):
            raise SheetError("broken") from None
        raise
    if not any(sheet.rows for sheet in sheets):
        raise SheetError("only_hidden" if notes and not sheets else "empty")
    return Workbook(filename, kind, tuple(sheet for sheet in sheets if sheet.rows), tuple(notes))


def _show_percents(rows: list[list[str]], percents: Iterable[tuple[int, int]]) -> None:
    for row, column in percents:
        if row < len(rows) and column < len(rows[row]):
            try:
                rows[row][column] = percent_text(float(rows[row][column]))
            except ValueError:
                continue  # text in a cell formatted as a percentage stays text


def _fill(rows: list[list[str]], spans: Iterable[Span], limits: Limits) -> tuple[Span, ...]:
    """Write each merged range's value into all its cells; ranges are cut to what the sheet holds."""
    kept: list[Span] = []
    filled = 0
    width = max((len(row) for row in rows), default=0)
    for top, left, bottom, right in spans:
        bottom, right = min(bottom, len(rows) - 1), min(right, width - 1)
        if top > bottom or left > right or not rows[top][left]:
            continue
        filled += (bottom - top + 1) * (right - left + 1)
        if filled > 2 * limits.cells:
            raise SheetError("broken")
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [value] * (right - left + 1)
        kept.append((top, left, bottom, right))
    return tuple(kept)
