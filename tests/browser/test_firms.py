"""A firm's record in a real browser: long lists found by typing, a tier's rule suggested, nothing that axe minds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from marketplace.firms.models import Firm
from tests.unit.firms.site import Site

pytestmark = pytest.mark.browser
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("firms"))
    made.app.config["WTF_CSRF_ENABLED"] = True
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def signed_in(browser: Browser, site: Site, address: str, name: str, size: str) -> Page:
    """A window in which that person is signed in, by the cookie of a client of the same site."""
    cookie = site.client(name).get_cookie("lianqiao")
    assert cookie is not None
    context = browser.new_context(viewport=SIZES[size], has_touch=size == "phone")  # type: ignore[arg-type]
    context.add_cookies([{"name": "lianqiao", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console",
        lambda message: page.complaints.append(message.text) if message.type == "error" else None,  # type: ignore[attr-defined]
    )
    return page


@pytest.mark.parametrize("size", SIZES)
def test_a_division_is_found_by_typing_and_kept_as_its_code(
    browser: Browser, site: Site, address: str, size: str
) -> None:
    seller = site.firms["seller"]
    page = signed_in(browser, site, address, "owner", size)
    page.goto(f"{address}/firms/{seller}/edit")
    box = page.get_by_label("生产地", exact=False).last
    page.locator("#production_division + .ts-wrapper .ts-control").click()
    box.press_sequentially("卫东")
    page.locator(".ts-dropdown .option", has_text="卫东区").click()
    page.get_by_role("button", name="保存档案").click()
    expect(page.get_by_role("heading", name="示例锻造有限公司")).to_be_visible()
    with site.database.reading() as session:
        found = session.get_one(Firm, seller)
        assert (found.production_division, found.registered_division) == ("410403", "410472")
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()
    with site.writing() as session:
        session.get_one(Firm, seller).production_division = None


def test_the_rule_of_the_day_is_suggested_while_one_types(browser: Browser, site: Site, address: str) -> None:
    page = signed_in(browser, site, address, "owner", "phone")
    page.goto(f"{address}/certifications/of-firm/{site.firms['seller']}/add")
    page.locator("#kind_key + .ts-wrapper .ts-control").click()
    page.keyboard.type("专精特新中小")
    page.locator(".ts-dropdown .option", has_text="专精特新中小企业").click()
    page.get_by_label("有效期起").fill("2026-06-01")
    page.get_by_label("证书编号").click()
    expect(page.locator("#tier-suggestion")).to_contain_text("工信部企业〔2026〕2号")
    expect(page.locator("#tier-suggestion")).to_contain_text("2029-05-31")
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("owner", "/firms/{seller}"),
        ("owner", "/firms/{seller}/edit"),
        ("owner", "/firms/{seller}/members"),
        ("owner", "/firms/{seller}/contacts"),
        ("owner", "/certifications/of-firm/{seller}/add"),
        ("buyer", "/firms/{buyer}/suppliers"),
        ("newcomer", "/firms/mine"),
        ("newcomer", "/firms/claim"),
        ("bureau", "/firms/"),
        ("bureau", "/firms/{waiting}"),
    ],
)
def test_pages_fit_their_window_and_axe_finds_nothing_serious(
    browser: Browser, site: Site, address: str, name: str, path: str, size: str
) -> None:
    page = signed_in(browser, site, address, name, size)
    page.goto(address + path.format(**site.firms))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    found = Axe().run(page).response["violations"]
    assert [entry["id"] for entry in found if entry["impact"] in ("serious", "critical")] == []
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()
