"""Browsing in a real browser: filters by mouse and thumb and without scripts, first pages of every role, nobody shut out."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from waitress import create_server

from marketplace.app import create_app
from marketplace.demo_district import PASSWORD
from tests.integration.core.district import ROLES, Place, district, district_template

__all__ = ["district", "district_template"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SIZES = {"desk": DESK, "phone": PHONE}
# What a browser says of an answer that we meant to be no success.
MEANT = re.compile(r"the server responded with a status of 4\d\d")


@pytest.fixture(scope="module")
def address(district: Place) -> Iterator[str]:
    app = create_app(district.settings(base_url="http://127.0.0.1"))
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    app.extensions["lianqiao.database"].dispose()


def opened(browser: Browser, address: str, size: str = "desk", **options: object) -> BrowserContext:
    return browser.new_context(
        viewport=SIZES[size], has_touch=size == "phone", base_url=address, locale="zh-CN", **options
    )  # type: ignore[arg-type]


def listened(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it complains of: broken scripts, and whatever the security policy stops."""
    page, complaints = context.new_page(), []

    def note(message: object) -> None:
        if message.type == "error" and not MEANT.search(message.text):  # type: ignore[attr-defined]
            complaints.append(message.text)  # type: ignore[attr-defined]

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def sign_in(page: Page, role: str) -> None:
    page.goto("/sign-in")
    page.fill("input[name=login]", ROLES[role] or "")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


def total(page: Page) -> int:
    found = re.search(r"共 (\d+) 条", page.locator(".results-head").inner_text())
    assert found is not None
    return int(found[1])


def test_a_filter_narrows_at_once_and_its_chip_takes_it_off(browser: Browser, address: str) -> None:
    context = opened(browser, address)
    page, complaints = listened(context)
    page.goto("/capabilities/browse?q=尼龙")
    whole = total(page)
    option = page.locator(".facet-option").filter(has=page.locator('input[name="division"]')).nth(1)
    promised = int(option.locator(".facet-count").inner_text())
    assert 0 < promised < whole
    page.evaluate("window.stayed = true")
    # Not check(): it would begin anew with the row that has taken this place meanwhile.
    option.locator("label").click()
    expect(page.locator(".chip-on")).to_have_count(1)
    assert total(page) == promised
    assert parse_qs(urlsplit(page.url).query)["q"] == ["尼龙"]
    assert "division" in parse_qs(urlsplit(page.url).query)
    assert page.evaluate("window.stayed")  # the page was not loaded anew
    # Other words are sought under the same filter, though the box was on the page before it.
    page.fill("#search-q", "尼龙 轴套")
    with page.expect_navigation():
        page.press("#search-q", "Enter")
    expect(page.locator(".chip-on")).to_have_count(1)
    assert parse_qs(urlsplit(page.url).query)["q"] == ["尼龙 轴套"]
    page.go_back()
    page.locator(".chip-on").click()
    expect(page.locator(".chip-on")).to_have_count(0)
    assert total(page) == whole
    assert complaints == []
    context.close()


def test_the_same_address_shows_the_same_to_whoever_it_is_sent_to(browser: Browser, address: str) -> None:
    context = opened(browser, address)
    page, _ = listened(context)
    page.goto("/capabilities/browse?q=尼龙&sort=newest")
    page.locator(".facet-option input").first.check()
    expect(page.locator(".chip-on")).to_have_count(1)
    titles = page.locator(".result-card h3").all_inner_texts()
    other = opened(browser, address)
    friend, _ = listened(other)
    friend.goto(page.url)
    assert friend.locator(".result-card h3").all_inner_texts() == titles
    context.close()
    other.close()


def test_on_a_phone_the_filters_are_a_sheet_under_the_thumb(browser: Browser, address: str) -> None:
    context = opened(browser, address, "phone")
    page, complaints = listened(context)
    page.goto("/capabilities/browse")
    whole = total(page)
    expect(page.locator("#filter-sheet")).not_to_be_visible()
    page.get_by_role("button", name="筛选").tap()
    sheet = page.locator("#filter-sheet")
    expect(sheet).to_be_visible()
    option = sheet.locator(".facet-option").filter(has=page.locator('input[name="division"]')).nth(1)
    option.locator("label").tap()
    box = sheet.get_by_role("button", name="应用筛选").bounding_box()
    assert box is not None
    assert box["height"] >= 43
    sheet.get_by_role("button", name="应用筛选").tap()
    expect(page.locator(".chip-on")).to_have_count(1)
    assert total(page) <= whole
    assert complaints == []
    context.close()


def test_without_scripts_everything_still_works(browser: Browser, address: str) -> None:
    context = opened(browser, address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/capabilities/browse")
    page.fill("input[type=search]", "尼龙")
    page.press("input[type=search]", "Enter")
    found = total(page)
    page.locator('.facet-option input[name="division"]').nth(1).check()
    page.get_by_role("button", name="应用筛选").click()
    assert total(page) < found
    page.get_by_role("link", name="最新发布").click()
    assert parse_qs(urlsplit(page.url).query)["sort"] == ["newest"]
    assert "division" in parse_qs(urlsplit(page.url).query)
    context.close()


def test_the_next_page_is_reached_and_the_first_one_again(browser: Browser, address: str) -> None:
    context = opened(browser, address)
    page, _ = listened(context)
    page.goto("/capabilities/browse")
    first = page.locator(".result-card h3").all_inner_texts()
    assert len(first) == 20
    page.get_by_role("link", name="下一页").click()
    second = page.locator(".result-card h3").all_inner_texts()
    assert not set(first) & set(second)
    page.get_by_role("link", name="第一页").click()
    assert page.locator(".result-card h3").all_inner_texts() == first
    context.close()


def test_by_keyboard_alone(browser: Browser, address: str) -> None:
    context = opened(browser, address)
    page, _ = listened(context)
    page.goto("/needs/browse")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "search":
            break
    page.keyboard.type("尼龙")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert total(page) >= 1
    context.close()


PAGES = (
    "/",
    "/about",
    "/needs/browse",
    "/needs/browse?q=尼龙&chain=nylon",
    "/capabilities/browse?q=没有这种东西&chain=nylon",
    "/firms/browse",
    "/needs/browse?sort=best",
    "/nowhere",
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ["anonymous", "bureau", "town", "buyer", "supplier"])
def test_nobody_is_shut_out(browser: Browser, address: str, role: str, language: str, size: str) -> None:
    """axe finds nothing serious, nothing runs off the side, nothing breaks the security policy."""
    context = opened(browser, address, size)
    page, complaints = listened(context)
    if role != "anonymous":
        sign_in(page, role)
    if language == "en":
        page.goto("/")
        page.locator(".language-switch button").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
    for path in PAGES if role == "anonymous" else PAGES[:1]:
        page.goto(path)
        found = Axe().run(page).response["violations"]
        grave = [
            (item["id"], [node["html"] for node in item["nodes"]])
            for item in found
            if item["impact"] in ("serious", "critical")
        ]
        assert grave == [], path
        width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], path
    assert complaints == []
    context.close()


def test_a_reader_who_wants_no_motion_gets_none(browser: Browser, address: str) -> None:
    context = opened(browser, address, reduced_motion="reduce")
    page, _ = listened(context)
    page.goto("/")
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0.001)
           .map(e => e.className)"""
    )
    assert moving == []
    context.close()
