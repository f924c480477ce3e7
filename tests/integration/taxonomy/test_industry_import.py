"""The full four-digit list from a person's file: headings guessed, bad rows told by row, the rest taken."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import paths, words
from marketplace.core.actor import system_actor
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.core.i18n import render
from marketplace.core.sheets.errors import SheetError
from marketplace.taxonomy import queries, service
from marketplace.taxonomy.commands import taxonomy

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MACHINE = system_actor()
LIST = """国民经济行业分类,,
代码,级别,名称
A,门类,农、林、牧、渔业
01,大类,农业
011,中类,谷物种植
111,小类,稻谷种植
0112,小类,小麦种植
C2822,,涤纶纤维制造
2821,,锦纶纤维制造
2821,,另一个名称
28,大类,不是这个名称
9991,,没有这个中类
12345,,五位
113,,可能丢了零
2823,,
"""


def load(session: Session, path: Path) -> service.Imported:
    return service.import_industries(session, MACHINE, path, NOW)


@pytest.fixture
def seeded(session: Session) -> Session:
    service.import_seeds(session, MACHINE, paths.SEEDS, NOW)
    return session


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_good_rows_go_in_and_bad_rows_are_told(seeded: Session, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "classes.csv"
    file.write_text(LIST, encoding)
    done = load(seeded, file)
    assert (done.inserted, done.updated, done.unchanged) == (4, 0, 0)
    assert [(bad.row, bad.problem.code) for bad in done.problems] == [
        (10, "taxonomy.code_twice"),
        (11, "taxonomy.name_differs"),
        (12, "taxonomy.no_group"),
        (13, "taxonomy.code_form"),
        (14, "taxonomy.code_short"),
        (15, "taxonomy.no_name"),
    ]
    words.register_all()
    for locale in ("zh", "en"):
        assert all(render(bad.problem.code, bad.problem.params, locale) for bad in done.problems)
    known = queries.industries(seeded)
    assert known["0111"].name == "稻谷种植" and known["0111"].parent == "011"
    assert known["2821"].name == "锦纶纤维制造" and known["2821"].level == "class"
    assert [node.code for node in queries.search_industries(seeded, "锦纶")] == ["2821"]


def test_again_changes_nothing_and_a_new_name_is_taken(seeded: Session, tmp_path: Path) -> None:
    file = tmp_path / "classes.csv"
    file.write_text("code,name\n2821,锦纶纤维制造\n", "utf-8")
    assert load(seeded, file).inserted == 1
    version = queries.list_versions(seeded)["industries"]
    assert load(seeded, file) == service.Imported(0, 0, 1, ())
    assert queries.list_versions(seeded)["industries"] == version
    file.write_text("code,name\n2821,锦纶长丝制造\n", "utf-8")
    assert load(seeded, file).updated == 1
    assert queries.industries(seeded)["2821"].name == "锦纶长丝制造"
    actions = [entry.action for entry in seeded.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions == ["taxonomy.seed", "taxonomy.import_industries", "taxonomy.import_industries"]
    assert service.import_seeds(seeded, MACHINE, paths.SEEDS, NOW) == []
    assert "2821" in queries.industries(seeded)


def test_an_excel_sheet_with_numbers(seeded: Session, tmp_path: Path) -> None:
    file = tmp_path / "classes.xlsx"
    book = xlsxwriter.Workbook(file)
    book.add_worksheet("说明").write(0, 0, "填表说明")
    sheet = book.add_worksheet("分类")
    for row, cells in enumerate(
        [("行业代码", "类别", "行业名称"), (111, "小类", "稻谷种植"), (2821, "小类", "锦纶纤维制造")]
    ):
        sheet.write_row(row, 0, cells)
    book.close()
    assert load(seeded, file) == service.Imported(2, 0, 0, ())
    assert queries.industries(seeded)["0111"].name == "稻谷种植"


def test_files_that_cannot_be_used(seeded: Session, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(Refusal) as refusal:
        load(seeded, file)
    assert refusal.value.code == "taxonomy.no_columns"
    file.write_bytes(b"")
    with pytest.raises(SheetError):
        load(seeded, file)


def test_nothing_to_add_to(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "classes.csv"
    file.write_text("code,name\n2821,锦纶纤维制造\n", "utf-8")
    with pytest.raises(Refusal) as refusal:
        load(session, file)
    assert refusal.value.code == "taxonomy.no_industries"


def test_the_command_line(database_url: str, tmp_path: Path) -> None:
    words.register_all()
    database = Database(database_url)
    run = CliRunner().invoke
    file = tmp_path / "classes.csv"
    file.write_text("code,name\n2821,锦纶纤维制造\n9991,没有\n", "utf-8")
    refused = run(taxonomy, ["import", str(file)], obj=database)
    assert refused.exit_code == 1 and "lianqiao taxonomy seed" in refused.output
    assert "industries: +590" in run(taxonomy, ["seed"], obj=database).output
    assert "up to date" in run(taxonomy, ["seed"], obj=database).output
    done = run(taxonomy, ["import", str(file), "--language", "en"], obj=database)
    assert done.exit_code == 0 and "+1 ~0 =0 !1" in done.output
    assert "classes.csv:3: Class 9991 belongs to group 999" in done.output
    with database.reading() as session:
        assert "2821" in queries.industries(session)
    database.dispose()
