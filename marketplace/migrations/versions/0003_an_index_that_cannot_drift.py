"""Revisions of documents, runs over the index, saved searches"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import marketplace.core.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "index_records",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "item_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("changed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("written_rev", sa.Integer(), nullable=False),
        sa.Column("matched_rev", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "item_id", name=op.f("pk_index_records")),
    )
    with op.batch_alter_table("index_records", schema=None) as batch_op:
        batch_op.create_index(
            "ix_index_records_unmatched",
            ["kind", "item_id"],
            unique=False,
            sqlite_where=sa.text("matched_rev < written_rev"),
            postgresql_where=sa.text("matched_rev < written_rev"),
        )

    op.create_table(
        "index_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task", sa.String(length=20), nullable=False),
        sa.Column("begun_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("index_name", sa.String(length=200), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("surplus", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_runs")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("cadence", sa.String(length=10), nullable=False),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("muted_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seen_hit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "cadence IN ('instant', 'daily', 'weekly')", name=op.f("ck_saved_searches_cadence")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_saved_searches_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint(
            "account_id", "fingerprint", name=op.f("uq_saved_searches_account_id_fingerprint")
        ),
    )
    op.create_table(
        "search_hits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("search_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("found_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("state IN ('known', 'ready', 'told')", name=op.f("ck_search_hits_state")),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_search_hits_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_hits")),
        sa.UniqueConstraint(
            "search_id", "kind", "item_id", "rev", name=op.f("uq_search_hits_search_id_kind_item_id_rev")
        ),
    )
    with op.batch_alter_table("search_hits", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_hits_state_search_id"), ["state", "search_id"], unique=False
        )


def downgrade() -> None:

    with op.batch_alter_table("search_hits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_hits_state_search_id"))

    op.drop_table("search_hits")
    op.drop_table("saved_searches")
    op.drop_table("index_runs")
    with op.batch_alter_table("index_records", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_index_records_unmatched",
            sqlite_where=sa.text("matched_rev < written_rev"),
            postgresql_where=sa.text("matched_rev < written_rev"),
        )

    op.drop_table("index_records")
