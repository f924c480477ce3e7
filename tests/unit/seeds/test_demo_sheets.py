"""The two sample sheets are what the script writes, and the import reads out of them what was put in."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from marketplace.core.sheets import CAPABILITY_FIELDS, NEED_FIELDS, read_records

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
SHEETS = SEEDS / "demo" / "sheets"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sheets", SEEDS / "make_sheets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_kept_sheets_are_what_the_script_writes_today(script: ModuleType, tmp_path: Path) -> None:
    for written in script.build(tmp_path):
        kept = SHEETS / written.name
        assert kept.read_bytes() == written.read_bytes(), f"run make_sheets.py again: {written.name}"


@pytest.mark.parametrize("name", ["需求汇总表（示例）.xlsx", "需求汇总表（示例）.csv"])
def test_sixty_needs_are_read_and_the_bad_rows_are_named(name: str) -> None:
    (reading,) = read_records(SHEETS / name, None, NEED_FIELDS)
    left_out = [(error.column.split("/")[-1], error.code) for error in reading.errors if error.left_out]
    assert left_out == [("采购产品", "sheets.value_missing"), ("需求单位", "sheets.value_missing")]
    assert len(reading.records) == 61  # sixty, and the one whose lead time alone could not be read
    assert {skipped.code for skipped in reading.skipped} >= {"sheets.skip_section", "sheets.skip_total"}
    assert all(record.values["firm"] and record.values["title"] for record in reading.records)


def test_the_table_and_the_bare_roster_are_both_read() -> None:
    table, roster = read_records(SHEETS / "能力汇总表（示例）.xlsx", None, CAPABILITY_FIELDS)
    assert (len(table.records), len(table.errors)) == (121, 2)  # one line came twice
    assert (len(roster.records), len(roster.errors)) == (60, 0)
    assert all("description" not in record.values for record in roster.records)
