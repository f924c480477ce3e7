"""A filled SQLite database goes through every step since an older one, and nothing in it is lost."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Engine, MetaData, func, insert, select, text
from sqlalchemy.types import Boolean, Date, DateTime, Float, Integer, Numeric

from marketplace import schema
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.core.outbox import OutboxEntry
from marketplace.proposals.models import NearMiss, NeedOutcome

MOMENT = datetime(2026, 5, 1, 8, 0)
# What is one of a few.
CHOSEN = {
    ("needs", "visibility"): "public",
    ("proposals", "label"): "weak",
    ("near_misses", "standing"): "weak",
    ("near_miss_gaps", "state"): "unstated",
}


def test_a_filled_database_is_brought_up_to_date(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'site.sqlite3'}")
    with database.engine.connect() as connection:
        command.upgrade(schema._config(connection), "0005")
        connection.commit()
    filled = {"firms", "needs", "need_specs", "capabilities", "capability_specs", "proposals"}
    fill(database.engine, filled)

    schema.upgrade(database)

    assert schema.revision_of(database) == schema.newest()
    assert not schema.differences(database)
    with database.engine.connect() as connection:
        assert all(connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1 for table in filled)
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert not connection.execute(text("PRAGMA foreign_key_check")).all()
    database.dispose()


def test_needs_that_were_matched_before_their_version_was_noted_are_matched_again(
    empty_database_url: str,
) -> None:
    database = Database(empty_database_url)
    with database.engine.connect() as connection:
        command.upgrade(schema._config(connection), "0014")
        connection.commit()
    noted = {"near_misses", "near_miss_gaps", "need_outcomes"}
    fill(database.engine, {"firms", "needs", "capabilities", *noted}, published_at=MOMENT)
    before = utc_now()

    schema.upgrade(database)

    assert not schema.differences(database)
    with database.reading() as session:
        for table in noted:
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1
        assert session.scalars(select(NearMiss.need_version)).one() == 0
        assert session.scalars(select(NeedOutcome.need_version)).one() == 0
        row = session.scalars(select(OutboxEntry)).one()
        assert (row.kind, row.key, row.attempts) == ("match", "need:1", 0)
        assert before <= row.due_at == row.enqueued_at <= utc_now()
    database.dispose()


def fill(engine: Engine, tables: set[str], **more: Any) -> None:
    """One row in each of these tables, each pointing to the first row of another; ``more``: what a column holds that may
    be empty."""
    stored = MetaData()
    stored.reflect(engine)
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        connection.execute(
            text("PRAGMA defer_foreign_keys=ON" if on_sqlite else "SET session_replication_role = replica")
        )
        for table in stored.sorted_tables:
            if table.name in tables:
                wanted = {
                    column.name: CHOSEN.get((table.name, column.name)) or some(column.type)
                    for column in table.columns
                    if not column.nullable and column.server_default is None
                }
                wanted |= {name: value for name, value in more.items() if name in table.columns}
                connection.execute(insert(table).values(wanted))
                assert connection.scalar(select(func.count()).select_from(table)) == 1


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
