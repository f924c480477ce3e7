"""Where a run's candidates came from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

<<<<<<<< HEAD:marketplace/migrations/versions/0012_where_candidates_came_from.py
revision = "0012"
down_revision = "0011"
========
revision = "0011"
down_revision = "0010"
>>>>>>>> 279897d (Where candidates came from, after the newest migration):marketplace/migrations/versions/0011_where_candidates_came_from.py
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
