"""`lianqiao match`: the sample sheets, other formats, bad rows, exit statuses."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from marketplace import paths
from marketplace.cli import main

SHEETS = paths.SEEDS / "demo" / "sheets"
NEEDS, CAPABILITIES = SHEETS / "需求汇总表（示例）.xlsx", SHEETS / "能力汇总表（示例）.xlsx"
COLUMNS = [
    "need_id", "need_title", "buyer", "rank", "capability_id", "capability_title", "firm", "label", "score", "reasons",
    "gaps",
]  # fmt: skip
TWO_NEEDS = "need_id,firm,title,description\nX1,甲公司,浸胶帘子布,轮胎用\nX2,甲公司,冷冻虾仁,出口级\n"
ROSTER = "企业名称,主导产品\n乙帘布公司,尼龙66浸胶帘子布\n丙钣金公司,高压开关柜壳体\n"


def run(needs: Path, capabilities: Path, out: Path, *more: str) -> Result:
    arguments = [
        "match",
        "--needs",
        str(needs),
        "--capabilities",
        str(capabilities),
        "--out",
        str(out),
        *more,
    ]
    return CliRunner().invoke(main, arguments)


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding)
    return path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_sample_sheets_give_a_workbook_with_reasons_in_every_row(tmp_path: Path) -> None:
    out = tmp_path / "match-list.xlsx"
    result = run(NEEDS, CAPABILITIES, out)
    assert result.exit_code == 0, result.output
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == [
        "匹配清单", "标签说明", "无合适匹配", "有问题的行", "读入情况", "需求表原有的其他列", "能力表原有的其他列",
    ]  # fmt: skip
    sheet = book["匹配清单"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) >= 40
    for row in rows:
        assert row[9].value and row[7].value in ("强", "可能") and 0 <= row[8].value <= 1
    fills = {row[7].value: row[7].fill.start_color.rgb for row in rows}
    assert len(set(fills.values())) == 2
    unmatched = list(book["无合适匹配"].iter_rows(min_row=2, values_only=True))
    assert unmatched and all("项" in str(row[3]) for row in unmatched)
    matched_needs = {row[0].value for row in rows}
    assert not matched_needs & {row[0] for row in unmatched}
    assert len(matched_needs) + len(unmatched) == 61
    errors = list(book["有问题的行"].iter_rows(min_row=2, values_only=True))
    assert (errors[0][0], errors[0][1], errors[0][2]) == ("需求汇总表", 71, "采购产品")
    assert "第 71 行" in result.output


def test_a_roster_of_names_and_products_still_gives_a_useful_list(tmp_path: Path) -> None:
    source = openpyxl.load_workbook(CAPABILITIES)["能力汇总表"]
    table = [[cell.value for cell in row] for row in source.iter_rows()]
    heading = next(row for row in table if "主导产品" in row)
    firm, product = heading.index("企业名称"), heading.index("主导产品")
    text = io.StringIO()
    csv.writer(text).writerows(
        [row[firm], row[product]] for row in table[table.index(heading) :] if row[firm] and row[product]
    )
    roster = written(tmp_path, "名册.csv", text.getvalue(), "gb18030")
    out = tmp_path / "list.jsonl"
    assert run(NEEDS, roster, out).exit_code == 0
    found = lines(out)
    assert len({line["need_id"] for line in found}) >= 20
    assert all(line["reasons"] for line in found)


def test_the_three_formats_say_the_same(tmp_path: Path) -> None:
    needs = written(tmp_path, "needs.csv", TWO_NEEDS)
    roster = written(tmp_path, "roster.csv", ROSTER, "gb18030")
    for suffix in ("csv", "jsonl", "xlsx"):
        assert run(needs, roster, tmp_path / f"out.{suffix}").exit_code == 0
    from_jsonl = lines(tmp_path / "out.jsonl")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        from_csv = list(csv.DictReader(stream))
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    from_xlsx = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert list(from_jsonl[0]) == list(from_csv[0]) == COLUMNS
    assert [{key: str(value) for key, value in line.items()} for line in from_jsonl] == from_csv
    assert [row[:9] for row in from_xlsx] == [list(line.values())[:9] for line in from_jsonl]
    assert (from_jsonl[0]["need_id"], from_jsonl[0]["capability_id"], from_jsonl[0]["firm"]) == (
        "X1", "能力-2", "乙帘布公司",
    )  # fmt: skip
    assert lines(tmp_path / "out-unmatched.jsonl")[0]["need_id"] == "X2"
    assert not (tmp_path / "out-errors.jsonl").exists()


def test_a_list_may_be_read_in_again(tmp_path: Path) -> None:
    needs = written(tmp_path, "needs.jsonl", '{"firm": "甲公司", "title": "浸胶帘子布"}\n')
    capabilities = written(tmp_path, "c.jsonl", '{"firm": "=乙公司", "title": "浸胶帘子布"}\n')
    assert run(needs, capabilities, tmp_path / "out.csv").exit_code == 0
    assert b"'=\xe4\xb9\x99" in (tmp_path / "out.csv").read_bytes()  # a spreadsheet must not run it


def test_top_zero_gives_every_pair_with_any_evidence(tmp_path: Path) -> None:
    few, every = tmp_path / "few.jsonl", tmp_path / "every.jsonl"
    assert run(NEEDS, CAPABILITIES, few, "--top", "2").exit_code == 0
    assert run(NEEDS, CAPABILITIES, every, "--top", "0").exit_code == 0
    all_lines = lines(every)
    assert len(all_lines) > 10 * len(lines(few))
    assert {line["label"] for line in all_lines} == {"强", "可能", "弱"}
    assert all(line["reasons"] for line in all_lines)
    ranks = [line["rank"] for line in all_lines if line["need_id"] == all_lines[0]["need_id"]]
    assert ranks == list(range(1, len(ranks) + 1))


def test_english_readers_get_english(tmp_path: Path) -> None:
    out = tmp_path / "list.xlsx"
    result = run(NEEDS, CAPABILITIES, out, "--locale", "en")
    assert "pairs" in result.output
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[:3] == ["Match list", "Labels explained", "No suitable match"]
    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["Need no.", "Need", "Buyer"]
    assert book.worksheets[0]["H2"].value in ("Strong", "Possible")


def test_bad_rows_go_to_the_error_sheet_and_the_rest_proceeds(tmp_path: Path) -> None:
    needs = written(tmp_path, "needs.csv", TWO_NEEDS + ",,没有企业,\nX1,丁公司,重复编号,\n甲公司\n")
    roster = written(tmp_path, "roster.csv", ROSTER + "乙帘布公司,尼龙66浸胶帘子布\n")
    result = run(needs, roster, tmp_path / "out.jsonl")
    assert result.exit_code == 0
    errors = lines(tmp_path / "out-errors.jsonl")
    assert [(error["row"], error["left_out"]) for error in errors][-1] == (4, "本行未读入")
    assert any("重复" in str(error["problem"]) for error in errors)
    assert "内容相同" in str(errors[-1]["problem"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "文件里没有内容"),
        ("甲,乙\n1,2\n", "找不到这些列"),
        ("企业名称,需求名称\n,布\n", "没有一行可以匹配"),
    ],
)
def test_status_one_where_nothing_could_be_read(tmp_path: Path, text: str, sentence: str) -> None:
    result = run(written(tmp_path, "needs.csv", text), CAPABILITIES, tmp_path / "out.csv")
    assert result.exit_code == 1 and sentence in result.output
    assert not (tmp_path / "out.csv").exists()


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    result = run(tmp_path / "none.xlsx", CAPABILITIES, tmp_path / "out.csv")
    assert result.exit_code == 1 and "none.xlsx" in result.output and "Traceback" not in result.output


def test_a_wrong_call_is_status_two(tmp_path: Path) -> None:
    assert run(NEEDS, CAPABILITIES, tmp_path / "out.pdf").exit_code == 2
    assert run(NEEDS, CAPABILITIES, tmp_path / "no" / "out.csv").exit_code == 2
    assert run(NEEDS, CAPABILITIES, tmp_path / "out.csv", "--top", "-1").exit_code == 2


def test_the_list_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        run(NEEDS, CAPABILITIES, tmp_path / name)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_help_teaches_and_waits_for_nothing() -> None:
    result = CliRunner().invoke(main, ["match", "--help"])
    assert "需求名称/title" in result.output and "Exit status" in result.output
    code = (
        "import sys; from marketplace.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'sqlalchemy', 'flask', 'rjieba', 'alembic'} & set(sys.modules)\nassert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=paths.PACKAGE.parent, capture_output=True)


def test_matching_needs_no_database_library(tmp_path: Path) -> None:
    needs, roster = written(tmp_path, "n.csv", TWO_NEEDS), written(tmp_path, "r.csv", ROSTER)
    code = (
        "import sys; from pathlib import Path; from marketplace.imports.command import match_files\n"
        f"assert match_files(Path({str(needs)!r}), Path({str(roster)!r}), Path({str(tmp_path / 'o.csv')!r}),"
        " top=20, locale='zh') == 0\n"
        "heavy = {'sqlalchemy', 'flask', 'sklearn', 'scipy'} & set(sys.modules)\nassert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=paths.PACKAGE.parent, capture_output=True)


def test_more_processes_write_the_same_list(tmp_path: Path) -> None:
    """In a process of its own: forking is for the command line, not for a test runner full of threads."""
    assert run(NEEDS, CAPABILITIES, tmp_path / "one.jsonl").exit_code == 0
    code = (
        "from pathlib import Path; from marketplace.imports import spreading, command\n"
        "spreading.WORTH_IT, spreading._processes = 0, lambda: 3\n"
        f"assert command.match_files(Path({str(NEEDS)!r}), Path({str(CAPABILITIES)!r}),"
        f" Path({str(tmp_path / 'three.jsonl')!r}), top=20, locale='zh') == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=paths.PACKAGE.parent, capture_output=True)
    for name in ("", "-unmatched", "-errors"):
        one, three = (tmp_path / f"{count}{name}.jsonl" for count in ("one", "three"))
        assert one.read_bytes() == three.read_bytes()
