"""A buyer writes needs in a real browser: autosave, a paste from Excel, the word on payment, errors, a second window, and
a whole sheet of them, mended where it is shown."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from marketplace import paths
from marketplace.app import create_app
from marketplace.assembly import build_worker
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.core.clock import utc_now
from marketplace.core.db import Base, Database
from marketplace.core.lifecycle import State, state_of
from marketplace.needs.models import Need
from marketplace.settings import Settings
from marketplace.taxonomy import service as taxonomy
from tests.integration.needs.district import MACHINE, Site, build

pytestmark = pytest.mark.browser
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SHEET = (
    "采购产品,技术要求,数量,交期\n"
    "聚酯浸胶帘子布 1400dtex,断裂强力≥205N,300吨/年,30天\n"
    "高压开关柜壳体,2mm 冷轧板折弯焊接,很多很多,45天\n"
    "鼓形齿联轴器,,10套,20天\n"
    ",没有名称的一行,10套,\n"
)
PASTED = "序号\t指标\t要求\t标准\n1\t断裂强力\t≥215 N\tGB/T 9102\n2\t电压\t10～35 kV\t\n3\t阻燃等级\tV-0\t\n4\t干热收缩率\t不大于4.5 %\t"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("needs")
    app = create_app(Settings(data_dir=folder, secret_key="x" * 40, rate_limits=False))
    database: Database = app.extensions["lianqiao.database"]
    Base.metadata.create_all(database.engine)
    with database.unit_of_work() as session:
        taxonomy.import_seeds(session, MACHINE, paths.SEEDS, utc_now())
        district = build(session, utc_now())
    yield Site(app, district)
    database.dispose()


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


def signed_in(
    browser: Browser, site: Site, address: str, size: dict[str, int], who: str = "editor"
) -> BrowserContext:
    """A window of somebody who has signed in: the session cookie that the site itself would set."""
    client = site.client(who)
    cookie = client.get_cookie("lianqiao")
    assert cookie is not None
    context = browser.new_context(viewport=size, has_touch=size is PHONE, locale="zh-CN")  # type: ignore[arg-type]
    context.add_cookies([{"name": "lianqiao", "value": cookie.value, "url": address}])
    return context


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Security Policy" in message.text else None,
    )
    page.complaints = complaints  # type: ignore[attr-defined]
    page.goto(url)
    return page


def latest(site: Site) -> Need:
    with site.database.reading() as session:
        need = session.scalars(select(Need).order_by(Need.id.desc())).first()
        assert need is not None
        _ = need.specs
        return need


def paste(page: Page, selector: str, text: str) -> None:
    page.locator(selector).focus()
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def fits(page: Page, width: int) -> bool:
    return int(page.evaluate("document.documentElement.scrollWidth")) <= width


def test_a_need_is_written_at_a_desk(browser: Browser, site: Site, address: str) -> None:
    context = signed_in(browser, site, address, DESK)
    page = opened(context, f"{address}/needs/new")
    assert serious(page) == []
    page.locator("#title").fill("浸胶帘子布")
    expect(page.locator("[data-autosave-state]")).to_contain_text("已保存", timeout=10_000)
    expect(page).to_have_url(re.compile(r"/needs/\d+/edit$"))
    need = latest(site)
    assert (need.title, need.version) == ("浸胶帘子布", 1)

    paste(page, "#specs-0-parameter", PASTED)
    expect(page.locator("#specs-0-parameter")).to_have_value("断裂强力")
    expect(page.locator("#specs-0-standard")).to_have_value("GB/T 9102")
    expect(page.locator("#specs-1-value_high")).to_have_value("35")
    expect(page.locator("#specs-2-value")).to_have_value("V-0")
    page.locator("#buyer_kind").select_option("large")
    page.locator("#payment_start").select_option("delivery")
    page.locator("#payment_days").fill("61")
    expect(page.locator("#payment-verdict")).to_contain_text("国务院令第802号第9条", timeout=5000)
    page.locator("#payment_days").fill("60")
    expect(page.locator("#payment-verdict")).to_contain_text("符合条例", timeout=5000)
    page.locator("#paid_when_paid").check()
    expect(page.locator("#payment-verdict")).to_contain_text("条例不允许", timeout=5000)
    page.locator("#paid_when_paid").uncheck()

    # The version on the page follows the drafts that were saved, so sending the form is not taken for stale.
    expect(page.locator("[data-autosave-state]")).to_contain_text("已保存", timeout=10_000)
    page.locator("#quantity").fill("一批")
    expect(page.locator("[data-autosave-state]")).to_contain_text("暂未自动保存", timeout=10_000)
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("#quantity")).to_have_value("一批")
    page.locator('[data-error-summary] a[href="#quantity"]').click()
    expect(page.locator("#quantity")).to_be_focused()
    assert serious(page) == []
    page.locator("#quantity").fill("１，２００")
    page.locator("#quantity_unit").fill("吨")
    page.get_by_role("button", name="提交审核").click()
    expect(page).to_have_url(re.compile(r"/needs/\d+$"))
    need = latest(site)
    assert state_of(need, site.today) is State.SUBMITTED
    assert need.quantity == 1200 and [row.parameter for row in need.specs] == [
        "断裂强力",
        "电压",
        "阻燃等级",
        "干热收缩率",
    ]
    assert serious(page) == []
    page.get_by_role("button", name="撤回修改").click()
    page.get_by_role("dialog").get_by_role("button", name="撤回修改").click()
    expect(page.get_by_text("已撤回，现在是草稿")).to_be_visible()
    assert page.complaints == []  # type: ignore[attr-defined]
    context.close()


def test_a_form_sent_at_once_neither_makes_two_drafts_nor_looks_stale(
    browser: Browser, site: Site, address: str
) -> None:
    """The button is pressed while the first save is on its way: the page waits for it."""
    context = signed_in(browser, site, address, DESK)
    with site.database.reading() as session:
        before = len(session.scalars(select(Need.id)).all())
    # The draft is made at once, its answer arrives late.
    context.add_init_script(
        "const send = window.fetch; window.fetch = async (...all) => {"
        " const answer = await send(...all); await new Promise((done) => setTimeout(done, 2000)); return answer; };"
    )
    page = opened(context, f"{address}/needs/new")
    with page.expect_response("**/needs/autosave", timeout=10_000):
        page.locator("#title").fill("轧辊堆焊修复")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已保存")).to_be_visible(timeout=15_000)
    with site.database.reading() as session:
        assert len(session.scalars(select(Need.id)).all()) == before + 1
    context.close()


def test_a_second_window_neither_overwrites_nor_loses(browser: Browser, site: Site, address: str) -> None:
    need_id = site.made(title="两个窗口的需求")
    context = signed_in(browser, site, address, DESK)
    url = f"{address}/needs/{need_id}/edit"
    one, two = opened(context, url), opened(context, url)
    one.locator("#use").fill("第一个窗口写的")
    one.get_by_role("button", name="保存草稿").click()
    expect(one.get_by_text("草稿已保存")).to_be_visible()
    two.locator("#description").fill("第二个窗口写的")
    expect(two.locator("[data-autosave-state]")).to_contain_text("自动保存已停止", timeout=10_000)
    assert site.need(need_id).description != "第二个窗口写的"
    two.get_by_role("button", name="保存草稿").click()
    expect(two.get_by_role("alert").filter(has_text="第一个窗口写的")).to_be_visible()
    expect(two.locator("#description")).to_have_value("第二个窗口写的")
    two.get_by_role("button", name="保存草稿").click()
    expect(two.get_by_text("草稿已保存")).to_be_visible()
    assert site.need(need_id).description == "第二个窗口写的"
    context.close()


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_pages_fit_a_phone_and_can_be_read_by_all(
    browser: Browser, site: Site, address: str, locale: str
) -> None:
    open_id = site.published(
        visibility="public",
        procedure="tender",
        entrance="https://buyer.example/notices/2026/11/a-very-long-address-that-must-break-somewhere",
        payment_days=90,
        payment_start="delivery",
        buyer_kind="large",
        anonymous=True,
        valid_until=site.today + timedelta(days=3),
    )
    draft = site.made()
    for who in ("editor", "supplier"):
        context = signed_in(browser, site, address, PHONE, who)
        page = opened(context, f"{address}/needs/{open_id}")
        if locale == "en":
            page.get_by_role("button", name="English").click()
        paths_seen = [f"/needs/{open_id}", "/needs/mine"] + [f"/needs/{draft}/edit", "/needs/new"] * (
            who == "editor"
        )
        for path in paths_seen:
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            assert fits(page, 390), path
            assert serious(page) == [], path
        assert page.complaints == []  # type: ignore[attr-defined]
        context.close()


def test_a_sheet_is_mended_where_it_is_shown_and_its_buyer_sees_the_first_candidates(
    browser: Browser, site: Site, address: str
) -> None:
    with site.database.unit_of_work() as session:
        content = CapabilityContent(product="聚酯浸胶帘子布 1400dtex", sentence="轮胎用，断裂强力 215N")
        made = capabilities.create(
            session, MACHINE, site.district.supplier, content, source="staff", now=site.now
        )
        capabilities.submit(session, MACHINE, made.id, now=site.now)
        capabilities.publish(session, MACHINE, made.id, now=site.now)
    page = opened(signed_in(browser, site, address, DESK), f"{address}/needs/mine")
    page.get_by_role("link", name="用表格批量写需求").click()
    sent = {"name": "采购需求.csv", "mimeType": "text/csv", "buffer": SHEET.encode("gb18030")}
    page.locator("input[type=file]").set_input_files(sent)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传并生成草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已生成 2 条草稿")
    assert serious(page) == [] and fits(page, 1440)
    page.get_by_role("group", name="高压开关柜壳体").get_by_label("数量").fill("500套")
    page.get_by_role("group", name="第 5 行").get_by_label("不要这一行").check()
    page.get_by_role("button", name="改好了，生成这些草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已生成 1 条草稿")
    page.get_by_role("link", name="核对并一并提交").click()
    # Whoever writes on a line means that line.
    line = page.get_by_role("row").filter(has_text="鼓形齿联轴器")
    line.get_by_placeholder("需求描述").fill("公称转矩 5 kN·m，配 110 轴")
    expect(line.get_by_role("checkbox")).to_be_checked()
    assert serious(page) == [] and fits(page, 1440)
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("[data-toasts]")).to_contain_text("条已交主办单位审核")
    with site.database.reading() as session:
        needs = {
            need.title: need
            for need in session.scalars(select(Need).where(Need.submitted_at.is_not(None)))
            if need.title in SHEET
        }
    assert needs["高压开关柜壳体"].quantity == 500
    assert needs["鼓形齿联轴器"].description == "公称转矩 5 kN·m，配 110 轴"
    worker = build_worker(site.app.extensions["lianqiao.settings"])
    worker.drain_all()
    worker.context.database.dispose()
    page.goto(f"{address}/needs/{needs['聚酯浸胶帘子布 1400dtex'].id}")
    expect(page.locator("#preview")).to_contain_text("示例浸胶厂")
    assert page.complaints == []  # type: ignore[attr-defined]
