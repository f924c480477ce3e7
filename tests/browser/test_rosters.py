"""The bureau brings a roster in, decides, writes it and takes it back: in a real browser, with a real worker."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from stdnum.cn import uscc

from tests.browser.test_two_sheets import (  # noqa: F401 - one is a fixture
    DESK,
    PHONE,
    Hand,
    axe_is_content,
    signed_in,
    site,
)

pytestmark = pytest.mark.browser
HEADINGS = "企业名称,统一社会信用代码,主导产品,认定类型,批次,有效期起,有效期至,职工人数"


def code(number: int) -> str:
    """A made-up credit code with a right check digit."""
    begun = f"91410400MA{number:07d}"
    return f"{begun}{uscc.calc_check_digit(begun)}"


def roster(folder: Path, first: int, *more: str) -> Path:
    """Twelve new firms as a bureau's csv lists them, and what else a case needs."""
    rows = [
        f"示例名册{number}号材料有限公司,{code(number)},尼龙制品{number},专精特新中小企业,第三批,2025-01-01,2099-12-31,80"
        for number in range(first, first + 12)
    ]
    path = folder / "培育库名册.csv"
    path.write_bytes("\r\n".join(["2026年培育库名册（示例）", HEADINGS, *rows, *more]).encode("gb18030"))
    return path


def choose(hand: Hand, file: Path) -> None:
    hand.clicks += 1
    hand.page.locator("input[type=file]").set_input_files(file)


def confirmed(hand: Hand, opens: str, says: str) -> None:
    hand.click("button", opens)
    hand.clicks += 1
    hand.page.get_by_role("dialog").get_by_role("button", name=says, exact=True).click()


def firms_called(page: Page, code: str) -> int:
    """How many firms the bureau's export of the district names with this code."""
    with page.expect_download() as download:
        page.get_by_role("link", name="导出全区名册").click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    return sum(code in row for row in book.worksheets[0].iter_rows(values_only=True))


def test_a_roster_comes_in_and_goes_back_in_eight_clicks(
    browser: Browser,
    site: SimpleNamespace,  # noqa: F811 - a fixture
    tmp_path: Path,
) -> None:
    lapsed = f"示例旧认定材料有限公司,{code(99)},帘子布,专精特新中小企业,第一批,2018-01-01,2020-12-31,50"
    page = signed_in(browser, site, "desk", DESK)
    hand = Hand(page)
    hand.click("link", "名册")
    axe_is_content(page)
    choose(hand, roster(tmp_path, 1, lapsed))
    hand.click("button", "上传并比对")
    expect(page.get_by_text("读到 13 家企业。现在什么都还没有写入。")).to_be_visible(timeout=60_000)
    expect(page.locator("article.panel")).to_have_count(1)
    expect(page.locator("article.panel")).to_contain_text("2020-12-31")
    axe_is_content(page)
    hand.click("button", "这些都写入")
    expect(page.locator("article.panel")).to_contain_text("将写入")
    confirmed(hand, "写入 13 行", "写入")
    expect(page.locator("#outcome-title")).to_contain_text("写入", timeout=60_000)
    expect(page.locator(".stat", has_text="新建企业")).to_contain_text("13")
    assert hand.clicks <= 6
    axe_is_content(page)
    confirmed(hand, "撤销整个导入", "撤销")
    expect(page.get_by_text("全部恢复为导入之前的样子。")).to_be_visible(timeout=60_000)
    expect(page.locator("article.panel input:not([type=hidden]), article.panel button")).to_have_count(0)
    assert hand.clicks <= 8
    axe_is_content(page)
    page.goto(f"{site.address}/rosters/")
    assert firms_called(page, code(1)) == 0
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_a_wrong_code_is_mended_on_a_phone_before_anything_is_written(
    browser: Browser,
    site: SimpleNamespace,  # noqa: F811 - a fixture
    tmp_path: Path,
) -> None:
    right = code(70)
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    page = signed_in(browser, site, "phone", PHONE)
    page.goto(f"{site.address}/rosters/")
    hand = Hand(page)
    choose(hand, roster(tmp_path, 50, f"示例错码材料有限公司,{wrong},帘子布,,,,,50"))
    hand.click("button", "上传并比对")
    row = page.locator("article.panel", has_text="示例错码材料有限公司")
    expect(row).to_contain_text("校验位不对", timeout=60_000)
    axe_is_content(page)
    row.get_by_label("统一社会信用代码").fill(right)
    row.get_by_role("button", name="保存改正").click()
    expect(page.get_by_role("button", name="写入 13 行").first).to_be_visible()
    confirmed(hand, "写入 13 行", "写入")
    expect(page.locator(".stat", has_text="新建企业")).to_contain_text("13", timeout=60_000)
    axe_is_content(page)
    page.goto(f"{site.address}/rosters/")
    assert firms_called(page, right) == 1
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()
