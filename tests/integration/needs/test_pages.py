"""Pages of needs: who gets which, what comes back when something is refused, and what never leaves the house."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEntry
from marketplace.core.lifecycle import State, state_of
from marketplace.firms.models import Firm
from marketplace.needs import attachments, service
from marketplace.needs.inviting import invite
from marketplace.needs.models import Need
from tests.integration.needs.district import BUYER, MACHINE, NOW, Site

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
POSTS = (
    "needs/new needs/autosave needs/{id}/edit needs/{id}/autosave needs/{id}/submit needs/{id}/withdraw "
    "needs/{id}/pause needs/{id}/resume needs/{id}/revise needs/{id}/reopen needs/{id}/renew needs/{id}/close "
    "needs/{id}/copy needs/{id}/invite needs/{id}/uninvite/1 needs/{id}/attachments/1/remove "
    "needs/{id}/attachments/1/ask needs/{id}/attachments/1/release/1"
).split()


def filled(**change: str) -> dict[str, str]:
    """What a browser sends of a small need."""
    return {
        "title": "浸胶帘子布",
        "description": "轮胎骨架材料",
        "type_key": "procurement",
        "procedure": "undecided",
        "visibility": "verified",
        "splitting_accepted": "y",
        "valid_until": (NOW.date() + timedelta(days=60)).isoformat(),
        **change,
    }


def dates(site: Site, **change: str) -> dict[str, str]:
    return filled(valid_until=(site.today + timedelta(days=60)).isoformat(), **change)


def only(site: Site) -> Need:
    with site.database.reading() as session:
        return session.scalars(select(Need)).one()


def count(site: Site) -> int:
    with site.database.reading() as session:
        return len(session.scalars(select(Need.id)).all())


# ---------------------------------------------------------------- who gets which page
def test_who_has_not_signed_in_is_sent_to_do_so_and_comes_back(site: Site) -> None:
    for path in ("/needs/mine", "/needs/new"):
        answer = site.client().get(path)
        assert answer.status_code == 302 and "/sign-in" in answer.location and path[1:] in answer.location
    need_id = site.made()
    assert site.client().get(f"/needs/{need_id}").status_code == 404


@pytest.mark.parametrize(
    ("who", "draft", "edit"),
    [
        ("anonymous", 404, 302),
        ("supplier", 404, 404),
        ("nobody-yet", 404, 404),
        ("other-town", 404, 404),
        ("viewer", 200, 403),
        ("bureau", 200, 403),
        ("town", 200, 403),
        ("editor", 200, 200),
        ("filling-in", 200, 200),
    ],
)
def test_a_draft_is_not_found_by_those_it_does_not_concern(
    site: Site, who: str, draft: int, edit: int
) -> None:
    need_id = site.made()
    client = site.client(who)
    assert client.get(f"/needs/{need_id}").status_code == draft
    assert client.get(f"/needs/{need_id}/edit").status_code == edit
    if edit in (403, 404):
        for path in ("autosave", "edit", "submit", "close", "copy", "invite"):
            assert client.post(f"/needs/{need_id}/{path}", data=dates(site)).status_code == edit, path
        assert site.need(need_id).title == "浸胶帘子布" and site.need(need_id).version == 1


def test_numbers_that_are_no_need_are_not_found(site: Site) -> None:
    client = site.client("editor")
    for number in ("0", "987654", "9" * 18, "9" * 30):
        for path in ("", "/edit", "/attachments/1"):
            assert client.get(f"/needs/{number}{path}").status_code == 404, number + path
        for path in ("/pause", "/close", "/autosave", "/copy"):
            assert client.post(f"/needs/{number}{path}").status_code == 404, number + path
    assert client.get("/needs/of-firm/987654").status_code == 200


def test_nothing_is_changed_without_the_forms_token(site: Site) -> None:
    need_id = site.made()
    site.app.config["WTF_CSRF_ENABLED"] = True
    client = site.client("editor")
    for path in POSTS:
        answer = client.post("/" + path.format(id=need_id), data={"title": "别的", "reason": "met"})
        assert answer.status_code == 400, path
    assert state_of(site.need(need_id), site.today) is State.DRAFT and count(site) == 1


def test_nothing_is_changed_by_looking(site: Site) -> None:
    need_id = site.made()
    client = site.client("editor")
    for path in POSTS:
        if path not in ("needs/new", "needs/{id}/edit"):
            assert client.get("/" + path.format(id=need_id)).status_code in (404, 405), path
    client.get("/needs/new")
    client.get(f"/needs/{need_id}/edit")
    assert count(site) == 1 and site.need(need_id).version == 1


# ---------------------------------------------------------------- writing
def test_a_need_is_written_submitted_and_withdrawn(site: Site) -> None:
    client = site.client("editor")
    answer = client.post("/needs/new", data=dates(site, action="save"))
    assert answer.status_code == 302 and answer.location.endswith("/edit")
    need = only(site)
    assert (need.title, need.firm_id, need.source) == ("浸胶帘子布", site.district.buyer, "self")
    page = client.get(answer.location).text
    assert "浸胶帘子布" in page and "草稿已保存" in page
    answer = client.post(f"/needs/{need.id}/edit", data=dates(site, action="submit", version="1", use="轮胎"))
    assert answer.location == f"/needs/{need.id}"
    assert state_of(site.need(need.id), site.today) is State.SUBMITTED and site.need(need.id).use == "轮胎"
    client.post(f"/needs/{need.id}/withdraw")
    assert state_of(site.need(need.id), site.today) is State.DRAFT


def test_staff_who_fill_in_are_marked(site: Site) -> None:
    site.client("filling-in").post("/needs/new", data=dates(site, action="save"))
    need = only(site)
    assert (need.firm_id, need.source) == (site.district.buyer, "staff")
    with site.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "need.create")).one()
        assert (entry.acting_for, entry.account_id) == (
            site.district.buyer,
            site.district.accounts["town"],
        )
    page = site.client("owner").get(f"/needs/{need.id}").text
    assert "主办单位代填" in page and "人员 town（代填）" in page


def test_a_person_of_several_firms_chooses_and_never_a_foreign_one(site: Site) -> None:
    from marketplace.firms.models import FirmMember  # the one test that adds a membership

    with site.database.unit_of_work() as session:
        session.add(
            FirmMember(
                firm_id=site.district.third,
                account_id=site.district.accounts["owner"],
                role="editor",
                joined_at=site.now,
            )
        )
    client = site.client("owner")
    page = client.get("/needs/new").text
    assert 'name="firm_id"' in page and "示例化纤厂" in page and "示例浸胶厂" not in page
    client.post("/needs/new", data=dates(site, firm_id=str(site.district.third)))
    assert only(site).firm_id == site.district.third
    for path in ("/needs/new", "/needs/autosave"):
        assert client.post(path, data=dates(site, firm_id=str(site.district.supplier))).status_code == 404
    assert count(site) == 1


def test_what_is_refused_comes_back_as_it_was_filled_in(site: Site) -> None:
    need_id = site.made()
    client = site.client("editor")
    typed = dates(
        site,
        action="submit",
        version="1",
        title="换",
        quantity="一批",
        description="保留这段话",
        payment_days="90",
        certificates="iso-9001",
        **{"specs-0-parameter": "断裂强力", "specs-0-operator": "ge", "specs-2-value": "215"},
    )
    answer = client.post(f"/needs/{need_id}/edit", data=typed)
    assert answer.status_code == 422
    page = answer.text
    for kept in ("一批", "保留这段话", 'value="断裂强力"', 'value="215"', 'value="90"'):
        assert kept in page, kept
    assert 'id="quantity-error"' in page and 'href="#quantity"' in page and "看不懂「一批」" in page
    assert site.need(need_id).version == 1, "nothing half is stored"
    answer = client.post(f"/needs/{need_id}/edit", data={**typed, "quantity": "12"})
    assert answer.status_code == 422
    assert 'id="specs-0-value-error"' in answer.text and 'id="specs-1-parameter-error"' in answer.text
    good = {**typed, "quantity": "12", "specs-0-value": "215", "specs-2-parameter": "宽度"}
    answer = client.post(f"/needs/{need_id}/edit", data=good)
    assert answer.status_code == 422
    for field in ("title", "quantity_unit", "payment_start"):
        assert f'id="{field}-error"' in answer.text
    need = site.need(need_id)
    assert need.title == "换" and len(need.specs) == 2, "a draft is kept, though it cannot be submitted yet"
    assert state_of(need, site.today) is State.DRAFT
    # The page carries the new version, so that mending and sending again goes through.
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version is not None and int(version[1]) == need.version
    mended = {**good, "title": "浸胶帘子布", "quantity_unit": "吨", "payment_start": "delivery"}
    answer = client.post(f"/needs/{need_id}/edit", data={**mended, "version": version[1]})
    assert answer.status_code == 302
    assert state_of(site.need(need_id), site.today) is State.SUBMITTED


def test_submitting_from_the_record_opens_the_form_where_something_is_missing(site: Site) -> None:
    need_id = site.made(title="换", description="")
    answer = site.client("editor").post(f"/needs/{need_id}/submit")
    assert answer.status_code == 422
    assert 'id="title-error"' in answer.text and 'id="description-error"' in answer.text
    assert f'action="/needs/{need_id}/edit"' in answer.text


def test_nobody_sets_a_column_by_sending_its_name(site: Site) -> None:
    need_id = site.made()
    before = site.need(need_id)
    columns = {column.name: getattr(before, column.name) for column in Need.__table__.columns}
    own = set(service.NeedContent.__dataclass_fields__)
    hostile = {name: "2020-01-01" for name in columns if name.endswith("_at")}
    hostile |= {"id": "99", "firm_id": "", "source": "sheet", "import_id": "7", "created_by": "1"}
    hostile |= {"close_reason": "met", "chain_key": "storage", "link_key": "x"}
    assert set(hostile) | own | {"version"} >= set(columns), "every column is sent"
    hostile.pop("firm_id")
    with_all = dates(site, version="1", chain_link="nylon/", **hostile)
    assert site.client("editor").post(f"/needs/{need_id}/edit", data=with_all).status_code == 302
    after = site.need(need_id)
    changed = {name for name, value in columns.items() if getattr(after, name) != value}
    assert changed <= {"description", "valid_until", "version", "updated_at"}, changed
    site.client("editor").post("/needs/new", data=with_all)
    with site.database.reading() as session:
        new = session.scalars(select(Need).where(Need.id != need_id)).one()
        assert state_of(new, site.today) is State.DRAFT
        assert (new.firm_id, new.source, new.import_id) == (site.district.buyer, "self", None)
        assert new.created_by == site.district.accounts["editor"]


def test_somebody_elses_change_is_shown_and_not_overwritten(site: Site) -> None:
    need_id = site.made()
    one, other = site.client("owner"), site.client("editor")
    one.post(f"/needs/{need_id}/edit", data=dates(site, version="1", title="浸胶帆布", lead_time_days="45"))
    answer = other.post(f"/needs/{need_id}/edit", data=dates(site, version="1", use="我写的应用场景"))
    assert answer.status_code == 422
    assert "我写的应用场景" in answer.text and "浸胶帆布" in answer.text and "45" in answer.text
    assert site.need(need_id).title == "浸胶帆布" and site.need(need_id).use == ""
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version is not None and version[1] == "2"
    answer = other.post(f"/needs/{need_id}/edit", data=dates(site, version="2", use="我写的应用场景"))
    assert answer.status_code == 302 and site.need(need_id).use == "我写的应用场景"


# ---------------------------------------------------------------- autosave
def test_autosave_makes_one_draft_and_goes_on_with_it(site: Site) -> None:
    client = site.client("editor")
    untouched = {
        "type_key": "procurement",
        "procedure": "undecided",
        "visibility": "verified",
        "splitting_accepted": "y",
        "valid_until": (site.today + timedelta(days=90)).isoformat(),
    }
    assert client.post("/needs/autosave", data=untouched).status_code == 204
    assert count(site) == 0
    said = client.post("/needs/autosave", data={**untouched, "title": "浸"}).get_json()
    need = only(site)
    assert (
        said["page_url"] == f"/needs/{need.id}/edit" and said["autosave_url"] == f"/needs/{need.id}/autosave"
    )
    assert said["version"] == 1 and re.fullmatch(r"\d\d:\d\d", said["saved_at"])
    answer = client.post(said["autosave_url"], data={**untouched, "title": "浸胶", "version": "1"})
    assert answer.get_json()["version"] == 2
    assert (
        client.post(said["autosave_url"], data={**untouched, "title": "浸胶", "version": "2"}).get_json()[
            "version"
        ]
        == 2
    )
    assert count(site) == 1 and only(site).title == "浸胶"


def test_autosave_stops_when_somebody_else_was_faster_and_says_what_it_cannot_read(site: Site) -> None:
    need_id = site.made()
    client = site.client("editor")
    answer = client.post(f"/needs/{need_id}/autosave", data=dates(site, version="0", title="别人的"))
    assert answer.status_code == 409 and answer.get_json()["version"] == 1
    assert "保存草稿" in answer.get_json()["problem"]
    for wrong in ({"quantity": "一批"}, {"specs-0-parameter": "强度"}, {"lead_time_days": "-1"}):
        answer = client.post(f"/needs/{need_id}/autosave", data=dates(site, version="1", **wrong))
        assert answer.status_code == 422 and answer.get_json()["problem"].startswith("暂未自动保存")
    assert site.need(need_id).version == 1
    site.client("editor").post(f"/needs/{need_id}/submit")
    answer = client.post(f"/needs/{need_id}/autosave", data=dates(site, version="1", title="偷偷改"))
    assert answer.status_code == 409 and site.need(need_id).title == "浸胶帘子布"


# ---------------------------------------------------------------- steps
def test_steps_are_taken_from_the_record_and_the_list(site: Site) -> None:
    need_id = site.published(visibility="public")
    client = site.client("editor")

    def state() -> State:
        return state_of(site.need(need_id), site.today)

    assert client.post(f"/needs/{need_id}/pause", data={"next": "/needs/mine?state=published"}).location == (
        "/needs/mine?state=published"
    )
    assert state() is State.PAUSED
    assert client.post(f"/needs/{need_id}/pause").location == f"/needs/{need_id}"
    assert "不能暂停" in client.get(f"/needs/{need_id}").text
    client.post(f"/needs/{need_id}/resume", data={"next": "https://elsewhere.example/"})
    assert state() is State.PUBLISHED
    until = (site.today + timedelta(days=120)).isoformat()
    client.post(f"/needs/{need_id}/renew", data={"valid_until": until})
    assert site.need(need_id).valid_until is not None and site.need(need_id).valid_until.isoformat() == until
    for wrong in ("", "soon", "2020-01-01"):
        client.post(f"/needs/{need_id}/renew", data={"valid_until": wrong})
        assert site.need(need_id).valid_until.isoformat() == until  # type: ignore[union-attr]
    client.post(f"/needs/{need_id}/close", data={"reason": "bored"})
    assert state() is State.PUBLISHED
    client.post(f"/needs/{need_id}/close", data={"reason": "met"})
    assert state() is State.CLOSED and "撤销关闭" in client.get(f"/needs/{need_id}").text
    client.post(f"/needs/{need_id}/reopen")
    assert state() is State.PUBLISHED
    assert client.post(f"/needs/{need_id}/revise").location == f"/needs/{need_id}/edit"
    assert state() is State.DRAFT
    copy = client.post(f"/needs/{need_id}/copy").location
    assert copy.endswith("/edit") and str(need_id) not in copy
    assert client.get(copy).status_code == 200


@pytest.mark.parametrize("who", ["editor", "viewer", "bureau", "supplier", "anonymous"])
def test_only_those_who_may_take_a_step_are_shown_it(site: Site, who: str) -> None:
    need_id = site.published(visibility="public")
    page = site.client(who).get(f"/needs/{need_id}").text
    assert (f'action="/needs/{need_id}/pause"' in page) == (who == "editor")
    assert ("经过" in page) == (who in ("editor", "viewer", "bureau"))


# ---------------------------------------------------------------- lists
def test_ones_own_needs_by_state(site: Site) -> None:
    site.made(title="草稿里的轧辊")
    site.published(title="已发布的帘布")
    page = site.client("viewer").get("/needs/mine").text
    assert "草稿里的轧辊" in page and "已发布的帘布" in page and "/needs/new" not in page
    page = site.client("editor").get("/needs/mine?state=draft").text
    assert "草稿里的轧辊" in page and "已发布的帘布" not in page and "/needs/new" in page
    assert "这一类里没有需求" in site.client("editor").get("/needs/mine?state=paused").text
    assert "草稿里的轧辊" not in site.client("supplier").get("/needs/mine").text
    assert "还没有需求" in site.client("supplier").get("/needs/mine").text
    assert "代填" in site.client("bureau").get("/needs/mine").text
    assert "登记或认领" in site.client("nobody-yet").get("/needs/mine").text
    assert site.client("editor").get("/needs/mine?state=nonsense&before=x").status_code == 200


def test_lists_cost_the_same_however_long_they_are(site: Site) -> None:
    client = site.client("editor")
    paths = ("/needs/mine", f"/needs/of-firm/{site.district.buyer}")
    site.published(visibility="public")
    first = [site.count_queries(client, path) for path in paths]
    for number in range(2):
        site.published(visibility="public", title=f"另一条需求 {number}", certificates=("iso-9001",))
    assert [site.count_queries(client, path) for path in paths] == first


def test_pages_go_on_by_key(site: Site) -> None:
    for number in range(27):
        site.made(title=f"需求第{number:02}号")
    client = site.client("editor")
    page = client.get("/needs/mine").text
    assert "需求第26号" in page and "需求第01号" not in page
    link = re.search(r'href="(/needs/mine\?before=\d+)"', page)
    assert link is not None
    page = client.get(link[1]).text
    assert "需求第01号" in page and "需求第00号" in page and "需求第02号" not in page


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
                session, owner, store, need.id, f"{BUYER}图纸.pdf", PDF, confidentiality=kind, now=site.now
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
