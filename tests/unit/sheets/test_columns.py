"""Which column is which: real headings, one column to one field, and a person's own choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.i18n import translate
from marketplace.core.sheets import (
    CAPABILITY_FIELDS,
    FIELD_SETS,
    FIRM_FIELDS,
    NEED_FIELDS,
    Field,
    choose_columns,
    guess_columns,
)
from marketplace.core.sheets.columns import LEAST_CONFIDENCE, normalised, unit_in


def _mapped(labels: list[str], fields: tuple[Field, ...]) -> dict[str, str]:
    return {column.field.key: column.label for column in guess_columns(labels, fields) if column.field}


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        (["需求单位", "需求内容"], "需求内容"),
        (["采购单位", "采购产品", "备注"], "采购产品"),
        (["单位名称", "拟采购产品（必填）"], "拟采购产品（必填）"),
        (["企业名称", "产品名称", "需求描述"], "产品名称"),
        (["企业名称*", "2.需求名称", "需求内容"], "2.需求名称"),
        (["FIRM", "Title", "Description"], "Title"),
        (["企业名称", "拟采购产品名称及规格"], "拟采购产品名称及规格"),
        (["企业名称", "需求名稱"], "需求名稱"),  # one character off: fuzzy
    ],
)
def test_what_is_the_need(labels: list[str], title: str) -> None:
    found = _mapped(labels, NEED_FIELDS)
    assert found["title"] == title
    assert found["firm"] == labels[0]


def test_a_column_called_content_is_the_description_where_there_is_a_name() -> None:
    assert _mapped(["企业名称", "需求内容", "需求名称"], NEED_FIELDS) == {
        "firm": "企业名称", "description": "需求内容", "title": "需求名称",
    }  # fmt: skip


@pytest.mark.parametrize("heading", ["主导产品", "主营产品", "主导产品名称", "主要产品", "主营业务"])
def test_leading_products_are_capabilities(heading: str) -> None:
    assert _mapped(["企业名称", heading], CAPABILITY_FIELDS)["title"] == heading
    assert _mapped(["企业名称", heading], FIRM_FIELDS)["main_product"] == heading


def test_a_whole_sheet_of_needs() -> None:
    labels = ["序号", "需求编号", "需求企业", "统一社会信用代码", "拟采购产品", "需求描述", "技术参数", "资质要求", "所属行业", "交货地点",
              "采购数量", "计量单位", "交货期", "截止日期", "需求类型", "预算（万元）", "联系人", "联系电话", "备注"]  # fmt: skip
    found = _mapped(labels, NEED_FIELDS)
    assert found == {
        "need_id": "需求编号", "firm": "需求企业", "credit_code": "统一社会信用代码", "title": "拟采购产品", "description": "需求描述",
        "specs": "技术参数", "certificates": "资质要求", "industry": "所属行业", "region": "交货地点", "quantity": "采购数量",
        "unit": "计量单位", "lead_time": "交货期", "valid_until": "截止日期", "type": "需求类型", "budget": "预算（万元）",
        "contact_name": "联系人", "contact_phone": "联系电话",
    }  # fmt: skip
    extras = [column.label for column in guess_columns(labels, NEED_FIELDS) if not column.field]
    assert extras == ["序号", "备注"]


def test_a_whole_roster() -> None:
    labels = ["序号", "企业名称", "社会信用代码", "所属镇（街道）", "主导产品", "认定类型", "认定批次", "有效期至", "法定代表人", "成立时间",
              "从业人员（人）", "上年营业收入（万元）", "联系人", "手机", "备注"]  # fmt: skip
    found = _mapped(labels, FIRM_FIELDS)
    assert {"firm", "credit_code", "town", "main_product", "tier", "cohort", "valid_until", "legal_representative",
            "established_on", "employees", "revenue", "contact_name", "contact_phone"} == set(found)  # fmt: skip


def test_a_phone_of_a_contact_is_no_contact() -> None:
    found = _mapped(["企业名称", "主导产品", "联系人及职务", "联系人手机号码"], FIRM_FIELDS)
    assert found["contact_phone"] == "联系人手机号码" and found["contact_name"] == "联系人及职务"


@pytest.mark.parametrize("fields", list(FIELD_SETS.values()), ids=list(FIELD_SETS))
def test_official_headings_and_keys_map_onto_themselves(fields: tuple[Field, ...]) -> None:
    for labels in ([field.label for field in fields], [field.key for field in fields]):
        columns = guess_columns(labels, fields)
        assert [column.field and column.field.key for column in columns] == [field.key for field in fields]
        assert all(column.confidence >= 0.95 for column in columns)


@pytest.mark.parametrize("fields", list(FIELD_SETS.values()), ids=list(FIELD_SETS))
def test_english_headings_map_too(fields: tuple[Field, ...]) -> None:
    for field in fields:
        english = translate(field.label, "en")
        assert english != field.label, field.label
        found = guess_columns([english], [field])[0]
        assert found.field is field and found.confidence >= LEAST_CONFIDENCE, english


@given(
    st.lists(
        st.sampled_from(
            ["企业名称", "单位名称", "产品名称", "需求名称", "数量", "需求内容", "联系电话", "备注", ""]
        ),
        max_size=9,
    )
)
def test_one_column_to_one_field(labels: list[str]) -> None:
    columns = guess_columns(labels, NEED_FIELDS)
    keys = [column.field.key for column in columns if column.field]
    assert len(keys) == len(set(keys))
    assert [column.label for column in columns] == labels
    assert columns == guess_columns(labels, NEED_FIELDS)


@given(st.text(max_size=60))
def test_any_heading_is_survived(label: str) -> None:
    column = guess_columns([label], NEED_FIELDS)[0]
    assert 0 <= column.confidence <= 1
    assert (column.field is None) == (column.how == "none")


@pytest.mark.parametrize(
    ("label", "unit"),
    [("数量（吨）", "吨"), ("预算(万元)", "万元"), ("企业名称（必填）", ""), ("交期【天】", "天"), ("年产能（万吨/年）", "万吨/年"), ("数量", ""),
     ("产品（如：轴承）", ""), ("营业收入（单位：万元）", "万元")],
)  # fmt: skip
def test_units_in_headings(label: str, unit: str) -> None:
    assert unit_in(label) == unit


def test_normalised() -> None:
    assert normalised("＊ 1、企业 名称（必填）：") == normalised("企业名称") == "企业名称"


def test_a_person_moves_a_field() -> None:
    columns = guess_columns(["企业名称", "产品名称", "内容"], NEED_FIELDS)
    changed = choose_columns(columns, NEED_FIELDS, {2: "title"})
    assert [column.field and column.field.key for column in changed] == ["firm", None, "title"]
    assert changed[2].how == "chosen" and changed[2].confidence == 1.0
    cleared = choose_columns(columns, NEED_FIELDS, {1: ""})
    assert [column.field and column.field.key for column in cleared] == [
        "firm",
        None,
        columns[2].field and columns[2].field.key,
    ]
