"""Every mail in both languages, word for word against the copies in tests/unit/mail/letters.

After a wanted change of words: write the copies anew with ``LETTERS=write`` in the environment, and read the diff.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from marketplace import paths
from marketplace.accounts.letters import Site
from marketplace.core.i18n import translate
from marketplace.mail.rendering import render

COPIES = Path(__file__).parent / "letters"
AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
LINK = "https://lianqiao.example/reset/kR3-_x"
LETTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "reset": ("reset", {"name": "李芳", "login": "li.fang@example.com", "link": LINK, "hours": 2}),
    "password_changed": (
        "password_changed",
        {"name": "李芳", "login": "li.fang@example.com", "link": LINK, "at": AT},
    ),
    "invitation_to_office": (
        "invitation",
        {"target": "沙河街道办事处", "inviter": "王明", "to_office": True, "link": LINK, "until": AT},
    ),
    "invitation_to_firm": (
        "invitation",
        {"target": "示例特种管业有限公司", "inviter": "王明", "to_office": False, "link": LINK, "until": AT},
    ),
}


def site(locale: str) -> Site:
    return Site("链桥", "https://lianqiao.example").told_in(locale)


def rendered(letter: str, locale: str, **changed: Any) -> tuple[str, str, str]:
    template, values = LETTERS[letter]
    return render(template, locale, site=site(locale), **{**values, **changed})


class Words(HTMLParser):
    """The words of an HTML mail, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("letter", LETTERS)
def test_letters_read_as_agreed(letter: str, locale: str) -> None:
    subject, text, html = rendered(letter, locale)
    for suffix, content in (("txt", f"{subject}\n\n{text}"), ("html", html)):
        copy = COPIES / f"{letter}.{locale}.{suffix}"
        if os.environ.get("LETTERS") == "write":
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(content, "utf-8")
        assert content == copy.read_text("utf-8")


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_says_that_it_is_free_and_how_to_verify_it(letter: str, locale: str) -> None:
    subject, text, html = rendered(letter, locale)
    said = {"zh": ("免费", "核实"), "en": ("free for firms", "To verify this e-mail")}[locale]
    words = Words(html)
    for part in (text, "".join(words.words)):
        assert all(word in part for word in said)
        assert "https://lianqiao.example" in part
        assert LINK in part
    assert set(words.links) == {LINK}
    assert words.tags.isdisjoint({"script", "img", "style", "form", "iframe"})
    assert translate("链桥", locale) in subject
    assert locale == "zh" or not re.search(
        r"[\u4e00-\u9fff]", subject.replace(LETTERS[letter][1].get("target", "\0"), "")
    )


def test_what_people_wrote_stays_text() -> None:
    evil = '<a href="https://evil.example">here</a>{{ 7 * 7 }}'
    subject, text, html = rendered("reset", "zh", name=evil)
    assert "&lt;a href=" in html
    assert "https://evil.example" not in Words(html).links
    assert evil in text
    assert "49" not in html
    subject, _text, _html = rendered("invitation_to_firm", "zh", target="某公司\r\nBcc: all@evil.example")
    assert len(subject.splitlines()) == 1


def test_a_forgotten_value_is_an_error_and_no_gap() -> None:
    with pytest.raises(UndefinedError):
        render("reset", "zh", site=site("zh"), name="李芳", login="a@b.example", hours=2)


def test_every_letter_has_its_three_parts() -> None:
    folders = [path for path in (paths.TEMPLATES / "email").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}
