"""The components in a real browser, under the real Content-Security-Policy, by mouse, keyboard, paste and thumb."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.unit.components.site import make_site

pytestmark = pytest.mark.browser
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture(scope="module")
def address(site: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(browser: Browser, address: str, size: dict[str, int], path: str = "/", **options: Any) -> Page:
    context = browser.new_context(viewport=size, has_touch=size is PHONE, **options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address + path)
    page.complaints = complaints  # type: ignore[attr-defined]
    return page


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    page = opened(browser, address, DESK)
    yield page
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    page = opened(browser, address, PHONE)
    yield page
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def paste(page: Page, selector: str, text: str) -> None:
    page.locator(selector).evaluate(
        """(box, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          box.focus();
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def rows(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.locator("[data-spec-row]").evaluate_all(
        """(rows) => rows.map((row) => Object.fromEntries(
             [...row.querySelectorAll("input, select")].map((box) =>
               [box.name.replace(/^specs-\\d+-/, ""), box.type === "checkbox" ? box.checked : box.value])))"""
    )
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/", "/?errors=1&acting=1", "/error/404", "/error/500"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, address: str, size: dict[str, int], path: str
) -> None:
    page = opened(browser, address, size, path)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def test_cells_from_a_sheet_become_rows(desk: Page) -> None:
    paste(
        desk,
        "#specs-2-parameter",
        "序号\t指标\t要求\t单位\t标准\n"
        "1\t屈服强度\t≥930\tMPa\tGB/T 228.1\n"
        "2\t厚度公差\t-0.1～+0.1\tmm\t\n"
        "3\t硬度\t不大于 302 HB\t\t\t优选\n"
        '4\t阻燃等级\tV-0\t\tUL 94\n5\t"表面\n质量"\t无裂纹、折叠\n6\t年产能\t1,200吨以上\n',
    )
    pasted = rows(desk)[2:]
    assert [(r["parameter"], r["operator"], r["value"], r["value_high"], r["unit"]) for r in pasted] == [
        ("屈服强度", "ge", "930", "", "MPa"),
        ("厚度公差", "range", "-0.1", "+0.1", "mm"),
        ("硬度", "le", "302", "", "HB"),
        ("阻燃等级", "eq", "V-0", "", ""),
        ("表面 质量", "contains", "无裂纹、折叠", "", ""),
        ("年产能", "ge", "1200", "", "吨"),
    ]
    assert [r["standard"] for r in pasted] == ["GB/T 228.1", "", "", "UL 94", "", ""]
    assert [r["must"] for r in pasted] == [True, True, False, True, True, True]
    assert rows(desk)[0]["parameter"] == "抗拉强度"
    expect(desk.locator("[data-spec-status]")).to_have_text("已粘贴 6 行，请核对数值和单位")


def test_one_cell_is_pasted_as_text(desk: Page) -> None:
    paste(desk, "#specs-2-value", "1080")
    assert len(rows(desk)) == 4
    expect(desk.locator("[data-spec-status]")).to_have_text("")


def test_rows_grow_and_shrink_by_keyboard_alone(desk: Page) -> None:
    last = desk.locator("#specs-3-standard")
    last.focus()
    last.press("Enter")
    expect(desk.locator("#specs-4-parameter")).to_be_focused()
    desk.keyboard.type("伸长率")
    expect(desk.get_by_label("指标，第 5 行")).to_have_value("伸长率")
    desk.keyboard.press("Alt+Backspace")
    expect(desk.locator("#specs-4-parameter")).to_have_count(0)
    expect(desk.locator("#specs-3-parameter")).to_be_focused()


def test_the_upper_value_shows_only_for_a_range(desk: Page) -> None:
    high = desk.locator("#specs-0-value_high")
    expect(high).to_be_hidden()
    desk.locator("#specs-0-operator").select_option("range")
    expect(high).to_be_visible()


def test_a_draft_saves_itself_without_files(desk: Page, site: Flask) -> None:
    site.extensions["saved"].clear()
    desk.locator("#title").fill("PA66 切片")
    expect(desk.locator("[data-autosave-state]")).to_have_text("已保存 14:30", timeout=5000)
    (draft,) = site.extensions["saved"]
    assert draft["title"] == "PA66 切片"
    assert draft["specs-0-parameter"] == "抗拉强度"
    assert "drawings" not in draft


def test_a_draft_that_could_not_be_saved_says_so_and_tries_again(browser: Browser, address: str) -> None:
    page = opened(browser, address, DESK)
    page.route("**/autosave", lambda route: route.abort())
    page.locator("#title").fill("PA66 切片")
    expect(page.locator("[data-autosave-state]")).to_contain_text("没能自动保存", timeout=5000)
    page.unroute("**/autosave")
    page.locator("#title").fill("PA66 切片 2")
    expect(page.locator("[data-autosave-state]")).to_have_text("已保存 14:30", timeout=5000)
    page.context.close()


def test_files_are_listed_and_unreadable_ones_refused(desk: Page) -> None:
    desk.locator("#drawings").set_input_files(
        [
            {"name": "总图.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048},
            {"name": "模型.step", "mimeType": "application/step", "buffer": b"x"},
            {"name": "大图.pdf", "mimeType": "application/pdf", "buffer": b"x" * (1024 * 1024 + 1)},
        ]
    )
    lines = desk.locator("[data-file-list] li")
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_contain_text("2 KB")
    expect(lines.nth(1)).to_contain_text("不是可以读取的格式，请选择 .pdf .xlsx")
    expect(lines.nth(2)).to_contain_text("超过 1 MB 的上限")
    assert desk.locator("#drawings").evaluate("(input) => [...input.files].map((file) => file.name)") == [
        "总图.pdf"
    ]
    lines.nth(0).get_by_role("button").click()
    assert desk.locator("#drawings").evaluate("(input) => input.files.length") == 0


def test_a_dropped_file_is_taken(desk: Page) -> None:
    desk.locator(".file-drop-zone").evaluate(
        """(zone) => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "名录.xlsx"));
          zone.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(desk.locator("[data-file-list]")).to_contain_text("名录.xlsx")


def test_the_desk_is_walked_by_keys_that_can_be_turned_off(desk: Page) -> None:
    queue = desk.locator("[data-queue]")
    desk.keyboard.press("j")
    expect(queue.get_by_role("link", name="刮板机链环锻件")).to_be_focused()
    desk.keyboard.press("k")
    desk.keyboard.press("k")
    expect(queue.get_by_role("link", name="高压开关柜铜排镀银")).to_be_focused()
    desk.keyboard.press("x")
    expect(queue.get_by_label("选择：高压开关柜铜排镀银")).to_be_checked()
    desk.keyboard.press("?")
    desk.get_by_label("启用快捷键（只记在这台电脑上）").uncheck()
    desk.keyboard.press("Escape")
    queue.get_by_role("link", name="高压开关柜铜排镀银").focus()
    desk.keyboard.press("j")
    expect(queue.get_by_role("link", name="高压开关柜铜排镀银")).to_be_focused()


def test_many_are_chosen_at_once(desk: Page) -> None:
    form = desk.locator("form[data-batch]").first
    approve = form.get_by_role("button", name="通过")
    expect(approve).to_be_disabled()
    boxes = form.locator("[data-batch-item]")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(form.locator("[data-batch-count]")).to_have_text("已选 3 项")
    expect(approve).to_be_enabled()
    form.get_by_label("全选本页").check()
    expect(form.locator("[data-batch-count]")).to_have_text("已选 6 项")


def test_a_confirmation_opens_closes_and_gives_the_focus_back(desk: Page) -> None:
    button = desk.get_by_role("button", name="撤下需求").first
    button.click()
    dialog = desk.get_by_role("dialog", name="撤下这条需求？")
    expect(dialog).to_be_visible()
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_progress_is_polled_until_it_is_done(desk: Page) -> None:
    expect(desk.locator("#progress")).to_have_text("算完了，共 7,000 条", timeout=6000)


def test_a_filter_takes_effect_at_once_on_a_wide_screen(desk: Page) -> None:
    with desk.expect_request(lambda request: "chain=1" in request.url) as asked:
        desk.get_by_label("特钢及装备 36").check()
    assert asked.value.headers["hx-request"] == "true"
    expect(desk).to_have_url(re.compile("chain=0.*chain=1"))
    desk.locator("#browse").wait_for()


def test_on_a_phone_the_filters_are_a_sheet_sent_by_its_button(phone: Page, address: str) -> None:
    panel = phone.locator("#filter-sheet")
    expect(panel).to_be_hidden()
    phone.get_by_role("button", name="筛选 2").click()
    expect(panel).to_be_visible()
    phone.get_by_label("特钢及装备 36").check()
    assert phone.url == address + "/"
    phone.get_by_role("button", name="应用筛选").click()
    expect(phone).to_have_url(re.compile("chain=1"))


def test_on_a_phone_the_bottom_bar_reaches_every_place(phone: Page) -> None:
    bar = phone.get_by_role("navigation", name="常用页面")
    for box in bar.locator("> ul > li").all():
        size = box.bounding_box()
        assert size is not None and size["height"] >= 44 and size["width"] >= 44
    bar.get_by_text("更多").click()
    expect(bar.get_by_role("link", name="对接会")).to_be_visible()
    expect(bar.get_by_role("button", name="退出登录")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(bar.get_by_role("link", name="对接会")).to_be_hidden()


def test_what_a_thumb_presses_is_44_pixels_high(phone: Page) -> None:
    small = phone.evaluate(
        """() => [...document.querySelectorAll("main .btn, main select, main input:not([type=hidden], [type=checkbox], [type=radio], [type=file])")]
          .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("dialog, .ts-wrapper"))
          .filter((element) => element.getBoundingClientRect().height < 43.5)
          .map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_after_a_refused_form_the_reader_starts_at_the_summary(browser: Browser, address: str) -> None:
    page = opened(browser, address, DESK, "/?errors=1")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="交期：请写天数，如 60").click()
    expect(page.locator("#days")).to_be_focused()
    page.context.close()


def test_without_scripts_forms_filters_and_confirmations_still_work(browser: Browser, address: str) -> None:
    page = opened(browser, address, PHONE, java_script_enabled=False)
    expect(page.locator("#filter-sheet").get_by_role("button", name="应用筛选")).to_be_visible()
    expect(page.get_by_role("dialog", name="撤下这条需求？")).to_be_visible()
    page.locator("#specs-2-parameter").fill("伸长率")
    expect(page.get_by_label("图纸")).to_be_visible()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#specs-2-parameter")).to_have_value("伸长率")
    page.context.close()


def test_a_server_error_behind_the_page_becomes_a_sentence(browser: Browser, address: str) -> None:
    page = opened(browser, address, DESK)
    page.route(
        "**/progress", lambda route: route.fulfill(status=500, body="Traceback (most recent call last)")
    )
    toast = page.locator("[data-toast]").filter(has_text="服务器没能完成刚才的操作，请稍后再试").first
    expect(toast).to_be_visible(timeout=6000)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    page.context.close()
