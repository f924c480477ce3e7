"""Synonym sets that staff have changed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import marketplace.core.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "synonym_sets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("replaces", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_sets")),
    )
    op.create_index("uq_synonym_sets_replaces", "synonym_sets", ["replaces"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_synonym_sets_replaces", table_name="synonym_sets")
    op.drop_table("synonym_sets")
