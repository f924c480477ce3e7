"""Hostile files that say little and unfold into much, or that hold what no reader expects. Made in code, none is stored.

Expected is the code of the refusal, ``read`` for a file that must be read all the same, or ``*`` where either will do.
"""

from __future__ import annotations

import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator

from tests.unit.sheets import made
from tests.unit.sheets.hostile import DOCTYPE, ROW, Case, biff

SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
ROWS = [["企业名称", "需求名称", "数量"], *[[f"甲{n}", f"轴承{n}", f"{n}吨/年"] for n in range(30)]]
BOF = (0x0809, struct.pack("<HHHH", 0x0600, 5, 0, 0) + bytes(8))
SHEET_BOF = (0x0809, struct.pack("<HHHH", 0x0600, 0x10, 0, 0) + bytes(8))
EOF = (0x000A, b"")


# ---------------------------------------------------------------- xlsx
def _with(part: str, old: str, new: str, rows: made.Rows = ROWS) -> bytes:
    data = made.xlsx(rows)
    content = made.parts_of(data)[part]
    assert old.encode() in content, (part, old)
    return made.changed(data, part, content.replace(old.encode(), new.encode(), 1))


def _strings(length: int, cells: int) -> bytes:
    """Many cells that all show one long shared string."""
    markup = "".join(
        f'<row r="{row}">' + f'<c r="A{row}" t="s"><v>0</v></c>' * 1 + "</row>" for row in range(1, cells + 1)
    )
    data = made.with_cells(markup)
    text = "长" * length
    return made.changed(
        data, STRINGS, f'<sst count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'.encode()
    )


def _rich(runs: int) -> bytes:
    markup = "<r><t>长</t></r>" * runs
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    return made.changed(made.with_cells(cells), STRINGS, f"<sst><si>{markup}</si></sst>".encode())


def _same_part_often(times: int) -> bytes:
    """A workbook that names one sheet of 50,000 cells again and again."""
    cells = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}"><v>{n}</v></c>' for c in "ABCDE") + "</row>"
        for n in range(1, 10_001)
    )
    data = made.with_cells(cells)
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, times + 1))
    book = made.parts_of(data)[BOOK].decode()
    head, _, tail = book.partition("<sheets>")
    return made.changed(data, BOOK, f"{head}<sheets>{sheets}{tail[tail.index('</sheets>') :]}".encode())


def _attributes(where: str, count: int, copies: int = 1) -> bytes:
    many = " ".join(f'a{n}=""' for n in range(count))
    if where == "cell":
        return made.with_cells(f'<row r="1">{f"<c {many}><v>1</v></c>" * copies}</row>')
    if where == "row":
        return made.with_cells(f"<row {many}><c><v>1</v></c></row>" * copies)
    if where == "book":
        return _with(BOOK, "<sheet ", f"<sheet {many} ")
    return _with(SHEET, "<sheetData>", f"<sheetPr {many}/><sheetData>")


def _nested(depth: int) -> bytes:
    return made.with_cells(ROW + "<extLst>" + "<x>" * depth + "</x>" * depth + "</extLst>")


def _merged(refs: str) -> bytes:
    return _with(SHEET, "</sheetData>", f"</sheetData><mergeCells>{refs}</mergeCells>")


def _cells(count: int, width: int, text: Callable[[int], str]) -> bytes:
    """Honest markup, but a great deal of it."""
    rows = []
    for row in range(count // width):
        cells = "".join(
            f'<c t="inlineStr"><is><t>{text(row * width + column)}</t></is></c>' for column in range(width)
        )
        rows.append(f"<row>{cells}</row>")
    return made.with_cells("".join(rows))


def _packed_with(method: int) -> bytes:
    return made.archive({name: content for name, content in made.parts_of(made.xlsx(ROWS)).items()}, method)


def _wide_window() -> bytes:
    """LZMA whose header asks for a window of 3 GB before a single byte is there."""
    data = bytearray(_packed_with(zipfile.ZIP_LZMA))
    start = 0
    while (start := data.find(b"PK\x03\x04", start)) >= 0:
        name, extra = struct.unpack_from("<HH", data, start + 26)
        struct.pack_into("<I", data, start + 30 + name + extra + 5, 3_000_000_000)
        start += 4
    return bytes(data)


def _laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    return f'<!DOCTYPE l [<!ENTITY l0 "lol">{levels}]><sst><si><t>&l9;</t></si></sst>'.encode()


def _percent_ods() -> bytes:
    cell = '<table:table-cell office:value-type="percentage" office:value="0.5" table:number-columns-repeated="{}"/>'
    return made.ods(f'<table:table-row table:number-rows-repeated="999">{cell.format(999)}</table:table-row>')


def _ods_row(attributes: str, cell_attributes: str = "", text: str = "a") -> bytes:
    return made.ods(f"<table:table-row {attributes}>{made.ods_cell(text, cell_attributes)}</table:table-row>")


def _quoted_overlap() -> bytes:
    """Fifty directory entries that all lie on the same bytes."""
    part = zipfile.ZIP_DEFLATED
    data = made.archive({"xl/media/big.bin": bytes(1_000_000)}, part)
    body, directory = (
        data[: data.index(b"PK\x01\x02")],
        data[data.index(b"PK\x01\x02") : data.index(b"PK\x05\x06")],
    )
    entries = b"".join(directory.replace(b"big.bin", f"b{n:02d}.bin".encode()) for n in range(50))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(entries), len(body), 0)
    return body + entries + end


# ---------------------------------------------------------------- xls
def _book_of(*sheets: list[tuple[int, bytes]], often: int = 1, strings: bytes = b"") -> bytes:
    """A BIFF workbook whose sheets follow its globals; each is named ``often`` times."""
    names = [struct.pack("<IBBBB", 0, 0, 0, 2, 0) + b"s%d" % (n % 10) for n in range(len(sheets) * often)]
    globals_ = [BOF, *((0x0085, name) for name in names), *([(0x00FC, strings)] if strings else []), EOF]
    start = sum(4 + len(body) for _, body in globals_)
    records, position = [], start
    offsets = []
    for sheet in sheets:
        offsets.append(position)
        records += sheet
        position += sum(4 + len(body) for _, body in sheet)
    at = 0
    for index, (kind, body) in enumerate(globals_):
        if kind == 0x0085:
            globals_[index] = kind, struct.pack("<I", offsets[at // often]) + body[4:]
            at += 1
    return biff(*globals_, *records)


def _labels(count: int, length: int) -> bytes:
    text = b"\x01\0\0\0\x01\0\0\0" + struct.pack("<HB", length, 0) + b"x" * min(length, 8000)
    cells = [
        (0x00FD, struct.pack("<HHHI", row, column, 0, 0))
        for row in range(count // 200)
        for column in range(200)
    ]
    return _book_of([SHEET_BOF, *cells, EOF], strings=text)


def _numbers(rows: int) -> list[tuple[int, bytes]]:
    cells = [
        (0x0203, struct.pack("<HHHd", row, column, 0, 1.5)) for row in range(rows) for column in range(4)
    ]
    return [SHEET_BOF, *cells, EOF]


# ---------------------------------------------------------------- text
def _wide_text(letter: str) -> bytes:
    """One letter beyond the sixteen bits makes Python keep every other in four bytes."""
    return ("企业,需求\n" + "ab,cd\n" * 90_000 + f"{letter},x\n").encode()


def _lines(cell: str, width: int, rows: int) -> bytes:
    return (",".join([cell] * width) + "\n").encode() * rows


HAND_MADE: tuple[Case, ...] = (
    # One string, many cells
    ("a shared string of 30,000 letters in 30,000 cells", "a.xlsx", lambda: _strings(30_000, 30_000), "zip_bomb"),
    ("a shared string of a million letters in 2,000 cells", "a.xlsx", lambda: _strings(1_000_000, 2_000), "zip_bomb"),
    ("a shared string of 10,000 runs in 20,000 cells", "a.xlsx", lambda: _rich(10_000), "zip_bomb"),
    ("a long shared string in few cells", "a.xlsx", lambda: _strings(30_000, 50), "read"),
    ("a short shared string in many cells", "a.xlsx", lambda: _strings(10, 60_000), "read"),
    ("an .xls string of 8,000 letters in 60,000 cells", "a.xls", lambda: _labels(60_000, 8_000), "zip_bomb"),
    ("an ods text of 100 KB a million times", "a.ods", lambda: _ods_row('table:number-rows-repeated="1000"', 'table:number-columns-repeated="999"', "x" * 100_000), "zip_bomb"),
    ("an ods text repeated little", "a.ods", lambda: _ods_row('table:number-rows-repeated="3"', "", "示例"), "read"),
    ("blanks of an ods text, four thousand million", "a.ods", lambda: _ods_row("", "", '<text:s text:c="4000000000"/>'), "*"),
    ("blanks of an ods text, a million in a thousand cells", "a.ods", lambda: _ods_row("", 'table:number-columns-repeated="999"', '<text:s text:c="1000000"/>'), "*"),
    ("an .xls sheet named 2,000 times", "a.xls", lambda: _book_of(_numbers(5_000), often=2_000), "too_many_sheets"),
    ("an .xls sheet named 200 times", "a.xls", lambda: _book_of(_numbers(5_000), often=200), "broken"),
    ("an .xlsx sheet named 200 times", "a.xlsx", lambda: _same_part_often(200), "broken"),
    ("an .xlsx sheet named 3,000 times", "a.xlsx", lambda: _same_part_often(3_000), "too_many_sheets"),
    # More of everything than a person makes
    ("a million numbers", "a.xlsx", lambda: _cells(900_000, 30, lambda n: ""), "*"),
    ("300,000 cells of different texts", "a.xlsx", lambda: _cells(300_000, 30, lambda n: f"示例企业第{n}号"), "*"),
    ("cells of 30,000 letters each", "a.xlsx", lambda: _cells(600, 10, lambda n: f"{n}" + "长" * 30_000), "*"),
    ("cells of 30,000 letters each, one beyond 16 bits", "a.xlsx", lambda: _cells(600, 10, lambda n: "𠮷" + "x" * 30_000), "*"),
    ("900,000 percentages in ods", "a.ods", _percent_ods, "*"),
    ("200,000 lines of ten cells in csv", "a.csv", lambda: _lines("ab", 10, 99_000), "*"),
    ("nearly two million cells in csv", "a.csv", lambda: _lines("ab", 20, 99_000), "*"),
    ("nearly two million empty cells in csv", "a.csv", lambda: _lines("", 20, 99_000), "*"),
    ("twenty megabytes of csv in four bytes a letter", "a.csv", lambda: _lines("abcdefgh𠮷", 20, 70_000), "*"),
    ("twenty megabytes of csv, Chinese", "a.csv", lambda: _lines("示例企业有限公司", 10, 80_000), "*"),
    ("a letter beyond 16 bits in csv", "a.csv", lambda: _wide_text("𠮷"), "read"),
    ("a long line of csv without an end", "a.csv", lambda: b"a," * 900_000, "too_many_columns"),
    ("twenty megabytes of quotes", "a.csv", lambda: b'"' * 19_000_001, "*"),
    ("twenty megabytes of blanks and a letter", "a.csv", lambda: b" " * 19_000_000 + b"a,b\n", "*"),
    ("twenty megabytes of line ends", "a.csv", lambda: b"a\n" + b"\n" * 19_000_000, "too_many_rows"),
    ("twenty megabytes of carriage returns", "a.csv", lambda: b"a\r" + b"\r" * 19_000_000, "too_many_rows"),
    ("jsonl with a key of a million letters", "a.jsonl", lambda: json.dumps({"k" * 900_000: 1}).encode() + b"\n", "*"),
    ("jsonl of lists in lists", "a.jsonl", lambda: (b'{"a":' + b"[" * 900 + b"]" * 900 + b"}\n") * 2_000, "*"),
    ("jsonl of a number with a million digits", "a.jsonl", lambda: b'{"a": ' + b"9" * 1_000_000 + b"}\n", "*"),
    ("jsonl, 90,000 lines of ten keys", "a.jsonl", lambda: (json.dumps({f"k{n}": "示例" for n in range(10)}, ensure_ascii=False) + "\n").encode() * 90_000, "*"),
    # Numbers in attributes
    ("a dimension of the whole sheet", "a.xlsx", lambda: _with(SHEET, '<dimension ref="A1:C31"/>', '<dimension ref="A1:XFD1048576"/>'), "read"),
    ("a dimension that ends before it begins", "a.xlsx", lambda: _with(SHEET, '<dimension ref="A1:C31"/>', '<dimension ref="XFD1048576:A1"/>'), "*"),
    ("a dimension of ten digits", "a.xlsx", lambda: _with(SHEET, '<dimension ref="A1:C31"/>', '<dimension ref="A1:ZZZZZZ9999999999"/>'), "*"),
    ("a count of strings that lies", "a.xlsx", lambda: _with(STRINGS, 'count="', 'count="4294967295" x="'), "*"),
    ("a string's number beyond the list", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="s"><v>4294967295</v></c></row>'), "*"),
    ("a string's number below zero", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), "*"),
    ("a style's number beyond the list", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" s="99999"><v>1</v></c></row>'), "*"),
    ("columns repeated, eleven digits", "a.ods", lambda: _ods_row("", 'table:number-columns-repeated="99999999999"'), "*"),
    ("columns repeated with a plus", "a.ods", lambda: _ods_row("", 'table:number-columns-repeated="+1000000000"'), "*"),
    ("columns repeated with zeros before", "a.ods", lambda: _ods_row("", 'table:number-columns-repeated="00000000001000000000"'), "*"),
    ("columns repeated, written as a reference", "a.ods", lambda: _ods_row("", 'table:number-columns-repeated="&#49;000000000"'), "*"),
    ("rows repeated, eleven digits", "a.ods", lambda: _ods_row('table:number-rows-repeated="99999999999"'), "*"),
    ("rows repeated with a plus", "a.ods", lambda: _ods_row('table:number-rows-repeated="+1000000000"'), "*"),
    ("rows repeated below zero", "a.ods", lambda: _ods_row('table:number-rows-repeated="-5"'), "*"),
    ("cells without a type, repeated", "a.ods", lambda: made.ods('<table:table-row table:number-rows-repeated="900000"><table:table-cell table:number-columns-repeated="900000"><text:p>a</text:p></table:table-cell></table:table-row>'), "*"),
    ("a formula without a type, repeated", "a.ods", lambda: made.ods('<table:table-row table:number-rows-repeated="900000"><table:table-cell table:formula="of:=1" table:number-columns-repeated="900000"/></table:table-row>'), "*"),
    ("a million attributes of a cell", "a.xlsx", lambda: _attributes("cell", 200_000), "*"),
    ("two hundred attributes of each of many cells", "a.xlsx", lambda: _attributes("cell", 200, 8_000), "*"),
    ("attributes of a row", "a.xlsx", lambda: _attributes("row", 200_000), "*"),
    ("attributes of a sheet's name", "a.xlsx", lambda: _attributes("book", 200_000), "*"),
    ("attributes elsewhere in a sheet", "a.xlsx", lambda: _attributes("sheet", 200_000), "*"),
    ("a million elements in each other", "a.xlsx", lambda: _nested(1_000_000), "*"),
    ("ods elements in each other", "a.ods", lambda: made.ods("<table:table-row>" + "<text:p>" * 500_000), "*"),
    ("ods rows in each other", "a.ods", lambda: made.ods("<table:table-row>" * 50_000), "*"),
    ("ods tables in each other", "a.ods", lambda: made.ods('<table:table table:name="x">' * 20_000), "*"),
    # Merged
    ("merged, the whole sheet", "a.xlsx", lambda: _merged('<mergeCell ref="A1:XFD1048576"/>'), "*"),
    ("merged, 100,000 times one cell", "a.xlsx", lambda: _merged('<mergeCell ref="A1:A1"/>' * 100_000), "*"),
    ("merged, the other way about", "a.xlsx", lambda: _merged('<mergeCell ref="C9:A1"/>'), "*"),
    ("merged, no range at all", "a.xlsx", lambda: _merged('<mergeCell ref="x"/>'), "*"),
    ("merged, beyond every sheet", "a.xlsx", lambda: _merged('<mergeCell ref="ZZZZZZZ99999999999:A1"/>'), "*"),
    ("merged, a million little ranges", "a.xlsx", lambda: _merged("".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 300_000))), "*"),
    ("spans of an ods, a thousand thousand", "a.ods", lambda: made.ods("".join(f"<table:table-row>{made.ods_cell('a', 'table:number-columns-spanned=' + chr(34) + '900' + chr(34) + ' table:number-rows-spanned=' + chr(34) + '900' + chr(34)) * 3}</table:table-row>" for _ in range(600))), "*"),
    # The archive
    ("packed by bzip2", "a.xlsx", lambda: _packed_with(zipfile.ZIP_BZIP2), "broken"),
    ("packed by lzma", "a.xlsx", lambda: _packed_with(zipfile.ZIP_LZMA), "broken"),
    ("packed by lzma with a window of 3 GB", "a.xlsx", _wide_window, "broken"),
    ("entries on the same bytes", "a.xlsx", _quoted_overlap, "not_a_table"),
    ("a comment of 60 KB behind it", "a.xlsx", lambda: made.xlsx(ROWS)[:-2] + struct.pack("<H", 60_000) + bytes(60_000), "*"),
    ("a million bytes behind it", "a.xlsx", lambda: made.xlsx(ROWS) + bytes(1_000_000), "*"),
    ("only an end record", "a.xlsx", lambda: b"PK\x05\x06" + bytes(18), "*"),
    ("a part of another's name in capitals", "a.xlsx", lambda: made.archive({**made.parts_of(made.xlsx(ROWS)), "XL/Workbook.XML": "<x/>"}), "*"),
    ("a part under an absolute path", "a.xlsx", lambda: made.archive({**made.parts_of(made.xlsx(ROWS)), "/etc/passwd": b"x"}), "*"),
    ("a bomb in a part nobody reads", "a.xlsx", lambda: made.archive({**made.parts_of(made.xlsx(ROWS)), "xl/vbaProject.bin": bytes(90_000_000)}), "zip_bomb"),
    ("a relation to a file outside", "a.xlsx", lambda: _with("xl/_rels/workbook.xml.rels", 'Target="worksheets/sheet1.xml"', 'Target="../../../../etc/passwd"'), "broken"),
    ("a relation to an address", "a.xlsx", lambda: _with("xl/_rels/workbook.xml.rels", 'Target="worksheets/sheet1.xml"', 'Target="http://example.com/a.xml" TargetMode="External"'), "broken"),
    ("a relation to itself", "a.xlsx", lambda: _with("xl/_rels/workbook.xml.rels", 'Target="worksheets/sheet1.xml"', 'Target="workbook.xml"'), "*"),
    ("macros beside the sheet", "a.xlsm", lambda: made.archive({**made.parts_of(made.xlsx(ROWS)), "xl/vbaProject.bin": random.Random(3).randbytes(9000)}), "read"),
    ("links to another workbook", "a.xlsx", lambda: made.archive({**made.parts_of(made.xlsx(ROWS)), "xl/externalLinks/externalLink1.xml": "<externalLink/>"}), "read"),
    # Declarations
    ("entities in entities, ten levels", "a.xlsx", lambda: made.changed(made.xlsx(ROWS), STRINGS, _laughs()), "doctype"),
    ("an entity of a file", "a.ods", lambda: made.ods(made.ods_cell("&f;"), prolog='<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'), "doctype"),
    ("a declaration in a relation", "a.xlsx", lambda: _with("xl/_rels/workbook.xml.rels", "?>", "?>" + DOCTYPE), "doctype"),
    ("an entity that nobody declared", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="inlineStr"><is><t>&boom;</t></is></c></row>'), "*"),
    ("a reference to a zero character", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="inlineStr"><is><t>a&#0;b</t></is></c></row>'), "*"),
    ("a reference to half a character", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="inlineStr"><is><t>a&#xD800;b</t></is></c></row>'), "*"),
    ("an escaped zero character", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c></row>'), "read"),
    ("zero bytes in a sheet", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="inlineStr"><is><t>a\0b</t></is></c></row>'), "*"),
    # Formulas
    ("a formula that starts a program", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="str"><f>cmd|\'/c calc\'!A0</f><v>x</v></c></row>'), "read"),
    ("the same in csv", "a.csv", lambda: "企业名称,备注\n甲,=cmd|'/c calc'!A0\n".encode(), "read"),
    ("a formula without a value", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1"><f>1/0</f></c><c r="B1"><v>2</v></c></row>'), "read"),
    ("a shared formula over the sheet", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1"><f t="shared" ref="A1:XFD1048576" si="0">A1+1</f><v>1</v></c></row>'), "read"),
    ("an error as a value", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><v>2</v></c></row>'), "read"),
    ("numbers beyond numbers", "a.xlsx", lambda: made.with_cells('<row r="1"><c r="A1"><v>1e400</v></c><c r="B1"><v>NaN</v></c><c r="C1"><v>-inf</v></c></row>'), "*"),
    ("a day beyond the calendar", "a.xls", lambda: made.xls([["日期"], [(10_000_000.0, "yyyy-mm-dd")], [(-5.0, "yyyy-mm-dd")]]), "*"),
    ("a day of the year 10^300", "a.xls", lambda: made.xls([["日期"], [(1e300, "yyyy-mm-dd")]]), "*"),
    # Text
    ("half a character escaped in jsonl", "a.jsonl", lambda: b'{"firm": "a\\ud800b"}\n{"firm": "c"}\n', "*"),
    ("a zero character escaped in jsonl", "a.jsonl", lambda: b'{"firm": "a\\u0000b"}\n{"firm": "c"}\n', "*"),
    ("half a character as a key in jsonl", "a.jsonl", lambda: b'{"\\udfff": 1}\n', "*"),
    ("half a character in utf-16", "a.csv", lambda: b"\xff\xfe" + "a,b\n".encode("utf-16-le") + b"\x00\xd8,\0b\0\n\0", "encoding_unknown"),
    ("half a character in utf-8", "a.csv", lambda: "企业名称,需求名称\n".encode() + b"\xed\xa0\x80,b\n", "encoding_unknown"),
    ("zeros in the middle of a csv", "a.csv", lambda: b"a,b\n" * 2000 + bytes(50) + b"c,d\n", "binary"),
    ("euc-kr", "a.csv", lambda: "회사명,제품\n주식회사 예시,볼트와 너트\n".encode("euc-kr"), "*"),
    ("windows-1251", "a.csv", lambda: "предприятие,продукт\nпример,болт\n".encode("cp1251"), "*"),
    ("ebcdic", "a.csv", lambda: "company,product\nexample,bolt\n".encode("cp500"), "*"),
    ("utf-7", "a.csv", lambda: "企业名称,产品\n甲,轴承\n".encode("utf-7"), "*"),
    ("utf-16 without its mark", "a.csv", lambda: "企业名称,需求名称\n甲,乙\n".encode("utf-16-le"), "*"),
    ("half a utf-16", "a.csv", lambda: "企业,需求\n".encode("utf-16")[:-1], "encoding_unknown"),
    ("hz", "a.csv", lambda: "企业名称,产品\n甲,轴承\n".encode("hz"), "*"),
    ("direction marks", "a.csv", lambda: "企业名称,需求\n\u202e甲乙,x\u2066\n".encode(), "read"),
    # Old workbooks
    ("a workbook stream of noise", "a.xls", lambda: made.ole({"Workbook": random.Random(5).randbytes(9000)}), "*"),
    ("records that all say their greatest length", "a.xls", lambda: biff(BOF, *[(0x003C, b"\xff" * 8224)] * 200), "*"),
    ("a list of strings that counts to the end", "a.xls", lambda: _book_of(_numbers(3), strings=b"\xff" * 8), "*"),
    ("a string that is longer than its list", "a.xls", lambda: _book_of(_numbers(3), strings=b"\x01\0\0\0\x01\0\0\0\xff\xff\x00ab"), "*"),
    ("a sheet that begins beyond the end", "a.xls", lambda: biff(BOF, (0x0085, struct.pack("<IBBBB", 0x7FFFFFFF, 0, 0, 2, 0) + b"ab"), EOF), "*"),
    ("a workbook of BIFF 2", "a.xls", lambda: struct.pack("<HHHH", 0x0009, 4, 2, 0x10) + bytes(20), "other_kind"),
    ("an .xls of ten thousand sheets", "a.xls", lambda: _book_of([SHEET_BOF, EOF], often=10_000), "too_many_sheets"),
    ("encrypted, the name a csv's", "a.csv", lambda: made.ole({"EncryptionInfo": b"x", "EncryptedPackage": bytes(9000)}), "password"),
    ("encrypted, the package empty", "a.xlsx", lambda: made.ole({"EncryptionInfo": b"", "EncryptedPackage": b""}), "password"),
    # Wrong names
    ("xlsx called csv", "a.csv", lambda: made.xlsx(ROWS), "read"),
    ("xlsx called xls", "a.xls", lambda: made.xlsx(ROWS), "read"),
    ("xls called xlsx", "a.xlsx", lambda: made.xls(ROWS), "read"),
    ("csv called xlsx", "a.xlsx", lambda: b"a,b\n1,2\n", "other_kind"),
    ("ods called xls", "a.xls", lambda: made.ods(f"<table:table-row>{made.ods_cell('a')}</table:table-row>"), "read"),
    ("a name of a thousand letters", "长" * 1000 + ".csv", lambda: b"a,b\n1,2\n", "read"),
    ("a name with a path", "../../etc/passwd", lambda: b"a,b\n", "suffix_unknown"),
    ("a name that ends twice", "a.xlsx.exe", lambda: made.xlsx(ROWS), "suffix_unknown"),
)  # fmt: skip


def _harmed(data: bytes, chance: random.Random) -> bytes:
    """Cut off, or some bytes changed, removed or doubled."""
    harmed = bytearray(data)
    if chance.random() < 0.25:
        return bytes(harmed[: chance.randrange(8, len(harmed))])
    for _ in range(chance.randint(1, 5)):
        start = chance.randrange(8, len(harmed) - 8)
        match chance.randrange(4):
            case 0:
                harmed[start] = chance.randrange(256)
            case 1:
                del harmed[start : start + chance.randint(1, 60)]
            case 2:
                harmed[start:start] = harmed[start : start + chance.randint(1, 60)]
            case _:
                harmed[start : start + 4] = chance.choice(
                    [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"]
                )
    return bytes(harmed)


def _damaged() -> Iterator[Case]:
    """Real files of each format, harmed; and parts of a workbook harmed and packed well again."""
    merged = made.xlsx(ROWS, merges=[("A33:C33", "合计")])
    real = {
        "xlsx": merged,
        "xls": made.xls(ROWS, merges=[(33, 33, 0, 2, "合计")]),
        "csv": "\n".join(",".join(map(str, row)) for row in ROWS).encode("gb18030"),
        "xlsb": made.xlsb(ROWS),
        "ods": made.ods("".join(f"<table:table-row>{''.join(map(made.ods_cell, row))}</table:table-row>" for row in ROWS)),
    }  # fmt: skip
    for suffix, data in real.items():
        for seed in range(24):
            yield (
                f"{suffix} harmed {seed}", f"a.{suffix}",
                lambda data=data, seed=seed: _harmed(data, random.Random(f"{seed}")), "*",  # type: ignore[misc]
            )  # fmt: skip
    for part in (BOOK, SHEET, STRINGS, "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
        content = made.parts_of(merged)[part]
        for seed in range(6):
            yield (
                f"{part} harmed {seed}", "a.xlsx",
                lambda part=part, content=content, seed=seed: made.changed(merged, part, _harmed(content, random.Random(f"p{seed}"))),
                "*",
            )  # type: ignore[misc]  # fmt: skip


CASES: tuple[Case, ...] = (*HAND_MADE, *_damaged())
