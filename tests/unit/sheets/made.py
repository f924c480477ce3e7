"""Files made in code for the sheet tests: honest ones as offices send them, and hostile ones as nobody should."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter
import xlwt

Rows = Sequence[Sequence[Any]]


def xlsx(
    rows: Rows = (), *, merges: Sequence[tuple[str, str]] = (), name: str = "需求", hidden: Rows | None = None
) -> bytes:
    """A workbook by xlsxwriter; ``merges`` are (range, text), written over the rows."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name)
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "":
                sheet.write(index, column, cell)
    for area, text in merges:
        sheet.merge_range(area, text)
    if hidden is not None:
        other = book.add_worksheet("代码表")
        other.hide()
        for index, row in enumerate(hidden):
            other.write_row(index, 0, row)
    book.close()
    return out.getvalue()


def xls(rows: Rows, *, merges: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    """A real BIFF workbook by xlwt; a cell may be (value, number format)."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单", cell_overwrite_ok=True)
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, tuple):
                sheet.write(index, column, cell[0], xlwt.easyxf(num_format_str=cell[1]))
            elif cell != "":
                sheet.write(index, column, cell)
    for top, bottom, left, right, text in merges:
        sheet.merge(top, bottom, left, right)
        sheet.write(top, left, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="需求">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods_cell(text: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def ods(body: str, *, mimetype: str = ODS_TYPE, manifest: str = "<m/>", prolog: str = "") -> bytes:
    content = _ODS.format(body).replace("?>", f"?>{prolog}", 1)
    return archive({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content})


def archive(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def changed(data: bytes, part: str, content: bytes) -> bytes:
    """The same archive with another content in one part."""
    return archive({**parts_of(data), part: content})


def with_cells(cells: str) -> bytes:
    """A workbook whose one sheet holds this markup between <sheetData> and its end."""
    part = (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
    return changed(xlsx([["a"]]), "xl/worksheets/sheet1.xml", part.encode())


def _record(kind: int, body: bytes) -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(body), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(rows: Rows, *, far: tuple[int, int] | None = None) -> bytes:
    """A minimal binary workbook ([MS-XLSB]): one sheet of strings and numbers."""
    sheet = (
        _record(129, b"")
        + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1))
        + _record(145, b"")
    )
    for index, row in enumerate(rows):
        sheet += _record(0, struct.pack("<II", index, 0) + bytes(17))
        for column, cell in enumerate(row):
            head = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                sheet += _record(6, head + _wide(cell))
            else:
                sheet += _record(5, head + struct.pack("<d", cell))
    if far:
        sheet += _record(0, struct.pack("<II", far[0], 0) + bytes(17))
        sheet += _record(5, struct.pack("<IId", far[1], 0, 1.0))
    sheet += _record(146, b"") + _record(130, b"")
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = _record(131, b"") + _record(143, b"")
    book += (
        _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("名单"))
        + _record(144, b"")
        + _record(132, b"")
    )
    return archive(
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": '<?xml version="1.0"?><Relationships '
            'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file of 512-byte sectors with these streams ([MS-CFB]), each padded over the small-stream cutoff."""
    size, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    lengths = [max(len(content), 4096) for content in streams.values()] + [128 * (len(streams) + 1)]
    content_sectors = sum(-(-length // size) for length in lengths)
    tables = -(-content_sectors // 127)  # each holds the links of 128 sectors, one of which it is itself
    table: list[int] = [0xFFFFFFFD] * tables
    sectors: list[bytes] = [b""] * tables

    def chain(content: bytes) -> int:
        content += bytes(-len(content) % size)
        first = len(sectors)
        for start in range(0, len(content), size):
            sectors.append(content[start : start + size])
            table.append(len(sectors))
        table[-1] = end
        return first

    def entry(name: str, kind: int, first: int, length: int, child: int = free, right: int = free) -> bytes:
        raw = name.encode("utf-16-le")
        return (
            raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, free, right, child) + bytes(36)
            + struct.pack("<IQ", first, length)
        )  # fmt: skip

    entries = [entry("Root Entry", 5, end, 0, child=1)]
    for position, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(4096, b"\0")
        right = position + 1 if position < len(streams) else free
        entries.append(entry(name, 2, chain(content), len(content), right=right))
    directory = chain(b"".join(entries))
    links = struct.pack(f"<{128 * tables}I", *table, *[free] * (128 * tables - len(table)))
    sectors[:tables] = [links[start : start + size] for start in range(0, len(links), size)]
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(10)
    )
    head += struct.pack("<6I", tables, directory, 0, 4096, end, 0) + struct.pack("<II", end, 0)
    return head + struct.pack("<109I", *range(tables), *[free] * (109 - tables)) + b"".join(sectors)
