"""Pages of needs: who gets which, what comes back when something is refused, steps and lists."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEntry
from marketplace.core.lifecycle import State, state_of
from marketplace.needs import rules, service
from marketplace.needs.models import Need
from tests.integration.needs.district import Site
from tests.integration.needs.sent import count, dates, only

POSTS = (
    "needs/new needs/autosave needs/{id}/edit needs/{id}/autosave needs/{id}/submit needs/{id}/withdraw "
    "needs/{id}/pause needs/{id}/resume needs/{id}/revise needs/{id}/reopen needs/{id}/renew needs/{id}/close "
    "needs/{id}/copy needs/{id}/invite needs/{id}/uninvite/1 needs/{id}/attachments/1/remove "
    "needs/{id}/attachments/1/ask needs/{id}/attachments/1/release/1"
).split()


def untouched(site: Site, **more: str) -> dict[str, str]:
    """What the empty form sends, and what somebody wrote into it."""
    return {
        "type_key": "procurement",
        "procedure": "undecided",
        "visibility": "verified",
        "splitting_accepted": "y",
        "valid_until": (site.today + timedelta(days=90)).isoformat(),
        **more,
    }


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


def test_a_new_need_may_be_written_after_an_earlier_one(site: Site) -> None:
    client = site.client("editor")
    assert "照着以前的需求写" not in client.get("/needs/new").text
    need_id = site.published()
    page = client.get("/needs/new").text
    assert "照着以前的需求写" in page and f'action="/needs/{need_id}/copy"' in page
    answer = client.post(f"/needs/{need_id}/copy")
    assert answer.status_code == 302 and answer.location.endswith("/edit")
    with site.database.reading() as session:
        first, copied = session.scalars(select(Need).order_by(Need.id))
    assert (copied.title, copied.submitted_at) == (first.title, None)
    assert copied.valid_until == site.today + rules.USUAL_VALIDITY
    assert f"/needs/{need_id}/copy" not in site.client("supplier").get("/needs/new").text


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


def test_an_empty_form_that_is_submitted_says_what_is_missing_and_leaves_no_draft(site: Site) -> None:
    client = site.client("editor")
    answer = client.post("/needs/new", data=untouched(site, action="submit"))
    assert answer.status_code == 422 and 'id="title-error"' in answer.text
    assert count(site) == 0
    answer = client.post("/needs/new", data=untouched(site, action="submit", use="轮胎"))
    assert answer.status_code == 422 and 'id="title-error"' in answer.text
    assert only(site).use == "轮胎", "what was written is kept"


# ---------------------------------------------------------------- autosave
def test_autosave_makes_one_draft_and_goes_on_with_it(site: Site) -> None:
    client = site.client("editor")
    assert client.post("/needs/autosave", data=untouched(site)).status_code == 204
    assert count(site) == 0
    said = client.post("/needs/autosave", data=untouched(site, title="浸")).get_json()
    need = only(site)
    assert (
        said["page_url"] == f"/needs/{need.id}/edit" and said["autosave_url"] == f"/needs/{need.id}/autosave"
    )
    assert said["version"] == 1 and re.fullmatch(r"\d\d:\d\d", said["saved_at"])
    for version in ("1", "2"):  # the second says what is saved already
        answer = client.post(said["autosave_url"], data=untouched(site, title="浸胶", version=version))
        assert answer.get_json()["version"] == 2
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
