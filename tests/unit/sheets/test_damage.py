"""A damaged file is read or refused, never anything else: bytes flipped, cut and doubled at random, repeatably."""

from __future__ import annotations

import random

import pytest

from marketplace.core.sheets import NEED_FIELDS, SheetError, open_table, read_records
from tests.unit.sheets import made

ROWS = [["企业名称", "需求名称", "数量"], *[[f"甲{number}", "轴承", "120吨/年"] for number in range(12)]]
FILES = {
    "a.xlsx": made.xlsx(ROWS, merges=[("A15:C15", "合计")]),
    "a.xls": made.xls(ROWS),
    "a.xlsb": made.xlsb(ROWS),
    "a.ods": made.ods(
        "".join(
            f"<table:table-row>{''.join(made.ods_cell(cell) for cell in row)}</table:table-row>"
            for row in ROWS
        )
    ),
    "a.csv": "\n".join(",".join(row) for row in ROWS).encode("gb18030"),
    "a.jsonl": b'{"firm": "a", "title": "b", "n": [1, 2]}\n' * 5,
}


def _damaged(data: bytes, chance: random.Random) -> bytes:
    harmed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(harmed))
        match chance.randrange(4):
            case 0:
                harmed[start] = chance.randrange(256)
            case 1:
                del harmed[start : start + chance.randint(1, 40)]
            case 2:
                harmed[start:start] = harmed[start : start + chance.randint(1, 40)]
            case _:
                harmed[start : start + 4] = chance.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x01\0\0\x80"])
        if not harmed:
            break
    return bytes(harmed)


@pytest.mark.parametrize("filename", list(FILES))
def test_damage_is_read_or_refused(filename: str, capfd: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(20261123)
    read = refused = 0
    for _ in range(150):
        damaged = _damaged(FILES[filename], chance)
        try:
            open_table(damaged, filename)
            read += 1
            read_records(damaged, filename, NEED_FIELDS)
        except SheetError:
            refused += 1
    assert read + refused >= 150 and refused
    capfd.readouterr()  # a parser that panics says so on the terminal


@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/_rels/workbook.xml.rels",
    ],
)
def test_damage_inside_a_well_packed_workbook(part: str, capfd: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(7)
    content = made.parts_of(FILES["a.xlsx"])[part]
    outcomes = set()
    for _ in range(120):
        try:
            open_table(made.changed(FILES["a.xlsx"], part, _damaged(content, chance)), "a.xlsx")
            outcomes.add("read")
        except SheetError:
            outcomes.add("refused")
    assert outcomes
    capfd.readouterr()
