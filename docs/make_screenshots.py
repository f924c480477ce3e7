"""Takes the README's pictures from a running demonstration:

    python3 run.py demo                                   (in one terminal)
    .venv/bin/python docs/make_screenshots.py http://127.0.0.1:8000

Needs Chromium (CHROMIUM, or chromium on the PATH) and the development packages.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from marketplace.demo_district import PASSWORD

FOLDER = Path(__file__).parent / "screenshots"
DESK, PHONE = {"width": 1366, "height": 860}, {"width": 390, "height": 844}


def _page(browser: Browser, base: str, size: dict[str, int], login: str | None = None) -> Page:
    page = browser.new_context(viewport=size, base_url=base, locale="zh-CN").new_page()  # type: ignore[arg-type]
    if login is not None:
        page.goto("/sign-in")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_load_state()
    return page


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(600)
    page.screenshot(path=FOLDER / f"{name}.png")


def main(base: str) -> None:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    arguments = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        _take(_page(browser, base, DESK), "/capabilities/browse?q=尼龙66", "browse")
        organiser = _page(browser, base, DESK, "bureau@lianqiao.example")
        _take(organiser, "/conferences/lists/1", "match-list")
        _take(organiser, "/moderation/", "moderation")
        _take(_page(browser, base, PHONE, "supplier@lianqiao.example"), "/proposals/", "phone")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
