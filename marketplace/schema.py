"""The database's schema: bring it up to date, say where it stands, draft the next step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from marketplace import paths
from marketplace.core.db import Database
from marketplace.tables import metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Apply every step that is missing, all or none."""
    with database.engine.connect() as connection, _foreign_keys_resting(connection):
        command.upgrade(_config(connection), "head")
        connection.commit()


@contextmanager
def _foreign_keys_resting(connection: Connection) -> Iterator[None]:
    """On SQLite tables are altered by copying them, and a table that others point to could not be dropped.

    Inside a transaction SQLite does not hear this, and SQLAlchemy begins one with every statement: the driver is told.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def revision_of(database: Database) -> str | None:
    """Where the database stands; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(database: Database) -> list[Any]:
    """What the tables of the code and of the database do not agree on; empty is good."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def draft(database: Database, message: str) -> None:
    """Write the next step from the differences, for a person to read and keep."""
    with database.engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
