"""Calls: what firms are asked for, who is asked, what they declared, how they were reminded"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _row(name: str, target: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{name}_{target}"))
    return sa.Column(name, _ID, key, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", _ID, nullable=False),
        _row("office_id", "offices", "calls"),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asks_needs", sa.Boolean(), nullable=False),
        sa.Column("asks_capabilities", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        _moment("opened_at"),
        _row("created_by", "accounts", "calls", nullable=True),
        _moment("closed_at", nullable=True),
        _moment("cancelled_at", nullable=True),
        sa.Column("cancel_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("asks_needs OR asks_capabilities", name=op.f("ck_calls_asks_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_office_id"), "calls", ["office_id"])
    op.create_table(
        "call_firms",
        _row("call_id", "calls", "call_firms"),
        _row("firm_id", "firms", "call_firms"),
        _moment("asked_at"),
        sa.PrimaryKeyConstraint("call_id", "firm_id", name=op.f("pk_call_firms")),
    )
    op.create_index(op.f("ix_call_firms_firm_id"), "call_firms", ["firm_id"])
    op.create_table(
        "call_declarations",
        sa.Column("id", _ID, nullable=False),
        _row("call_id", "calls", "call_declarations"),
        _row("firm_id", "firms", "call_declarations"),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        _moment("at"),
        _row("account_id", "accounts", "call_declarations", nullable=True),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('needs', 'capabilities')", name=op.f("ck_call_declarations_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_declarations")),
        sa.UniqueConstraint("call_id", "firm_id", "kind", name=op.f("uq_call_declarations_call_id_firm_id_kind")),
    )  # fmt: skip
    op.create_index(op.f("ix_call_declarations_firm_id"), "call_declarations", ["firm_id"])
    op.create_table(
        "call_reminders",
        sa.Column("id", _ID, nullable=False),
        _row("call_id", "calls", "call_reminders"),
        _row("firm_id", "firms", "call_reminders"),
        sa.Column("channel", sa.String(length=10), nullable=False),
        _moment("at"),
        sa.Column("day", sa.Date(), nullable=False),
        _row("account_id", "accounts", "call_reminders", nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("report_by", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'group', 'phone')", name=op.f("ck_call_reminders_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_reminders")),
    )
    op.create_index("ix_call_reminders_firm_id", "call_reminders", ["firm_id"])
    op.create_index("ix_call_reminders_call_id_firm_id", "call_reminders", ["call_id", "firm_id"])
    op.create_index(
        "uq_call_reminders_mail_day",
        "call_reminders",
        ["firm_id", "day"],
        unique=True,
        sqlite_where=sa.text("channel = 'mail'"),
        postgresql_where=sa.text("channel = 'mail'"),
    )


def downgrade() -> None:
    for table in ("call_reminders", "call_declarations", "call_firms", "calls"):
        op.drop_table(table)
