"""What nearly met a need, and why a need has no match"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import marketplace.core.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "near_misses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("need_id", _ID, nullable=False),
        sa.Column("capability_id", _ID, nullable=False),
        sa.Column("supplier_id", _ID, nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("mended", sa.Float(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("found_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("standing IN ('barred', 'weak', 'listed')", name=op.f("ck_near_misses_standing")),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_near_misses_capability_id_capabilities"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_near_misses_need_id_needs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["firms.id"], name=op.f("fk_near_misses_supplier_id_firms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_misses")),
        sa.UniqueConstraint("need_id", "capability_id", name=op.f("uq_near_misses_need_id_capability_id")),
    )
    with op.batch_alter_table("near_misses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_near_misses_capability_id"), ["capability_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_near_misses_supplier_id"), ["supplier_id"], unique=False)
    op.create_table(
        "near_miss_gaps",
        sa.Column("near_miss_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("finding", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('lacking', 'unstated')", name=op.f("ck_near_miss_gaps_state")),
        sa.ForeignKeyConstraint(
            ["near_miss_id"],
            ["near_misses.id"],
            name=op.f("fk_near_miss_gaps_near_miss_id_near_misses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("near_miss_id", "position", name=op.f("pk_near_miss_gaps")),
    )
    op.create_table(
        "need_outcomes",
        sa.Column("need_id", _ID, autoincrement=False, nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("capabilities", sa.Integer(), nullable=False),
        sa.Column("found_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_outcomes_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "cause", name=op.f("pk_need_outcomes")),
    )
    _match_again()


def downgrade() -> None:
    op.drop_table("need_outcomes")
    op.drop_table("near_miss_gaps")
    op.drop_table("near_misses")


def _match_again() -> None:
    """Needs that are open already are matched once more: only matching writes these tables."""
    op.execute(
        """
        INSERT INTO outbox (kind, key, revision, enqueued_at, due_at, attempts)
        SELECT 'match', 'need:' || needs.id, 1, needs.published_at, needs.published_at, 0 FROM needs
        WHERE needs.published_at IS NOT NULL AND needs.closed_at IS NULL
        ON CONFLICT (kind, key) DO NOTHING
        """
    )
