"""Out to Excel, mended there, and back: exactly the mended cells come back as a diff, at exactly their rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.certifications import service as certifications
from marketplace.certifications.rules import CertificationFacts
from marketplace.core.actor import Actor, system_actor
from marketplace.core.clock import day_of
from marketplace.core.sheets import open_table
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.rosters import exports
from marketplace.rosters.comparing import Kept, compare
from marketplace.taxonomy.service import import_seeds
from tests.integration.imports.conftest import NOW
from tests.integration.rosters.conftest import code

MACHINE = system_actor("test")
# Reading and writing a sheet leaves no trace of who did it.
BUREAU = Actor(account_id=1, office_id=1, office_kind="bureau", verified=True)
# What people type, formulas and texts that look like numbers among it; no cell begins or ends with a blank.
TEXTS = st.one_of(
    st.sampled_from(["=1+1", "+86 0375", "-5", "@cmd", "007", "1e5", "'quoted", "3-4", "TRUE", "=HYPERLINK(\"x\")", "一、二"]),
    st.text("甲乙丙丁 abcZ09=+-@'\"（）#&<>·，", min_size=1, max_size=24),
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip
AMOUNTS = st.integers(0, 10**12).map(lambda cents: Decimal(cents) / 100)
FACTS = st.fixed_dictionaries(
    {
        "main_product": st.none() | TEXTS,
        "registered_division": st.sampled_from([None, "410402", "410472", "410400", "110101"]),
        "industry_code": st.sampled_from([None, "28", "282", "382", "C"]),
        "chains": st.sampled_from([(), (("nylon", None),), (("nylon", None), ("electrical", None))]),
        "established_on": st.none() | st.dates(date(1950, 1, 1), date(2026, 1, 1)),
        "employees": st.none() | st.integers(0, 100_000),
        "revenue": st.none() | AMOUNTS,
        "assets": st.none() | AMOUNTS,
        "business_phone": st.sampled_from([None, "0375-1234567", "13800000000"]),
        "website": st.sampled_from([None, "https://a.example", "http://b.example/x?y=1"]),
    }
)
TIERS = st.none() | st.fixed_dictionaries(
    {
        "kind_key": st.sampled_from(["srdi-sme", "innovative-sme", "srdi-little-giant"]),
        "cohort": st.sampled_from([None, "第三批", "2025"]),
        "valid_from": st.dates(date(2022, 8, 1), date(2026, 1, 1)),
        "valid_until": st.none() | st.dates(date(2026, 1, 2), date(2029, 1, 1)),
    }
)
# Heading of the sheet, the field, what is typed over, and what must come of it.
EDITS: list[tuple[str, str, Any, Any]] = [
    ("主导产品", "main_product", "改过的产品", "改过的产品"),
    ("从业人员", "employees", 123_456, 123_456),
    ("营业收入（万元）", "revenue", 98_765.4321, "987654321.00"),
    ("成立日期", "established_on", date(1949, 10, 1), "1949-10-01"),
    ("统一社会信用代码", "credit_code", code(777), code(777)),
    ("企业名称", "legal_name", "示例改名有限公司", "示例改名有限公司"),
    ("主导产品", "main_product", None, None),
]


def put(session: Session, number: int, facts: dict[str, Any], tier: dict[str, Any] | None) -> int:
    said = FirmFacts(legal_name=f"示例往返第{number}有限公司", credit_code=code(number), **facts)
    firm = firms.create_for(session, MACHINE, said, now=NOW)
    if tier:
        certifications.add(session, MACHINE, firm.id, CertificationFacts(**tier), now=NOW)
    return firm.id


def rows_of(session: Session, actor: Actor, content: bytes) -> list[dict[str, Any]]:
    workbook = open_table(content, "名册.xlsx")
    found = compare(
        session, actor, workbook, {}, Kept({}, frozenset()), today=day_of(NOW), progress=lambda *_: None
    )
    return found.rows


@settings(max_examples=8, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(FACTS, TIERS), min_size=1, max_size=4), st.data())
def test_only_what_was_mended_comes_back(session: Session, kinds: list[Any], data: st.DataObject) -> None:
    with session.begin_nested() as undone:
        import_seeds(session, MACHINE, paths.SEEDS, NOW)
        ids = [put(session, number, facts, tier) for number, (facts, tier) in enumerate(kinds, 1)]
        out = BytesIO()
        exports.write_roster(out, session, BUREAU, now=NOW)
        untouched = rows_of(session, BUREAU, out.getvalue())
        assert [(row["kind"], row["firm_id"], row["changes"]) for row in untouched] == [
            ("unchanged", firm_id, []) for firm_id in ids
        ]
        place = data.draw(st.integers(0, len(ids) - 1))
        heading, field, typed, expected = data.draw(st.sampled_from(EDITS))
        book = openpyxl.load_workbook(BytesIO(out.getvalue()))
        sheet = book.worksheets[0]
        column = next(cell.column for cell in sheet[1] if cell.value == heading)
        had = sheet.cell(place + 2, column).value
        sheet.cell(place + 2, column).value = typed
        # Somebody sorts the sheet in Excel: rows are known by their number, not by their place.
        lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
        for index, line in enumerate(reversed(lines), 2):
            for at, value in enumerate(line, 1):
                sheet.cell(index, at).value = value
                if isinstance(value, str):
                    sheet.cell(
                        index, at
                    ).data_type = "s"  # Excel keeps a text a text, whatever it begins with
        mended = BytesIO()
        book.save(mended)
        told = {row["firm_id"]: row["changes"] for row in rows_of(session, BUREAU, mended.getvalue())}
        changes = [(firm_id, one["field"], one["new"]) for firm_id, all_ in told.items() for one in all_]
        nothing_changed = typed is None and had is None
        assert changes == ([] if nothing_changed else [(ids[place], field, expected)])
        undone.rollback()


def test_no_cell_of_the_export_is_a_formula_and_no_contact_is_in_it(session: Session) -> None:
    import_seeds(session, MACHINE, paths.SEEDS, NOW)
    firm_id = put(session, 1, {"main_product": '=HYPERLINK("http://x")'}, None)
    from marketplace.firms import prefilled  # beside its one use

    named = prefilled.Prefilled("张示例", "13800000000", None)
    assert prefilled.set_contact(session, MACHINE, firm_id, named, source="名册.csv", now=NOW)
    out = BytesIO()
    exports.write_roster(out, session, BUREAU, now=NOW)
    cells = [cell for line in openpyxl.load_workbook(out).worksheets[0].iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    texts = " ".join(str(cell.value) for cell in cells)
    assert "13800000000" not in texts and "张示例" not in texts and "=HYPERLINK" in texts


def test_a_record_that_changed_since_the_export_wants_a_look(session: Session) -> None:
    import_seeds(session, MACHINE, paths.SEEDS, NOW)
    firm_id = put(session, 1, {"main_product": "旧"}, None)
    out = BytesIO()
    exports.write_roster(out, session, BUREAU, now=NOW)
    from dataclasses import replace  # beside its one use

    from marketplace.firms.models import Firm

    facts = firms.facts_of(session.get_one(Firm, firm_id))
    firms.update_firm(session, MACHINE, firm_id, replace(facts, main_product="别人改的"), now=NOW)
    row = rows_of(session, BUREAU, out.getvalue())[0]
    assert row["reason"] == "changed_since_export" and not row["taken"]
    assert [(one["old"], one["new"]) for one in row["changes"]] == [("别人改的", "旧")]
