"""A database of the test's own, with the ways that the house uses it; and a lived-in site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace.core.db import Database
from tests.integration.core.district import (
    district,
    district_site,
    district_template,
    own_district,
    own_site,
)

__all__ = ["district", "district_site", "district_template", "own_district", "own_site"]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()
