"""Every code has a sentence in both languages, and every sentence of the pages and mails has its English."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import marketplace.accounts.words
import marketplace.mail.words  # noqa: F401
from marketplace import paths
from marketplace.core import i18n

HAN = re.compile(r"[\u4e00-\u9fff]")
IN_TEMPLATES = re.compile(r"_\((['\"])(.*?)\1\s*[,)]", re.DOTALL)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def sentences() -> list[str]:
    found = set()
    for folder in ("accounts", "email"):
        for path in (paths.TEMPLATES / folder).rglob("*.*"):
            found.update(match[1] for match in IN_TEMPLATES.findall(path.read_text("utf-8")))
    for room in ("accounts", "mail"):
        for path in (paths.PACKAGE / room).rglob("*.py"):
            found.update(_marked(path))
    return sorted(found)


def _marked(path: Path) -> set[str]:
    calls = (
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    named = (
        call
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("_", "N_", "lazy_gettext")
    )
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}  # type: ignore[misc]


@pytest.mark.parametrize("sentence", sentences())
def test_every_sentence_has_its_english(sentence: str) -> None:
    english = i18n.translate(sentence, "en")
    assert english != sentence
    assert not HAN.search(english)
    assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(sentence))


def test_the_codes_of_the_rules_have_sentences() -> None:
    code = re.compile(r'"((?:accounts|mail)\.[a-z_]+)"')
    used = set()
    for room in ("accounts", "mail"):
        for path in (paths.PACKAGE / room).rglob("*.py"):
            if "views" not in path.parts and path.name not in ("words.py", "models.py"):
                used.update(code.findall(path.read_text("utf-8")))
    known = i18n.registered_words()
    assert {name for name in used if name not in known} == set()
