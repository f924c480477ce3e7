"""Which firms a buyer does not want for a need"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "need_exclusions",
        sa.Column("need_id", _ID, nullable=False),
        sa.Column("firm_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_need_exclusions_firm_id_firms")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_exclusions_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "firm_id", name=op.f("pk_need_exclusions")),
    )
    with op.batch_alter_table("need_exclusions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_exclusions_firm_id"), ["firm_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("need_exclusions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_exclusions_firm_id"))
    op.drop_table("need_exclusions")
