"""A database of the test's own, with the ways that the house uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace.core.db import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()
