"""The pages of capabilities: writing, autosave, mass assignment, steps, photos, and what whom they show."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.capabilities import service
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.models import Capability, CapabilityVersion
from marketplace.core.actor import Actor
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.core.lifecycle import state_of

from .house import CONTENT, MACHINE, NOW, TODAY, Counter, capability, firm, member, picture
from .site import visitor


@pytest.fixture
def owner(database: Database) -> Actor:
    with database.unit_of_work() as session:
        return member(session, firm(session, 1).id)


@pytest.fixture
def client(site: Flask, owner: Actor) -> FlaskClient:
    return visitor(site, owner)


def firm_id(actor: Actor) -> int:
    return next(iter(actor.firm_ids))


def made(database: Database, firm_of: int, upto: str = "draft", content: CapabilityContent = CONTENT) -> int:
    with database.unit_of_work() as session:
        return capability(session, firm_of, content, upto=upto).id


def stored(database: Database, capability_id: int) -> Capability:
    with database.reading() as session:
        return session.get_one(Capability, capability_id)


def only_one(database: Database) -> Capability:
    with database.reading() as session:
        return session.scalars(select(Capability)).one()


def send(client: FlaskClient, path: str, **fields: Any) -> Any:
    return client.post(path, data=fields, content_type="multipart/form-data")


def test_a_name_and_a_sentence_are_enough(client: FlaskClient, database: Database) -> None:
    assert client.get("/capabilities/mine").text.count("写第一条能力") == 1
    answer = send(client, "/capabilities/new", product="大型铸锻件", sentence="单件 60 吨", action="submit")
    assert answer.status_code == 302
    one = only_one(database)
    assert (one.product, one.sentence, str(state_of(one, TODAY))) == ("大型铸锻件", "单件 60 吨", "submitted")
    assert "已提交" in client.get(answer.location).text


def test_only_the_forms_fields_are_taken(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        foreign = firm(session, 2).id
    evil = {
        "firm_id": str(foreign),
        "published_at": "2026-01-01",
        "submitted_at": "2026-01-01",
        "source": "sheet",
        "import_id": "9",
        "confirmed_on": "2030-01-01",
        "version": "99",
        "id": "77",
        "created_by": "1",
    }
    answer = send(client, "/capabilities/new", product="锻件", action="save", **evil)
    assert answer.status_code == 422, "a foreign firm is no choice"
    evil.pop("firm_id")
    assert send(client, "/capabilities/new", product="锻件", action="save", **evil).status_code == 302
    one = only_one(database)
    assert (one.published_at, one.submitted_at, one.import_id) == (None, None, None)
    assert (one.source, one.version) == ("self", 1)
    assert one.confirmed_on == utc_now().date() or one.confirmed_on is not None
    assert one.id != 77 and one.firm_id != foreign


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": "invited"},
        {"chain_link": "moon/dust"},
        {"certificates": "no-such"},
        {"types": "war"},
        {"divisions": "999999"},
        {"payment_days": "soon"},
        {"payment_days": "99999"},
    ],
)
def test_what_the_lists_do_not_offer_is_refused(
    client: FlaskClient, database: Database, fields: dict[str, str]
) -> None:
    answer = send(client, "/capabilities/new", product="锻件", action="save", **fields)
    assert answer.status_code == 422
    with database.reading() as session:
        assert session.scalars(select(Capability)).all() == []


def test_everything_that_was_typed_comes_back(client: FlaskClient, database: Database) -> None:
    fields = {
        "product": "尼龙66工业丝",
        "sentence": "高强低缩",
        "description": "第一行\r\n第二行",
        "capacity": "１，２００.5",
        "capacity_unit": "吨",
        "capacity_period": "year",
        "moq": "1",
        "moq_unit": "吨",
        "lead_time_days": "0",
        "standards": "GB/T 16422.2\nGB/T 14344、FZ/T 54030",
        "certificates": "iso-9001",
        "types": "processing",
        "chain_link": "nylon/nylon-compounds",
        "visibility": "verified",
        "specs-0-parameter": "断裂强度",
        "specs-0-operator": "range",
        "specs-0-value": "8.8",
        "specs-0-value_high": "9.2",
        "specs-0-unit": "cN/dtex",
    }
    answer = send(client, "/capabilities/new", action="save", **fields)
    assert answer.status_code == 302, answer.text
    page = client.get(answer.location).text
    for typed in ("尼龙66工业丝", "第一行\n第二行", "1200.5", "8.8", "9.2", "FZ/T 54030"):
        assert typed in page
    assert re.search(r'<option[^>]*selected[^>]*value="nylon/nylon-compounds"', page)
    record = client.get(f"/capabilities/{only_one(database).id}").text
    for shown in ("1,200.5 吨", "现货", "8.8～9.2 cN/dtex", "FZ/T 54030", "第二行"):
        assert shown in record


def test_what_a_supplier_wishes_is_kept_and_the_term_it_can_wait_is_its_own(
    client: FlaskClient, database: Database, owner: Actor, site: Flask
) -> None:
    fields = {"product": "锻件", "divisions": ["410400", "320000"], "payment_days": "60"}
    answer = send(client, "/capabilities/new", action="submit", **fields)
    assert answer.status_code == 302, answer.text
    number = only_one(database).id
    with database.unit_of_work() as session:
        kept = session.scalars(select(CapabilityVersion)).one().content
        assert (kept["divisions"], kept["payment_days"]) == (["320000", "410400"], 60)
        service.publish(session, MACHINE, number, now=NOW)
    own, others = (
        client.get(f"/capabilities/{number}").text,
        visitor(site).get(f"/capabilities/{number}").text,
    )
    for served in ("平顶山市", "江苏省"):
        assert served in own and served in others
    assert "最长能接受的账期" in own and "60 天" in own
    assert "账期" not in others and "60 天" not in others


def test_a_place_far_away_stays_chosen(client: FlaskClient, database: Database, owner: Actor) -> None:
    """A county of another city is no choice of the list; one that is on record stays."""
    content = CapabilityContent(product="锻件", divisions=("320583", "410400"), payment_days=0)
    number = made(database, firm_id(owner), content=content)
    page = client.get(f"/capabilities/{number}/edit").text
    assert re.search(r'<option[^>]*selected[^>]*value="320583"', page)
    answer = send(
        client,
        f"/capabilities/{number}/edit",
        product="锻件",
        divisions=["320583"],
        payment_days="0",
        action="save",
    )
    assert answer.status_code == 302
    with database.reading() as session:
        kept = session.get_one(Capability, number)
        assert ([row.code for row in kept.divisions], kept.payment_days) == (["320583"], 0)


def test_a_refused_number_keeps_what_was_typed(client: FlaskClient, database: Database) -> None:
    answer = send(client, "/capabilities/new", product="锻件", capacity="很多", action="submit")
    assert answer.status_code == 422 and "看不懂「很多」" in answer.text and 'value="很多"' in answer.text
    answer = send(client, "/capabilities/new", product="锻件", capacity="12", action="submit")
    assert answer.status_code == 422 and "还缺单位" in answer.text
    one = only_one(database)
    assert str(state_of(one, TODAY)) == "draft", (
        "what could be saved is saved, what is incomplete is not handed over"
    )
    assert f'action="/capabilities/{one.id}/edit"' in answer.text


def test_two_people_at_once(client: FlaskClient, database: Database, owner: Actor) -> None:
    number = made(database, firm_id(owner))
    with database.unit_of_work() as session:
        service.save(
            session, MACHINE, number, CapabilityContent(product="别人改的", standards=("X",)), now=utc_now()
        )
    path = f"/capabilities/{number}/edit"
    answer = send(client, path, product="我改的", sentence="我的", version="1", action="save")
    assert answer.status_code == 409
    assert "别人刚保存过" in answer.text and "别人改的" in answer.text and 'value="我改的"' in answer.text
    assert stored(database, number).product == "别人改的"
    # Looked at and sent once more: now it counts.
    assert send(client, path, product="我改的", version="2", action="save").status_code == 302
    assert stored(database, number).product == "我改的"
    stale = send(client, f"/capabilities/{number}/autosave", product="更晚", version="2")
    assert stale.status_code == 409 and stale.json["problem"]


def test_autosave_makes_one_draft_and_follows_it(client: FlaskClient, database: Database) -> None:
    nothing = send(client, "/capabilities/new/autosave", sentence="还没有名称")
    assert nothing.status_code == 422 and "名称" in nothing.json["problem"]
    first = send(client, "/capabilities/new/autosave", product="锻件")
    assert first.status_code == 200
    number = only_one(database).id
    assert first.json["page_url"] == f"/capabilities/{number}/edit"
    again = send(
        client,
        first.json["autosave_url"],
        product="锻件",
        sentence="单件 60 吨",
        version=first.json["version"],
    )
    assert again.json["version"] == first.json["version"] + 1
    assert only_one(database).sentence == "单件 60 吨"
    # The page began as a new one and still names its firm.
    more = {"version": again.json["version"], "firm_id": str(only_one(database).firm_id)}
    assert send(client, first.json["autosave_url"], product="锻件", moq="1", **more).status_code == 200
    unread = send(client, first.json["autosave_url"], product="锻件", moq="一些")
    assert unread.status_code == 422 and "一些" in unread.json["problem"]


def test_rows_read_from_a_text_are_shown_and_not_saved(client: FlaskClient, database: Database) -> None:
    fields = {
        "product": "锻件",
        "specs-0-parameter": "硬度",
        "specs-0-value": "200",
        "specs-0-operator": "ge",
    }
    answer = send(client, "/capabilities/new", read_text="抗拉强度≥1080MPa", action="read", **fields)
    assert answer.status_code == 200
    assert (
        'value="硬度"' in answer.text and 'value="1080"' in answer.text and "从文字中读出 1 行" in answer.text
    )
    with database.reading() as session:
        assert session.scalars(select(Capability)).all() == []
    nothing = send(client, "/capabilities/new", read_text="质量第一", action="read")
    assert "没有读出带数字的指标" in nothing.text


def test_photos_on_the_form(client: FlaskClient, database: Database, site: Flask) -> None:
    upload = (BytesIO(picture("PNG")), "车间.png")
    answer = send(client, "/capabilities/new", product="锻件", action="save", photos=[upload])
    number = only_one(database).id
    assert answer.location == f"/capabilities/{number}/edit"
    (address,) = re.findall(rf'src="(/capabilities/{number}/photos/\d+)"', client.get(answer.location).text)
    shown = client.get(address)
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"].startswith("private")
    assert visitor(site).get(address).status_code == 404
    wrong = send(
        client, f"/capabilities/{number}/edit", product="锻件二", action="save", version="1",
        photos=[(BytesIO(b"\xff\xd8\xffnothing"), "坏图.jpg")],
    )  # fmt: skip
    assert wrong.status_code == 422 and "图片打不开" in wrong.text
    assert only_one(database).product == "锻件二", "the text is kept even where a picture is not"
    fragment = client.post(f"{address}/remove", headers={"HX-Request": "true"})
    assert fragment.status_code == 200 and "<html" not in fragment.text
    assert client.get(address).status_code == 404


def test_foreign_pages_do_not_exist(site: Flask, database: Database, owner: Actor) -> None:
    number = made(database, firm_id(owner))
    with database.unit_of_work() as session:
        stranger = member(session, firm(session, 2).id)
        viewer = member(session, firm_id(owner), "viewer")
    paths = [f"/capabilities/{number}", f"/capabilities/{number}/edit"]
    assert [visitor(site, stranger).get(path).status_code for path in paths] == [404, 404]
    assert [visitor(site, viewer).get(path).status_code for path in paths] == [200, 403]
    assert visitor(site).get(paths[0]).status_code == 404
    assert visitor(site).get(paths[1]).status_code == 302, "signing in comes first"
    for step in ("submit", "withdraw", "pause", "resume", "revise", "close", "reopen", "confirm"):
        assert visitor(site, stranger).post(f"{paths[0]}/{step}").status_code == 404
        assert visitor(site, viewer).post(f"{paths[0]}/{step}").status_code == 403
        assert visitor(site, viewer).get(f"{paths[0]}/{step}").status_code == 405


def test_the_steps_from_the_pages(client: FlaskClient, database: Database, owner: Actor) -> None:
    number = made(database, firm_id(owner), "published")
    for step, state in (
        ("pause", "paused"),
        ("resume", "published"),
        ("close", "closed"),
        ("reopen", "published"),
        ("revise", "draft"),
        ("submit", "submitted"),
        ("withdraw", "draft"),
    ):
        answer = client.post(f"/capabilities/{number}/{step}", data={"reason": "other"})
        assert answer.status_code == 302, step
        assert str(state_of(stored(database, number), TODAY)) == state
    away = client.post(f"/capabilities/{number}/confirm?next=//evil.example/")
    assert away.location == "/"
    illegal = client.post(f"/capabilities/{number}/pause", follow_redirects=True)
    assert "不能暂停" in illegal.text


def test_hints_and_history_are_for_the_firm_alone(site: Flask, database: Database, owner: Actor) -> None:
    number = made(database, firm_id(owner), "published")
    inside, outside = (
        visitor(site, owner).get(f"/capabilities/{number}"),
        visitor(site).get(f"/capabilities/{number}"),
    )
    for words in ("完整度", "经过", "采购方最常问的"):
        assert words in inside.text and words not in outside.text
    assert "断裂强度" in outside.text and "未登记证书" in outside.text


def test_the_firms_fragment_shows_what_its_reader_may_see(
    site: Flask, database: Database, owner: Actor
) -> None:
    made(database, firm_id(owner), "published", CapabilityContent(product="公开的锻件"))
    made(database, firm_id(owner), "draft", CapabilityContent(product="草稿锻件"))
    path = f"/capabilities/of-firm/{firm_id(owner)}"
    assert "公开的锻件" in visitor(site).get(path).text and "草稿锻件" not in visitor(site).get(path).text
    assert "草稿锻件" in visitor(site, owner).get(path).text


@pytest.mark.parametrize("path", ["/capabilities/mine", "/capabilities/of-firm/{firm}"])
def test_lists_ask_as_much_for_three_as_for_one(
    site: Flask, database: Database, owner: Actor, client: FlaskClient, path: str
) -> None:
    counts = []
    engine = site.extensions["lianqiao.database"].engine
    address = path.format(firm=firm_id(owner))
    for more in (1, 2):
        for _ in range(more):
            made(database, firm_id(owner), "published")
        client.get(address)
        with Counter(engine) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_both_languages(site: Flask, database: Database, owner: Actor, locale: str) -> None:
    content = CapabilityContent(
        product="Forgings", sentence="Up to 60 t", confirmed_on=TODAY.replace(year=2025)
    )
    number = made(database, firm_id(owner), "published", content)
    draft = made(database, firm_id(owner), "draft", content)
    reader = visitor(site, owner, locale)
    for path in (
        "/capabilities/mine",
        "/capabilities/new",
        f"/capabilities/{number}",
        f"/capabilities/{draft}/edit",
    ):
        page = reader.get(path)
        assert page.status_code == 200
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)
        if locale == "en":
            main = page.text.partition("<main")[2].partition("</main>")[0]
            # Industries and most divisions have Chinese names alone, units are those of the sheets, the firm has one name only.
            chinese = r'<select[^>]*id="(?:industry_code|divisions)".*?</select>|<datalist.*?</datalist>|示例材料 \d 号有限公司'
            main = re.sub(chinese, "", main, flags=re.S)
            assert re.findall(r"[\u4e00-\u9fff]+", main) == [], path


def test_a_person_without_a_firm_is_told_where_to_begin(site: Flask, database: Database) -> None:
    from .house import account

    with database.unit_of_work() as session:
        nobody = Actor(account_id=account(session, "newcomer"))
    reader = visitor(site, nobody)
    assert "还没有加入企业" in reader.get("/capabilities/mine").text
    assert "先登记或认领企业" in reader.get("/capabilities/new").text
    assert reader.post("/capabilities/new/autosave", data={"product": "锻件"}).status_code == 403
