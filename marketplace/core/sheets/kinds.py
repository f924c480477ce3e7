"""What a file is inside, against what its name says. Decided on the first bytes, before anything is parsed."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

import puremagic

from marketplace.core.sheets.errors import SheetError

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".jsonl"})
BOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
SUFFIXES = TEXT_SUFFIXES | BOOK_SUFFIXES

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|head|meta|style|body|table|div)\b", re.IGNORECASE)
_NAMES = {
    ".pdf": "PDF", ".png": "PNG", ".jpg": "JPG", ".jpeg": "JPG", ".jfif": "JPG", ".gif": "GIF", ".bmp": "BMP",
    ".webp": "WebP", ".tif": "TIFF", ".tiff": "TIFF", ".rar": "RAR", ".7z": "7Z", ".gz": "GZIP", ".bz2": "BZIP2",
    ".xz": "XZ", ".exe": "EXE", ".dll": "EXE", ".elf": "ELF", ".rtf": "RTF", ".mp4": "MP4", ".mp3": "MP3",
    ".wav": "WAV", ".avi": "AVI", ".ofd": "OFD", ".sqlite": "SQLite", ".db": "SQLite", ".psd": "PSD", ".ps": "PostScript",
    ".class": "Java", ".zip": "ZIP", ".dwg": "DWG", ".ico": "ICO", ".heic": "HEIC", ".swf": "SWF", ".parquet": "Parquet",
}  # fmt: skip
# Text that opens with one of these is no table, even though every byte of it could be a letter.
_SIGNATURES = (
    (b"%PDF", "PDF"), (b"{\\rtf", "RTF"), (b"%!PS", "PostScript"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPG"),
    (b"GIF8", "GIF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7Z"), (b"\x1f\x8b", "GZIP"), (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"), (b"MZ", "EXE"), (b"\x7fELF", "ELF"), (b"SQLite format 3\0", "SQLite"), (b"PAR1", "Parquet"),
)  # fmt: skip


def suffix_of(filename: str) -> str:
    """The lower-case suffix; SheetError for one that is no table."""
    suffix = PurePath(filename.strip()).suffix.lower()
    if suffix in SUFFIXES:
        return suffix
    if suffix in (".et", ".numbers"):
        raise SheetError("private_format", suffix=suffix)
    raise SheetError("suffix_unknown", suffix=suffix or ("sheets.no_suffix", {}))


def container_of(data: bytes, suffix: str) -> str:
    """``zip``, ``ole`` or ``text``. SheetError names what else it is (a PDF renamed, a web page called .xls)."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise SheetError("empty")
    if data.startswith(_ZIP):
        return "zip"
    if data.startswith(_OLE):
        return "ole"
    head = data[:4096]
    body = head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        body = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    if _MARKUP.match(body):
        raise SheetError("web_page", suffix=suffix)
    if body.lstrip()[:13].lower() == b"mime-version:":
        raise SheetError("web_page", suffix=suffix)
    if body.lstrip().startswith(b"<?xml"):
        raise SheetError("xml_table" if b"schemas-microsoft-com:office:spreadsheet" in head else "other_kind",
                         kind="XML", suffix=suffix)  # fmt: skip
    foreign = _foreign_name(head)
    if foreign:
        raise SheetError("other_kind", kind=foreign, suffix=suffix)
    if suffix not in TEXT_SUFFIXES:
        kind: Any = ("sheets.kind_text", {}) if b"\0" not in head else ("sheets.kind_unknown", {})
        raise SheetError("other_kind", kind=kind, suffix=suffix)
    return "text"


def _foreign_name(head: bytes) -> str:
    for signature, name in _SIGNATURES:
        # Two letters prove little: a list may begin with "MZ" or "BZh".
        if head.startswith(signature) and (len(signature) > 3 or any(byte < 9 for byte in head[:64])):
            return name
    if not any(byte < 9 for byte in head) or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ""
    try:
        return _NAMES.get(puremagic.from_string(head).lower(), "")
    except (puremagic.PureError, ValueError):
        return ""
