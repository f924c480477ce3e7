"""Both languages are complete: every Chinese sentence of code and templates has its English in some room's catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from marketplace import paths

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "translated": None,
}
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@cache
def sentences() -> dict[str, list[str]]:
    """Every sentence marked for translation, with the files it stands in."""
    found: dict[str, list[str]] = defaultdict(list)
    sources = [(path, "python") for path in sorted((ROOT / "marketplace").rglob("*.py"))]
    sources += [(path, "jinja2.ext:babel_extract") for path in sorted((ROOT / "templates").rglob("*.html"))]
    sources += [
        (path, "jinja2.ext:babel_extract") for path in sorted((ROOT / "templates" / "email").rglob("*.txt"))
    ]
    for path, method in sources:
        options = {"trimmed": "true", "silent": "false"} if method != "python" else {}
        for _line, message, _comments, _context in extract_from_file(method, path, KEYWORDS, options=options):
            for sentence in message if isinstance(message, tuple) else (message,):
                if sentence:
                    found[sentence].append(path.relative_to(ROOT).as_posix())
    return dict(found)


@cache
def catalogue() -> dict[str, str]:
    """The English of every room. The same sentence in two rooms must read the same."""
    merged: dict[str, str] = {}
    for path in paths.catalogues():
        with path.open("rb") as stream:
            for message in read_po(stream, locale="en", abort_invalid=True):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id if isinstance(message.id, str) else message.id[0]] = str(message.string)
    return merged


def test_every_sentence_has_its_english() -> None:
    missing = {
        sentence: files[0]
        for sentence, files in sentences().items()
        if HAN.search(sentence) and sentence not in catalogue()
    }
    assert not missing, "\n".join(
        f"{file}: {sentence}" for sentence, file in sorted(missing.items(), key=lambda i: i[1])
    )


def test_no_english_is_left_in_chinese() -> None:
    # Quoted examples of what to type in Chinese may stay.
    left = [sentence for sentence, english in catalogue().items() if len(HAN.findall(english)) > 12]
    assert not left, left


def test_english_does_not_say_one_rows() -> None:
    """Chinese needs no plural, and no catalogue here has one: 「Rows: 1」 reads right where 「1 rows」 does not."""
    wrong = [english for english in catalogue().values() if re.match(r"%\(count\)s [a-z]+s\b", english)]
    assert not wrong, wrong


@pytest.mark.parametrize("sentence", sorted(catalogue()))
def test_placeholders_survive_translation(sentence: str) -> None:
    here = {name for pair in PLACEHOLDER.findall(sentence) for name in pair if name}
    there = {name for pair in PLACEHOLDER.findall(catalogue()[sentence]) for name in pair if name}
    assert here == there
