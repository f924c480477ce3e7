"""Rows to records: bad cells are reported where they stand, the rest goes on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.sheets import (
    CAPABILITY_FIELDS,
    FIRM_FIELDS,
    NEED_FIELDS,
    SheetError,
    guess_columns,
    guess_heading,
    open_table,
    read_records,
    read_rows,
    read_sheet,
)
from tests.unit.sheets import made

HEAD = ["需求编号", "企业名称", "需求名称", "数量（吨）", "交期", "有效期至", "资质要求", "备注"]


def _needs(*rows: list[str]) -> bytes:
    return made.xlsx([HEAD, *rows])


def test_typed_values_texts_and_extra_columns() -> None:
    [reading] = read_records(
        _needs(["N1", " 甲公司 ", "尼龙66切片", "120/年", "6周", "2026-12-31", "ISO 9001、IATF 16949", "急"]),
        "a.xlsx",
        NEED_FIELDS,
    )
    [record] = reading.records
    assert record.row == 2 and record.values["firm"] == "甲公司"
    assert (record.values["quantity"].high, record.values["quantity"].unit) == (Decimal(120), "吨")
    assert record.values["lead_time"].days == 42 and record.values["valid_until"] == date(2026, 12, 31)
    assert record.values["certificates"] == ("ISO 9001", "IATF 16949")
    assert record.texts["firm"] == " 甲公司 " and record.extra == {"备注": "急"}
    assert reading.errors == []


def test_bad_cells_are_named_and_the_rest_goes_on() -> None:
    data = _needs(
        ["N1", "甲公司", "轴承", "很多很多", "45天", "", "", ""],
        ["N2", "", "法兰", "1", "", "", "", ""],
        ["N1", "丙公司", "螺栓", "", "", "明天", "", ""],
        ["N3", "丁公司", "垫片", "5", "", "", "", ""],
    )
    [reading] = read_records(data, "a.xlsx", NEED_FIELDS)
    assert [record.values["title"] for record in reading.records] == ["轴承", "垫片"]
    found = [(error.cell, error.code.removeprefix("sheets."), error.left_out) for error in reading.errors]
    assert found == [
        ("D2", "quantity_unread", False),
        ("B3", "value_missing", True),
        ("F4", "day_unread", False),
        ("A4", "id_repeated", True),
    ]
    assert "quantity" not in reading.records[0].values and reading.records[0].texts["quantity"] == "很多很多"
    assert reading.errors[0].located() == (
        "「需求」第 2 行「数量（吨）」列：看不懂数量「很多很多」：请写一个数加单位，例如 120吨/年 或 500-800套。"
    )
    assert reading.errors[3].params["first"] == 2 and "row 2" in reading.errors[3].located("en")


def test_names_alone_are_enough() -> None:
    [needs] = read_records("需求名称\n轴承\n法兰\n".encode(), "a.csv", NEED_FIELDS)
    assert [record.values for record in needs.records] == [{"title": "轴承"}, {"title": "法兰"}]
    [firms] = read_records("企业名称,主导产品\n甲,轴承\n".encode("gb18030"), "a.csv", CAPABILITY_FIELDS)
    assert firms.records[0].values == {"firm": "甲", "title": "轴承"}


def test_a_missing_column_is_named_with_what_was_found() -> None:
    with pytest.raises(SheetError) as refused:
        read_records("企业名称,数量\n甲,1\n".encode(), "a.csv", NEED_FIELDS)
    assert refused.value.code == "sheets.column_missing"
    assert refused.value.params["columns"] == ["需求名称"] and refused.value.params["found"] == [
        "企业名称",
        "数量",
    ]


def test_sheets_without_the_columns_are_passed_over() -> None:
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "封面"
    book.active.append(["链主企业需求汇总"])
    for name in ("尼龙", "特钢"):
        sheet = book.create_sheet(name)
        sheet.append(["企业名称", "需求名称"])
        sheet.append([name, "某产品"])
    out = io.BytesIO()
    book.save(out)
    readings = read_records(out.getvalue(), "a.xlsx", NEED_FIELDS)
    assert [reading.sheet.name for reading in readings] == ["尼龙", "特钢"]
    assert [note.code for note in readings[0].notes] == ["sheets.sheet_passed_over"]


def test_broken_lines_of_jsonl_are_errors_by_line() -> None:
    text = '{"need_id": "N1", "firm": "甲", "title": "轴承"}\n{"need_id": \n{"need_id": "N2", "firm": "乙", "title": "法兰"}\n'
    [reading] = read_records(text.encode(), "a.jsonl", NEED_FIELDS)
    assert [record.row for record in reading.records] == [1, 3]
    assert [(error.row, error.code, error.left_out) for error in reading.errors] == [
        (2, "sheets.line_unread", True)
    ]


def test_a_mended_sheet_reads_clean() -> None:
    sheet = open_table(_needs(["N1", "", "轴承", "abc", "", "", "", ""]), "a.xlsx").sheets[0]
    assert read_sheet(sheet, NEED_FIELDS).records == []
    mended = read_sheet(sheet.mended({(2, 1): "甲公司", (2, 3): "30"}), NEED_FIELDS)
    assert mended.errors == [] and mended.records[0].values["quantity"].high == 30


def test_a_roster_with_damaged_codes_keeps_its_firms() -> None:
    rows = [
        ["企业名称", "统一社会信用代码", "主导产品"],
        ["甲", "91440300708461136T", "轴承"],
        ["乙", "9144O300708461136T", "法兰"],
        ["丙", 9.14403007e17, "螺栓"],
    ]
    [reading] = read_records(made.xlsx(rows), "a.xlsx", FIRM_FIELDS)
    assert len(reading.records) == 3
    assert [error.code for error in reading.errors] == [
        "sheets.credit_code_letters",
        "sheets.credit_code_rounded",
    ]


def test_seven_thousand_rows_by_twelve_columns_are_all_read() -> None:
    fields = CAPABILITY_FIELDS[:12]
    rows = [[field.label for field in fields]]
    for number in range(7000):
        rows.append([f"C{number}", f"示例{number % 900}有限公司", "", f"精密压铸件{number}", "用于电气柜外壳，盐雾试验≥500小时。" * 3,
                     "抗拉强度≥300MPa；厚度2.5mm", "ISO 9001、IATF 16949", "GB/T 1804", "通用设备制造业", "电气装备", "某市某区", "压铸、数控加工"])  # fmt: skip
    sheet = open_table(made.xlsx(rows), "能力.xlsx").sheets[0]
    reading = read_sheet(sheet, CAPABILITY_FIELDS)
    assert len(reading.records) == 7000 and not reading.errors
    assert [record.values["title"] for record in reading.records] == [f"精密压铸件{n}" for n in range(7000)]


def test_the_steps_are_separate_for_a_page() -> None:
    sheet = open_table(_needs(["N1", "甲", "轴承", "", "", "", "", ""]), "a.xlsx").sheets[0]
    heading = guess_heading(sheet, NEED_FIELDS)
    columns = guess_columns(heading.labels, NEED_FIELDS)
    assert read_rows(sheet, heading, columns, NEED_FIELDS) == read_sheet(sheet, NEED_FIELDS)


def test_a_whole_need_in_the_titles_cell_gives_title_and_description() -> None:
    whole = (
        "寻求户外环网柜用铝合金压铸外壳；材质 ADC12，表面喷涂，盐雾试验不少于 500 小时，年用量约 3000 件。"
        + "需供方具备 IATF 16949 认证。" * 30
    )
    [reading] = read_records(f"需求单位,需求内容\n甲,{whole}\n".encode(), "a.csv", NEED_FIELDS)
    [record] = reading.records
    assert record.values["title"] == "寻求户外环网柜用铝合金压铸外壳"
    assert record.values["description"] == whole and reading.errors == []
