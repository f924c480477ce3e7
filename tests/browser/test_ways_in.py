"""From a link in a chat to an answered proposal on a phone, with taps and seconds counted; and a buyer's sheet at a desk."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from marketplace import paths
from marketplace.accounts import offices
from marketplace.app import create_app
from marketplace.assembly import build_worker
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.models import Capability
from marketplace.core.actor import system_actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.db import Base, Database
from marketplace.core.specs import SpecContent
from marketplace.firms import claims
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.proposals.models import Proposal
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds

pytestmark = pytest.mark.browser
MACHINE = system_actor("test")
# The typing of a practised thumb, and the glance before each tap.
LETTERS_A_SECOND = 3.0
SECONDS_A_TAP = 1.5


@dataclass
class District:
    database: Database
    address: str
    way: claims.WayIn
    need_title: str


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """A firm whose record and capability came from a roster, and a need that it was proposed for."""
    folder: Path = tmp_path_factory.mktemp("ways-in")
    settings = Settings(data_dir=folder, secret_key="x" * 40, rate_limits=False)
    app = create_app(settings)
    database: Database = app.extensions["lianqiao.database"]
    Base.metadata.create_all(database.engine)
    now, yarn = utc_now(), SpecContent("断裂强度", "ge", "8.5", unit="cN/dtex")
    with database.unit_of_work() as session:
        import_seeds(session, MACHINE, paths.SEEDS, now)
        bureau = offices.create_office(session, MACHINE, kind="bureau", name="示例区局", now=now)
        offices.set_phone(session, MACHINE, bureau.id, "0375-1234567", now=now)
        buyer = firms.create_for(session, MACHINE, FirmFacts("甲示例帘布有限公司", is_buyer=True), now=now)
        spinner = firms.create_for(
            session, MACHINE, FirmFacts("乙示例工业丝有限公司", registered_division="410472"), now=now
        )
        made = capabilities.create(
            session,
            MACHINE,
            spinner.id,
            CapabilityContent(
                product="锦纶66高强工业丝 940~2100dtex", sentence="轮胎帘布用工业丝", specs=(yarn,)
            ),
            source="staff",
            now=now,
        )
        capabilities.submit(session, MACHINE, made.id, now=now)
        capabilities.publish(session, MACHINE, made.id, now=now)
        need = needs.create(
            session,
            MACHINE,
            buyer.id,
            NeedContent(
                title="尼龙66高强工业丝 2100dtex",
                description="轮胎帘布用，断裂强度要稳定。",
                specs=(yarn,),
                valid_until=day_of(now) + timedelta(days=60),
            ),
            source="staff",
            now=now,
        )
        needs.submit(session, MACHINE, need.id, now=now)
        needs.publish(session, MACHINE, need.id, now=now)
        way = claims.issue(session, MACHINE, spinner.id, now=now)
        title = need.title
    worker = build_worker(settings)
    worker.drain_all()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield District(database, f"http://127.0.0.1:{server.port}", way, title)
    server.shutdown()
    thread.join()
    server.server_close()
    worker.context.database.dispose()
    database.dispose()


@dataclass
class Hand:
    """Whoever holds the phone: every tap and every letter is counted."""

    page: Page
    taps: int = 0
    letters: int = 0
    began: float = field(default_factory=time.monotonic)

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.tap()

    def write(self, label: str, text: str) -> None:
        box = self.page.get_by_label(label, exact=False).first
        self.tap(box)
        self.letters += len(text)
        box.fill(text)

    @property
    def waited(self) -> float:
        return time.monotonic() - self.began

    @property
    def seconds(self) -> float:
        """What a person takes: the machine's answers, the typing, and a glance before each tap."""
        return self.waited + self.letters / LETTERS_A_SECOND + self.taps * SECONDS_A_TAP


def looks_right(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    found = Axe().run(page).response["violations"]
    assert [entry["id"] for entry in found if entry["impact"] in ("serious", "critical")] == [], page.url


def test_from_the_link_to_an_answered_proposal_within_three_minutes(
    browser: Browser, district: District
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        service_workers="block",
        user_agent="Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.49",
    )
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    hand = Hand(page)

    page.goto(f"{district.address}/firms/way-in/{district.way.token}")
    expect(page.get_by_role("heading", name="乙示例工业丝有限公司")).to_be_visible()
    expect(page.get_by_text("0375-1234567")).to_be_visible()
    hand.write("认领码", district.way.code.replace("-", "").lower())
    hand.write("手机号或邮箱", "13800138000")
    hand.write("姓名", "王厂长")
    hand.write("密码", "three-plain-words")
    hand.tap(page.get_by_label("我已阅读并同意", exact=False))
    hand.tap(page.get_by_role("button", name="认领并开始"))

    expect(page.get_by_role("heading", name="再写一项能力")).to_be_visible()
    hand.write("产品或服务名称", "尼龙66浸胶帘子布")
    hand.write("关键参数", "断裂强力≥215N，幅宽 1450 mm")
    hand.tap(page.get_by_role("button", name="下一步"))
    expect(page.get_by_role("heading", name="核对关键参数")).to_be_visible()
    expect(page.locator("#specs-0-parameter")).to_have_value("断裂强力")
    hand.tap(page.get_by_role("button", name="都对，交主办单位审核"))

    hand.tap(page.get_by_role("link", name="看推荐给您的需求"))
    expect(page.get_by_text(district.need_title).first).to_be_visible()
    hand.tap(page.get_by_role("link", name="看理由并答复").first)
    hand.tap(page.get_by_label("愿意对接", exact=True))
    hand.tap(page.get_by_role("button", name="提交答复"))
    expect(page.locator("[data-toasts]")).to_contain_text("愿意")
    seconds, taps = hand.seconds, hand.taps

    with district.database.reading() as session:
        answered = session.scalars(select(Proposal)).one()
        assert answered.supplier_answer == "yes" and not answered.supplier_answer_by_staff
        written = session.scalars(select(Capability).where(Capability.submitted_at.is_not(None))).all()
        assert {one.product for one in written} >= {"尼龙66浸胶帘子布"}
    sys.stdout.write(
        f"\nlink to answer: {taps} taps, {hand.letters} characters, {hand.waited:.1f} s of machine, {seconds:.0f} s in all\n"
    )
    assert taps <= 16
    assert seconds <= 180
    assert complaints == []
    context.close()


@pytest.mark.parametrize("path", ["/capabilities/first", "/proposals/"])
def test_the_pages_on_the_way_fit_a_phone(browser: Browser, district: District, path: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{district.address}/sign-in?next={path}")
    page.get_by_label("手机号或邮箱").fill("138 0013 8000")
    page.get_by_label("密码").fill("three-plain-words")
    page.get_by_role("button", name="登录").last.click()
    page.wait_for_url(f"**{path}")
    looks_right(page)
    context.close()
