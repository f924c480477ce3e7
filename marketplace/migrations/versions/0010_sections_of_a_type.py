"""Which parts of a need a type has"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("need_types") as table:
        table.add_column(
            sa.Column(
                "sections",
                sa.String(length=60),
                server_default="specs;delivery;budget;purchase",
                nullable=False,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("need_types") as table:
        table.drop_column("sections")
