"""The corpus of files that must be refused: each with its name and the code it must be refused with."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from tests.unit.sheets import made

DOCTYPE = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>企业名称</t></is></c></row>'
Case = tuple[str, str, Callable[[], bytes], str]


def _png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(200)


def _pdf() -> bytes:
    """An image-only PDF: a scan, no letter of text in it."""
    picture = zlib.compress(bytes(5000))
    return (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/XObject/Subtype/Image/Length 20>>stream\n"
        + picture
        + b"\n%%EOF"
    )


def _lying_header() -> bytes:
    """A part whose header promises 100 bytes and unpacks to 50 MB."""
    data = bytearray(made.changed(made.xlsx([["a"]]), "xl/worksheets/sheet1.xml", bytes(50_000_000)))
    real = struct.pack("<I", 50_000_000)
    return bytes(data.replace(real, struct.pack("<I", 100)))


def _many_entries() -> bytes:
    return made.archive(
        {"xl/workbook.xml": "<x/>", **{f"a/{number}": b"" for number in range(20_000)}}, zipfile.ZIP_STORED
    )


def _nested() -> bytes:
    inner = made.archive({f"{number}.zip": made.archive({"0": bytes(100_000)}) for number in range(16)})
    return made.archive({f"{number}.zip": inner for number in range(16)})


def _bomb(part: str) -> bytes:
    return made.changed(made.xlsx([["a"]]), part, b"<x>" + b" " * 90_000_000 + b"</x>")


def _zeros() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in made.parts_of(made.xlsx([["a"]])).items():
            packed.writestr(name, content)
        with packed.open("xl/media/image1.png", "w", force_zip64=True) as stream:
            for _ in range(150):
                stream.write(bytes(1_000_000))
    return out.getvalue()


def _doctype_in(part: str) -> bytes:
    data = made.xlsx([["企业名称", "需求名称"], ["甲", "乙"]])
    content = made.parts_of(data)[part]
    head, mark, tail = content.partition(b"?>")
    return made.changed(data, part, head + mark + DOCTYPE.encode() + tail)


def _wide_doctype() -> bytes:
    data = made.xlsx([["a"]])
    return made.changed(
        data, "xl/workbook.xml", ('<?xml version="1.0"?>' + DOCTYPE + "<workbook/>").encode("utf-16")
    )


def _duplicate_part() -> bytes:
    out = io.BytesIO(made.xlsx([["a"]]))
    import warnings  # only this case writes a name twice, which zipfile rightly warns about

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a") as packed:
            packed.writestr("xl/workbook.xml", "<x/>")
    return out.getvalue()


def _encrypted_zip() -> bytes:
    data = bytearray(made.xlsx([["a"]]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + offset] |= 1
            start = data.find(mark, start + 4)
    return bytes(data)


def biff(*records: tuple[int, bytes]) -> bytes:
    stream = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)
    return made.ole({"Workbook": stream})


_BOF = (0x0809, struct.pack("<HHHH", 0x0600, 5, 0, 0) + bytes(8))


def _chain_that_bites_its_tail() -> bytes:
    data = bytearray(made.xls([["企业名称", "主导产品"], *[["甲", "乙"]] * 300]))
    table = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    struct.pack_into("<I", data, table + 4 * 5, 4)
    struct.pack_into("<I", data, table + 4 * 4, 5)
    return bytes(data)


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def _many_columns(count: int) -> bytes:
    return (",".join(["a"] * count) + "\n").encode()


def _many_merges() -> bytes:
    part = made.parts_of(made.xlsx([["x"] * 100] * 100))["xl/worksheets/sheet1.xml"]
    merges = "".join('<mergeCell ref="A1:CV100"/>' for _ in range(2000))
    return made.changed(
        made.xlsx([["x"] * 100] * 100), "xl/worksheets/sheet1.xml",
        part.replace(b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode()),
    )  # fmt: skip


def _in_every_part() -> Iterator[Case]:
    for part in made.parts_of(made.xlsx([["a"]])):
        yield f"doctype in {part}", "a.xlsx", lambda part=part: _doctype_in(part), "doctype"  # type: ignore[misc]


CASES: tuple[Case, ...] = (
    # Not what the name says
    ("image-only pdf as xlsx", "a.xlsx", _pdf, "other_kind"),
    ("image-only pdf as csv", "a.csv", _pdf, "other_kind"),
    ("png as xls", "a.xls", _png, "other_kind"),
    ("png as csv", "a.csv", _png, "other_kind"),
    ("jpg as xlsx", "a.xlsx", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(500), "other_kind"),
    ("rar as xlsx", "a.xlsx", lambda: b"Rar!\x1a\x07\x01\0" + _noise(500), "other_kind"),
    ("7z as xlsx", "a.xlsx", lambda: b"7z\xbc\xaf\x27\x1c\0\x04" + _noise(500), "other_kind"),
    ("gzip as csv", "a.csv", lambda: b"\x1f\x8b\x08\0" + zlib.compress(b"a,b") + bytes(9), "other_kind"),
    ("program as xls", "a.xls", lambda: b"MZ\x90\0\x03\0\0\0\x04" + bytes(300), "other_kind"),
    ("rich text as csv", "a.csv", lambda: b"{\\rtf1\\ansi a,b}", "other_kind"),
    ("text as xlsx", "a.xlsx", lambda: "企业名称,需求名称\n甲,乙\n".encode(), "other_kind"),
    ("html as xls", "a.xls", lambda: "<html><body><table><tr><td>企业</td></tr></table>".encode("gbk"), "web_page"),
    ("html with doctype as xlsx", "a.xlsx", lambda: b"\r\n <!DOCTYPE HTML><html></html>", "web_page"),
    ("html in utf-16 as xls", "a.xls", lambda: "<html><table></table></html>".encode("utf-16"), "web_page"),
    ("html as csv", "a.csv", lambda: b"\xef\xbb\xbf<table><tr><td>a</td></tr></table>", "web_page"),
    ("mail archive as xls", "a.xls", lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web_page"),
    ("xml of 2003 as xls", "a.xls", lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xml_table"),
    ("other xml as xls", "a.xls", lambda: b'<?xml version="1.0"?><rss/>', "other_kind"),
    ("word as xlsx", "a.xlsx", lambda: made.archive({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "not_a_table"),
    ("slides as xlsx", "a.xlsx", lambda: made.archive({"ppt/presentation.xml": "<x/>"}), "not_a_table"),
    ("zip of things as xlsx", "a.xlsx", lambda: made.archive({"a.txt": "hello"}), "not_a_table"),
    ("open text as ods", "a.ods", lambda: made.ods("", mimetype="application/vnd.oasis.opendocument.text"), "not_a_table"),
    ("old word as xls", "a.xls", lambda: made.ole({"WordDocument": b"x"}), "not_a_table"),
    ("any ole as xls", "a.xls", lambda: made.ole({"Contents": b"x"}), "not_a_table"),
    ("a suffix unknown", "a.exe", lambda: b"MZ", "suffix_unknown"),
    ("no suffix", "名单", lambda: b"a,b", "suffix_unknown"),
    ("wps own format", "a.et", lambda: made.xls([["a"]]), "private_format"),
    # Nothing in it
    ("empty", "a.xlsx", lambda: b"", "empty"),
    ("blank text", "a.csv", lambda: b"\xef\xbb\xbf \r\n\r\n", "empty"),
    ("zeros", "a.csv", lambda: bytes(5000), "empty"),
    ("empty workbook", "a.xlsx", lambda: made.xlsx(), "empty"),
    # Locked
    ("encrypted xlsx", "a.xlsx", lambda: made.ole({"EncryptionInfo": b"x", "EncryptedPackage": _noise(6000)}), "password"),
    ("encrypted xls", "a.xls", lambda: biff(_BOF, (0x002F, bytes(54))), "password"),
    ("encrypted zip parts", "a.xlsx", _encrypted_zip, "password"),
    ("encrypted ods", "a.ods", lambda: made.ods("", manifest="<manifest:encryption-data/>"), "password"),
    # Broken
    ("cut in half", "a.xlsx", lambda: made.xlsx([["a", "b"]] * 50)[:2500], "broken"),
    ("zip of noise", "a.xlsx", lambda: b"PK\x03\x04" + _noise(3000), "broken"),
    ("ole of noise", "a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _noise(5000), "broken"),
    ("ole cut short", "a.xls", lambda: made.xls([["a"] * 20] * 200)[:3000], "broken"),
    ("ole chain without end", "a.xls", _chain_that_bites_its_tail, "broken"),
    ("part named twice", "a.xlsx", _duplicate_part, "broken"),
    ("part climbing out", "a.xlsx", lambda: made.archive({**made.parts_of(made.xlsx([["a"]])), "../../evil.xml": b"<x/>"}), "broken"),
    ("sheet that is no xml", "a.xlsx", lambda: made.changed(made.xlsx([["a"]]), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "broken"),
    ("sheet part missing", "a.xlsx", lambda: made.archive({k: v for k, v in made.parts_of(made.xlsx([["a"]])).items() if "sheet1.xml" not in k}), "broken"),
    ("address without a row", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="AAAAAAA"><v>1</v></c></row>'), "broken"),
    ("bare < hiding a far cell", "a.xlsx", lambda: made.with_cells(ROW + '<row><c x="<" r="XFD1048576"><v>1</v></c></row>'), "broken"),
    ("utf-16 part", "a.xlsx", lambda: made.changed(made.xlsx([["a"]]), "xl/styles.xml", "<styleSheet/>".encode("utf-16")), "broken"),
    ("xlsb record past the end", "a.xlsb", lambda: made.changed(made.xlsb([["a"]]), "xl/worksheets/sheet1.bin", b"\x00\xff\xff\xff\x7f"), "broken"),
    # Too much
    ("zip bomb in strings", "a.xlsx", lambda: _bomb("xl/sharedStrings.xml"), "zip_bomb"),
    ("zip bomb in a sheet", "a.xlsx", lambda: _bomb("xl/worksheets/sheet1.xml"), "zip_bomb"),
    ("zip bomb in ods", "a.ods", lambda: made.ods(made.ods_cell("a" * 60_000_000)), "zip_bomb"),
    ("picture of 150 MB zeros", "a.xlsx", _zeros, "zip_bomb"),
    ("header that lies", "a.xlsx", _lying_header, "broken"),
    ("20,000 parts", "a.xlsx", _many_entries, "zip_entries"),
    ("zips in zips", "a.xlsx", _nested, "not_a_table"),
    ("over the size", "a.xlsx", lambda: b"PK\x03\x04" + bytes(21 * 1024 * 1024), "too_large"),
    ("cell in the last corner", "a.xlsx", lambda: made.with_cells(ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "too_many_rows"),
    ("the same under a prefix", "a.xlsx", lambda: made.with_cells(ROW + '<é:row><é:c foo=">" r="XFD1048576"><v>1</v></é:c></é:row>'), "too_many_rows"),
    ("a row far down", "a.xlsx", lambda: made.with_cells(ROW + '<row r="999999999"><c><v>1</v></c></row>'), "too_many_rows"),
    ("a cell far right", "a.xlsx", lambda: made.with_cells(ROW + '<row r="2"><c r="XFD2"><v>1</v></c></row>'), "too_many_columns"),
    ("a wide and long area", "a.xlsx", lambda: made.with_cells('<row r="90000"><c r="ALL90000"><v>1</v></c></row>'), "too_many_cells"),
    ("xlsb far corner", "a.xlsb", lambda: made.xlsb([["a", "b"]], far=(1_048_575, 16_383)), "too_many_rows"),
    ("xls far corner", "a.xls", lambda: biff(_BOF, (0x0203, struct.pack("<HHHd", 65_535, 255, 0, 1.0))), "too_many_cells"),
    ("ods row a million times", "a.ods", lambda: made.ods(f'<table:table-row table:number-rows-repeated="1000000">{made.ods_cell("a")}</table:table-row>'), "too_many_rows"),
    ("ods cell a million times", "a.ods", lambda: made.ods(f'<table:table-row>{made.ods_cell("a", "table:number-columns-repeated=" + chr(34) + "1000000" + chr(34))}</table:table-row>'), "too_many_columns"),
    ("10^6 columns in csv", "a.csv", lambda: _many_columns(1_000_000), "too_many_columns"),
    ("10,000 keys in jsonl", "a.jsonl", lambda: json.dumps({f"k{n}": n for n in range(10_000)}).encode(), "too_many_columns"),
    ("too many csv rows", "a.csv", lambda: b"a,b\n" * 100_001, "too_many_rows"),
    ("too many jsonl rows", "a.jsonl", lambda: b'{"a":1}\n' * 100_001, "too_many_rows"),
    ("merges upon merges", "a.xlsx", _many_merges, "broken"),
    # XML declarations
    ("doctype in ods", "a.ods", lambda: made.ods("", prolog=DOCTYPE), "doctype"),
    ("doctype in utf-16", "a.xlsx", _wide_doctype, "doctype"),
    *_in_every_part(),
    # Text
    ("big5", "a.csv", lambda: "企業名稱,需求名稱\n龍鋼鐵廠有限公司,螺絲與彈簧墊圈\n".encode("big5"), "encoding_unknown"),
    ("shift-jis", "a.csv", lambda: "企業名,製品\nテスト株式会社,ボルトとナット\n".encode("shift-jis"), "encoding_unknown"),
    ("latin-1", "a.csv", lambda: "société,été\nà côté,déjà vu\n".encode("latin-1"), "encoding_unknown"),
    ("utf-32", "a.csv", lambda: "企业,需求\n".encode("utf-32"), "encoding_unknown"),
    ("broken utf-8", "a.csv", lambda: "企业名称,需求\n".encode()[:-3] + b"\xff\xff\n", "encoding_unknown"),
    ("noise as csv", "a.csv", lambda: b"\x80\x81" + _noise(3000).replace(b"\0", b"\x01"), "*"),
    ("control characters", "a.csv", lambda: b"a,b\n\x01\x02\x03,\x1b[31m\n", "binary"),
    ("quote never closed", "a.csv", lambda: b'a,b\n1,"oops\n' + b"2,3\n" * 300, "quote_open"),
    ("a cell of 300,000 letters", "a.csv", lambda: b"a,b\n1," + b"x" * 300_000, "field_long"),
    ("json that is a list", "a.jsonl", lambda: b"[1,2,3]\n", "not_jsonl"),
    ("json a hundred thousand deep", "a.jsonl", lambda: b"[" * 100_000, "not_jsonl"),
    ("csv called jsonl", "a.jsonl", lambda: "企业名称,需求名称\n甲,乙".encode(), "not_jsonl"),
)  # fmt: skip
