"""The files: sheets, numbered sheets past the limit, an interrupted list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from marketplace.core.sheets import writing
from marketplace.imports.outputs import Outcome, write_list
from marketplace.imports.pairing import Paired, Pairing, prepare
from marketplace.imports.reading import read_side
from marketplace.proposals.wording import Wording
from marketplace.taxonomy.lists import lists_of

AS_OF = date(2026, 11, 23)


def outcome(top: int = 20) -> Outcome:
    needs = "企业名称,需求名称,备注\n" + "".join(
        f"甲公司,浸胶帘子布 {number}号,急\n" for number in range(1, 5)
    )
    offers = "企业名称,主导产品\n" + "".join(f"乙{number}公司,尼龙浸胶帘子布\n" for number in range(1, 4))
    sides = (read_side(needs.encode(), "n.csv", "needs"), read_side(offers.encode(), "c.csv", "capabilities"))
    pairing = prepare(sides[0].rows, sides[1].rows, lists_of(None), AS_OF)
    return Outcome(*sides, pairing, AS_OF, top)


def test_counts_of_the_summary_are_those_of_the_list(tmp_path: Path) -> None:
    made = outcome()
    write_list(tmp_path / "o.xlsx", made, made.pairing.pairs(20), Wording(None, "zh"))
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    rows = book["匹配清单"].max_row - 1
    summary = {row[0]: row[1] for row in book["读入情况"].iter_rows(values_only=True)}
    assert rows == 12 and summary["配对数"] == rows and summary["强"] + summary.get("可能", 0) == rows
    assert "有问题的行" not in book.sheetnames
    assert [row[3].value for row in book["需求表原有的其他列"].iter_rows(min_row=2)] == ["急"] * 4


def test_a_long_list_goes_on_with_a_numbered_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = outcome()
    monkeypatch.setattr("marketplace.imports.outputs.write_workbook", _short_sheets)
    write_list(tmp_path / "o.xlsx", made, made.pairing.pairs(0), Wording(None, "zh"))
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    assert book.sheetnames[:3] == ["匹配清单", "匹配清单 (2)", "匹配清单 (3)"]
    assert [book[name].max_row for name in book.sheetnames[:3]] == [5, 5, 5]
    assert book["匹配清单 (2)"]["A1"].value == "需求编号"


def _short_sheets(target: Path, sheets: list[writing.SheetSpec], **properties: str) -> dict[str, int]:
    return writing.write_workbook(target, sheets, row_limit=5, **properties)


def test_an_interrupted_list_leaves_what_was_there(tmp_path: Path) -> None:
    made = outcome()
    target = tmp_path / "o.csv"
    target.write_text("before")

    def breaks(pairing: Pairing) -> Iterator[Paired]:
        yield from pairing.of_need(pairing.needs[0], 20)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_list(target, made, breaks(made.pairing), Wording(None, "zh"))
    assert [path.name for path in tmp_path.iterdir()] == ["o.csv"] and target.read_text() == "before"
