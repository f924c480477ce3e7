"""An organiser moderates by keyboard, and a supplier writes a first capability by thumb."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor
from marketplace.core.db import Database
from marketplace.core.lifecycle import state_of
from tests.integration.capabilities.house import (
    CONTENT,
    TODAY,
    capability,
    firm,
    member,
    need,
    officer,
)
from tests.integration.capabilities.site import make_site, seeded, visitor

pytestmark = pytest.mark.browser
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    yield from seeded(database_url)


@pytest.fixture
def site(database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    for app in make_site(database_url, tmp_path):
        app.config["WTF_CSRF_ENABLED"] = True
        yield app


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(
    browser: Browser,
    site: Flask,
    address: str,
    actor: Actor,
    size: dict[str, int],
    path: str,
    *,
    scripts: bool = True,
) -> Page:
    """A page of somebody who is signed in already."""
    client = visitor(site, actor)
    cookie = client.get_cookie("lianqiao")
    assert cookie is not None
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        has_touch=size is PHONE,
        java_script_enabled=scripts,
    )
    context.add_cookies([{"name": "lianqiao", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(address + path)
    return page


def three_clean_and_one_not(database: Database) -> Actor:
    """Whoever moderates them: three castings nothing was found in, and a text that names a way around the platform."""
    with database.unit_of_work() as session:
        clerk = officer(session)
        for number in range(3):
            capability(session, firm(session, number).id, replace(CONTENT, product=f"锻件 {number}"))
        capability(session, firm(session, 8).id, replace(CONTENT, product="液压缸", description="加微信详谈"))
    return clerk


def state(database: Database, number: int) -> str:
    with database.reading() as session:
        return str(state_of(session.get_one(Capability, number), TODAY))


def no_serious_finding(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [
        (v["id"], [n["html"][:160] for n in v["nodes"]])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_an_organiser_moderates_by_keyboard(
    browser: Browser, site: Flask, address: str, database: Database
) -> None:
    with database.unit_of_work() as session:
        clerk = officer(session)
        numbers = [
            capability(session, firm(session, number).id, replace(CONTENT, product=product)).id
            for number, product in enumerate(("大型铸锻件", "液压缸缸筒", "尼龙切片"))
        ]
        bad = need(session, firm(session, 9).id, anonymous=True, description="联系 138 0375 1234 王工").id
    page = opened(browser, site, address, clerk, DESK, "/moderation/")
    no_serious_finding(page)
    queue = page.locator("[data-queue]")
    # The queue opens on the first; j goes to the second, Enter opens it.
    page.keyboard.press("j")
    expect(queue.get_by_role("link", name="液压缸缸筒")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-record h2").first).to_have_text("液压缸缸筒")
    # Nothing was found: c reaches the one tick, Space ticks, p publishes.
    page.keyboard.press("c")
    expect(page.locator("#check-all")).to_be_focused()
    expect(page.locator("#check-plain")).to_be_hidden()
    page.keyboard.press("Space")
    page.keyboard.press("p")
    expect(page.get_by_text("已发布「液压缸缸筒」")).to_be_visible()
    assert state(database, numbers[1]) == "published"
    # What has waited longest is open now; r opens the return, its first reason is one Tab away.
    expect(page.locator(".desk-record h2").first).to_have_text("大型铸锻件")
    page.keyboard.press("r")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("内容不清楚，别的企业看不出要什么或能做什么")).to_be_checked()
    page.get_by_role("button", name="退回", exact=True).press("Enter")
    expect(page.get_by_text("已退回「大型铸锻件」")).to_be_visible()
    assert state(database, numbers[0]) == "returned"
    # A stopping flag offers no publication, only the return, with the words marked.
    page.goto(f"{address}/moderation/need/{bad}")
    expect(page.locator("mark.found-mobile")).to_have_text("138 0375 1234")
    expect(page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    no_serious_finding(page)
    page.context.close()


def test_on_a_phone_the_desk_is_a_list_and_then_a_record(
    browser: Browser, site: Flask, address: str, database: Database
) -> None:
    with database.unit_of_work() as session:
        clerk = officer(session)
        number = capability(session, firm(session, 1).id, replace(CONTENT, product="大型铸锻件")).id
    page = opened(browser, site, address, clerk, PHONE, "/moderation/")
    expect(page.locator(".desk-record")).to_be_hidden()
    no_serious_finding(page)
    page.get_by_role("link", name="大型铸锻件").tap()
    expect(page.locator(".desk-queue")).to_be_hidden()
    expect(page.locator(".desk-record")).to_be_visible()
    no_serious_finding(page)
    # The points stand behind the one tick for who has a doubt.
    page.get_by_text("逐项核对").tap()
    for box in ("plain", "evidence", "no_contact"):
        page.locator(f"#check-{box}").tap()
    page.get_by_role("button", name="发布", exact=True).tap()
    expect(page.get_by_text("已发布「大型铸锻件」")).to_be_visible()
    assert state(database, number) == "published"
    page.context.close()


def test_many_clean_ones_are_published_at_once(
    browser: Browser, site: Flask, address: str, database: Database
) -> None:
    clerk = three_clean_and_one_not(database)
    page = opened(browser, site, address, clerk, DESK, "/moderation/?only=capability")
    boxes = page.locator("[data-queue] [data-batch-item]")
    expect(boxes).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("x")
    boxes.nth(2).click()
    for line in ("plain", "evidence", "no_contact"):
        page.locator(f"#batch-{line}").check()
    page.get_by_role("button", name="发布所选").click()
    expect(page.get_by_text("已发布 2 条")).to_be_visible()
    expect(page.locator("[data-queue-item]")).to_have_count(2)
    page.context.close()


def test_all_of_a_page_are_chosen_by_keyboard_and_single_ticks_come_back(
    browser: Browser, site: Flask, address: str, database: Database
) -> None:
    clerk = three_clean_and_one_not(database)
    page = opened(browser, site, address, clerk, DESK, "/moderation/?only=capability")
    boxes, everything = page.locator("[data-queue] [data-batch-item]"), page.get_by_label("全选本页")

    def chosen() -> list[bool]:
        return [box.is_checked() for box in boxes.all()]

    boxes.nth(1).check()
    page.keyboard.press("a")
    expect(everything).to_be_focused()
    for then in ([True] * 3, [False] * 3, [False, True, False], [True] * 3):
        page.keyboard.press("Space")
        assert chosen() == then
    expect(page.locator("[data-batch-count]")).to_have_text("已选 3 项")
    boxes.nth(0).uncheck()  # from now on these two are the single ticks
    everything.check()
    everything.uncheck()
    assert chosen() == [False] * 3
    page.keyboard.press("Space")
    assert chosen() == [False, True, True]
    no_serious_finding(page)
    page.get_by_role("button", name="发布所选").click()  # no line of the checklist is ticked
    expect(page.get_by_role("alert")).to_be_visible()
    assert chosen() == [False, True, True]
    page.context.close()
    page = opened(browser, site, address, clerk, DESK, "/moderation/?only=capability", scripts=False)
    expect(page.locator("#batch-all")).to_be_hidden()
    expect(page.locator("[data-queue] [data-batch-item]")).to_have_count(3)
    page.context.close()


def test_a_first_capability_by_thumb(browser: Browser, site: Flask, address: str, database: Database) -> None:
    with database.unit_of_work() as session:
        owner = member(session, firm(session, 1).id)
    page = opened(browser, site, address, owner, PHONE, "/capabilities/mine")
    no_serious_finding(page)
    page.get_by_role("link", name="写第一条能力").tap()
    expect(page.get_by_role("heading", name="新增能力")).to_be_visible()
    no_serious_finding(page)
    page.get_by_label("产品或服务名称").fill("大型铸锻件")
    page.get_by_label("一句话介绍").fill("单件 60 吨，自有热处理")
    # Saved by itself: the address is that of the new draft.
    expect(page.locator("[data-autosave-state]")).to_contain_text("已保存", timeout=9000)
    assert page.url.endswith("/edit")
    page.get_by_text("有现成的文字？从里面读出参数").tap()
    page.get_by_label("从文字读出参数").fill("抗拉强度≥1080MPa，硬度 280 HB")
    page.get_by_role("button", name="读出参数").tap()
    expect(page.get_by_text("从文字中读出 2 行")).to_be_visible()
    expect(page.locator("#specs-0-value")).to_have_value("1080")
    page.get_by_role("button", name="提交审核").tap()
    expect(page.get_by_text("已提交，主办单位审核后发布")).to_be_visible()
    no_serious_finding(page)
    with database.reading() as session:
        one = session.query(Capability).one()
        assert [(row.parameter, row.value) for row in one.specs] == [("抗拉强度", "1080"), ("硬度", "280")]
    assert state(database, one.id) == "submitted"
    page.context.close()
