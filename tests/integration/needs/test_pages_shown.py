"""Pages of needs: what never leaves the house, files, payment, invitations, the English of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core.lifecycle import State, state_of
from marketplace.firms import service as firms
from marketplace.firms.models import Firm, FirmMember
from marketplace.needs import attachments, service
from marketplace.needs.inviting import invite
from marketplace.needs.models import AttachmentRelease
from tests.integration.needs.district import BUYER, MACHINE, Site
from tests.integration.needs.sent import PDF, dates, only


# ---------------------------------------------------------------- what never leaves the house
def leaky(site: Site) -> int:
    """An anonymous need in which the buyer's name stands wherever it could leak from."""
    with site.database.unit_of_work() as session:
        owner = site.district.actor("owner")
        content = service.NeedContent(
            title="浸胶帘子布",
            description="轮胎骨架材料",
            valid_until=site.today + timedelta(days=30),
            procedure="tender",
            entrance=f"https://buyer.example/{BUYER}",
            budget_low=1250000,  # type: ignore[arg-type]
            budget_high=3450000,  # type: ignore[arg-type]
            visibility="public",
            anonymous=True,
        )
        need = service.create(session, owner, site.district.buyer, content, now=site.now)
        from marketplace.core.files import FileStore  # the store of this site's own folder

        store = FileStore(site.app.extensions["lianqiao.settings"].data_dir / "files")
        for kind in ("open", "restricted", "nda"):
            attachments.attach(
                session,
                owner,
                store,
                need.id,
                attachments.drawing(f"{BUYER}图纸.pdf", PDF),
                confidentiality=kind,
                now=site.now,
            )
        service.submit(session, owner, need.id, now=site.now)
        service.publish(session, MACHINE, need.id, now=site.now)
        return need.id


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_an_anonymous_need_names_its_firm_to_nobody_else(site: Site, locale: str) -> None:
    need_id = leaky(site)
    paths = (f"/needs/{need_id}", f"/needs/of-firm/{site.district.buyer}", "/needs/mine")
    own = [site.client("owner", locale).get(path).text for path in paths]
    assert all(BUYER in page for page in own[:1]), "the name is there to be leaked"
    for who in ("anonymous", "supplier", "third", "other-town", "nobody-yet"):
        client = site.client(who, locale)
        for path in paths:
            answer = client.get(path)
            assert BUYER not in answer.text and "buyer.example" not in answer.text, (who, path)
            if path != paths[1]:  # asked for by the firm's number, it leads back to that firm
                assert f"/firms/{site.district.buyer}" not in answer.text
            assert BUYER not in json.dumps(dict(answer.headers), ensure_ascii=False)
        page = client.get(paths[0]).text
        assert ("匿名链主企业" if locale == "zh" else "Anonymous chain leader") in page
        assert f"/needs/{need_id}" not in client.get(paths[1]).text, "the firm's own page would give it away"
        file = re.search(rf"/needs/{need_id}/attachments/\d+\b", page)
        assert file is not None
        download = client.get(file[0])
        assert download.status_code == 200
        from urllib.parse import unquote  # names travel encoded

        assert BUYER not in unquote(download.headers["Content-Disposition"])
    assert "buyer.example" in own[0]


def test_an_open_need_names_its_firm_and_its_entrance(site: Site) -> None:
    need_id = site.published(visibility="public", procedure="tender", entrance="https://buyer.example/7")
    page = site.client().get(f"/needs/{need_id}").text
    assert BUYER in page and 'href="https://buyer.example/7"' in page
    assert "平台只做引荐" in page and "不暗示中标" in page


def test_an_entrance_is_a_link_only_where_it_is_an_address(site: Site) -> None:
    need_id = site.published(visibility="public", procedure="inquiry", entrance="javascript:alert(1)")
    page = site.client().get(f"/needs/{need_id}").text
    assert "javascript:alert(1)" in page and 'href="javascript' not in page


def test_the_budget_is_shown_to_those_who_may_know_it(site: Site) -> None:
    from decimal import Decimal  # yuan

    need_id = site.published(visibility="invited", budget_low=Decimal(1250000), budget_high=Decimal(3450000))
    with site.database.unit_of_work() as session:
        invite(session, MACHINE, need_id, [site.district.supplier], now=site.now)
    for who, shown in (("viewer", True), ("bureau", True), ("town", True), ("supplier", True)):
        assert ("345" in site.client(who).get(f"/needs/{need_id}").text) == shown, who
    for who in ("third", "other-town", "anonymous"):
        assert site.client(who).get(f"/needs/{need_id}").status_code == 404, who
    open_id = site.published(visibility="public", budget_high=Decimal(3450000))
    for who in ("supplier", "third", "other-town", "anonymous"):
        assert "345" not in site.client(who).get(f"/needs/{open_id}").text.split("</head>")[1], who


@pytest.mark.parametrize(
    ("type_key", "parts"),
    [
        ("procurement", {"specs-section", "delivery", "budget", "terms"}),
        ("rnd", {"specs-section", "budget"}),
        ("finance", set()),
        ("data_scene", {"specs-section", "budget"}),
        ("co_brand", set()),
    ],
)
def test_a_need_shows_the_parts_of_its_type_and_what_was_said(
    site: Site, type_key: str, parts: set[str]
) -> None:
    client = site.client("editor")
    page = client.get(f"/needs/new?type={type_key}").text
    hidden = set(re.findall(r'id="([a-z-]+)" data-type-section="[a-z]+" hidden', page))
    assert {"specs-section", "delivery", "budget", "terms"} - hidden == parts
    need_id = site.made(type_key=type_key, terms=(), specs=(), certificates=(), lead_time_days=7)
    page = client.get(f"/needs/{need_id}/edit").text
    assert re.search(r'id="delivery" data-type-section="delivery" data-said>', page)
    assert ('id="terms"' in client.get(f"/needs/{need_id}").text) == ("terms" in parts)


def test_text_from_people_is_escaped(site: Site) -> None:
    need_id = site.published(visibility="public", title="帘布<script>alert(1)</script>", use="<b>粗</b>")
    page = site.client().get(f"/needs/{need_id}").text
    assert "<script>alert(1)" not in page and "&lt;b&gt;粗" in page


# ---------------------------------------------------------------- files
def test_files_are_kept_even_where_the_text_is_refused(site: Site) -> None:
    client = site.client("editor")
    sent = dates(site, title="浸胶帘子布", quantity="一批", confidentiality="nda")
    answer = client.post("/needs/new", data={**sent, "drawings": (BytesIO(PDF), "图纸.pdf")})
    assert answer.status_code == 422 and "图纸.pdf" in answer.text and "一批" in answer.text
    need = only(site)
    assert f'action="/needs/{need.id}/edit"' in answer.text and need.title == "浸胶帘子布"
    assert [file.confidentiality for file in site.need(need.id).attachments] == ["nda"]
    answer = client.post(
        f"/needs/{need.id}/edit", data={**sent, "version": "1", "quantity": "3", "quantity_unit": "吨"}
    )
    assert answer.status_code == 302 and only(site).quantity == 3


def test_a_wrong_file_is_said_and_the_rest_is_saved(site: Site) -> None:
    need_id = site.made()
    answer = site.client("editor").post(
        f"/needs/{need_id}/edit",
        data={
            **dates(site, version="1", use="轮胎", action="submit"),
            "drawings": [(BytesIO(b"MZ"), "程序.exe"), (BytesIO(PDF), "图纸.pdf")],
        },
    )
    assert answer.status_code == 422 and "程序.exe" in answer.text and 'id="drawings-error"' in answer.text
    need = site.need(need_id)
    assert need.use == "轮胎" and len(need.attachments) == 1
    assert state_of(need, site.today) is State.DRAFT, "what was to be sent along is not all there"


def test_a_file_is_asked_for_given_read_and_removed(site: Site) -> None:
    need_id = leaky(site)
    owner, supplier = site.client("owner"), site.client("supplier")
    files = [file.id for file in site.need(need_id).attachments]
    at = [f"/needs/{need_id}/attachments/{file}" for file in files]
    assert [supplier.get(path).status_code for path in at] == [200, 403, 403]
    supplier.post(f"{at[2]}/ask", data={"firm_id": str(site.district.supplier)})
    assert "还没有勾选保密承诺" in supplier.get(f"/needs/{need_id}").text
    supplier.post(f"{at[2]}/ask", data={"undertaking": "y"})
    supplier.post(f"{at[1]}/ask")
    page = owner.get(f"/needs/{need_id}").text
    assert "示例浸胶厂" in page and "已承诺保密，等待同意" in page
    assert "示例浸胶厂" not in site.client("third").get(f"/needs/{need_id}").text
    for path in at[1:]:
        assert supplier.post(f"{path}/release/{site.district.supplier}").status_code == 403
        assert owner.post(f"{path}/release/{site.district.supplier}").status_code == 302
    answer = supplier.get(at[2])
    assert answer.status_code == 200 and answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    owner.post(f"{at[2]}/revoke/{site.district.supplier}")
    assert supplier.get(at[2]).status_code == 403
    store = site.app.extensions["lianqiao.settings"].data_dir / "files"
    assert len([path for path in store.rglob("*") if path.is_file()]) == 1
    for path in at:
        assert owner.post(f"{path}/remove").status_code == 302
    assert [path for path in store.rglob("*") if path.is_file()] == [], "removed means gone"
    assert supplier.get(at[0]).status_code == 404


def test_a_suspended_firm_is_told_why_it_may_not_ask_for_a_file(site: Site) -> None:
    need_id, supplier = leaky(site), site.client("supplier")
    restricted = site.need(need_id).attachments[1].id
    ask = f"/needs/{need_id}/attachments/{restricted}/ask"
    assert ask in supplier.get(f"/needs/{need_id}").text
    with site.database.unit_of_work() as session:
        firms.suspend(session, MACHINE, site.district.supplier, reason="核查中", now=site.now)
    for client, why in (
        (supplier, "已被停用：核验通过后再申请附件"),
        (site.client("supplier", "en"), "is suspended"),
    ):
        page = client.get(f"/needs/{need_id}").text
        assert ask not in page and why in page
        told = client.post(ask, follow_redirects=True).text
        assert told.count(why) == page.count(why) + 1, "who asks all the same is told, and not only shown"
    assert "示例浸胶厂" not in site.client("owner").get(f"/needs/{need_id}").text


def test_staff_who_fill_in_for_a_firm_are_shown_no_way_to_ask_that_would_be_refused(site: Site) -> None:
    need_id, unchecked = leaky(site), site.district.third + 1
    ask = f"/needs/{need_id}/attachments/{site.need(need_id).attachments[1].id}/ask"
    staff = site.district.accounts["other-town"]
    with site.database.unit_of_work() as session:
        office = site.district.town + 1
        for firm_id in (unchecked, site.district.third):
            session.get_one(Firm, firm_id).office_id = office
        session.add(FirmMember(firm_id=unchecked, account_id=staff, role="owner", joined_at=site.now))
    for firm_id, said in (
        (unchecked, "还没有通过核验"),
        (site.district.third, "请由企业的管理员或编辑申请"),
    ):
        client = site.client("other-town")
        with client.session_transaction() as kept:
            kept["acting_for"] = firm_id
        page = client.get(f"/needs/{need_id}").text
        assert ask not in page and said in page
        client.post(ask, data={"firm_id": str(firm_id)})
    with site.database.reading() as session:
        assert session.scalars(select(AttachmentRelease.id)).all() == []


# ---------------------------------------------------------------- payment and invitations
def test_the_word_on_payment_follows_what_is_typed(site: Site) -> None:
    client = site.client()

    def says(**typed: Any) -> str:
        return client.get("/needs/payment-verdict", query_string=typed).text

    assert says().strip() == "" and says(payment_days="abc").strip() == ""
    terms = {"payment_start": "delivery", "buyer_kind": "large"}
    assert "符合条例" in says(payment_days="60", **terms)
    over = says(payment_days="61", **terms)
    assert "请说明理由" in over and "国务院令第802号第9条" in over
    public = {**terms, "buyer_kind": "public"}
    assert "符合条例" in says(payment_days="60", **public)
    assert "条例不允许" in says(payment_days="61", **public)
    assert "条例不允许" in says(paid_when_paid="y", **terms)
    assert "条例不约束" in says(payment_days="180", **{**terms, "buyer_kind": "sme"})
    assert "需确认采购方规模" in says(payment_days="180", payment_start="delivery")


def test_a_term_beyond_the_decree_is_flagged_to_whoever_reads_the_need(site: Site) -> None:
    need_id = site.published(
        visibility="public",
        payment_days=90,
        payment_start="delivery",
        buyer_kind="large",
        payment_reason="炉次结算",
    )
    page = site.client().get(f"/needs/{need_id}").text
    assert "请说明理由" in page and "第802号第9条" in page and "炉次结算" in page
    calm = site.published(visibility="public", payment_days=60, payment_start="delivery", buyer_kind="large")
    assert "请说明理由" not in site.client().get(f"/needs/{calm}").text


def test_invited_firms_are_named_and_mistyped_ones_stay_in_the_box(site: Site) -> None:
    need_id = site.published(visibility="invited")
    client = site.client("owner")
    answer = client.post(f"/needs/{need_id}/invite", data={"firms": "示例浸胶厂\n没有这家"})
    assert answer.status_code == 422 and "没有这家" in answer.text and "示例浸胶厂\n没有这家" in answer.text
    assert site.client("supplier").get(f"/needs/{need_id}").status_code == 404
    client.post(f"/needs/{need_id}/invite", data={"firms": "示例浸胶厂"})
    assert site.client("supplier").get(f"/needs/{need_id}").status_code == 200
    assert site.client("third").get(f"/needs/{need_id}").status_code == 404
    client.post(f"/needs/{need_id}/uninvite/{site.district.supplier}")
    assert site.client("supplier").get(f"/needs/{need_id}").status_code == 404


def test_every_page_reads_in_english(site: Site) -> None:
    need_id = site.published(
        visibility="public", payment_days=90, payment_start="delivery", buyer_kind="large"
    )
    draft = site.made()
    client = site.client("editor", "en")
    with site.database.unit_of_work() as session:
        session.get_one(Firm, site.district.buyer).legal_name = "Example Tyre"
    # What people wrote stays as it is; what we say is English.
    theirs = re.compile("人员|浸胶帘子布|轮胎骨架材料，断裂强力要稳定。|中文|链桥|国务院令第802号")
    han = re.compile(r"[一-鿿]+")
    for path in ("/needs/mine", "/needs/mine?state=paused", f"/needs/{need_id}", f"/needs/{draft}"):
        left = han.findall(theirs.sub("", client.get(path).text))
        assert left == [], (path, left)
    page = client.get(f"/needs/{draft}/edit").text
    lists = re.compile(r"<select.*?</select>|<datalist.*?</datalist>", re.DOTALL)
    assert han.findall(theirs.sub("", lists.sub("", page))) == []
