"""Which version of a need its near misses and its outcome are of"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from marketplace.core.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLES = ("near_misses", "need_outcomes")


def upgrade() -> None:
    for table in _TABLES:
        # Nobody noted it: 0 is no version, so nothing of it is shown until the need has been matched once more.
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("need_version", sa.Integer(), nullable=False, server_default="0"))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("need_version", server_default=None)
    _match_again()


def downgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("need_version")


def _match_again() -> None:
    # Due from now on: what has lain for long is taken for a worker that is not there.
    again = sa.text(
        """
        INSERT INTO outbox (kind, key, revision, enqueued_at, due_at, attempts)
        SELECT 'match', 'need:' || needs.id, 1, :now, :now, 0 FROM needs
        WHERE needs.published_at IS NOT NULL AND needs.closed_at IS NULL
        ON CONFLICT (kind, key) DO NOTHING
        """
    )
    op.execute(again.bindparams(sa.bindparam("now", datetime.now(UTC), UtcDateTime())))
