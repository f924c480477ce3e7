"""Runs inside a clean environment that holds only the wheel: makes a site, renders its first page and its files.

Usage: python installed_page.py EMPTY_FOLDER. Ends with status 0 only when everything a visitor needs was found.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def main(folder: str) -> int:
    import marketplace  # here, so that a failing import is told as part of this step
    from marketplace import schema
    from marketplace.app import create_app
    from marketplace.settings import Settings

    home = Path(marketplace.__file__)
    if "site-packages" not in home.parts:
        print(f"marketplace came from {home.parent}, not from the installed wheel")
        return 1
    settings = Settings(data_dir=Path(folder))
    app = create_app(settings)
    database = app.extensions["lianqiao.database"]
    schema.upgrade(database)
    if schema.newest() is None or schema.revision_of(database) != schema.newest():
        print("the wheel brings no migrations")
        return 1
    with app.test_client() as client:
        health, page = client.get("/health"), client.get("/")
        files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"#?]+)', page.text)))
        answers = {"/health": health.status_code, "/": page.status_code}
        answers |= {name: client.get(name).status_code for name in files}
    for address, status in answers.items():
        print(status, address)
    if not files:
        print("the first page names no file of static/")
    if "链桥" not in page.text:
        print("the first page does not name the site")
    return 0 if set(answers.values()) == {200} and files and "链桥" in page.text else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
