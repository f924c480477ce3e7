"""How a sheet of ours looks on a screen and on paper: one place for formats, widths and print setup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

_NARROWEST, _WIDEST, _WIDEST_WRAPPED = 6.0, 44.0, 60.0
_LONGEST_CELL = 32_767  # UTF-16 units, Excel's limit
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Ground and ink of each tone; the ink reaches 4.5:1 on its ground.
_TONES = {
    "strong": ("#DDEFE3", "#1E5C39"),
    "good": ("#DDEFE3", "#1E5C39"),
    "possible": ("#FBF0D9", "#7A4F0E"),
    "doubt": ("#FBF0D9", "#7A4F0E"),
    "weak": ("#EEF0F4", "#525C70"),
    "bad": ("#F9E1DE", "#98281B"),
}
_NUMBERS = {"number": "#,##0.######", "score": "0.00", "percent": "0.0%", "day": "yyyy-mm-dd"}


def clean_text(text: str) -> str:
    """A text that XML and Excel can hold: no control characters or half characters, at most 32,767 UTF-16 units."""
    if _NOT_XML.search(text):
        text = _NOT_XML.sub("", text)
    if len(text) > _LONGEST_CELL // 2 and len(text.encode("utf-16-le")) // 2 > _LONGEST_CELL:
        kept = text.encode("utf-16-le")[: (_LONGEST_CELL - 1) * 2].decode("utf-16-le", "ignore")
        text = f"{kept}…"
    return text


def sheet_names() -> Callable[[str], str]:
    """A function that gives each sheet a name Excel accepts and no other sheet of the book has."""
    used: set[str] = set()

    def fit(wanted: str) -> str:
        name = _NOT_IN_NAMES.sub(" ", clean_text(wanted)).strip(" '")[:31].strip(" '") or "Sheet"
        if name.lower() == "history":
            name += "_"
        plain, number = name, 2
        while name.lower() in used:
            tail = f" ({number})"
            name, number = plain[: 31 - len(tail)] + tail, number + 1
        used.add(name.lower())
        return name

    return fit


class Layout:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        line = {"bottom": 1, "bottom_color": "#DFE3EA"}
        self._heading = book.add_format(
            {**base, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F5FA8", "valign": "vcenter", "text_wrap": True,
             "border": 1, "border_color": "#184C87"}
        )  # fmt: skip
        self._formats = {
            kind: book.add_format(
                {**base, **line, "num_format": pattern, "align": "right" if kind != "day" else "left"}
            )
            for kind, pattern in _NUMBERS.items()
        }
        # Text cells carry the text format, so that a code typed over by hand keeps its leading zeros.
        self._formats["text"] = book.add_format({**base, **line, "num_format": "@"})
        self._formats["wrap"] = book.add_format({**base, **line, "text_wrap": True})
        self._tones = {
            tone: book.add_format(
                {**base, **line, "bold": True, "align": "center", "bg_color": ground, "font_color": ink}
            )
            for tone, (ground, ink) in _TONES.items()
        }

    @staticmethod
    def width_of(text: str) -> float:
        """Columns that the longest line takes: a Han or full-width character counts 2."""
        text = text[:400]
        if "\n" in text:
            text = max(text.split("\n"), key=len)
        # GBK gives a Han or full-width character two bytes and the rest one: the count wanted, made in C.
        return float(len(text) if text.isascii() else len(text.encode("gbk", "replace")))

    def begin(self, sheet: Any, name: str, headings: Sequence[str], table: bool) -> None:
        """Print setup and the heading row. Comes first: constant_memory writes rows in order."""
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header("&L&9" + name.replace("&", "&&")[:80])
        sheet.set_footer("&C&9&P / &N")
        sheet.hide_gridlines(2)
        sheet.set_row(0, 26, self._heading if not headings else None)
        for index, heading in enumerate(headings):
            sheet.write_string(0, index, clean_text(heading), self._heading)
        if table:
            sheet.freeze_panes(1, 0)

    def write(
        self,
        sheet: Any,
        row: int,
        column: int,
        cell: str | int | float | bool | date | None,
        kind: str,
        tone: str,
    ) -> float:
        """Write one cell with its own type, never as a formula or a link; returns the width that it asks for."""
        if isinstance(cell, str):
            if cell:
                form = self._tones.get(tone) or self._formats[kind if kind in ("text", "wrap") else "text"]
                sheet.write_string(row, column, cell, form)
                return self.width_of(cell)
            sheet.write_blank(row, column, None, self._formats["text"])
            return 0.0
        if cell is None:
            sheet.write_blank(row, column, None, self._formats["text"])
            return 0.0
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell, self._formats["text"])
            return 5.0
        if isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self._formats["day"])
            return 10.0
        sheet.write_number(
            row, column, cell, self._formats[kind if kind in ("score", "percent") else "number"]
        )
        return float(len(f"{cell:,.2f}") if isinstance(cell, float) else len(f"{cell:,}"))

    def end(
        self, sheet: Any, rows: int, widths: Sequence[float], wished: Sequence[tuple[float, str]], table: bool
    ) -> None:
        """Widths and filter, once the content is known: the columns' part of the file is put together at the end."""
        for index, (width, (wish, kind)) in enumerate(zip(widths, wished, strict=True)):
            widest = _WIDEST_WRAPPED if kind == "wrap" else _WIDEST
            sheet.set_column(index, index, wish or min(max(width + 1.5, _NARROWEST), widest))
        if table and widths:
            sheet.autofilter(0, 0, max(rows, 1), len(widths) - 1)
