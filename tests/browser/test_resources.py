"""A bank opens a loan, a firm asks for one; the bureau looks at both, they are matched, and both sides answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from marketplace import paths
from marketplace.app import create_app
from marketplace.assembly import build_worker
from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor
from marketplace.core.db import Base, Database
from marketplace.firms import people
from marketplace.needs.models import Need
from marketplace.proposals.models import Proposal
from marketplace.settings import Settings
from marketplace.taxonomy import service as taxonomy
from tests.integration.capabilities import house

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Town:
    """The site with a bank, a firm and the bureau."""

    app: Flask
    database: Database
    settings: Settings
    bank: Actor
    firm: Actor
    bureau: Actor
    address: str = ""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    settings = Settings(data_dir=tmp_path, secret_key="x" * 40, rate_limits=False)
    app = create_app(settings)
    database: Database = app.extensions["lianqiao.database"]
    Base.metadata.create_all(database.engine)
    with database.unit_of_work() as session:
        taxonomy.import_seeds(session, house.MACHINE, paths.SEEDS, house.NOW)
        bank = house.firm(session, 1, legal_name="示例科技支行", party_kind="financial_institution")
        firm = house.firm(session, 2, legal_name="示例工业丝有限公司")
        actors = [house.member(session, bank.id), house.member(session, firm.id), house.officer(session)]
        for actor, firm_id in zip(actors, (bank.id, firm.id), strict=False):
            people.add_contact(
                session, actor, firm_id, name="示例联系人", title="经理", mobile=None,
                email=f"contact-{firm_id}@lianqiao.example", consent=True, now=house.NOW,
            )  # fmt: skip
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Town(app, database, settings, *actors, address=f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()


def opened(browser: Browser, town: Town, actor: Actor, size: dict[str, int], path: str) -> Page:
    client = town.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{actor.account_id}.0", True
    cookie = client.get_cookie("lianqiao")
    assert cookie is not None
    context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    context.add_cookies([{"name": "lianqiao", "value": cookie.value, "url": town.address}])
    page = context.new_page()
    page.goto(town.address + path)
    return page


def sound(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def publish(browser: Browser, town: Town, kind: str, number: int) -> str:
    page = opened(browser, town, town.bureau, DESK, f"/moderation/{kind}/{number}")
    text = page.locator("main").inner_text()
    page.locator("#check-all").check()
    page.get_by_role("button", name="发布").click()
    page.wait_for_load_state()
    return text


def test_a_bank_offers_a_firm_asks_and_both_answer(browser: Browser, town: Town) -> None:
    # The bank is shown what a bank may post, and nothing else.
    page = opened(browser, town, town.bank, DESK, "/post")
    expect(page.locator("#way-open")).to_contain_text("资金")
    expect(page.locator("main")).not_to_contain_text("品牌嫁接")
    sound(page)
    page.locator("#way-open").get_by_role("link", name="资金").click()
    page.get_by_label("开放什么").fill("订单与应收账款融资")
    page.get_by_label("一句话介绍").fill("凭订单和应收账款放流动资金，当周答复")
    for name in ("流动资金", "订单与应收账款", "应收账款质押"):
        page.locator("#type-terms").get_by_label(name, exact=True).check()
    page.get_by_label("单户最高金额").fill("500")
    page.get_by_label("最长期限").fill("36")
    page.get_by_label("办理入口").fill("示例支行公司业务部，示例路 8 号")
    sound(page)
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("平台只介绍，不受理申请")
    # The firm asks, on a phone; the fields follow the type.
    page = opened(browser, town, town.firm, PHONE, "/post")
    sound(page)
    page.locator("#way-want").get_by_role("link", name="采购配套").click()
    expect(page.locator("#type-terms")).to_be_hidden()
    page.get_by_label("需求类型").select_option("finance")
    expect(page.get_by_label("需要金额")).to_be_visible()
    # A loan has no quantity and is not bought by tender; what was typed stays in sight.
    for part in ("#specs-section", "#delivery", "#budget", "#terms"):
        expect(page.locator(part)).to_be_hidden()
    page.get_by_label("需求类型").select_option("procurement")
    page.locator("#quantity").fill("5")
    page.get_by_label("需求类型").select_option("finance")
    expect(page.locator("#delivery")).to_be_visible()
    expect(page.locator("#terms")).to_be_hidden()
    page.locator("#quantity").fill("")
    page.get_by_label("需求名称").fill("凭订单和应收账款融资，用于备料")
    page.get_by_label("需求描述").fill("手上有九个月订单，想用应收账款质押借流动资金。")
    page.get_by_label("需要金额").fill("三百")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator(".error-summary")).to_contain_text("看不懂")
    page.get_by_label("资金用途").select_option("orders")
    page.get_by_label("需要金额").fill("300")
    page.get_by_label("使用期限").fill("12")
    page.locator("#type-terms").get_by_label("应收账款质押").check()
    sound(page)
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("#type-terms")).to_contain_text("300")
    with town.database.reading() as session:
        capability = session.scalars(select(Capability)).one()
        need = session.scalars(select(Need)).one()
        assert capability.nature == "opening" and {row.key for row in need.terms} >= {"amount", "security"}
    # The bureau reads all of it before others do.
    assert "我开放" in publish(browser, town, "capability", capability.id)
    assert "300" in publish(browser, town, "need", need.id)
    worker = build_worker(town.settings)
    worker.drain_all()
    worker.context.database.dispose()
    with town.database.reading() as session:
        proposal = session.scalars(select(Proposal)).one()
        assert any(code == "term_met" for code, _params in proposal.reasons)
    # The bank sees that the amount fits and not how much; then both answer.
    page = opened(browser, town, town.bank, DESK, f"/proposals/{proposal.id}")
    expect(page.locator("main")).to_contain_text("需要金额相符")
    expect(page.locator("main")).not_to_contain_text("300 万元")
    sound(page)
    page.get_by_label("愿意对接").check()
    page.get_by_role("button", name="提交答复").click()
    expect(page.locator("[data-toasts]")).to_contain_text("愿意对接")
    page = opened(browser, town, town.firm, PHONE, f"/proposals/{proposal.id}")
    expect(page.locator("main")).to_contain_text("300 万元")
    expect(page.locator("main")).to_contain_text("平台只介绍，不受理申请")
    page.get_by_label("愿意对接").check()
    page.get_by_role("button", name="提交答复").click()
    expect(page.locator("[data-toasts]")).to_contain_text("愿意")
    with town.database.reading() as session:
        assert session.get_one(Proposal, proposal.id).mutual_at is not None
