"""Headings under titles, in two lines and under merged cells; rows that hold no record."""

from __future__ import annotations

from collections import Counter

import pytest

from marketplace.core.sheets import (
    CAPABILITY_FIELDS,
    FIRM_FIELDS,
    NEED_FIELDS,
    body,
    guess_columns,
    guess_heading,
    open_table,
)
from marketplace.core.sheets.headings import heading_at
from tests.unit.sheets import made

NEEDS = [
    ["平顶山市某区链主企业需求清单（示例）"],
    ["填报单位：区发展改革规划局", "", "", "填报日期：2026年11月"],
    [],
    ["序号", "企业名称", "拟采购产品", "需求内容", "数量", "交期"],
    ["1", "2", "3", "4", "5", "6"],
    ["1", "示例甲公司", "铝压铸件", "用于电气柜外壳", "3000件", "45天"],
    ["2", "示例乙公司", "尼龙66切片", "注塑级", "120吨/年", "6周"],
    ["小计", "", "", "", "2"],
    ["序号", "企业名称", "拟采购产品", "需求内容", "数量", "交期"],
    ["3", "示例丙公司", "特钢锻件", "42CrMo", "约50件", "2个月"],
    [],
    ["合  计", "", "", "", "3"],
    ["填表说明：", "", ""],
    ["1.本表由链主企业填写。"],
    ["2.数量请写单位。"],
    ["填表人：张三", "", "审核人：李四", "", "联系电话：0375-0000000"],
]


def test_titles_totals_notes_and_repeats() -> None:
    sheet = open_table(
        made.xlsx(NEEDS, merges=[("A1:F1", "平顶山市某区链主企业需求清单（示例）")]), "a.xlsx"
    ).sheets[0]
    heading = guess_heading(sheet, NEED_FIELDS)
    assert (heading.first, heading.last) == (3, 3)
    assert heading.labels == ("序号", "企业名称", "拟采购产品", "需求内容", "数量", "交期")
    rows, skipped = body(sheet, heading)
    assert [number for number, _ in rows] == [6, 7, 10]
    assert Counter(one.code.removeprefix("sheets.skip_") for one in skipped) == {
        "numbering": 1, "total": 2, "heading": 1, "blank": 1, "note": 3, "sign_off": 1,
    }  # fmt: skip


def test_the_guess_explains_itself() -> None:
    sheet = open_table(made.xlsx(NEEDS), "a.xlsx").sheets[0]
    why = guess_heading(sheet, NEED_FIELDS).why
    assert [note.code for note in why] == ["sheets.why_recognised", "sheets.why_titles"]
    assert why[0].sentence() == "第 4 行认出这些表头：企业名称、拟采购产品、需求内容、数量、交期。"
    assert "Row 4" in why[0].sentence("en")


def _two_lines() -> bytes:
    rows = [
        ["专精特新企业培育库"],
        ["序号", "企业名称", "", "", "联系方式", ""],
        ["", "", "主导产品", "年产能", "联系人", "电话"],
        ["1", "示例甲公司", "轴承", "2万套", "张三", "13800000000"],
    ]
    merges = [
        ("A1:F1", "专精特新企业培育库"),
        ("A2:A3", "序号"),
        ("B2:B3", "企业名称"),
        ("C2:D2", "产品情况"),
        ("E2:F2", "联系方式"),
    ]
    return made.xlsx(rows, merges=merges)


def test_a_heading_of_two_merged_lines() -> None:
    sheet = open_table(_two_lines(), "a.xlsx").sheets[0]
    heading = guess_heading(sheet, CAPABILITY_FIELDS)
    assert (heading.first, heading.last) == (1, 2)
    assert heading.labels == (
        "序号",
        "企业名称",
        "产品情况/主导产品",
        "产品情况/年产能",
        "联系方式/联系人",
        "联系方式/电话",
    )
    found = {
        column.field.key: column.index
        for column in guess_columns(heading.labels, CAPABILITY_FIELDS)
        if column.field
    }
    assert found == {"firm": 1, "title": 2, "quantity": 3, "contact_name": 4, "contact_phone": 5}
    assert "sheets.why_two_lines" in [note.code for note in heading.why]
    assert [number for number, _ in body(sheet, heading)[0]] == [4]


def test_a_heading_of_two_lines_in_a_csv_without_merges() -> None:
    text = "序号,企业名称,产品情况,,联系方式,\n,,主导产品,年产能,联系人,电话\n1,示例甲公司,轴承,2万套,张三,13800000000\n"
    sheet = open_table(text.encode("gb18030"), "a.csv").sheets[0]
    heading = guess_heading(sheet, CAPABILITY_FIELDS)
    assert (heading.first, heading.last) == (0, 1)
    assert heading.labels[2:] == ("产品情况/主导产品", "产品情况/年产能", "联系方式/联系人", "联系方式/电话")


def test_a_plain_first_row_is_not_doubled_by_short_data() -> None:
    sheet = open_table("企业名称,主导产品\n甲公司,轴承\n乙公司,产品\n".encode(), "a.csv").sheets[0]
    heading = guess_heading(sheet, FIRM_FIELDS)
    assert (heading.first, heading.last) == (0, 0)
    assert len(body(sheet, heading)[0]) == 2


def test_unfamiliar_headings_take_the_first_full_row_and_say_so() -> None:
    sheet = open_table("甲栏,乙栏,丙栏\n1,2,3\n4,5,6\n".encode(), "a.csv").sheets[0]
    heading = guess_heading(sheet, NEED_FIELDS)
    assert heading.first == 0 and heading.why[0].code == "sheets.why_first_full"


def test_a_person_chooses_another_row() -> None:
    sheet = open_table(made.xlsx(NEEDS), "a.xlsx").sheets[0]
    heading = heading_at(sheet, 8)
    assert heading.labels[1] == "企业名称"
    assert [number for number, _ in body(sheet, heading)[0]] == [10]


@pytest.mark.parametrize(
    "label", ["合计", "合 计", "小计：", "总计", "本页小计", "共计 12 家", "合计3家", "Total", "Grand Total"]
)
def test_totals(label: str) -> None:
    sheet = open_table(
        made.xlsx([["企业名称", "主导产品", "数量"], ["甲", "轴承", 1], [label, "", 1]]), "a.xlsx"
    ).sheets[0]
    rows, skipped = body(sheet, guess_heading(sheet, FIRM_FIELDS))
    assert len(rows) == 1 and [one.code for one in skipped] == ["sheets.skip_total"]


@pytest.mark.parametrize("name", ["合计科技有限公司", "总计划咨询公司", "小计算机厂"])
def test_firms_that_only_sound_like_totals_stay(name: str) -> None:
    sheet = open_table(made.xlsx([["企业名称", "主导产品"], [name, "软件"]]), "a.xlsx").sheets[0]
    assert len(body(sheet, guess_heading(sheet, FIRM_FIELDS))[0]) == 1


def test_hints_examples_and_sections() -> None:
    rows = [
        ["企业名称", "主导产品", "批次", "镇街"],
        ["（必填）", "（必填）", "如：第五批", ""],
        ["示例", "高强螺栓", "第一批", "某镇"],
        ["一、省级专精特新中小企业"],
        ["甲公司", "轴承", "第二批", "乙镇"],
    ]
    sheet = open_table(made.xlsx(rows, merges=[("A4:D4", "一、省级专精特新中小企业")]), "a.xlsx").sheets[0]
    kept, skipped = body(sheet, guess_heading(sheet, FIRM_FIELDS))
    assert [number for number, _ in kept] == [5]
    assert [one.code.removeprefix("sheets.skip_") for one in skipped] == ["hint", "hint", "section"]


def test_a_block_of_notes_above_the_heading() -> None:
    rows = [
        ["填表说明：1.请如实填写企业名称、主导产品。"],
        ["2.联系电话请填手机。"],
        ["企业名称", "主导产品", "联系电话"],
        ["甲", "轴承", "13800000000"],
    ]
    sheet = open_table(made.xlsx(rows), "a.xlsx").sheets[0]
    assert guess_heading(sheet, FIRM_FIELDS).first == 2
