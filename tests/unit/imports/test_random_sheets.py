"""Whatever stands in the cells: a list comes out, every pair has a reason, and no row gets lost unsaid."""

from __future__ import annotations

import io
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.core.sheets import ColumnSpec, SheetError, SheetSpec, write_csv
from marketplace.imports.outputs import Outcome, workbook_sheets
from marketplace.imports.pairing import prepare
from marketplace.imports.reading import read_side
from marketplace.proposals.wording import Wording
from marketplace.taxonomy.lists import lists_of

NEED_HEADINGS = (
    "企业名称",
    "需求名称",
    "需求描述",
    "技术指标",
    "资质要求",
    "数量",
    "交期",
    "产业链",
    "行业",
    "地区",
    "备注",
)
CAPABILITY_HEADINGS = (
    "企业名称",
    "主导产品",
    "产品介绍",
    "技术指标",
    "资质证书",
    "年产能",
    "交期",
    "产业链",
    "行业",
    "地区",
    "备注",
)
WRITTEN = st.one_of(
    st.sampled_from(
        ["", "浸胶帘子布", "尼龙66切片 1400dtex", "抗拉强度≥180MPa；厚度0.5-3mm", "ISO9001（有效期至2026-13-40）", "300吨/年",
         "45天", "越快越好", "2026-12-31前", "尼龙新材料", "C2829", "高新区", "无", "/", "GB/T 16604-2017", "１２，０００．５套",
         "500-800套", "ISO9001/14001/45001", "优先 ISO", "（）", "≥", "%", "年产1.2万吨"]
    ),
    st.text(max_size=40),
)  # fmt: skip


def table(headings: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    rows = st.lists(st.tuples(*[WRITTEN] * len(headings)), min_size=0, max_size=6)
    return rows.map(lambda rows: _csv(headings, rows))


def _csv(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    stream = io.BytesIO()
    write_csv(stream, SheetSpec("s", [ColumnSpec(heading, heading) for heading in headings], rows))
    return stream.getvalue()


@settings(max_examples=60)
@given(table(NEED_HEADINGS), table(CAPABILITY_HEADINGS))
@example(
    _csv(NEED_HEADINGS, []),
    _csv(
        CAPABILITY_HEADINGS, [(*[""] * (len(CAPABILITY_HEADINGS) - 2), "浸胶帘子布", "¹")]
    ),  # a digit, no number
)
def test_random_sheets_never_break_the_list(needs: bytes, capabilities: bytes) -> None:
    try:
        sides = (read_side(needs, "n.csv", "needs"), read_side(capabilities, "c.csv", "capabilities"))
    except SheetError as error:
        assert error.sentence("zh") and error.sentence("en")
        return
    for side in sides:
        rows_in = sum(len(reading.records) for reading in side.readings)
        assert len(side.rows) + sum(error.code in ("imports.row_repeated", "sheets.id_repeated") and error.left_out
                                    for error in side.errors) >= rows_in  # fmt: skip
        assert len({row.id for row in side.rows}) == len(side.rows)
    pairing = prepare(sides[0].rows, sides[1].rows, lists_of(None), date(2026, 11, 23))
    listed = list(pairing.pairs(0))
    assert all(pair.match.reasons for pair in listed)
    for locale in ("zh", "en"):
        outcome = Outcome(*sides, pairing, date(2026, 11, 23), 0)
        for sheet in workbook_sheets(outcome, listed, Wording(None, locale)):
            for row in sheet.rows:
                assert len(row) == len(sheet.columns)
