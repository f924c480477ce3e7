"""What people do on the pages of firms, through the whole site: what is kept, what is refused, what others then see."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import Attempt
from marketplace.core import clock, i18n
from marketplace.core.audit import AuditEntry
from marketplace.firms import rules
from marketplace.firms.models import Firm
from tests.unit.firms.house import firm
from tests.unit.firms.site import Site, firm_named, form_of


# ---------------------------------------------------------------- a firm's record
def test_a_person_registers_a_firm_and_the_bureau_checks_it(site: Site) -> None:
    newcomer = site.client("newcomer")
    answer = newcomer.post(
        "/firms/new", data=form_of(50, registered_division="410472", chains=["special-steel/", "nylon/"])
    )
    made = firm_named(site, "示例新建 50 有限公司")
    assert answer.status_code == 302 and answer.location == f"/firms/{made.id}"
    assert {place.chain_key for place in made.chains} == {"special-steel", "nylon"}
    assert "待核对" in newcomer.get(f"/firms/{made.id}").text
    assert newcomer.get("/firms/mine").location == f"/firms/{made.id}"
    assert site.client().get(f"/firms/{made.id}").status_code == 404
    answer = site.client("bureau").post(f"/firms/{made.id}/verify", data={"version": made.version})
    assert answer.status_code == 302
    page = site.client().get(f"/firms/{made.id}").text
    assert "已核对" in page and "功能区" in page and "已核验" in page


def test_fields_of_the_bureau_cannot_be_smuggled_in(site: Site) -> None:
    smuggled = {
        "chain_leader": "y", "chain_leader_document": "伪造文号", "office_id": "1", "verified_at": "2026-01-01",
        "source": "verified", "example": "y", "claimed_at": "2026-01-01", "suspended_at": "", "import_id": "7",
    }  # fmt: skip
    site.client("newcomer").post("/firms/new", data=form_of(51, **smuggled))
    made = firm_named(site, "示例新建 51 有限公司")
    kept = (
        made.chain_leader,
        made.chain_leader_document,
        made.office_id,
        made.verified_at,
        made.source,
        made.example,
        made.import_id,
    )
    assert kept == (False, None, None, None, "self", False, None)
    seller = site.firms["seller"]
    before = firm_named(site, "示例锻造有限公司")
    form = form_of(1, legal_name="示例锻造有限公司", version=before.version, profile="改过", **smuggled)
    assert site.client("owner").post(f"/firms/{seller}/edit", data=form).status_code == 302
    after = firm_named(site, "示例锻造有限公司")
    assert after.profile == "改过"
    assert (after.chain_leader, after.office_id, after.source) == (
        before.chain_leader,
        before.office_id,
        "staff",
    )
    assert "office_id" not in site.client("owner").get(f"/firms/{seller}/edit").text
    assert "office_id" not in site.client("town").get(f"/firms/{seller}/edit").text
    assert "office_id" in site.client("bureau").get(f"/firms/{seller}/edit").text


def test_the_page_that_came_second_is_told_and_keeps_what_was_typed(site: Site) -> None:
    path = f"/firms/{site.firms['seller']}/edit"
    version = re.search(r'name="version"[^>]*value="(\d+)"', site.client("owner").get(path).text)
    assert version is not None
    form = form_of(1, legal_name="示例锻造有限公司", version=version[1])
    assert site.client("editor").post(path, data={**form, "profile": "先到"}).status_code == 302
    second = site.client("owner").post(path, data={**form, "profile": "后到的人写的"})
    assert second.status_code == 422
    assert "刚被别人改过" in second.text and "后到的人写的" in second.text
    assert firm_named(site, "示例锻造有限公司").profile == "先到"


def test_everything_wrong_is_said_at_once_at_its_field(site: Site) -> None:
    answer = site.client("newcomer").post(
        "/firms/new",
        data=form_of(
            52, credit_code="9I350100M000100Y43", employees="一百", website="lianqiao", is_supplier=""
        ),
    )
    assert answer.status_code == 422
    for field in ("credit_code", "employees", "website", "is_supplier"):
        assert f'id="{field}-error"' in answer.text, field
    assert "I→1" in answer.text and "9I350100M000100Y43" in answer.text


def test_names_are_understood_where_scripts_could_not_look_them_up(site: Site) -> None:
    form = form_of(53, registered_division="河南省平顶山市卫东区", industry_code="Ｃ３３")
    assert site.client("newcomer").post("/firms/new", data=form).status_code == 302
    made = firm_named(site, "示例新建 53 有限公司")
    assert (made.registered_division, made.industry_code) == ("410403", "33")


def test_money_is_written_in_wan_and_kept_in_yuan(site: Site) -> None:
    site.client("newcomer").post(
        "/firms/new", data=form_of(54, revenue="１，２３４.5", assets="", industry_code="33")
    )
    assert firm_named(site, "示例新建 54 有限公司").revenue == 12_345_000


def test_figures_are_for_the_firm_and_for_staff_only(site: Site) -> None:
    """The class is public, the figures behind it are not: 120 people, 20,000 and 9,000 (万元)."""
    path = f"/firms/{site.firms['seller']}"
    for name, seen in (
        ("owner", True),
        ("viewer", True),
        ("bureau", True),
        ("town", True),
        ("other town", False),
        ("buyer", False),
        (None, False),
    ):
        page = site.client(name).get(path).text
        assert ("20,000" in page, "规模数据" in page, "120 人" in page) == (seen, seen, seen), name
        assert "小型企业" in page


def test_members_see_the_history_and_others_do_not(site: Site) -> None:
    path = f"/firms/{site.firms['seller']}"
    for name, seen in (("viewer", True), ("town", True), ("buyer", False), (None, False)):
        assert ("历史记录" in site.client(name).get(path).text) == seen


# ---------------------------------------------------------------- staff
def test_the_bureau_checks_many_at_once_and_a_town_none(site: Site) -> None:
    waiting = site.firms["waiting"]
    assert site.client("town").post("/firms/verify", data={"firm_id": waiting}).status_code == 403
    assert site.client("owner").post("/firms/verify", data={"firm_id": waiting}).status_code == 404
    assert site.client().get(f"/firms/{waiting}").status_code == 404
    chosen = {"firm_id": [waiting, "x", "9" * 30]}
    answer = site.client("bureau").post("/firms/verify", data=chosen, follow_redirects=True)
    assert "已核对 1 家企业" in answer.text
    assert site.client().get(f"/firms/{waiting}").status_code == 200
    empty = site.client("bureau").post("/firms/verify", data={}, follow_redirects=True)
    assert "请先勾选" in empty.text


def test_suspending_needs_a_reason_and_takes_the_firm_out_of_sight(site: Site) -> None:
    seller = site.firms["seller"]
    bureau = site.client("bureau")
    assert (
        "请写明原因"
        in bureau.post(f"/firms/{seller}/suspend", data={"reason": " "}, follow_redirects=True).text
    )
    assert site.client().get(f"/firms/{seller}").status_code == 200
    for name in ("town", "owner", "buyer", None):
        answer = site.client(name).post(f"/firms/{seller}/suspend", data={"reason": "x"})
        assert answer.status_code in (403, 404), name
    bureau.post(f"/firms/{seller}/suspend", data={"reason": "冒名登记"})
    assert site.client().get(f"/firms/{seller}").status_code == 404
    page = site.client("owner").get(f"/firms/{seller}").text
    assert "已停用" in page and "冒名登记" in page


def test_a_claim_code_is_shown_once_and_opens_the_firm(site: Site) -> None:
    seller = site.firms["buyer"]
    slip = site.client("bureau").post(f"/firms/{seller}/claim-code")
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", slip.text)
    assert slip.status_code == 200 and code is not None
    assert slip.headers["Cache-Control"] == "no-store"
    assert code[0] not in site.client("bureau").get(f"/firms/{seller}").text
    assert site.client("bureau").get(f"/firms/{seller}/claim-code").status_code == 405
    answer = site.client("newcomer").post("/firms/claim", data={"code": code[0].lower()})
    assert answer.status_code == 302 and answer.location == f"/firms/{seller}"
    again = site.client("owner").post("/firms/claim", data={"code": code[0]})
    assert again.status_code == 422 and "认领码不对" in again.text


def test_wrong_codes_are_counted_although_nothing_else_is_kept(site: Site) -> None:
    newcomer = site.client("newcomer")
    for _ in range(10):
        assert newcomer.post("/firms/claim", data={"code": "AAAA-BBBB-CCCC"}).status_code == 422
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).where(Attempt.kind == "claim")) == 10
    locked = newcomer.post("/firms/claim", data={"code": "AAAA-BBBB-CCCC"})
    assert locked.status_code == 429 and "操作太频繁" in locked.text


def test_filling_in_for_a_firm_is_shown_marked_and_ends(site: Site) -> None:
    seller = site.firms["seller"]
    town = site.client("town")
    assert town.get(f"/firms/{seller}/members").status_code == 404
    assert town.post(f"/firms/{seller}/act").status_code == 302
    assert "您正在代" in town.get("/").text
    assert town.get(f"/firms/{seller}/members").status_code == 200
    version = firm_named(site, "示例锻造有限公司").version
    town.post(
        f"/firms/{seller}/edit",
        data=form_of(1, legal_name="示例锻造有限公司", version=version, profile="镇里代写"),
    )
    assert {e.field: e.source for e in firm_named(site, "示例锻造有限公司").provenance}["profile"] == "staff"
    page = site.client("owner").get(f"/firms/{seller}").text
    assert "town（代填）" in page and "部门代填" in page
    assert town.post("/firms/stop-acting").location == f"/firms/{seller}"
    assert "您正在代" not in town.get("/").text
    assert town.get(f"/firms/{seller}/members").status_code == 404


@pytest.mark.parametrize("name", ["other town", "owner", "buyer", "newcomer", None])
def test_a_forged_session_fills_in_for_nobody(site: Site, name: str | None) -> None:
    """What the cookie says is asked anew on every page."""
    waiting = site.firms["waiting"]
    client = site.client(name, acting_for=waiting)
    assert client.get(f"/firms/{waiting}/members").status_code in (302, 404)
    assert client.get(f"/firms/{waiting}").status_code == 404
    assert "您正在代" not in client.get("/").text
    if name is not None:
        assert client.post(f"/firms/{waiting}/act").status_code in (403, 404)


def test_filling_in_ends_when_the_office_loses_the_firm(site: Site) -> None:
    seller = site.firms["seller"]
    town = site.client("town")
    town.post(f"/firms/{seller}/act")
    with site.writing() as session:
        session.get_one(Firm, seller).office_id = None
    assert "您正在代" not in town.get("/").text
    assert town.get(f"/firms/{seller}/contacts").status_code == 404


# ---------------------------------------------------------------- the edge
def test_no_form_without_its_token(site: Site) -> None:
    site.app.config["WTF_CSRF_ENABLED"] = True
    seller = site.firms["seller"]
    posts = ["new", "claim", "verify", "stop-acting", *(f"{seller}/{step}" for step in (
        "edit", "verify", "suspend", "claim-code", "act", "members", "contacts", "released-contacts", "suppliers"))]  # fmt: skip
    with site.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    for step in posts:
        assert site.client("bureau").post(f"/firms/{step}").status_code == 400, step
    for step in (f"of-firm/{seller}/add", f"of-firm/{seller}/absent", "1/verify", "1/remove", "1/revoke"):
        assert site.client("bureau").post(f"/certifications/{step}").status_code in (400, 404), step
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


@pytest.mark.parametrize("path", ["/firms/99999999999999999999", "/firms/0", "/firms/987654321", "/firms/?before=9" + "9" * 30,
                                  "/firms/?office=9" + "9" * 30, "/firms/?after=-1", "/firms/?q=%00", "/certifications/of-firm/99999999999999999999"])  # fmt: skip
def test_made_up_numbers_are_answered_calmly(site: Site, path: str) -> None:
    assert site.client("bureau").get(path).status_code in (200, 400, 404)


def test_a_page_of_the_list_leads_to_the_next_and_keeps_its_filters(site: Site) -> None:
    with site.writing() as session:
        for number in range(100, 130):
            firm(session, number, legal_name=f"甲 {number}")
    client = site.client("bureau")
    first = client.get("/firms/?q=甲&status=checked").text
    assert first.count("data-batch-item") == 25
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None and "status=checked" in following[1]
    second = client.get(following[1].replace("&amp;", "&")).text
    assert second.count("data-batch-item") == 5 and 'rel="prev"' in second


def test_the_time_of_a_code_is_on_its_slip(site: Site) -> None:
    slip = site.client("bureau", "en").post(f"/firms/{site.firms['seller']}/claim-code").text
    until = clock.day_of(clock.utc_now() + rules.CLAIM_CODE_VALID)
    assert f"Valid until {i18n.format_date(until, 'en')}, for one use." in slip
