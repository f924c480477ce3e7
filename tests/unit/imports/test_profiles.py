"""Cells of a sheet as the matcher's values."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.sheets import CAPABILITY_FIELDS, NEED_FIELDS, Reading, read_records
from marketplace.imports.pairing import unit_table
from marketplace.imports.profiles import capability_profile, firm_key, need_profile, rows_of
from marketplace.imports.vocabulary import Vocabulary
from marketplace.taxonomy.lists import lists_of
from matching import CapabilityProfile, Certificate, NeedProfile, SpecRow

WORDS = Vocabulary(lists_of(None))
UNITS = unit_table()


def read(text: str, side: str) -> list[Reading]:
    fields = NEED_FIELDS if side == "needs" else CAPABILITY_FIELDS
    return read_records(text.encode(), "sheet.csv", fields)


def need(headings: str, cells: str) -> NeedProfile:
    readings = read(f"企业名称,需求名称,{headings}\n甲公司,浸胶帘子布,{cells}\n", "needs")
    return need_profile(rows_of(readings, "needs", "zh")[0], WORDS, UNITS)


def capability(headings: str, cells: str) -> CapabilityProfile:
    readings = read(f"企业名称,主导产品,{headings}\n乙公司,浸胶帘子布,{cells}\n", "capabilities")
    return capability_profile(rows_of(readings, "capabilities", "zh")[0], WORDS, UNITS)


def test_a_row_without_a_number_takes_its_row_number() -> None:
    readings = read("企业名称,需求名称\n甲,布\n乙,板\n", "needs")
    assert [row.id for row in rows_of(readings, "needs", "zh")] == ["需求-2", "需求-3"]
    assert [row.id for row in rows_of(readings, "needs", "en")] == ["need-2", "need-3"]


def test_a_made_number_never_meets_a_written_one() -> None:
    readings = read("需求编号,企业名称,需求名称\n需求-3,甲,布\n,乙,板\n", "needs")
    assert [row.id for row in rows_of(readings, "needs", "zh")] == ["需求-3", "需求-3'"]


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("数量", "300吨/年", (300.0, "吨", "年")),
        ("年需求量（吨）", "300", (300.0, "吨", "年")),
        ("月用量", "20000米", (20000.0, "米", "月")),
        ("数量", "500-800套", (800.0, "套", "?")),
        ("数量", "若干", (None, "", "")),
    ],
)
def test_a_quantity_has_number_unit_and_period(heading: str, cell: str, expected: tuple[object, ...]) -> None:
    profile = need(heading, cell)
    assert (profile.quantity, profile.quantity_unit, profile.quantity_period) == expected


def test_a_unit_column_may_hold_the_period() -> None:
    profile = need("数量,计量单位", "420,t/年")
    assert (profile.quantity, profile.quantity_unit, profile.quantity_period) == (420.0, "t", "年")


@pytest.mark.parametrize(
    ("heading", "period"), [("年产能", "年"), ("月产能", "月"), ("产能", "年"), ("annual capacity", "年")]
)
def test_capacity_is_per_year_unless_the_heading_says_otherwise(heading: str, period: str) -> None:
    profile = capability(heading, "5000吨")
    assert (profile.capacity, profile.capacity_unit, profile.capacity_period) == (5000.0, "吨", period)


def test_a_delivery_is_a_span_or_a_day() -> None:
    assert need("交期", "45天").lead_time_days == 45
    dated = need("交期", "2026-12-31前")
    assert (dated.lead_time_days, dated.due) == (None, date(2026, 12, 31))


def test_specifications_become_rows_and_their_standard_is_no_number() -> None:
    profile = need("技术指标", "断裂强度≥8.5cN/dtex（GB/T 16604-2017）；干热收缩率≤5.0%；符合 HG/T 2821")
    assert [(row.parameter, row.operator, row.unit, row.standard) for row in profile.specs] == [
        ("抗拉强度", "≥", "cN/dtex", "GB/T 16604-2017"), ("干热收缩率", "≤", "%", ""),
    ]  # fmt: skip
    assert "HG/T 2821" in profile.description


def test_a_grade_beside_its_standard_stays_a_grade() -> None:
    rows = capability("技术指标", "阻燃等级 UL94 V-0").specs
    assert SpecRow("阻燃等级", "=", "V-0", None, "", True, "UL94") in rows


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ISO9001", "iso-9001"), ("GB/T 19001-2016 质量管理体系认证", "iso-9001"), ("ISO 9001:2015", "iso-9001"),
        ("通过 IATF16949 认证", "iatf-16949"), ("煤安证", "coal-safety"), ("TS认证", "pressure-vessel"),
        ("3C认证", "ccc"), ("压力容器制造许可证", "pressure-vessel"), ("船级社认可", "船级社认可"),
    ],
)  # fmt: skip
def test_certificates_are_found_under_their_usual_names(text: str, key: str) -> None:
    assert WORDS.certificate(text) == key


def test_what_is_required_and_what_is_wished() -> None:
    assert need("资质要求", "ISO9001/14001、有 IATF16949 者优先、无").certificates_required == (
        "iso-9001",
        "iso-14001",
    )


def test_what_is_held_denied_dated_or_applied_for() -> None:
    held = capability(
        "资质证书", "ISO9001（有效期至2027-05-31）；未取得IATF16949；ISO14001 申请中；无"
    ).certificates
    assert held == (
        Certificate("iso-9001", valid_until=date(2027, 5, 31)), Certificate("iatf-16949", declared_absent=True),
    )  # fmt: skip


def test_chain_link_industry_and_place_become_keys() -> None:
    profile = need("产业链,所属行业,地区", "尼龙新材料产业链,C28 化学纤维制造业,叶县")
    assert (profile.chain, profile.industry, profile.delivery_division) == ("nylon", "28", "410422")
    assert need("所属行业", "尼龙新材料").chain == "nylon"
    linked = need("产业链", "尼龙盐与聚合切片")
    assert (linked.chain, linked.link) == ("nylon", "nylon-polymer")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("新华区", "410402"),
        ("高新区", "410471"),
        ("河南省平顶山市", "410400"),
        ("410472", "410472"),
        ("火星", ""),
    ],
)
def test_places_of_the_own_city_come_first(text: str, code: str) -> None:
    assert WORDS.division(text) == code


def test_the_suppliers_region_excludes_nobody() -> None:
    assert capability("所在区域", "叶县").divisions == frozenset()


def test_remarks_and_further_columns_are_read_too() -> None:
    profile = need("备注,执行标准", "须耐 177℃ 干热,GB/T 9101")
    assert "须耐 177℃ 干热" in profile.description and "GB/T 9101" in profile.description


def test_spellings_of_one_firm() -> None:
    assert firm_key("示例（河南）尼龙 有限公司") == firm_key("示例(河南)尼龙有限公司")
