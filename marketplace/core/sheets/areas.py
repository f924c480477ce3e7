"""How far the filled cells of a sheet reach, read off its parts without parsing the values.

Every pattern here is linear: quantifiers are possessive and stop at the next tag, so that 100 MB of made-up markup
costs what 100 MB of honest markup costs.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from marketplace.core.sheets.errors import MEBIBYTE, Limits, SheetError

# A cell as office programs write it, or any other cell or row tag under whatever prefix.
_TAG = re.compile(
    rb"<(?:c r=\"([A-Z]{1,3})([1-9][0-9]{0,6})\"(?: s=\"([0-9]{1,6})\")?(?: t=\"[A-Za-z]{1,12}\")?>"
    rb"|(?:[^\s<>:\"'/=?!]++:)?+(c|row)(?=[\s/>])((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>)"
)
_STARTS = re.compile(rb"<(?:[^\s<>:\"'/=?!]++:)?+(?:c|row)(?=[\s/>])")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_STYLE = re.compile(rb"\ss\s*=\s*[\"'](\d{1,6})[\"']")
_ADDRESS = re.compile(rb"([A-Za-z]{1,7})([0-9]{1,9})")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^<>]*>")
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b(.*?)</(?:\w+:)?cellXfs>", re.DOTALL)
_XF = re.compile(rb"<(?:\w+:)?xf\b[^<>]*>")
_PERCENT_IDS = frozenset({9, 10})
_ODS_TAG = re.compile(
    rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])"
    rb"((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>"
)
_ODS_STARTS = re.compile(rb"</?table:(?:table|table-row|table-cell|covered-table-cell)(?=[\s/>])")
_ODS_NUMBER = re.compile(rb"number-(columns|rows)-(repeated|spanned)\s*=\s*[\"']([^\"']*)[\"']")
_ODS_BLANKS = re.compile(rb"<text:s\s[^<>]*?text:c\s*=\s*[\"']([^\"']*)[\"']")


@dataclass
class Area:
    """Rows and columns up to the last filled cell, the cells shown as percentages, and (ods only) merged ranges."""

    rows: int = 0
    columns: int = 0
    # Filled cells, and the bytes of text that they take at most (ods only).
    filled: int = 0
    text: int = 0
    # Eight bytes each: a sheet may be nothing but percentages.
    marks: array[int] = field(default_factory=lambda: array("Q"))
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def percents(self) -> Iterator[tuple[int, int]]:
        return (divmod(mark, 1 << 20) for mark in self.marks)

    def mark(self, row: int, column: int) -> None:
        """This cell is shown as a percentage."""
        self.marks.append((row << 20) + column)

    def reach(self, row: int, column: int, limits: Limits) -> None:
        """Take in the filled cell at (row, column), counted from 0. SheetError once the sheet is past a limit."""
        if row >= self.rows:
            self.rows = row + 1
            if self.rows > limits.rows:
                raise SheetError("too_many_rows", rows=self.rows, limit=limits.rows)
        if column >= self.columns:
            self.columns = column + 1
            if self.columns > limits.columns:
                raise SheetError("too_many_columns", columns=self.columns, limit=limits.columns)
        if self.rows * self.columns > limits.cells:
            raise SheetError("too_many_cells", limit=limits.cells)


def percent_styles(styles: bytes) -> frozenset[int]:
    """Indexes of the cell formats that show a number as a percentage."""
    percent = set(_PERCENT_IDS)
    for tag in _FORMAT.findall(styles):
        if b"%" in tag and (found := re.search(rb"numFmtId\s*=\s*[\"'](\d{1,6})", tag)):
            percent.add(int(found[1]))
    formats = _CELL_FORMATS.search(styles)
    indexes = set()
    for index, tag in enumerate(_XF.findall(formats[1]) if formats else ()):
        found = re.search(rb"numFmtId\s*=\s*[\"'](\d{1,6})", tag)
        if found and int(found[1]) in percent:
            indexes.add(index)
    return frozenset(indexes)


def area_of_xlsx(part: bytes, limits: Limits, percents: frozenset[int] = frozenset()) -> Area:
    """The area of one worksheet part. A cell without an address follows the one before it, as in the format."""
    area, row, column, seen, tags = Area(), -1, -1, 0, 0
    letters_seen: dict[bytes, int] = {}
    for match in _TAG.finditer(part):
        letters, digits, style, name, attributes = match.groups()
        tags += 1
        if letters is not None:
            row = int(digits) - 1
            if letters not in letters_seen:
                letters_seen[letters] = _column(letters)
            column = letters_seen[letters]
        elif name == b"row":
            reference = _REFERENCE.search(attributes)
            if reference and not reference[1].isdigit():
                raise SheetError("broken")
            row, column = (int(reference[1][:9]) - 1 if reference else row + 1), -1
            continue
        else:
            reference = _REFERENCE.search(attributes)
            if reference:
                found = _ADDRESS.fullmatch(reference[1])
                if not found or int(found[2]) < 1:
                    raise SheetError("broken")
                row, column = int(found[2]) - 1, _column(found[1])
            else:
                column += 1
            if attributes.endswith(b"/"):
                continue  # a border or a colour only: the parser skips it, and whole columns of these are common
            told = _STYLE.search(attributes)
            style = told[1] if told else None
        seen += 1
        if row >= area.rows or column >= area.columns:
            area.reach(max(row, 0), column, limits)
        if style is not None and percents and int(style) in percents:
            area.mark(max(row, 0), column)
    area.filled = seen
    if seen > limits.cells:
        raise SheetError("too_many_cells", limit=limits.cells)
    # A tag that this pattern cannot read (a bare < in an attribute) might still be read by a more lenient parser.
    if tags != sum(1 for _ in _STARTS.finditer(part)):
        raise SheetError("broken")
    return area


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column - 1


def area_of_ods(content: bytes, limits: Limits) -> list[Area]:
    """One area a table. Repeated filled cells count as often as they are repeated; trailing empty ones do not."""
    areas: list[Area] = []
    row, row_repeat, column = 0, 1, 0
    tags = 0
    for match in _ODS_TAG.finditer(content):
        tags += 1
        closing, name, attributes = match[1], match[2], match[3]
        if closing:
            if name == b"table-row":
                row += row_repeat
            continue
        numbers = {(what, how): _count(number) for what, how, number in _ODS_NUMBER.findall(attributes)}
        if name == b"table":
            areas.append(Area())
            row, column = 0, 0
        elif name == b"table-row":
            row_repeat, column = max(numbers.get((b"rows", b"repeated"), 1), 1), 0
            if attributes.endswith(b"/"):
                row += row_repeat
        elif areas:
            repeat = max(numbers.get((b"columns", b"repeated"), 1), 1)
            if b"value-type" in attributes:
                areas[-1].reach(row + row_repeat - 1, column + repeat - 1, limits)
                said = len(attributes) + (0 if attributes.endswith(b"/") else _ods_text(content, match.end()))
                areas[-1].text += said * row_repeat * repeat
                if areas[-1].text > limits.text_bytes:
                    raise too_much_text(limits)
                if b"percentage" in attributes:
                    for down in range(row_repeat):
                        for across in range(repeat):
                            areas[-1].mark(row + down, column + across)
                down, across = numbers.get((b"rows", b"spanned"), 1), numbers.get((b"columns", b"spanned"), 1)
                if down > 1 or across > 1:
                    areas[-1].spans.append((row, column, row + down - 1, column + across - 1))
            column += repeat
    if tags != sum(1 for _ in _ODS_STARTS.finditer(content)):
        raise SheetError("broken")
    total = sum(area.rows * area.columns for area in areas)
    if total > limits.cells:
        raise SheetError("too_many_cells", limit=limits.cells)
    return areas


def _count(number: bytes) -> int:
    """Whole numbers alone: a parser may be more lenient (a sign, a reference) and see another one."""
    if not number.isdigit() or len(number) > 9:
        raise SheetError("broken")
    return int(number)


def _ods_text(content: bytes, start: int) -> int:
    """Bytes of a cell up to its end, with the blanks that it only counts."""
    end = content.find(b"</table:table-cell", start)
    end = len(content) if end < 0 else end
    blanks = 0
    if content.find(b"text:c", start, end) >= 0:
        blanks = sum(_count(number) for number in _ODS_BLANKS.findall(content[start:end]))
    return end - start + blanks


def too_much_text(limits: Limits) -> SheetError:
    return SheetError("zip_bomb", megabytes=limits.text_bytes // MEBIBYTE)


def area_of_xlsb(part: bytes, limits: Limits) -> Area:
    """The area of one binary worksheet."""
    area, row = Area(), 0
    for kind, start, length in xlsb_records(part):
        if kind == 0 and length >= 4:
            row = int.from_bytes(part[start : start + 4], "little")
        elif 2 <= kind <= 11 and length >= 4:
            area.reach(row, int.from_bytes(part[start : start + 4], "little"), limits)
            area.filled += 1
    return area


def xlsb_records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Records of a 1-2 byte type, a 1-4 byte length and a body ([MS-XLSB] 2.1.4): type, where the body begins, length."""
    position, end = 0, len(part)
    while position < end:
        kind, position = _variable(part, position, 2)
        length, position = _variable(part, position, 4)
        if position + length > end:
            raise SheetError("broken")
        yield kind, position, length
        position += length


def _variable(part: bytes, position: int, most: int) -> tuple[int, int]:
    value = 0
    for step in range(most):
        if position >= len(part):
            raise SheetError("broken")
        byte = part[position]
        position += 1
        value |= (byte & 0x7F) << (7 * step)
        if not byte & 0x80:
            break
    return value, position
