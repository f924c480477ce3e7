"""Rosters: their rows, what writing them changed, whom they name for a firm; a firm's main product"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.db import RowNumber, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("firms") as batch_op:
        batch_op.add_column(sa.Column("main_product", sa.String(length=400), nullable=True))
    op.create_table(
        "prefilled_contacts",
        sa.Column("firm_id", RowNumber(), sa.ForeignKey("firms.id", name=op.f("fk_prefilled_contacts_firm_id_firms"), ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("account_id", RowNumber(), sa.ForeignKey("accounts.id", name=op.f("fk_prefilled_contacts_account_id_accounts")), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_prefilled_contacts")),
    )  # fmt: skip
    op.create_table(
        "rosters",
        sa.Column("id", RowNumber(), nullable=False),
        sa.Column("account_id", RowNumber(), sa.ForeignKey("accounts.id", name=op.f("fk_rosters_account_id_accounts")), nullable=False),
        sa.Column("file_id", RowNumber(), sa.ForeignKey("stored_files.id", name=op.f("fk_rosters_file_id_stored_files")), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("job_id", RowNumber(), sa.ForeignKey("jobs.id", name=op.f("fk_rosters_job_id_jobs")), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("compared_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("written_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
    )  # fmt: skip
    op.create_index(op.f("ix_rosters_account_id"), "rosters", ["account_id"])
    op.create_table(
        "roster_rows",
        sa.Column("id", RowNumber(), nullable=False),
        sa.Column("roster_id", RowNumber(), sa.ForeignKey("rosters.id", name=op.f("fk_roster_rows_roster_id_rosters"), ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("fold", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=True),
        sa.Column("stated", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("suspicions", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("firm_id", RowNumber(), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("joined", RowNumber(), nullable=True),
        sa.Column("believed", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('new', 'changed', 'unchanged', 'suspicious', 'unread')", name=op.f("ck_roster_rows_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_rows")),
        sa.UniqueConstraint("roster_id", "position", name=op.f("uq_roster_rows_roster_id_position")),
    )  # fmt: skip
    op.create_index(op.f("ix_roster_rows_roster_id_kind_position"), "roster_rows", ["roster_id", "kind", "position"])  # fmt: skip
    op.create_index(op.f("ix_roster_rows_roster_id_fold"), "roster_rows", ["roster_id", "fold"])
    op.create_index(op.f("ix_roster_rows_roster_id_code"), "roster_rows", ["roster_id", "code"])
    op.create_table(
        "roster_effects",
        sa.Column("id", RowNumber(), nullable=False),
        sa.Column("roster_id", RowNumber(), sa.ForeignKey("rosters.id", name=op.f("fk_roster_effects_roster_id_rosters"), ondelete="CASCADE"), nullable=False),
        sa.Column("row_id", RowNumber(), nullable=False),
        sa.Column("firm_id", RowNumber(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_effects")),
    )  # fmt: skip
    op.create_index(op.f("ix_roster_effects_firm_id"), "roster_effects", ["firm_id"])
    op.create_index(op.f("ix_roster_effects_roster_id_undone_at"), "roster_effects", ["roster_id", "undone_at"])  # fmt: skip


def downgrade() -> None:
    for table in ("roster_effects", "roster_rows", "rosters", "prefilled_contacts"):
        op.drop_table(table)
    with op.batch_alter_table("firms") as batch_op:
        batch_op.drop_column("main_product")
