"""A worker on a database of the test's own, with a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.settings import Settings

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **much: float) -> None:
        self.now += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(database_url: str, tmp_path: Path) -> Iterator[WorkContext]:
    settings = Settings(data_dir=tmp_path, database_url=database_url, secret_key="a key for tests")
    context = WorkContext(settings, Database(database_url))
    yield context
    context.database.dispose()
