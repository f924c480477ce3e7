"""A district on each database, and the site over one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.app import create_app
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.settings import Settings
from marketplace.taxonomy import service as taxonomy
from tests.integration.needs.district import MACHINE, NOW, District, Site, build


@pytest.fixture
def district(session: Session) -> District:
    return build(session)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    app = create_app(
        Settings(data_dir=tmp_path, database_url=database_url, secret_key="x" * 40, rate_limits=False)
    )
    # Form tokens are tested on their own; here they would hide what the pages do.
    app.config["WTF_CSRF_ENABLED"] = False
    database: Database = app.extensions["lianqiao.database"]
    with database.unit_of_work() as session:
        taxonomy.import_seeds(session, MACHINE, paths.SEEDS, NOW)
        district = build(session, utc_now())
    yield Site(app, district)
    database.dispose()
