"""A supplier reads what it nearly met and nothing of others; the bureau counts, looks behind each line and takes it away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.errors import Forbidden
from marketplace.nearly import queries, rules
from marketplace.nearly.exports import report_workbook
from marketplace.nearly.queries import Scope
from marketplace.needs import service as needs
from tests.integration.capabilities.house import MACHINE, NOW, Counter
from tests.integration.nearly.conftest import WEAKER, Mill

TODAY = NOW.date()
HAN = re.compile(r"[\u4e00-\u9fff]+")
Visit = Callable[..., FlaskClient]
REPORT = ("/nearly/report", "/nearly/report/pairs", "/nearly/report/unmatched", "/nearly/report.xlsx")


def text_of(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200
    return unescape(answer.text)


def main_of(answer) -> str:  # type: ignore[no-untyped-def]
    return text_of(answer).partition("<main")[2].partition("</main")[0]


def status_of(client: FlaskClient, address: str) -> int:
    """A file that is sent holds its request open until it is closed."""
    answer = client.get(address)
    answer.close()
    return answer.status_code


def test_the_supplier_reads_what_is_missing_and_where_to_mend_it(mill: Mill, visit: Visit) -> None:
    page = main_of(visit("lapsed").get("/nearly/"))
    assert "尼龙66高强工业丝" in page and "已于 2026-06-01 到期" in page
    assert f'href="/certifications/of-firm/{mill.firms["lapsed"]}/add?kind=iso-9001"' in page
    assert f'href="/needs/{mill.listings["need"]}"' in page


def test_who_may_only_look_is_shown_no_step(visit: Visit) -> None:
    page = main_of(visit("viewer").get("/nearly/"))
    assert "已于 2026-06-01 到期" in page and "/add" not in page


def test_a_parameter_is_mended_on_the_capability(mill: Mill, visit: Visit) -> None:
    other = mill.offer("whole", "锦纶66高强工业丝 二线", specs=(WEAKER,))
    mill.settle()
    page = main_of(visit("whole").get("/nearly/"))
    assert "要求 ≥8.5 cN/dtex" in page and "写明 7.9 cN/dtex" in page
    assert f'href="/capabilities/{other}"' in page and "核对并补写参数" in page


def test_nothing_of_another_supplier_is_told(mill: Mill, visit: Visit) -> None:
    page = main_of(visit("whole").get("/nearly/"))
    assert "没有只差一两样的需求" in page and "到期" not in page
    for name in ("whole", "poor", "buyer"):
        assert visit(name).get(f"/nearly/of-firm/{mill.firms['lapsed']}").status_code == 404


def test_an_anonymous_buyer_stays_so(mill: Mill, visit: Visit) -> None:
    mill.need("尼龙66高强工业丝 匿名", anonymous=True)
    mill.settle()
    page = main_of(visit("lapsed").get("/nearly/"))
    named, unnamed = "示例材料 1 号有限公司", "匿名链主企业"
    assert page.count(named) == 1 and page.count(unnamed) == 1
    assert named in main_of(visit("bureau").get(f"/nearly/of-firm/{mill.firms['lapsed']}"))


def test_what_a_supplier_may_not_see_it_did_not_nearly_meet(mill: Mill, visit: Visit) -> None:
    """A firm that is not checked reads public needs only; its near misses of others wait unseen."""
    hidden = mill.need("尼龙66高强工业丝 核验可见", visibility="verified")
    mill.settle()
    own = mill.people["lapsed"]
    with mill.database.reading() as session:
        seen = session.scalars(queries.of_firms(own, own.firm_ids, TODAY, "missed")).all()
        unchecked = replace(own, unchecked_firms=own.firm_ids)
        fewer = session.scalars(queries.of_firms(unchecked, own.firm_ids, TODAY, "missed")).all()
        assert {row.need_id for row in seen} == {mill.listings["need"], hidden}
        assert {row.need_id for row in fewer} == {mill.listings["need"]}


def test_what_has_closed_since_the_worker_looked_is_not_shown(mill: Mill, visit: Visit) -> None:
    with mill.database.unit_of_work() as session:
        needs.pause(session, MACHINE, mill.listings["need"], now=NOW)
    assert "没有只差一两样的需求" in main_of(visit("lapsed").get("/nearly/"))
    with mill.database.reading() as session:
        found = queries.numbers(session, mill.people["bureau"], TODAY, Scope())
    assert (found.open_needs, found.nearly_met, found.suppliers) == (0, 0, 0)


def test_permission_is_the_same_in_every_place(mill: Mill, visit: Visit) -> None:
    firm = mill.firms["lapsed"]
    cast = {
        "anonymous": (ANONYMOUS, False, False),
        "own": (mill.people["lapsed"], True, False),
        "viewer": (mill.people["viewer"], True, False),
        "other": (mill.people["whole"], False, False),
        "bureau": (mill.people["bureau"], True, True),
        "town": (mill.people["town"], False, False),
        "near town": (replace(mill.people["town"], office_id=77), True, False),
        "administrator": (Actor(account_id=1, administrator=True), True, True),
        "filling in": (replace(mill.people["town"], acting_for=firm), True, False),
    }
    for name, (actor, own, report) in cast.items():
        assert rules.may_see_firm(actor, firm, 77) is own, name
        assert rules.may_see_report(actor) is report, name
        with mill.database.reading() as session:
            if report:
                assert report_workbook(session, actor, TODAY, Scope(), locale="zh")
            else:
                with pytest.raises(Forbidden):
                    report_workbook(session, actor, TODAY, Scope(), locale="zh")
    for address in REPORT:
        statuses = [status_of(visit(name), address) for name in ("lapsed", "buyer", "town", "bureau")]
        assert statuses == [404, 404, 403, 200], address


def test_the_bureau_counts_the_commonest_gaps(mill: Mill, visit: Visit) -> None:
    mill.offer("whole", "锦纶66高强工业丝 二线", specs=(WEAKER,))
    mill.need("锦纶66高强工业丝")
    mill.settle()
    with mill.database.reading() as session:
        gaps = queries.commonest_gaps(session, mill.people["bureau"], TODAY, Scope(), 10)
        told = {
            (gap.kind, gap.subject): (gap.needs, gap.suppliers, gap.lacking, gap.unstated) for gap in gaps
        }
        assert told == {("certificate", "iso-9001"): (2, 1, 2, 0), ("spec", "抗拉强度"): (2, 1, 2, 0)}
        links = queries.by_link(session, mill.people["bureau"], TODAY, Scope())
        assert links == [("nylon", None, 2, 2)]
        elsewhere = Scope(chain="electrical")
        assert queries.commonest_gaps(session, mill.people["bureau"], TODAY, elsewhere, 10) == []
    client = visit("bureau")
    page = main_of(client.get("/nearly/report?chain=nylon"))
    assert "质量管理体系认证 ISO 9001" in page and "抗拉强度" in page
    behind = main_of(client.get("/nearly/report/pairs?kind=spec&subject=抗拉强度&chain=nylon"))
    assert behind.count("锦纶66高强工业丝 二线") == 2 and "已于" not in behind
    assert f'href="/nearly/of-firm/{mill.firms["whole"]}"' in behind
    assert "这里没有" in main_of(client.get("/nearly/report/pairs?chain=electrical"))


def test_needs_without_a_match_are_listed_with_their_causes(mill: Mill, visit: Visit) -> None:
    lonely = mill.need(
        "锦纶66高强工业丝", specs=(replace(WEAKER, operator="le", value="5"),), certificates=()
    )
    mill.settle()
    client = visit("bureau")
    assert "必备指标达不到" in main_of(client.get("/nearly/report"))
    page = main_of(client.get("/nearly/report/unmatched?cause=must_spec_contradicted"))
    assert f'href="/needs/{lonely}"' in page and "必备指标达不到：3 条" in page
    assert f'href="/needs/{mill.listings["need"]}"' not in page
    assert "每条正在征集的需求都有推荐" in main_of(client.get("/nearly/report/unmatched?chain=electrical"))


def test_the_workbook_says_what_the_pages_say(mill: Mill, visit: Visit) -> None:
    mill.need("锦纶66高强工业丝", specs=(replace(WEAKER, operator="le", value="5"),), certificates=())
    mill.settle()
    answer = visit("bureau").get("/nearly/report.xlsx")
    book = load_workbook(BytesIO(answer.data))
    answer.close()
    assert book.sheetnames == ["常见缺口", "按环节", "无合适匹配", "逐对明细"]
    rows = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    assert ["证书", "质量管理体系认证 ISO 9001", 1, 1, 1, 0] in rows["常见缺口"]
    assert ["必备指标达不到", 1, 3] in rows["无合适匹配"]
    (pair,) = [row for row in rows["逐对明细"] if row[0] == mill.listings["need"]]
    assert pair[1:5] == [
        "尼龙66高强工业丝", "示例材料 1 号有限公司", "示例材料 2 号有限公司", "锦纶66高强工业丝"
    ]  # fmt: skip
    assert "2026-06-01" in pair[6]


def test_every_page_reads_in_english(mill: Mill, visit: Visit) -> None:
    mill.offer("lapsed", "锦纶66高强工业丝 无参数", specs=(), lead_time_days=None)
    mill.need("深海机器人回收服务", use="水下", description="三千米。", specs=(), certificates=())
    mill.certify("poor", date(2029, 1, 1))
    mill.settle()
    own = {
        "尼龙",
        "高强工业丝",
        "锦纶",
        "抗拉强度",
        "无参数",
        "深海机器人回收服务",
        "示例材料",
        "号有限公司",
        "中文",
    }
    for who, address in (
        ("lapsed", "/nearly/"),
        ("lapsed", "/nearly/?tab=listed"),
        ("whole", "/nearly/"),
        ("bureau", f"/nearly/of-firm/{mill.firms['poor']}"),
        *(("bureau", address) for address in REPORT[:3]),
        ("bureau", "/nearly/report/pairs?chain=electrical"),
    ):
        page = main_of(visit(who, "en").get(address))
        left = {found for found in HAN.findall(re.sub(r"<[^>]*>", " ", page)) if found not in own}
        assert not left, (address, left)


@pytest.mark.parametrize("address", ["/nearly/", *REPORT])
def test_a_page_asks_as_often_for_one_as_for_three(mill: Mill, visit: Visit, address: str) -> None:
    client = visit("lapsed" if address == "/nearly/" else "bureau")

    def asked() -> int:
        status_of(client, address)
        with Counter(client.application.extensions["lianqiao.database"].engine) as statements:
            assert status_of(client, address) == 200
        return len(statements)

    once = asked()
    for number in (2, 3):
        mill.need(f"尼龙66高强工业丝 第{number}批", certificates=("iso-9001",))
        mill.need(f"深海机器人 {number} 号", use="水下", description="三千米。", specs=(), certificates=())
        mill.offer("lapsed", f"锦纶66高强工业丝 {number} 线")
    mill.settle()
    grown = asked()
    # Pages that were empty of needs without a match ask once more for their causes.
    assert grown <= once + (1 if address == "/nearly/report/unmatched" else 0)


@pytest.mark.parametrize(
    ("locale", "named", "bare"),
    [("zh", "写有需求不要的做法或材料", "指标参数"), ("en", "States what the need refuses", "Parameter")],
)
def test_what_needs_refuse_is_called_so_and_no_parameter_without_a_name(
    mill: Mill, visit: Visit, locale: str, named: str, bare: str
) -> None:
    mill.need(description="不要再生料。", certificates=())
    mill.offer("whole", "锦纶66高强工业丝 再生料")
    mill.settle()
    client = visit("bureau", locale)
    page = main_of(client.get("/nearly/report"))
    assert f">{named}</a>" in page and f">{bare}</a>" not in page
    assert named in main_of(client.get("/nearly/report/pairs?kind=spec&subject="))
    answer = client.get("/nearly/report.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).worksheets[0]
    answer.close()
    told = [row[:2] for row in sheet.iter_rows(values_only=True)]
    assert (named, None) in told and (bare, None) not in told
