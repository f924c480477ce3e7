"""Links of claim codes, alarms over guessed ones, the telephone of an office"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import marketplace.core.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = marketplace.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("offices") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=40), nullable=True))
    with op.batch_alter_table("claim_codes") as batch_op:
        batch_op.add_column(sa.Column("link_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("wrong_tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_unique_constraint(op.f("uq_claim_codes_link_hash"), ["link_hash"])
    # The default was for the rows that are there; new ones are given their value.
    with op.batch_alter_table("claim_codes") as batch_op:
        batch_op.alter_column(
            "wrong_tries", server_default=None, existing_type=sa.Integer(), existing_nullable=False
        )
    op.create_table(
        "claim_alarms",
        sa.Column("id", ROW, nullable=False),
        sa.Column("firm_id", ROW, nullable=True),
        sa.Column("account_id", ROW, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("seen_by", ROW, nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_claim_alarms_firm_id_firms")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_claim_alarms_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["accounts.id"], name=op.f("fk_claim_alarms_seen_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_alarms")),
    )
    with op.batch_alter_table("claim_alarms") as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_alarms_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_alarms_seen_at"), ["seen_at"], unique=False)


def downgrade() -> None:
    op.drop_table("claim_alarms")
    with op.batch_alter_table("claim_codes") as batch_op:
        batch_op.drop_constraint(op.f("uq_claim_codes_link_hash"), type_="unique")
        batch_op.drop_column("wrong_tries")
        batch_op.drop_column("link_hash")
    with op.batch_alter_table("offices") as batch_op:
        batch_op.drop_column("phone")
