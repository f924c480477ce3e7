"""Who opens and who asks: rights and fields of types, terms of needs and offers, openings beside capabilities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:

    op.create_table(
        "entry_rights",
        sa.Column("party", sa.String(length=24), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint("direction IN ('want', 'open', 'make')", name=op.f("ck_entry_rights_direction")),
        sa.ForeignKeyConstraint(["type"], ["need_types.key"], name=op.f("fk_entry_rights_type_need_types")),
        sa.PrimaryKeyConstraint("party", "type", "direction", name=op.f("pk_entry_rights")),
    )
    op.create_table(
        "type_fields",
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("options", sa.String(length=400), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("help", sa.String(length=160), nullable=False),
        sa.Column("help_en", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint("side IN ('want', 'offer')", name=op.f("ck_type_fields_side")),
        sa.CheckConstraint(
            "kind IN ('text', 'choice', 'choices', 'money', 'number', 'days', 'percent', 'yes_no')",
            name=op.f("ck_type_fields_kind"),
        ),
        sa.CheckConstraint("visibility IN ('all', 'invited')", name=op.f("ck_type_fields_visibility")),
        sa.ForeignKeyConstraint(["type"], ["need_types.key"], name=op.f("fk_type_fields_type_need_types")),
        sa.PrimaryKeyConstraint("side", "key", name=op.f("pk_type_fields")),
    )
    for table, owner, plural in (
        ("need_terms", "need_id", "needs"),
        ("capability_terms", "capability_id", "capabilities"),
    ):
        op.create_table(
            table,
            sa.Column("id", _id(), nullable=False),
            sa.Column(owner, _id(), nullable=False),
            sa.Column("key", sa.String(length=30), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("text", sa.String(length=400), nullable=True),
            sa.Column("number", sa.Numeric(precision=18, scale=4), nullable=True),
            sa.CheckConstraint("(text IS NULL) <> (number IS NULL)", name=op.f(f"ck_{table}_one_value")),
            sa.ForeignKeyConstraint(
                [owner], [f"{plural}.id"], name=op.f(f"fk_{table}_{owner}_{plural}"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_{owner}"), [owner], unique=False)
    with op.batch_alter_table("capabilities", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("nature", sa.String(length=10), nullable=False, server_default="capability")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_capabilities_nature"), "nature IN ('capability', 'opening')"
        )


def downgrade() -> None:
    with op.batch_alter_table("capabilities", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_capabilities_nature"), type_="check")
        batch_op.drop_column("nature")
    for table in ("capability_terms", "need_terms", "type_fields", "entry_rights"):
        op.drop_table(table)
