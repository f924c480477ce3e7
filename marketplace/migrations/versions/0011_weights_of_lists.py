"""The weights that a conference's organiser chose, and what a list can be weighed anew from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str, target: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_match_pools_{name}_{target}"))
    return sa.Column(name, _ID, key, autoincrement=False, nullable=False)


def upgrade() -> None:
    op.add_column("conferences", sa.Column("weight_steps", sa.JSON(), nullable=True))
    op.create_table(
        "match_pools",
        _key("list_id", "match_lists"),
        _key("need_id", "needs"),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("beyond", sa.Float(), nullable=False),
        sa.Column("open_procedure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "need_id", name=op.f("pk_match_pools")),
    )


def downgrade() -> None:
    op.drop_table("match_pools")
    op.drop_column("conferences", "weight_steps")
