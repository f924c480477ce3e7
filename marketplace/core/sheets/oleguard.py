"""Look into an old .xls before it is parsed: is it a workbook, is it locked, do its chains end, how far does it reach.

An OLE file is a small file system of sectors chained through a table ([MS-CFB]); a chain that bites its own tail would
keep a trusting parser busy for ever.
"""

from __future__ import annotations

import struct
from array import array

from marketplace.core.sheets.areas import Area, too_much_text
from marketplace.core.sheets.errors import Limits, SheetError

_END = 0xFFFFFFFA
_CELLS = frozenset({0x0203, 0x00FD, 0x0204, 0x027E, 0x0205, 0x0006, 0x0406, 0x00D6})
_LABEL, _STRINGS, _MORE = 0x00FD, 0x00FC, 0x003C
_MANY, _PASSWORD, _BEGIN, _SHEET, _FORMAT, _STYLE = 0x00BD, 0x002F, 0x0809, 0x0085, 0x041E, 0x00E0


def inspect_ole(data: bytes, limits: Limits) -> list[Area]:
    """The area of each worksheet, in the workbook's order. SheetError: password, not_a_table, broken, too_many_*."""
    try:
        streams = _streams(data)
        names = set(streams)
        if names & {"EncryptedPackage", "EncryptionInfo"}:
            raise SheetError("password")
        stream = streams.get("Workbook") or streams.get("Book")
        if stream is None:
            kind = (
                "Word"
                if "WordDocument" in names
                else "PowerPoint"
                if "PowerPoint Document" in names
                else "OLE"
            )
            raise SheetError("not_a_table", kind=kind)
        return _areas(stream, limits)
    except (struct.error, IndexError, ValueError, OverflowError):
        raise SheetError("broken") from None


def _streams(data: bytes) -> dict[str, bytes]:
    """Every stream that could name or hold a workbook; others are listed with empty content."""
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise SheetError("broken")
    size = 1 << shift
    directory, _, cutoff, mini_first, _, difat, difat_count = struct.unpack_from("<7I", data, 48)
    sectors = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(difat_count, len(data) // size + 1)):
        if difat >= _END:
            break
        *more, difat = struct.unpack_from(f"<{size // 4}I", data, (difat + 1) * size)
        sectors.extend(more)
    table = array("I")
    for sector in sectors:
        if sector < _END:
            block = data[(sector + 1) * size : (sector + 2) * size]
            table.frombytes(block[: len(block) // 4 * 4])
    if len(table) > len(data) // size + size:
        raise SheetError("broken")

    def chained(first: int, content: bytes, chain: array[int], unit: int, offset: int) -> bytes:
        parts, sector, steps = [], first, 0
        while sector < _END:
            parts.append(content[sector * unit + offset : (sector + 1) * unit + offset])
            sector, steps = chain[sector], steps + 1
            if steps > len(chain):
                raise SheetError("broken")
        return b"".join(parts)

    entries = chained(directory, data, table, size, size)
    found: dict[str, bytes] = {}
    small, small_table = b"", array("I")
    for start in range(0, len(entries) - 127, 128):
        entry = entries[start : start + 128]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)][:62].decode("utf-16-le", "replace")
        kind, first, length = entry[66], *struct.unpack_from("<II", entry, 116)
        if kind == 5:
            small = chained(first, data, table, size, size) if first < _END else b""
            block = chained(mini_first, data, table, size, size) if mini_first < _END else b""
            small_table.frombytes(block[: len(block) // 4 * 4])
        elif kind == 2:
            found[name] = b""
            if name in ("Workbook", "Book"):
                is_small = length < cutoff
                source, chain = (small, small_table) if is_small else (data, table)
                found[name] = chained(
                    first, source, chain, 64 if is_small else size, 0 if is_small else size
                )[:length]
    return found


def _areas(stream: bytes, limits: Limits) -> list[Area]:
    """Walk the BIFF records: 2 bytes type, 2 bytes length, body."""
    if len(stream) < 8:
        raise SheetError("broken")
    order: list[int] = []
    areas: dict[int, Area] = {}
    percents, styles = {9, 10}, list[int]()
    area, total = Area(), 0
    # The list of strings as pieces of the stream, and which of them cells refer to.
    strings, references, listing = list[tuple[int, int]](), array("I"), False
    position, end, unpack = 0, len(stream) - 4, struct.unpack_from
    while position <= end:
        kind, length = unpack("<HH", stream, position)
        body = position + 4
        if kind in _CELLS:
            row, column, style = unpack("<HHH", stream, body)
            area.reach(row, column, limits)
            if kind == _LABEL:
                references.append(unpack("<I", stream, body + 6)[0])
            if style < len(styles) and styles[style] in percents:
                area.mark(row, column)
        elif kind == _MANY:
            row, column = unpack("<HH", stream, body)
            last = unpack("<H", stream, body + length - 2)[0]
            area.reach(row, max(last, column), limits)
            for step in range((length - 6) // 6):
                style = unpack("<H", stream, body + 4 + 6 * step)[0]
                if style < len(styles) and styles[style] in percents:
                    area.mark(row, column + step)
        elif kind == _BEGIN:
            total += area.rows * area.columns
            area = areas.setdefault(position, Area())
        elif kind == _PASSWORD:
            raise SheetError("password")
        elif kind == _SHEET:
            order.append(unpack("<I", stream, body)[0])
        elif kind == _FORMAT and b"%" in stream[body : body + length]:
            percents.add(unpack("<H", stream, body)[0])
        elif kind == _STYLE:
            styles.append(unpack("<H", stream, body + 2)[0])
        listing = kind == _STRINGS or (listing and kind == _MORE)
        if listing:
            strings.append((body, min(length, len(stream) - body)))
        position = body + length
    if len(order) > limits.sheets:
        raise SheetError("too_many_sheets", sheets=len(order), limit=limits.sheets)
    if len(set(order)) != len(order):  # one sheet under a thousand names would be read a thousand times
        raise SheetError("broken")
    if total + area.rows * area.columns > limits.cells:
        raise SheetError("too_many_cells", limit=limits.cells)
    if references:
        lengths = _string_lengths([stream[start : start + length] for start, length in strings])
        if sum(lengths[index] for index in references if index < len(lengths)) > limits.text_bytes:
            raise too_much_text(limits)
    return [areas.get(offset, Area()) for offset in order]


def _string_lengths(pieces: list[bytes]) -> list[int]:
    """Letters of each string of the list ([MS-XLS] 2.4.265). A string may go on in the next record, whose first byte then
    says anew how wide its letters are."""
    lengths: list[int] = []
    piece, at = 0, 8
    while piece < len(pieces):
        if at >= len(pieces[piece]):
            piece, at = piece + 1, at - len(pieces[piece])
            continue
        if at + 3 > len(pieces[piece]):
            break
        count, flags = struct.unpack_from("<HB", pieces[piece], at)
        at += 3
        runs = extra = 0
        if flags & 8:
            runs = struct.unpack_from("<H", pieces[piece], at)[0]
            at += 2
        if flags & 4:
            extra = struct.unpack_from("<I", pieces[piece], at)[0]
            at += 4
        lengths.append(count)
        left, width = count, 1 + (flags & 1)
        while left * width > len(pieces[piece]) - at and piece + 1 < len(pieces):
            left -= max(len(pieces[piece]) - at, 0) // width
            piece, at = piece + 1, 1
            width = 1 + ((pieces[piece][0] if pieces[piece] else 0) & 1)
        at += left * width + 4 * runs + extra
    return lengths
