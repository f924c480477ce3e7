"""An organiser drops two sheets as a bureau sends them and reads the list: in a real browser, with a real worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from waitress import create_server

from marketplace import paths
from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.app import create_app
from marketplace.assembly import build_worker
from marketplace.consumers import Consumers
from marketplace.core.actor import system_actor
from marketplace.core.clock import utc_now
from marketplace.core.db import Base, Database
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds

pytestmark = pytest.mark.browser
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORD = "Qiao-shifan-2026"
SHEETS = paths.SEEDS / "demo" / "sheets"
NEEDS, CAPABILITIES = SHEETS / "需求汇总表（示例）.xlsx", SHEETS / "能力汇总表（示例）.xlsx"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The site under waitress and its worker, each in a thread of its own, over a fresh SQLite database."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("site"), rate_limits=False, secret_key="a key for tests"
    )
    database = Database(settings.database_url)
    app = create_app(settings)
    Base.metadata.create_all(database.engine)
    with database.unit_of_work() as session:
        machine = system_actor("test")
        import_seeds(session, machine, paths.SEEDS, utc_now())
        bureau = offices.create_office(session, machine, kind="bureau", name="示例区局", now=utc_now())
        for name in ("desk", "phone"):
            account = create_account(
                session, machine, name=f"示例组织者 {name}", email=f"{name}@lianqiao.example", password=PASSWORD,
                verified=True, now=utc_now(),
            )  # fmt: skip
            offices.join_office(session, machine, account.id, bureau.id, now=utc_now())
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    worker = build_worker(settings)
    consumers = Consumers(worker)
    threads = [
        threading.Thread(target=server.run, daemon=True),
        threading.Thread(target=consumers.run, daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield SimpleNamespace(address=f"http://127.0.0.1:{server.effective_port}")
    consumers.stop()
    server.close()
    threads[1].join(timeout=20)
    for opened in (database, worker.context.database, app.extensions["lianqiao.database"]):
        opened.dispose()


class Hand:
    """A person's hand: every click is counted; choosing both files in one dialog is one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, role: str, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def choose(self, *files: Path) -> None:
        self.clicks += 1
        self.page.get_by_label("需求表和能力表").set_input_files(list(files))


def signed_in(browser: Browser, site: SimpleNamespace, who: str, size: dict[str, int]) -> Page:
    context = browser.new_context(viewport=size, has_touch=size is PHONE, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )  # type: ignore[attr-defined]
    page.goto(f"{site.address}/sign-in")
    page.locator("input[name=login]").fill(f"{who}@lianqiao.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".account-menu, .thumb-menu").first).to_be_attached()
    return page


def axe_is_content(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    grave = [
        (v["id"], [n["html"][:160] for n in v["nodes"]])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_two_sheets_to_a_list_in_five_clicks(browser: Browser, site: SimpleNamespace) -> None:
    page = signed_in(browser, site, "desk", DESK)
    hand = Hand(page)
    hand.click("link", "两表匹配")
    axe_is_content(page)
    hand.choose(NEEDS, CAPABILITIES)
    hand.click("button", "上传并读取")
    expect(page.get_by_role("heading", name="核对两张表")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("读到 61 条需求，180 项能力")).to_be_visible()
    axe_is_content(page)
    hand.click("button", "匹配")
    expect(page.get_by_role("heading", name="匹配清单", exact=True)).to_be_visible(timeout=120_000)
    assert hand.clicks <= 5
    expect(page.locator(".match-card").first).to_contain_text("命中")
    expect(page.locator(".queue-item")).not_to_have_count(0)
    axe_is_content(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel").click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert len(rows) >= 40 and all(row[9] for row in rows)
    page.get_by_role("link", name="无合适匹配").click()
    expect(page.locator("table.data-table tbody tr").first).to_contain_text("项")
    axe_is_content(page)
    page.get_by_role("button", name="保留这些数据").click()
    page.get_by_role("dialog").get_by_role("button", name="保留").click()
    expect(page.get_by_text("需求草稿", exact=True)).to_be_visible(timeout=120_000)
    axe_is_content(page)
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_a_row_is_mended_on_a_phone(browser: Browser, site: SimpleNamespace) -> None:
    page = signed_in(browser, site, "phone", PHONE)
    page.goto(f"{site.address}/imports/")
    Hand(page).choose(NEEDS, CAPABILITIES)
    page.get_by_role("button", name="上传并读取").click()
    row = page.locator("article.panel", has_text="看不懂交期")
    expect(row).to_be_visible(timeout=60_000)
    axe_is_content(page)
    row.get_by_role("textbox").fill("30天")
    row.get_by_role("button", name="保存这一行").click()
    expect(page.get_by_text("已改好")).to_be_visible()
    page.locator("article.panel", has_text="「采购产品」不能空").get_by_role(
        "button", name="跳过这一行"
    ).click()
    expect(page.get_by_text("已跳过")).to_be_visible()
    page.get_by_role("button", name="匹配", exact=True).click()
    expect(page.locator(".match-card").first).to_be_visible(timeout=120_000)
    axe_is_content(page)
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_a_file_that_is_no_table_says_so_at_the_field(
    browser: Browser, site: SimpleNamespace, tmp_path: Path
) -> None:
    page = signed_in(browser, site, "desk", DESK)
    broken = tmp_path / "能力.xlsx"
    broken.write_bytes(b"%PDF-1.7 not a table")
    page.goto(f"{site.address}/imports/")
    Hand(page).choose(NEEDS, broken)
    page.get_by_role("button", name="上传并读取").click()
    expect(page.locator("#files-error")).to_contain_text("内容却是 PDF")
    axe_is_content(page)
    page.context.close()
