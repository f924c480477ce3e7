"""How much text the cells of a workbook say together: one long text that many cells refer to is written once, and read as
often as it is referred to."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Mapping

from marketplace.core.sheets.areas import too_much_text, xlsb_records
from marketplace.core.sheets.errors import Limits

_ITEM = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
_KIND = re.compile(rb"\st\s*=\s*[\"']([^\"']*)[\"']")
_REFERENCE = re.compile(rb"\st\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*<")
_BINARY_ITEM, _BINARY_REFERENCE, _BINARY_SHEET = 19, 7, 156


def check_texts(
    kind: str, strings: bytes, filled: Mapping[str, int], part_of: Callable[[str], bytes], limits: Limits
) -> None:
    """Shared strings (of .xlsx or .xlsb) by how often cells refer to them. ``filled``: cells of each sheet's part, which
    ``part_of`` unpacks. SheetError once it is past the limit."""
    binary = kind == "xlsb"
    lengths = _binary_items(strings) if binary else _items(strings)
    longest = max(lengths, default=0)
    if longest * sum(filled.values()) <= limits.text_bytes:
        return
    total = 0
    for name, cells in filled.items():
        part = part_of(name)
        found = 0
        for index in _binary_references(part) if binary else map(int, _REFERENCE.findall(part)):
            found += 1
            total += lengths[index] if index < len(lengths) else 0
        # A reference written in a way that is not understood here may be to the longest.
        if not binary:
            total += longest * _not_understood(part, found, cells)
        if total > limits.text_bytes:
            raise too_much_text(limits)


def _items(strings: bytes) -> array[int]:
    """Bytes of each string with its markup: never less than its text."""
    starts = [match.start() for match in _ITEM.finditer(strings)]
    ends = [*starts[1:], len(strings)]
    return array("Q", (end - start for start, end in zip(starts, ends, strict=False)))


def _not_understood(part: bytes, found: int, cells: int) -> int:
    """Cells that call themselves references, or hide what they call themselves, and were not read as such."""
    told = sum(1 for kind in _KIND.findall(part) if kind == b"s" or b"&" in kind)
    return min(max(told - found, 0), cells)


def _binary_items(strings: bytes) -> array[int]:
    return array("Q", [length for kind, _, length in xlsb_records(strings) if kind == _BINARY_ITEM])


def _binary_references(part: bytes) -> Iterable[int]:
    for kind, start, length in xlsb_records(part):
        if kind == _BINARY_REFERENCE and length >= 12:
            yield int.from_bytes(part[start + 8 : start + 12], "little")


def binary_sheets(workbook: bytes) -> int:
    """How many sheets a binary workbook names."""
    return sum(1 for kind, _, _ in xlsb_records(workbook) if kind == _BINARY_SHEET)
