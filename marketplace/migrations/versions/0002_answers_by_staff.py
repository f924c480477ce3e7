"""Answers that staff wrote down for a firm"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MARKS = (
    ("proposals", "buyer_answer_by_staff"),
    ("proposals", "supplier_answer_by_staff"),
    ("verdicts", "by_staff"),
)


def upgrade() -> None:
    for table, column in MARKS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    # The default was for the rows that are there; new ones are given their value.
    for table, column in MARKS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(
                column, server_default=None, existing_type=sa.Boolean(), existing_nullable=False
            )


def downgrade() -> None:
    for table, column in reversed(MARKS):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
