"""A site over a database of the test's own, with the taxonomy in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from marketplace.core.db import Database
from tests.integration.capabilities.site import make_site, seeded


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    yield from seeded(database_url)


@pytest.fixture
def site(database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)
