"""A firm's people on the pages: contacts and who looked at them, members and invitations, current suppliers."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from marketplace.accounts.models import Invitation
from marketplace.firms import people, queries
from marketplace.firms.models import ContactView, CurrentSupplier, FirmContact, FirmMember
from marketplace.mail.models import MailMessage
from tests.unit.firms.house import NOW, credit_code
from tests.unit.firms.site import Site, count, only

CANARY = ("卡那利", "卡那利职务", "13900007777", "canary@lianqiao.example")


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
    token = re.search(r"/firms/join/([\w-]+)", mail.text)
    assert token is not None and mail.recipient == "newcomer@lianqiao.example"
    page = owner.get(f"/firms/{seller}/members").text
    assert "newcomer@lianqiao.example" in page
    # On a phone what can be done stands under the name, not beyond the edge.
    assert 'data-label="操作"' in page
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
