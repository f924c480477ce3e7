"""What offices send, read as a person sees it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from marketplace.core.sheets import Limits, SheetError, open_table
from marketplace.core.sheets.cells import cell_text, number_text
from tests.unit.sheets import made

ROWS = [["企业名称", "主导产品"], ["甲示例有限公司", "螺栓"], ["乙示例有限公司", "轴承、法兰"]]


def _csv(encoding: str, delimiter: str = ",") -> bytes:
    return "\r\n".join(delimiter.join(row) for row in ROWS).encode(encoding)


@pytest.mark.parametrize(
    ("filename", "tab"),
    [("名单.csv", "名单"), ("上/名单.tsv", "名单"), (f"{'长' * 90}.csv", "长" * 31)],
)
def test_a_csv_is_called_as_its_tab_in_excel(filename: str, tab: str) -> None:
    assert [sheet.name for sheet in open_table(_csv("utf-8"), filename).sheets] == [tab]


@pytest.mark.parametrize(
    ("data", "filename", "kind"),
    [
        (made.xlsx(ROWS), "名单.xlsx", "xlsx"),
        (made.xls(ROWS), "名单.XLS", "xls"),
        (made.xlsb(ROWS), "名单.xlsb", "xlsb"),
        (_csv("utf-8"), "名单.csv", "csv"),
        (_csv("utf-8-sig"), "名单.csv", "csv"),
        (_csv("gb18030"), "名单.csv", "csv"),
        (_csv("utf-16"), "名单.csv", "csv"),
        (_csv("utf-16-be", "\t"), "名单.csv", "csv"),
        (_csv("gb18030", ";"), "名单.csv", "csv"),
        (_csv("utf-8", "\t"), "名单.tsv", "csv"),
        (b"sep=|\r\n" + _csv("utf-8", "|"), "名单.csv", "csv"),
    ],
)
def test_the_same_table_in_every_format(data: bytes, filename: str, kind: str) -> None:
    workbook = open_table(data, filename)
    assert workbook.kind == kind
    assert workbook.sheets[0].rows == ROWS


def test_ods_repeats_merges_and_percentages() -> None:
    body = (
        f"<table:table-row>{made.ods_cell('标题', 'table:number-columns-spanned=' + chr(34) + '2' + chr(34))}"
        f"<table:covered-table-cell/>{made.ods_cell('乙')}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{made.ods_cell("甲")}<table:table-cell/>'
        '<table:table-cell office:value-type="percentage" office:value="0.075"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row>"
    )
    sheet = open_table(made.ods(body), "a.ods").sheets[0]
    assert sheet.rows == [["标题", "标题", "乙"], ["甲", "", "7.5%"], ["甲", "", "7.5%"]]


def test_a_path_is_read_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "需求.csv"
    path.write_bytes(_csv("gb18030"))
    workbook = open_table(path)
    assert (workbook.filename, workbook.encoding, workbook.sheets[0].rows) == ("需求.csv", "gb18030", ROWS)


def test_values_are_text_as_a_person_sees_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    row = [
        0.1 + 0.2,
        0.5,
        13800000000,
        0.075,
        0.07,
        date(2026, 11, 23),
        datetime(2026, 11, 23, 14, 30),
        time(9, 5),
        True,
        -3.25,
    ]
    for column, value in enumerate(row, 1):
        sheet.cell(3, column, value)
    sheet.cell(3, 4).number_format = "0.0%"
    sheet.cell(3, 5).number_format = "0%"
    sheet["K3"] = "=1+1"
    book.save(tmp_path / "a.xlsx")
    rows = open_table(tmp_path / "a.xlsx").sheets[0].rows
    assert rows[2][:10] == [
        "0.3",
        "0.5",
        "13800000000",
        "7.5%",
        "7%",
        "2026-11-23",
        "2026-11-23 14:30",
        "09:05",
        "TRUE",
        "-3.25",
    ]
    assert rows[0] == [""] * len(rows[2])  # rows keep their numbers: row 3 of the file is the third


def test_formulas_are_read_as_the_values_they_had() -> None:
    part = '<row r="1"><c r="A1"><f>HYPERLINK("http://x","y")</f><v>42</v></c><c r="B1" t="str"><f>A1&amp;"吨"</f><v>42吨</v></c></row>'
    assert open_table(made.with_cells(part), "a.xlsx").sheets[0].rows == [["42", "42吨"]]


def test_percentages_and_days_of_an_old_workbook() -> None:
    rows = [["企业", "占比", "到期"], ["甲", (0.125, "0.0%"), (date(2026, 11, 23), "yyyy-mm-dd")]]
    assert open_table(made.xls(rows), "a.xls").sheets[0].rows[1] == ["甲", "12.5%", "2026-11-23"]


@pytest.mark.parametrize("build", ["xlsx", "xls"])
def test_merged_cells_are_filled(build: str) -> None:
    if build == "xlsx":
        data = made.xlsx([["", "", "丙"], ["", "", "丁"]], merges=[("A1:B2", "合")])
    else:
        data = made.xls([["", "", "丙"], ["", "", "丁"]], merges=[(0, 1, 0, 1, "合")])
    sheet = open_table(data, f"a.{build}").sheets[0]
    assert sheet.rows == [["合", "合", "丙"], ["合", "合", "丁"]]
    assert sheet.spans == ((0, 0, 1, 1),)


def test_hidden_sheets_are_skipped_and_named() -> None:
    workbook = open_table(made.xlsx(ROWS, hidden=[["代码"], ["1"]]), "a.xlsx")
    assert [sheet.name for sheet in workbook.sheets] == ["需求"]
    assert [note.code for note in workbook.notes] == ["sheets.hidden_skipped"]
    assert "代码表" in workbook.notes[0].sentence()


def test_a_workbook_under_another_workbooks_suffix_is_read_and_told() -> None:
    workbook = open_table(made.xlsx(ROWS), "导出.xls")
    assert workbook.sheets[0].rows == ROWS
    assert [note.code for note in workbook.notes] == ["sheets.suffix_differs"]
    assert open_table(made.xlsx(ROWS), "a.xlsm").notes == ()


def test_whole_columns_of_borders_cost_nothing() -> None:
    cells = "".join(
        f'<row r="{number}"><c r="A{number}" s="1"/><c r="XFD{number}" s="1"/></row>'
        for number in range(200_000, 200_050)
    )
    data = made.with_cells('<row r="1"><c r="A1"><v>1</v></c></row>' + cells)
    assert open_table(data, "a.xlsx").sheets[0].rows == [["1"]]


def test_quoted_cells_with_line_breaks_and_commas() -> None:
    text = '企业名称,需求描述\n甲,"第一行\n第二行,带逗号，""引号"""\n'
    assert open_table(text.encode("gb18030"), "a.csv").sheets[0].rows[1] == [
        "甲",
        '第一行\n第二行,带逗号，"引号"',
    ]


def test_prose_full_of_commas_does_not_fool_the_delimiter() -> None:
    rows = ["名称\t描述"] + [f"产品{n}\t轻,薄,短,小；耐磨,耐热" for n in range(20)]
    assert open_table("\n".join(rows).encode(), "a.csv").sheets[0].rows[1] == [
        "产品0",
        "轻,薄,短,小；耐磨,耐热",
    ]


def test_jsonl_keys_are_headings_and_bad_lines_are_kept_apart() -> None:
    text = '{"firm": "甲", "title": "轴承", "specs": ["a", "b"]}\n{oops\n\n{"firm": "乙", "n": 1.50, "ok": true, "deep": {"x": 1}}\n'
    sheet = open_table(text.encode(), "a.jsonl").sheets[0]
    assert sheet.rows[0] == ["firm", "title", "specs", "n", "ok", "deep"]
    assert sheet.rows[1] == ["甲", "轴承", "a；b", "", "", ""]
    assert sheet.rows[4] == ["乙", "", "", "1.5", "TRUE", '{"x": 1}']
    assert sheet.number(4) == 4 and set(sheet.unread or {}) == {2}


def test_limits_are_the_callers() -> None:
    with pytest.raises(SheetError) as refused:
        open_table(made.xlsx(ROWS), "a.xlsx", Limits(rows=2))
    assert refused.value.params == {"rows": 3, "limit": 2}
    with pytest.raises(SheetError, match="too_large"):
        open_table(made.xlsx(ROWS), "a.xlsx", Limits(bytes=1000))


def test_mended_in_place() -> None:
    sheet = open_table(made.xlsx(ROWS), "a.xlsx").sheets[0]
    changed = sheet.mended({(2, 1): "螺母", (99, 0): "无此行"})
    assert changed.rows[1] == ["甲示例有限公司", "螺母"] and sheet.rows[1][1] == "螺栓"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (0.5000001, "0.5000001"),
        (1e15, "1000000000000000"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (1 / 3, "0.333333333333333"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number_text(value) == text == cell_text(value)


def test_the_room_needs_neither_the_web_nor_the_database() -> None:
    code = "import sys, marketplace.core.sheets; print(sorted({'flask', 'sqlalchemy', 'wtforms', 'openpyxl'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
