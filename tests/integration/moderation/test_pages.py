"""The desk as an officer meets it, and the reasons as the owner does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.capabilities import service as capabilities
from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor
from marketplace.core.db import Database
from marketplace.core.lifecycle import state_of
from marketplace.moderation import service
from marketplace.moderation.rules import CHECKLIST
from tests.integration.capabilities.house import (
    CONTENT,
    MACHINE,
    NOW,
    TODAY,
    Counter,
    capability,
    firm,
    member,
    need,
    officer,
)
from tests.integration.capabilities.site import visitor

TICKS = {f"check-{line}": "y" for line in CHECKLIST["capability"]}


@pytest.fixture
def clerk(database: Database) -> Actor:
    with database.unit_of_work() as session:
        return officer(session)


@pytest.fixture
def desk(site: Flask, clerk: Actor) -> FlaskClient:
    return visitor(site, clerk)


def listed(
    database: Database, number: int = 1, product: str = "大型铸锻件", description: str = "自有热处理。"
) -> int:
    with database.unit_of_work() as session:
        content = replace(CONTENT, product=product, description=description)
        return capability(session, firm(session, number).id, content).id


def state(database: Database, number: int) -> str:
    with database.reading() as session:
        return str(state_of(session.get_one(Capability, number), TODAY))


def test_the_desk_is_the_bureaus(site: Flask, database: Database, clerk: Actor) -> None:
    number = listed(database)
    with database.unit_of_work() as session:
        people = {
            404: member(session, session.get_one(Capability, number).firm_id),
            403: officer(session, "town-clerk", "town"),
            200: clerk,
        }
    pages = ("/moderation/", f"/moderation/capability/{number}", "/moderation/decisions")
    for status, actor in people.items():
        assert [visitor(site, actor).get(page).status_code for page in pages] == [status] * 3
    assert [visitor(site).get(page).status_code for page in pages] == [302] * 3
    for status in (404, 403):
        reader = visitor(site, people[status])
        for path in (f"{pages[1]}/publish", f"{pages[1]}/return", "/moderation/batch"):
            assert reader.post(path, data={**TICKS, "version": "1"}).status_code == status
    assert state(database, number) == "submitted"


def test_publishing_leads_on_to_the_next(desk: FlaskClient, database: Database) -> None:
    first, second = listed(database, 1), listed(database, 2, "液压缸")
    page = desk.get(f"/moderation/capability/{first}").text
    assert "大型铸锻件" in page and page.count("data-queue-item") == 2
    answer = desk.post(f"/moderation/capability/{first}/publish", data={**TICKS, "version": "1"})
    assert answer.status_code == 302 and answer.location == f"/moderation/capability/{second}"
    assert "已发布「大型铸锻件」" in desk.get(answer.location).text
    assert state(database, first) == "published"
    answer = desk.post(f"/moderation/capability/{second}/publish", data={**TICKS, "version": "1"})
    assert "现在没有待审的内容" in desk.get(answer.location).text
    assert "大型铸锻件" in desk.get("/moderation/decisions").text


def test_one_tick_publishes_what_nothing_was_found_in(desk: FlaskClient, database: Database) -> None:
    number = listed(database)
    page = desk.get(f"/moderation/capability/{number}").text
    assert 'id="check-all"' in page and re.search(r'<details class="checklist">', page)
    desk.post(f"/moderation/capability/{number}/publish", data={"check-all": "y", "version": "1"})
    assert state(database, number) == "published"


def test_a_missing_tick_is_named_at_its_box(desk: FlaskClient, database: Database) -> None:
    number = listed(database)
    ticks = {name: value for name, value in TICKS.items() if name != "check-evidence"}
    answer = desk.post(f"/moderation/capability/{number}/publish", data={**ticks, "version": "1"})
    assert answer.status_code == 422
    assert 'href="#check-evidence"' in answer.text and 'id="check-evidence-error"' in answer.text
    assert len(re.findall(r'id="check-(?:plain|no_contact)"[^>]* checked', answer.text)) == 2
    assert state(database, number) == "submitted"


def test_a_page_that_is_old_or_says_nothing_decides_nothing(desk: FlaskClient, database: Database) -> None:
    number = listed(database)
    with database.unit_of_work() as session:
        capabilities.withdraw(session, MACHINE, number, now=NOW)
        capabilities.save(session, MACHINE, number, replace(CONTENT, product="换了的产品"), now=NOW)
        capabilities.submit(session, MACHINE, number, now=NOW)
    for version in ("1", "", "x"):
        answer = desk.post(f"/moderation/capability/{number}/publish", data={**TICKS, "version": version})
        assert answer.status_code == 409
        assert "企业刚改过这一条" in answer.text and "换了的产品" in answer.text
    assert state(database, number) == "submitted"
    assert (
        desk.post(f"/moderation/capability/{number}/publish", data={**TICKS, "version": "2"}).status_code
        == 302
    )
    again = desk.post(f"/moderation/capability/{number}/return", data={"reasons": "unclear", "version": "2"})
    assert again.status_code == 409 and "已经不在待审队列" in again.text


def test_what_was_found_is_said_and_marked(desk: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        made = need(
            session, firm(session, 1).id, anonymous=True, description="请联系 138 0375 1234 <b>王工</b>"
        )
        number = made.id
    page = desk.get(f"/moderation/need/{number}").text
    assert '<mark class="found-mobile">138 0375 1234</mark>' in page
    assert "描述里有手机号「138 0375 1234」" in page and "不能发布" in page
    assert "&lt;b&gt;王工" in page
    ticks = {f"check-{line}": "y" for line in CHECKLIST["need"]}
    answer = desk.post(f"/moderation/need/{number}/publish", data={**ticks, "version": "1"})
    assert answer.status_code == 422 and "描述里有手机号" in answer.text


def test_the_owner_reads_why_and_others_do_not(site: Flask, desk: FlaskClient, database: Database) -> None:
    number = listed(database)
    answer = desk.post(f"/moderation/capability/{number}/return", data={"version": "1"})
    assert answer.status_code == 422 and "请至少选一个退回原因" in answer.text
    data = {"version": "1", "reasons": ["unclear", "other"], "note": "请写清<b>尺寸</b>"}
    assert desk.post(f"/moderation/capability/{number}/return", data=data).status_code == 302
    with database.unit_of_work() as session:
        owner = member(session, session.get_one(Capability, number).firm_id)
        stranger = member(session, firm(session, 2).id)
    path = f"/moderation/capability/{number}/reasons"
    fragment = visitor(site, owner).get(path).text
    assert "内容不清楚" in fragment and "请写清&lt;b&gt;尺寸&lt;/b&gt;" in fragment
    assert "officer" not in fragment, "who decided is the bureau's own affair"
    assert visitor(site, stranger).get(path).status_code == 404
    assert visitor(site).get(path).status_code == 404
    assert path in visitor(site, owner).get(f"/capabilities/{number}").text
    with database.unit_of_work() as session:
        capabilities.submit(session, MACHINE, number, now=NOW)
    assert "内容不清楚" not in visitor(site, owner).get(path).text


def test_a_batch_from_the_desk(desk: FlaskClient, database: Database) -> None:
    clean, flagged = listed(database, 1), listed(database, 2, "液压缸", "加微信详谈")
    page = desk.get("/moderation/?only=capability").text
    assert f'value="{clean}-1"' in page and f'value="{flagged}-1"' not in page, (
        "only clean ones can be chosen"
    )
    data = {"kind": "capability", "chosen": [f"{clean}-1", f"{flagged}-1", "junk", "7-"], **TICKS}
    answer = desk.post("/moderation/batch", data=data, follow_redirects=True)
    assert "已发布 1 条" in answer.text and "1 条没有发布（液压缸）：有提示项" in answer.text
    assert (state(database, clean), state(database, flagged)) == ("published", "submitted")
    assert "请先筛选" in desk.post("/moderation/batch", data={"kind": "both"}, follow_redirects=True).text


def test_a_batch_that_is_refused_keeps_what_was_ticked(desk: FlaskClient, database: Database) -> None:
    first, second = listed(database, 1), listed(database, 2, "液压缸")
    ticked, some = [f"{first}-1"], dict.fromkeys(list(TICKS)[:1], "y")
    for sent in ({"chosen": ticked, **some}, {**TICKS}):
        answer = desk.post("/moderation/batch?only=capability", data={"kind": "capability", **sent})
        assert answer.status_code == 422 and 'role="alert"' in answer.text
        boxes = re.findall(r'name="chosen" value="([^"]+)" data-batch-item( checked)?', answer.text)
        assert sorted(value for value, on in boxes if on) == sent.get("chosen", [])
        assert len(boxes) == 2
        checks = re.findall(r'id="batch-\w+" name="(check-\w+)" value="y"( checked)?', answer.text)
        assert [name for name, on in checks if on] == [name for name in TICKS if name in sent]
        assert 'id="check-plain" name="check-plain" value="y" checked' not in answer.text, (
            "the record beside it was confirmed by nobody"
        )
    assert {state(database, first), state(database, second)} == {"submitted"}
    capabilities_again = desk.post(
        "/moderation/batch", data={"kind": "capability", "chosen": f"{first}-9", **TICKS}
    )
    assert capabilities_again.status_code == 302


def test_all_of_a_page_can_be_chosen_where_there_is_something_to_choose(
    desk: FlaskClient, database: Database
) -> None:
    listed(database, 1, "液压缸", "加微信详谈")
    everything = 'data-batch-all data-desk-key="a"'
    assert everything not in desk.get("/moderation/?only=capability").text
    listed(database, 2)
    assert everything in desk.get("/moderation/?only=capability").text
    assert everything not in desk.get("/moderation/").text


def test_the_desk_asks_as_much_for_three_as_for_one(
    site: Flask, desk: FlaskClient, database: Database
) -> None:
    engine = site.extensions["lianqiao.database"].engine
    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            listed(database, number)
        desk.get("/moderation/")
        with Counter(engine) as asked:
            assert desk.get("/moderation/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_decisions_ask_as_much_for_three_as_for_one(
    site: Flask, desk: FlaskClient, database: Database, clerk: Actor
) -> None:
    engine = site.extensions["lianqiao.database"].engine
    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            made = listed(database, number)
            with database.unit_of_work() as session:
                service.return_(session, clerk, "capability", made, reasons=["unclear"], note=None, now=NOW)
        with Counter(engine) as asked:
            assert desk.get("/moderation/decisions").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "key",
    ["", "~~", "2026~need~1", "2026-11-23T04:00:00~need~1", "x~need~y", "2026-11-23T04:00:00+00:00~firm~1"],
)
def test_a_broken_place_in_the_queue_is_its_beginning(
    desk: FlaskClient, database: Database, key: str
) -> None:
    listed(database)
    assert "大型铸锻件" in desk.get("/moderation/", query_string={"behind": key}).text


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_both_languages(site: Flask, database: Database, clerk: Actor, locale: str) -> None:
    with database.unit_of_work() as session:
        owner = firm(session, 1).id
        number = capability(
            session,
            owner,
            replace(
                CONTENT,
                product="Forgings",
                sentence="Up to 60 t",
                description="Call 13803751234",
                specs=(),
                capacity_unit="t",
            ),
        ).id
        other = need(
            session,
            owner,
            title="Forgings wanted",
            description="Up to 60 t, call 13803751234",
            specs=(),
            anonymous=True,
        ).id
        service.return_(session, clerk, "need", other, reasons=["unclear"], note="Which size?", now=NOW)
    reader = visitor(site, clerk, locale)
    for path in (
        "/moderation/",
        "/moderation/?only=capability",
        f"/moderation/capability/{number}",
        f"/moderation/need/{other}",
        "/moderation/decisions",
        f"/moderation/need/{other}/reasons",
    ):
        page = reader.get(path)
        assert page.status_code == 200
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)
        if locale == "en":
            main = page.text.partition("<main")[2].partition("</main>")[0] or page.text
            main = re.sub(r"示例材料 \d 号有限公司", "", main)
            assert re.findall(r"[\u4e00-\u9fff]+", main) == [], path
