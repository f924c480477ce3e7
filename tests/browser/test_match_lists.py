"""A supplier answers a proposal on a phone; an organiser drafts a list, pins, drops, freezes, proves and exports it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from marketplace.app import create_app
from marketplace.assembly import build_worker
from marketplace.conferences.models import MatchList
from marketplace.core.actor import Actor
from marketplace.proposals.models import Proposal
from marketplace.settings import Settings
from marketplace.worker import Worker
from tests.integration.matchlists.conftest import District, district
from tests.integration.matchlists.spun import drafted, spun

__all__ = ["district"]
pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture
def settings(district: District, database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, database_url=database_url, rate_limits=False, secret_key="a key for tests"
    )


@pytest.fixture
def site(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    app.extensions["lianqiao.database"].dispose()


@pytest.fixture
def worker(settings: Settings) -> Iterator[Worker]:
    built = build_worker(settings)
    yield built
    built.context.database.dispose()


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
    browser: Browser, site: Flask, address: str, actor: Actor, size: dict[str, int], path: str
) -> Page:
    """A page of somebody who is signed in already."""
    client = site.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{actor.account_id}.0", True
    cookie = client.get_cookie("lianqiao")
    assert cookie is not None
    context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    context.add_cookies([{"name": "lianqiao", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(address + path)
    return page


def no_serious_finding(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_supplier_answers_a_proposal_on_a_phone(
    browser: Browser, site: Flask, address: str, district: District, worker: Worker
) -> None:
    worker.drain_all()
    page = opened(browser, site, address, district.people["spinner"], PHONE, "/proposals/")
    expect(page.locator("main")).to_contain_text("匿名链主企业")
    expect(page.locator("main")).not_to_contain_text("甲示例帘布")
    no_serious_finding(page)
    page.get_by_role("link", name="看理由并答复").click()
    no_serious_finding(page)
    page.get_by_label("愿意对接").check()
    page.get_by_role("button", name="提交答复").click()
    expect(page.locator("[data-toasts]")).to_contain_text("已答复：愿意对接")
    with district.database.reading() as session:
        assert session.scalars(select(Proposal)).one().supplier_answer == "yes"


def test_an_organiser_drafts_pins_freezes_proves_and_exports(
    browser: Browser, site: Flask, address: str, district: District, worker: Worker
) -> None:
    path = f"/conferences/{district.conference}"
    page = opened(browser, site, address, district.people["organiser"], DESK, path)
    no_serious_finding(page)
    page.get_by_role("button", name="生成匹配清单").click()
    worker.step()
    page.wait_for_url("**/conferences/lists/*")
    expect(page.locator("main")).to_contain_text("锦纶66高强工业丝")
    no_serious_finding(page)
    page.get_by_role("button", name="置顶").first.click()
    expect(page.locator("main")).to_contain_text("已置顶")
    page.get_by_role("button", name="定稿").first.click()
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("已于")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    with district.database.reading() as session:
        assert session.scalars(select(MatchList)).one().frozen_hash


def test_an_organiser_tries_other_weights_and_adopts_them(
    browser: Browser, site: Flask, address: str, district: District, worker: Worker
) -> None:
    with district.database.unit_of_work() as session:
        spun(session, district)
    first = drafted(district)
    path = f"/conferences/lists/{first.id}"
    page = opened(browser, site, address, district.people["organiser"], DESK, path)
    page.locator("#weights > summary").click()
    said = page.locator("#weights-preview [role=status]")
    expect(said).to_have_count(0)
    page.get_by_role("link", name="看重本地").click()
    expect(page.locator("#preset-local")).to_have_attribute("aria-current", "true")
    expect(said).to_contain_text("3 条需求中有 1 条会变")
    no_serious_finding(page)
    # A step by hand: no named choice any more, and the preview follows by itself.
    page.get_by_role("group", name="交期").get_by_text("不计").click()
    expect(said).to_contain_text("自定")
    expect(page.locator("#weights-presets [aria-current]")).to_have_count(0)
    expect(page.locator("#weights-preview")).to_contain_text("进入清单")
    assert page.url.endswith(path)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    no_serious_finding(page)
    page.get_by_role("button", name="采用这些权重").click()
    page.wait_for_url("**/conferences/jobs/*")
    worker.step()
    page.wait_for_url("**/conferences/lists/*")
    expect(page.locator("h1")).to_contain_text("第 2 版")
    expect(page.locator("#weights > summary")).to_contain_text("权重：自定")
    with district.database.reading() as session:
        adopted = session.scalars(select(MatchList).order_by(MatchList.edition.desc())).first()
        assert adopted is not None
        assert (adopted.conference.weight_steps, adopted.edition) == (
            {"delivery": "medium", "lead_time": "off"}, 2
        )  # fmt: skip


def test_without_scripts_the_button_shows_what_would_change(
    browser: Browser, site: Flask, address: str, district: District
) -> None:
    with district.database.unit_of_work() as session:
        spun(session, district)
    path = f"/conferences/lists/{drafted(district).id}"
    client = site.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{district.people['organiser'].account_id}.0", True
    cookie = client.get_cookie("lianqiao")
    assert cookie is not None
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)  # type: ignore[arg-type]
    context.add_cookies([{"name": "lianqiao", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(address + path)
    page.locator("#weights > summary").click()
    page.get_by_role("group", name="就近").get_by_text("高").click()
    page.get_by_role("button", name="看看会有什么变化").click()
    page.wait_for_url("**/weights?**")
    expect(page.locator("#weights-preview")).to_contain_text("3 条需求中有 1 条会变")
    expect(page.get_by_role("button", name="采用这些权重")).to_be_visible()
