"""A filled SQLite database goes through every step since an older one, and nothing in it is lost."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import MetaData, create_engine, func, insert, select, text
from sqlalchemy.types import Boolean, Date, DateTime, Float, Integer, Numeric

from marketplace import schema
from marketplace.core.db import Database

MOMENT = datetime(2026, 5, 1, 8, 0)


def test_a_filled_database_is_brought_up_to_date(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'site.sqlite3'}")
    with database.engine.connect() as connection:
        command.upgrade(schema._config(connection), "0005")
        connection.commit()
    filled = {"firms", "needs", "need_specs", "capabilities", "capability_specs", "proposals"}
    fill(tmp_path / "site.sqlite3", filled)

    schema.upgrade(database)

    assert schema.revision_of(database) == schema.newest()
    assert not schema.differences(database)
    with database.engine.connect() as connection:
        assert all(connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1 for table in filled)
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert not connection.execute(text("PRAGMA foreign_key_check")).all()
    database.dispose()


def fill(path: Path, tables: set[str]) -> None:
    """One row in each of these tables, each pointing to the first row of another."""
    engine = create_engine(f"sqlite:///{path}")
    stored = MetaData()
    stored.reflect(engine)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints=ON"))
        for table in stored.sorted_tables:
            if table.name in tables:
                wanted = {
                    column.name: some(column.type)
                    for column in table.columns
                    if not column.nullable and column.server_default is None
                }
                connection.execute(insert(table).values(wanted))
                assert connection.scalar(select(func.count()).select_from(table)) == 1
    engine.dispose()


def some(kind: Any) -> Any:
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, DateTime):
        return MOMENT
    if isinstance(kind, Date):
        return date(2026, 5, 1)
    if isinstance(kind, Float | Integer | Numeric):
        return 1
    return "x"
