"""How Alembic runs here: on a connection that schema.py hands over, against every room's tables."""

from __future__ import annotations

from alembic import context

from marketplace.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most things in place: Alembic copies the table.
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
