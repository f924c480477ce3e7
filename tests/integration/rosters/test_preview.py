"""What a roster would do is said before anything is written: new, changed, unchanged, doubtful, unreadable."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from marketplace.certifications.models import Certification
from marketplace.core.actor import system_actor
from marketplace.core.db import Database
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm, PrefilledContact
from tests.integration.capabilities.house import Counter
from tests.integration.rosters.conftest import NOW, Desk, code, roster


def put(
    database: Database, name: str, number: int | None = None, *, source: str = "sheet", **facts: object
) -> int:
    with database.unit_of_work() as session:
        said = FirmFacts(legal_name=name, credit_code=code(number) if number else None, **facts)  # type: ignore[arg-type]
        return firms.create_for(session, system_actor("test"), said, source=source, now=NOW).id


def test_each_row_is_told_by_what_it_would_do(desk: Desk, database: Database) -> None:
    put(database, "示例已有机械有限公司", 1, main_product="齿轮箱")
    put(database, "示例照旧纺织有限公司", 2, main_product="帘子布")
    put(database, "平顶山市示例相近化工有限责任公司", 3)
    put(database, "示例改名前有限公司", 4)
    put(database, "示例同名有限公司", 5)
    wrong = code(9)[:-1] + ("0" if code(9)[-1] != "0" else "1")
    desk.bring(
        roster(
            f"示例全新电气有限公司,{code(10)},高压开关柜,专精特新中小企业,第三批,2025-01-01,2027-12-31,示例镇,382,张示例,13800000000",
            f"示例已有机械有限公司,{code(1)},行星减速机,,,,,,,,",
            f"示例照旧纺织有限公司,{code(2)},帘子布,,,,,,,,",
            f"平顶山示例相近化工有限公司,{code(11)},己二酸,,,,,,,,",
            f"示例改名后有限公司,{code(4)},,,,,,,,,",
            f"示例同名有限公司,{code(12)},,,,,,,,,",
            f"示例错码有限公司,{wrong},,,,,,,,,",
            f"示例重码甲有限公司,{code(13)},,,,,,,,,",
            f"示例重码乙有限公司,{code(13)},,,,,,,,,",
            "示例两遍有限公司,,机加工,,,,,,,,",
            "示例两遍有限公司,,机加工,,,,,,,,",
            "示例过期有限公司,,,专精特新中小企业,,2022-09-01,2025-08-31,,,,",
            f",{code(14)},没有名字,,,,,,,,",
        )
    )
    assert desk.kinds() == {
        "示例全新电气有限公司": "new",
        "示例已有机械有限公司": "changed",
        "示例照旧纺织有限公司": "unchanged",
        "平顶山示例相近化工有限公司": "name_similar",
        "示例改名后有限公司": "code_other_name",
        "示例同名有限公司": "name_other_code",
        "示例错码有限公司": "cell_unread",
        "示例重码甲有限公司": "code_repeated",
        "示例重码乙有限公司": "code_repeated",
        "示例两遍有限公司": "row_twice",
        "示例过期有限公司": "tier_expired_by_rule",
        code(14): "unread",
    }
    rows = desk.rows()
    assert [row.kind for row in rows if row.name == "示例两遍有限公司"] == ["new", "suspicious"]
    assert {row.name for row in rows if row.taken} == {
        "示例全新电气有限公司",
        "示例已有机械有限公司",
        "示例两遍有限公司",
    }
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Firm)) == 5
        assert session.scalar(select(func.count()).select_from(PrefilledContact)) == 0
        assert session.scalar(select(func.count()).select_from(Certification)) == 0


def test_the_diff_names_both_values_with_source_and_day(desk: Desk, database: Database) -> None:
    put(database, "示例已有机械有限公司", 1, main_product="齿轮箱")
    desk.bring(roster(f"示例已有机械有限公司,{code(1)},行星减速机,,,,,,382,,"))
    page = desk.page(kind="changed")
    assert "齿轮箱" in page and "行星减速机" in page
    assert "表格导入 2026-11-23" in page
    assert "主导产品" in page and "382 " in page


def test_a_wrong_code_is_named_with_the_letters_that_people_mix_up(desk: Desk) -> None:
    desk.bring(roster(f"示例混淆有限公司,{code(1)[:9]}O{code(1)[10:]},,,,,,,,,"))
    assert "O" in desk.page(kind="suspicious") and "不会出现的字母" in desk.page(kind="suspicious")


def test_rows_are_mended_in_place_and_judged_with_those_they_bear_on(desk: Desk) -> None:
    desk.bring(roster(f"示例甲有限公司,{code(1)},,,,,,,,,", f"示例乙有限公司,{code(1)},,,,,,,,,"))
    first, second = desk.rows()
    assert first.blocked and second.blocked
    desk.post(f"rows/{second.id}", **{"action": "save", "cell-1": code(2)})
    assert desk.kinds() == {"示例甲有限公司": "new", "示例乙有限公司": "new"}
    assert all(row.taken for row in desk.rows())


def test_rows_of_one_firm_name_each_other_and_stand_together(desk: Desk) -> None:
    """Whatever is said of which: a person compares the two, and finds either from the other."""
    desk.bring(
        roster(
            f"示例甲有限公司,{code(1)},泵,,,,,,,,",
            *(f"示例第{number}号有限公司,{code(number)},阀,,,,,,,," for number in range(10, 70)),
            f"示例甲有限公司,{code(1)},电机,,,,,,,,",
        )
    )
    first, second = (row for row in desk.rows() if "甲" in row.name)
    assert [first.reason, second.reason] == [None, "firm_twice"]
    for row, other, kind in ((first, second, "new"), (second, first, "suspicious")):
        page = desk.page(kind=kind)
        link = f"{desk.address}?beside={row.id}#row-{other.id}"
        assert re.search(rf'href="{re.escape(link)}">\s*第 {other.number} 行', page), kind
        beside = desk.page(beside=row.id)
        assert [int(found) for found in re.findall(r'id="row-(\d+)"', beside)] == [first.id, second.id]
    decided = desk.post(f"rows/{second.id}?beside={second.id}", action="take")
    assert f"beside={second.id}" in decided.location  # and one stays where the two stand together
    alone = next(row for row in desk.rows() if "第10号" in row.name)
    assert desk.page(beside=alone.id).count('<article class="panel roster-row"') == 1


def test_what_rows_name_each_other_costs_the_same_for_one_and_for_many(
    desk: Desk, database: Database
) -> None:
    costs = []
    for pairs in (1, 12):
        lines = [f"示例{number}有限公司,,{word},,,,,,,," for number in range(pairs) for word in ("泵", "阀")]
        desk.bring(roster(*lines))
        site = desk.client.application.extensions["lianqiao.database"]
        with Counter(site.engine) as statements:
            desk.page(kind="suspicious")
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_a_row_left_out_frees_the_other(desk: Desk) -> None:
    desk.bring(roster(f"示例甲有限公司,{code(1)},,,,,,,,,", f"示例乙有限公司,{code(1)},,,,,,,,,"))
    first, _ = desk.rows()
    desk.post(f"rows/{first.id}", action="skip")
    assert [row.reason for row in desk.rows()] == [None, None]
    assert [row.taken for row in desk.rows()] == [False, True]
    desk.post(f"rows/{first.id}", action="unskip")
    assert [row.reason for row in desk.rows()] == ["code_repeated", "code_repeated"]


def test_a_similar_name_becomes_that_firm_or_another_one(desk: Desk, database: Database) -> None:
    known = put(database, "平顶山市示例相近化工有限责任公司", None, main_product="己二酸")
    desk.bring(roster("平顶山示例相近化工有限公司,,己二腈,,,,,,,,"))
    row = desk.rows()[0]
    desk.post(f"rows/{row.id}", action="same")
    row = desk.rows()[0]
    assert row.firm_id == known and {change["field"] for change in row.changes} == {
        "legal_name",
        "main_product",
    }
    desk.bring(roster("平顶山示例相近化工有限公司,,己二腈,,,,,,,,"))
    row = desk.rows()[0]
    desk.post(f"rows/{row.id}", action="other")
    assert desk.rows()[0].kind == "new" and desk.rows()[0].taken


def test_other_columns_are_chosen_and_corrections_stay(desk: Desk) -> None:
    desk.bring("单位,甲栏,代码\n示例甲有限公司,泵,\n示例乙有限公司,阀,\n".encode())
    assert all("main_product" not in row.stated["said"] for row in desk.rows())
    desk.post(
        "columns", **{"firms-0-heading": "1", "firms-0-column-0": "firm", "firms-0-column-1": "main_product"}
    )
    desk.work()
    assert [row.stated["said"]["main_product"] for row in desk.rows()] == ["泵", "阀"]


def test_the_highest_tier_that_a_cell_names_counts(desk: Desk) -> None:
    told = {
        "专精特新“小巨人”企业": "srdi-little-giant",
        "国家级专精特新小巨人": "srdi-little-giant",
        "省级专精特新": "srdi-sme",
        "创新型中小企业": "innovative-sme",
    }
    desk.bring(roster(*(f"示例第{n}号有限公司,,,{text},,,,,,," for n, text in enumerate(told))))
    assert [row.stated["said"]["tier"]["kind"] for row in desk.rows()] == list(told.values())
