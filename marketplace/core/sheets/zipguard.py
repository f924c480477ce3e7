"""Look into a zipped workbook before it is parsed: entries, true sizes, ratios, DOCTYPEs, and the area it fills.

The parser has no such guards: 0.3 MB may unpack to 300 MB, and it allocates every cell up to the last filled one.
Sizes are taken by unpacking here under a cap, so a header that lies is found out.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from marketplace.core.sheets.amounts import binary_sheets, check_texts
from marketplace.core.sheets.areas import Area, area_of_ods, area_of_xlsb, area_of_xlsx, percent_styles
from marketplace.core.sheets.errors import MEBIBYTE, Limits, SheetError

_SMALL = 4 * MEBIBYTE
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_ENTITIES = tuple("<!ENTITY".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_MARKUP_SUFFIXES = (".xml", ".rels", ".vml", ".xhtml", ".rdf")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def inspect_zip(data: bytes, limits: Limits) -> tuple[str, list[Area]]:
    """Kind (xlsx, xlsb, ods) and the area of each sheet in the workbook's order. Raises SheetError."""
    # Counted in the bytes themselves: the directory's own count may lie, and reading 400,000 entries takes seconds.
    if data.count(b"PK\x01\x02") > limits.entries:
        raise SheetError("zip_entries", limit=limits.entries)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            kind = _kind(archive)
            _check_sizes(archive, limits)
            return kind, _inspect(archive, kind, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        if "encrypted" in str(error) or "password" in str(error):
            raise SheetError("password") from None
        raise SheetError("broken") from None


def _kind(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    # Readers find parts whatever their capitals: two names that differ in them alone are one name twice.
    if len({name.lower() for name in names}) != len(names) or any(".." in name.split("/") for name in names):
        raise SheetError("broken")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names and "mimetype" in names:
        mimetype = _unpacked(archive, archive.getinfo("mimetype"), 200).decode("ascii", "replace")
        if "spreadsheet" in mimetype:
            if b"encryption-data" in _optional(archive, "META-INF/manifest.xml"):
                raise SheetError("password")
            return "ods"
        raise SheetError("not_a_table", kind="OpenDocument")
    for folder, name in (("word/", "Word"), ("ppt/", "PowerPoint"), ("Index/", "Numbers"), ("Doc_0/", "OFD")):
        if any(entry.startswith(folder) for entry in names):
            raise SheetError("not_a_table", kind=name)
    raise SheetError("not_a_table", kind="ZIP")


def _check_sizes(archive: zipfile.ZipFile, limits: Limits) -> None:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise SheetError("zip_bomb", megabytes=limits.unpacked_bytes // MEBIBYTE)
    for entry in entries:
        if entry.flag_bits & 1:
            raise SheetError("password")
        # No office program packs otherwise, and the window of LZMA may be asked for in gigabytes.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SheetError("broken")
        if entry.file_size > _SMALL and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            raise SheetError("zip_bomb", megabytes=limits.unpacked_bytes // MEBIBYTE)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, cap: int) -> bytes:
    with archive.open(entry) as stream:
        content = stream.read(cap + 1)
        if len(content) > cap:
            raise SheetError("zip_bomb", megabytes=max(cap // MEBIBYTE, 1))
        if not stream.read(1):
            return content
    raise SheetError("broken")


def _optional(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return _unpacked(archive, archive.getinfo(name), MEBIBYTE)
    except KeyError:
        return b""


def _inspect(archive: zipfile.ZipFile, kind: str, limits: Limits) -> list[Area]:
    left = limits.unpacked_bytes
    areas: dict[str, Area] = {}
    styles = frozenset[int]()
    if kind == "xlsx" and "xl/styles.xml" in archive.namelist():
        styles = percent_styles(_unpacked(archive, archive.getinfo("xl/styles.xml"), left))
    names = {entry.filename.lower(): entry for entry in archive.infolist()}
    total = 0
    for entry in archive.infolist():
        markup = entry.filename.lower().endswith(_MARKUP_SUFFIXES)
        if not markup and not (kind == "xlsb" and entry.filename.endswith(".bin")):
            continue
        part = _unpacked(archive, entry, left)
        left -= len(part)
        if markup:
            _check_markup(part, entry.filename, limits)
        if kind == "ods" and entry.filename == "content.xml":
            return area_of_ods(part, limits)
        if kind == "xlsx" and markup and b"sheetData" in part:
            area = area_of_xlsx(part, limits, styles)
        elif kind == "xlsb" and "worksheets/" in entry.filename:
            area = area_of_xlsb(part, limits)
        else:
            continue
        total += area.rows * area.columns
        if total > limits.cells:
            raise SheetError("too_many_cells", limit=limits.cells)
        areas[entry.filename.lower()] = area
    check_texts(
        kind, _strings_of(archive, kind), {name: area.filled for name, area in areas.items()},
        lambda name: _unpacked(archive, names[name], limits.unpacked_bytes), limits,
    )  # fmt: skip
    if kind == "xlsb":
        named = binary_sheets(_optional(archive, "xl/workbook.bin"))
        if named > len(areas):
            raise SheetError("broken")
        return list(areas.values())
    return _in_order(archive, areas, limits)


def _strings_of(archive: zipfile.ZipFile, kind: str) -> bytes:
    suffix = "bin" if kind == "xlsb" else "xml"
    for entry in archive.infolist():
        if entry.filename.lower() == f"xl/sharedstrings.{suffix}":
            return _unpacked(archive, entry, entry.file_size)
    return b""


def _check_markup(part: bytes, name: str, limits: Limits) -> None:
    if any(mark in part for mark in (*_DOCTYPES, *_ENTITIES)):
        raise SheetError("doctype", part=name[:60])
    if b"\0" in part[:64]:  # UTF-16 would walk past every check here; no office program writes it
        raise SheetError("broken")
    if name.lower().endswith("sharedstrings.xml") and part.count(b"<si") > limits.cells:
        raise SheetError("too_many_cells", limit=limits.cells)


def _in_order(archive: zipfile.ZipFile, areas: dict[str, Area], limits: Limits) -> list[Area]:
    """Areas by the workbook's own list of sheets; a sheet without cells of its own (a chart) fills nothing."""
    parts = {entry.filename.lower() for entry in archive.infolist()}
    targets = {}
    for tag in _RELATION.findall(_optional(archive, "xl/_rels/workbook.xml.rels")):
        found = _attributes(tag)
        target = found.get("Target", "").lstrip("/")
        targets[found.get("Id", "")] = (target if target.startswith("xl/") else f"xl/{target}").lower()
    named = []
    for tag in _SHEET.findall(_optional(archive, "xl/workbook.xml")):
        identity = next((value for key, value in _attributes(tag).items() if key.endswith(":id")), "")
        named.append(targets.get(identity, ""))
    if len(named) > limits.sheets:
        raise SheetError("too_many_sheets", sheets=len(named), limit=limits.sheets)
    # One part under a thousand names would be read a thousand times.
    if len(set(named)) != len(named) or not parts.issuperset(named):
        raise SheetError("broken")
    return [areas.get(name, Area()) for name in named]


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        key.decode(): (double or single).decode("utf-8", "replace")
        for key, double, single in _ATTRIBUTE.findall(tag)
    }
