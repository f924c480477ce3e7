"""What people do on the pages of firms, through the whole site: what is kept, what is refused, what others then see."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import Attempt, Invitation
from marketplace.core import clock, i18n
from marketplace.core.audit import AuditEntry
from marketplace.firms import people, queries, rules
from marketplace.firms.models import ContactView, CurrentSupplier, Firm, FirmContact, FirmMember
from marketplace.mail.models import MailMessage
from tests.unit.firms.house import NOW, credit_code, firm
from tests.unit.firms.site import Site

CANARY = ("卡那利", "卡那利职务", "13900007777", "canary@lianqiao.example")


def form_of(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "legal_name": f"示例新建 {number} 有限公司", "credit_code": credit_code(number), "party_kind": "enterprise",
        "is_supplier": "y", **changes,
    }  # fmt: skip


def firm_named(site: Site, name: str) -> Firm:
    with site.database.reading() as session:
        found = session.scalars(select(Firm).where(Firm.legal_name == name)).one()
        _ = found.chains, found.provenance
        return found


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
    answer = site.client("bureau").post("/firms/verify", data={"firm_id": [waiting, "x", "9" * 30]})
    assert answer.status_code == 302
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


# ---------------------------------------------------------------- contacts
def test_contacts_show_nowhere_without_grant_and_consent(site: Site) -> None:
    """The canary is in the database; no page of any other role may hold a piece of it."""
    seller, buyer = site.firms["seller"], site.firms["buyer"]
    name, title, mobile, email = CANARY
    form = {"name": name, "title": title, "mobile": mobile, "email": email}
    assert site.client("owner").post(f"/firms/{seller}/contacts", data=form).status_code == 302
    assert all(piece in site.client("owner").get(f"/firms/{seller}/contacts").text for piece in CANARY)
    paths = [f"/firms/{seller}", f"/firms/{seller}/edit", f"/firms/{seller}/contacts", f"/firms/{seller}/members",
             f"/firms/{seller}/released-contacts", "/firms/?q=示例", "/firms/", f"/certifications/of-firm/{seller}"]  # fmt: skip
    for role in (None, "newcomer", "buyer", "bureau", "town", "other town"):
        client = site.client(role)
        for path in paths:
            page = client.get(path, follow_redirects=True).text
            shown = [piece for piece in CANARY if piece in page]
            assert shown == [], (role, path)
        assert client.post(f"/firms/{seller}/released-contacts").status_code in (302, 404)
    # Granted, yet without consent.
    with site.writing() as session:
        people.grant_contacts(
            session, firm_id=seller, to_firm_id=buyer, reason_kind="proposal", reason_id=1, now=NOW
        )
    page = site.client("buyer").post(f"/firms/{seller}/released-contacts")
    assert page.status_code == 200 and not any(piece in page.text for piece in CANARY)
    # Consent given: seen by the other firm's people, and by nobody else.
    contact_id = only(site, FirmContact).id
    site.client("owner").post(f"/firms/{seller}/contacts/{contact_id}/consent", data={"consent": "yes"})
    buyers = site.client("buyer")
    assert not any(piece in buyers.get(f"/firms/{seller}/released-contacts").text for piece in CANARY)
    assert all(piece in buyers.post(f"/firms/{seller}/released-contacts").text for piece in CANARY)
    assert site.client("bureau").post(f"/firms/{seller}/released-contacts").status_code == 404
    assert "查看联系方式" in buyers.get(f"/firms/{seller}").text
    assert not any(piece in buyers.get(f"/firms/{seller}").text for piece in CANARY)
    # The firm reads who looked. Withdrawn: gone at once.
    told = site.client("viewer").get(f"/firms/{seller}/contacts").text
    assert "示例重机股份有限公司" in told and f"owner-{buyer}" in told
    site.client("owner").post(f"/firms/{seller}/contacts/{contact_id}/consent", data={"consent": "no"})
    assert not any(piece in buyers.post(f"/firms/{seller}/released-contacts").text for piece in CANARY)


def only(site: Site, model: Any) -> Any:
    with site.database.reading() as session:
        return session.scalars(select(model)).one()


def count(site: Site, model: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_looking_is_a_button_and_each_press_is_one_row(site: Site) -> None:
    seller, buyer = site.firms["seller"], site.firms["buyer"]
    with site.writing() as session:
        people.add_contact(
            session,
            site.actors["owner"],
            seller,
            name="张",
            title=None,
            mobile="1",
            email=None,
            consent=True,
            now=NOW,
        )
        people.grant_contacts(
            session, firm_id=seller, to_firm_id=buyer, reason_kind="proposal", reason_id=1, now=NOW
        )
    client = site.client("buyer")
    for _ in range(3):
        assert client.get(f"/firms/{seller}/released-contacts").status_code == 200
    assert count(site, ContactView) == 0
    client.post(f"/firms/{seller}/released-contacts")
    client.post(f"/firms/{seller}/released-contacts")
    assert count(site, ContactView) == 2


def test_a_contact_is_kept_withdrawn_and_erased(site: Site) -> None:
    seller = site.firms["seller"]
    owner = site.client("owner")
    wrong = owner.post(f"/firms/{seller}/contacts", data={"name": "", "email": "no-address"})
    assert wrong.status_code == 422 and count(site, FirmContact) == 0
    wrong = owner.post(f"/firms/{seller}/contacts", data={"name": "张", "email": "no-address"})
    assert wrong.status_code == 422 and 'id="email-error"' in wrong.text
    owner.post(f"/firms/{seller}/contacts", data={"name": "张", "mobile": "139", "consent": "y"})
    contact = only(site, FirmContact)
    assert contact.consented_at is not None and contact.consent_version == "2026-11"
    assert site.client("viewer").post(f"/firms/{seller}/contacts/{contact.id}/remove").status_code == 403
    assert site.client("buyer").post(f"/firms/{seller}/contacts/{contact.id}/remove").status_code == 404
    own = site.firms["buyer"]
    assert site.client("buyer").post(f"/firms/{own}/contacts/{contact.id}/remove").status_code == 404
    owner.post(f"/firms/{seller}/contacts/{contact.id}/remove")
    assert only(site, FirmContact).name == "—"


# ---------------------------------------------------------------- people
def test_an_invitation_goes_out_and_lets_the_colleague_in(site: Site) -> None:
    seller = site.firms["seller"]
    owner = site.client("owner")
    answer = owner.post(
        f"/firms/{seller}/members", data={"email": "newcomer@lianqiao.example", "role": "editor"}
    )
    assert answer.status_code == 302
    mail = only(site, MailMessage)
    token = re.search(r"/invitation/([\w-]+)", mail.text)
    assert token is not None and mail.recipient == "newcomer@lianqiao.example"
    assert "newcomer@lianqiao.example" in owner.get(f"/firms/{seller}/members").text
    join = f"/firms/join/{token[1]}"
    assert site.client().get(join).location == f"/invitation/{token[1]}"
    newcomer = site.client("newcomer")
    assert "示例锻造有限公司" in newcomer.get(join).text
    assert count(site, FirmMember) == 4
    assert site.client("buyer").post(join).status_code == 422
    assert newcomer.post(join).location == f"/firms/{seller}"
    assert newcomer.get(f"/firms/{seller}/members").status_code == 200
    assert newcomer.get(join).status_code == 410


def test_only_owners_invite_withdraw_and_remove(site: Site) -> None:
    seller = site.firms["seller"]
    form = {"email": "x@lianqiao.example", "role": "owner"}
    for name, status in (("editor", 403), ("viewer", 403), ("buyer", 404), ("bureau", 404)):
        assert site.client(name).post(f"/firms/{seller}/members", data=form).status_code == status, name
    assert (
        site.client("owner").post(f"/firms/{seller}/members", data={**form, "role": "chief"}).status_code
        == 422
    )
    site.client("owner").post(f"/firms/{seller}/members", data=form)
    invitation = only(site, Invitation)
    path = f"/firms/{seller}/invitations/{invitation.id}/revoke"
    assert site.client("buyer").post(path).status_code == 404
    assert site.client("owner").post(path).status_code == 302
    assert only(site, Invitation).revoked_at is not None
    with site.database.reading() as session:
        rows = {m.role: m.id for m in queries.members_of(session, seller)}
    assert site.client("editor").post(f"/firms/{seller}/members/{rows['viewer']}/remove").status_code == 403
    last = site.client("owner").post(f"/firms/{seller}/members/{rows['owner']}/remove", follow_redirects=True)
    assert "至少要有一位管理员" in last.text
    site.client("owner").post(f"/firms/{seller}/members/{rows['viewer']}/remove")
    assert site.client("viewer").get(f"/firms/{seller}/members").status_code == 404


# ---------------------------------------------------------------- suppliers
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("供应商.csv", "名称,统一社会信用代码\n甲,{0}\n乙,{1}\n"),
        ("codes.csv", "{0}\n{1}\n"),
        ("带标题.csv", "2026年供应商名册,,\n序号,企业名称,统一社会信用代码\n1,甲,{0}\n2,乙,{1}\n合计,2,\n"),
    ],
)
def test_a_sheet_of_suppliers_is_read_however_it_looks(site: Site, name: str, content: str) -> None:
    buyer = site.firms["buyer"]
    text = content.format(credit_code(1), credit_code(70))
    answer = site.client("buyer").post(
        f"/firms/{buyer}/suppliers", data={"codes": "", "sheet": (BytesIO(text.encode("gb18030")), name)}
    )
    assert answer.status_code == 302, answer.text
    page = site.client("buyer").get(f"/firms/{buyer}/suppliers").text
    assert "示例锻造有限公司" in page and credit_code(70) in page and "尚未入驻" in page
    assert count(site, CurrentSupplier) == 2


def test_wrong_codes_and_files_are_named_and_the_old_list_stays(site: Site) -> None:
    buyer = site.firms["buyer"]
    path = f"/firms/{buyer}/suppliers"
    client = site.client("buyer")
    client.post(path, data={"codes": f"{credit_code(71)}\n{credit_code(72)}"})
    wrong = client.post(path, data={"codes": f"{credit_code(73)}\n9135"})
    assert wrong.status_code == 422 and "9135" in wrong.text and 'id="codes-error"' in wrong.text
    for content in (b"", b"\x00\x01\x02", b"<html>no</html>", "甲,乙\n丙,丁\n".encode()):
        answer = client.post(path, data={"codes": "", "sheet": (BytesIO(content), "x.xlsx")})
        assert answer.status_code == 422
    assert count(site, CurrentSupplier) == 2
    assert site.client("owner").get(path).status_code == 404
    assert site.client("bureau").get(path).status_code == 404


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
