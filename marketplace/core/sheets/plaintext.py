"""Tables in plain text: encoding and delimiter are guessed, and said."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import PurePath
from typing import Any

from marketplace.core.sheets.book import Sheet, Workbook
from marketplace.core.sheets.cells import number_text
from marketplace.core.sheets.errors import Limits, Note, SheetError

_DELIMITERS = (",", "\t", ";", "|", "，")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# What write_csv puts before a text that a spreadsheet would take for a formula; see writing.guarded.
_GUARDED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++")
_HALVES = re.compile("[\ud800-\udfff\0]")
_LONGEST_FIELD = 131_072
_LONGEST_TAB = 31
# Lists in lists of one line; nobody writes a table so.
_MOST_NESTED = 400
_HEAD = 65_536


def decoded(data: bytes) -> tuple[str, str]:
    """Text and encoding (utf-8, utf-16, gb18030). SheetError ``encoding_unknown`` or ``binary`` otherwise."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise SheetError("encoding_unknown")
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strict(data, encoding), encoding.removesuffix("-sig")
    if b"\0" in data[:4000]:  # UTF-16 without its mark: every comma and line end has a zero byte
        for encoding in ("utf-16-le", "utf-16-be"):
            if _common(data[:4000].decode(encoding, "replace")) >= 0.9:
                return _strict(data, encoding), "utf-16"
        raise SheetError("binary")
    try:
        return _plain(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    text = _strict(data, "gb18030")
    _check_likely(text)
    return text, "gb18030"


def _strict(data: bytes, encoding: str) -> str:
    try:
        return _plain(data.decode(encoding))
    except UnicodeDecodeError:
        raise SheetError("encoding_unknown") from None


def _plain(text: str) -> str:
    if _CONTROLS.search(text):
        raise SheetError("binary")
    return text


def _check_likely(text: str) -> None:
    """GB18030 gives a meaning to nearly any bytes; Big5, Shift-JIS or Latin-1 read so become rare characters."""
    foreign = "".join(character for character in text[:_HEAD] if character > "\x7f")
    if _PRIVATE.search(foreign) or (foreign and _common(foreign) < 0.8):
        raise SheetError("encoding_unknown")


def _common(text: str) -> float:
    """The share of characters that a Chinese table is likely to hold: printable ASCII and GB 2312."""
    likely = sum(1 for character in text if character >= " " or character in "\t\r\n")
    rare = sum(1 for character in text if character > "\x7f" and not character.encode("gb2312", "ignore"))
    return (likely - rare) / max(len(text), 1)


def read_delimited(data: bytes, filename: str, limits: Limits) -> Workbook:
    text, encoding = decoded(data)
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own line that names the delimiter
    delimiter = told[1] if told else _delimiter(text[:_HEAD])
    rows: list[list[str]] = []
    widest = cells = last_line = 0
    # Line by line: a copy of the text, as a file in memory would be, takes up to four bytes a letter.
    lines = (line[0] for line in _LINE.finditer(text, told.end() if told else 0))
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            rows.append([cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell for cell in row])
            if len(row) > limits.columns:
                raise SheetError("too_many_columns", columns=len(row), limit=limits.columns)
            if len(rows) > limits.rows:
                raise SheetError("too_many_rows", rows=len(rows), limit=limits.rows)
            widest, cells = max(widest, len(row)), cells + len(row)
            if cells > limits.cells:
                raise SheetError("too_many_cells", limit=limits.cells)
            if reader.line_num - last_line > 200:
                raise SheetError("quote_open", row=len(rows))
            last_line = reader.line_num
    except csv.Error:
        raise SheetError("field_long", row=len(rows) + 1, limit=_LONGEST_FIELD) from None
    # An opening quote that is never closed swallows the rest of the file into one cell.
    if text.count('"') % 2 and rows and any(cell.count("\n") > 5 for cell in rows[-1]):
        raise SheetError("quote_open", row=len(rows))
    if widest * len(rows) > limits.cells:
        raise SheetError("too_many_cells", limit=limits.cells)
    return Workbook(filename, "csv", (Sheet(_sheet_name(filename), squared(rows)),), (), encoding)


def _sheet_name(filename: str) -> str:
    """The name that Excel and WPS show on the tab of an opened csv: the file's, as far as a tab is long."""
    return PurePath(filename).stem[:_LONGEST_TAB].strip() or "CSV"


def _delimiter(head: str) -> str:
    """The delimiter under which the most rows have the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            sizes = [len(row) for row in csv.reader(StringIO(head, newline=""), delimiter=delimiter) if row][
                :40
            ]
        except csv.Error:
            continue
        usual = max(set(sizes), key=lambda size: (sizes.count(size), size)) if sizes else 1
        # Every row alike weighs most. Prose holds commas but no tabs.
        bonus = {"\t": 0.3, ",": 0.1}.get(delimiter, 0.0)
        score = 3 * sizes.count(usual) / len(sizes) + min(usual, 12) / 24 + bonus if usual > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_jsonl(data: bytes, filename: str, limits: Limits) -> Workbook:
    """One JSON object a line; its keys are the heading. A line that is none is kept out and noted by its number."""
    text, encoding = decoded(data)
    keys: dict[str, int] = {}
    rows: list[list[str]] = []
    unread: dict[int, Note] = {}
    for number, line in enumerate(_jsonl_lines(text), 1):
        if number > limits.rows:
            raise SheetError("too_many_rows", rows=text.rstrip().count("\n") + 1, limit=limits.rows)
        value = _json_object(line) if line.strip() else {}
        if value is None:
            unread[number] = Note("sheets.line_unread")
            value = {}
        for key in value:
            keys.setdefault(key, len(keys))
        if len(keys) > limits.columns:
            raise SheetError("too_many_columns", columns=len(keys), limit=limits.columns)
        if len(keys) * number > limits.cells:
            raise SheetError("too_many_cells", limit=limits.cells)
        rows.append([_json_text(value.get(key)) for key in keys])
    if not keys:
        raise SheetError("not_jsonl" if unread else "empty")
    for row in rows:
        row += [""] * (len(keys) - len(row))
    return Workbook(filename, "jsonl", (Sheet("JSONL", [list(keys), *rows], (), 0, unread),), (), encoding)


def _jsonl_lines(text: str) -> Iterator[str]:
    start, end = 0, len(text.rstrip())
    while start < end:
        line_end = text.find("\n", start, end)
        line_end = end if line_end < 0 else line_end
        yield text[start:line_end]
        start = line_end + 1


def _json_object(line: str) -> dict[str, Any] | None:
    """The object of one line; None for anything else, and for what is built to keep a reader busy."""
    if len(line) > 8 * _LONGEST_FIELD or line.count("[") + line.count("{") > _MOST_NESTED:
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    if "\\" in line:  # an escape may name half a character or a zero, which no text may hold
        return {_HALVES.sub("", key): value for key, value in value.items()}
    return value


def _json_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _HALVES.sub("", value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return "；".join(_json_text(item) for item in value)
    if isinstance(value, float):
        return number_text(value)
    return str(value) if isinstance(value, int) else _HALVES.sub("", json.dumps(value, ensure_ascii=False))


def squared(rows: list[list[str]]) -> list[list[str]]:
    """Rows of one width, without empty columns at the right and empty rows at the foot."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = 0
    for row in rows:
        for index in range(len(row) - 1, width - 1, -1):
            if row[index]:
                width = index + 1
                break
    return [row[:width] if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
