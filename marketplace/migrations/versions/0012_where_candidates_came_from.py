"""Where a run's candidates came from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("match_runs") as batch:
        batch.add_column(sa.Column("route", sa.String(length=10), nullable=True))
        batch.add_column(sa.Column("route_reason", sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("match_runs") as batch:
        batch.drop_column("route_reason")
        batch.drop_column("route")
