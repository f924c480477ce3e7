"""The shipped rule figures as values, read from the seed files through a database: what the site itself would use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.core.actor import system_actor
from marketplace.core.db import Base, Database
from marketplace.taxonomy import queries, service
from marketplace.taxonomy.values import Parameter, SizeGroup, TierRule

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    from marketplace import tables  # every table, for foreign keys

    database = Database(f"sqlite:///{tmp_path_factory.mktemp('taxonomy') / 'seeded.sqlite3'}")
    assert tables.metadata is Base.metadata
    Base.metadata.create_all(database.engine)
    with database.unit_of_work() as session:
        service.import_seeds(session, system_actor(), paths.SEEDS, NOW)
    with database.reading() as session:
        yield session
    database.dispose()


@pytest.fixture(scope="package")
def groups(seeded: Session) -> dict[str, SizeGroup]:
    return {group.key: group for group in queries.size_groups(seeded)}


@pytest.fixture(scope="package")
def parameters(seeded: Session) -> tuple[Parameter, ...]:
    return queries.parameters(seeded)


@pytest.fixture(scope="package")
def tier_rules(seeded: Session) -> tuple[TierRule, ...]:
    return queries.tier_rules(seeded)
