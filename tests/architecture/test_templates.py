"""What the template linter cannot see: escaping stays on, and every page has a title of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# A literal is the template's own text; what stands in a variable is somebody else's.
UNESCAPED = re.compile(r"(?<!['\"\s])\s*\|\s*safe\b|{%-?\s*autoescape\s+false")


def named(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_escaping_stays_on(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if UNESCAPED.search(line)] == []


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if '{% extends "base.html"' in path.read_text("utf-8")], ids=named
)
def test_every_page_has_a_title_of_its_own(path: Path) -> None:
    assert re.search(r"{%-?\s*block title\b", path.read_text("utf-8"))
