"""What a supplier wishes: where it delivers, how long it can wait for its money"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("capabilities") as batch:
        batch.add_column(sa.Column("payment_days", sa.Integer(), nullable=True))
    op.create_table(
        "capability_divisions",
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_capability_divisions_capability_id_capabilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("capability_id", "code", name=op.f("pk_capability_divisions")),
    )


def downgrade() -> None:
    op.drop_table("capability_divisions")
    with op.batch_alter_table("capabilities") as batch:
        batch.drop_column("payment_days")
