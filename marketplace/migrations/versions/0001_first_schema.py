"""The first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import marketplace.core.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("email_verified_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("mobile_verified_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("password_changed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_signed_in_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR mobile IS NOT NULL", name=op.f("ck_accounts_reachable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("mobile", name=op.f("uq_accounts_mobile")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attempts_kind_key_hash_at"), ["kind", "key_hash", "at"], unique=False
        )

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("acting_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_entries_subject_kind_subject_id_id"),
            ["subject_kind", "subject_id", "id"],
            unique=False,
        )

    op.create_table(
        "certificate_kinds",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("family", sa.String(length=20), nullable=False),
        sa.Column("aliases", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_certificate_kinds")),
    )
    op.create_table(
        "chains",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("summary_en", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_chains")),
    )
    op.create_table(
        "dated_parameters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=30), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("article", sa.String(length=20), nullable=False),
        sa.Column("binds", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to",
            name=op.f("ck_dated_parameters_period"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dated_parameters")),
        sa.UniqueConstraint(
            "key",
            "scope",
            "region",
            "valid_from",
            name=op.f("uq_dated_parameters_key_scope_region_valid_from"),
        ),
    )
    with op.batch_alter_table("dated_parameters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dated_parameters_list_key"), ["list_key"], unique=False)

    op.create_table(
        "divisions",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent", sa.String(length=6), nullable=True),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("is_zone", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint("level IN ('province', 'city', 'area')", name=op.f("ck_divisions_level")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to",
            name=op.f("ck_divisions_period"),
        ),
        sa.ForeignKeyConstraint(["parent"], ["divisions.code"], name=op.f("fk_divisions_parent_divisions")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_divisions")),
    )
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_divisions_full_name"), ["full_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_divisions_parent"), ["parent"], unique=False)

    op.create_table(
        "industries",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent", sa.String(length=4), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "level IN ('section', 'division', 'group', 'class')", name=op.f("ck_industries_level")
        ),
        sa.ForeignKeyConstraint(
            ["parent"], ["industries.code"], name=op.f("fk_industries_parent_industries")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_industries")),
    )
    with op.batch_alter_table("industries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_industries_parent"), ["parent"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("leased_until", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_finished_at"), ["finished_at"], unique=False)

    op.create_table(
        "need_types",
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("summary_en", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_need_types")),
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("english_name", sa.String(length=160), nullable=True),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('bureau', 'town')", name=op.f("ck_offices_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("name", name=op.f("uq_offices_name")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("enqueued_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("dead_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_outbox_kind_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_due_at"), ["due_at"], unique=False)

    op.create_table(
        "size_groups",
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("employees_small_ge", sa.Integer(), nullable=True),
        sa.Column("employees_medium_ge", sa.Integer(), nullable=True),
        sa.Column("employees_medium_lt", sa.Integer(), nullable=True),
        sa.Column("revenue_wan_small_ge", sa.Integer(), nullable=True),
        sa.Column("revenue_wan_medium_ge", sa.Integer(), nullable=True),
        sa.Column("revenue_wan_medium_lt", sa.Integer(), nullable=True),
        sa.Column("assets_wan_small_ge", sa.Integer(), nullable=True),
        sa.Column("assets_wan_medium_ge", sa.Integer(), nullable=True),
        sa.Column("assets_wan_medium_lt", sa.Integer(), nullable=True),
        sa.Column("codes", sa.String(length=80), nullable=False),
        sa.Column("excluded_codes", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_size_groups")),
    )
    op.create_table(
        "stored_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    with op.batch_alter_table("stored_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "taxonomy_lists",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.String(length=80), nullable=False),
        sa.Column("seed_digest", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("loaded_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_taxonomy_lists")),
    )
    op.create_table(
        "tier_rules",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("annual_update_by", sa.String(length=5), nullable=False),
        sa.Column("re_review", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to",
            name=op.f("ck_tier_rules_period"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tier_rules")),
    )
    op.create_table(
        "tier_transitions",
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("document", "valid_from", name=op.f("pk_tier_transitions")),
    )
    op.create_table(
        "chain_links",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("products", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "stage IN ('upstream', 'midstream', 'downstream')", name=op.f("ck_chain_links_stage")
        ),
        sa.ForeignKeyConstraint(["chain"], ["chains.key"], name=op.f("fk_chain_links_chain_chains")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_chain_links")),
        sa.UniqueConstraint("chain", "position", name=op.f("uq_chain_links_chain_position")),
    )
    op.create_table(
        "conferences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("chain_key", sa.String(length=30), nullable=True),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("co_host", sa.String(length=200), nullable=True),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("announced_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_conferences_times")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_conferences_created_by_accounts")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_conferences_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferences")),
    )
    op.create_table(
        "firms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("legal_name", sa.String(length=120), nullable=False),
        sa.Column("english_name", sa.String(length=160), nullable=True),
        sa.Column("party_kind", sa.String(length=24), nullable=False),
        sa.Column("is_buyer", sa.Boolean(), nullable=False),
        sa.Column("is_supplier", sa.Boolean(), nullable=False),
        sa.Column("chain_leader", sa.Boolean(), nullable=False),
        sa.Column("chain_leader_document", sa.String(length=80), nullable=True),
        sa.Column("registered_division", sa.String(length=12), nullable=True),
        sa.Column("production_division", sa.String(length=12), nullable=True),
        sa.Column("industry_code", sa.String(length=4), nullable=True),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("business_phone", sa.String(length=40), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("revenue", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("assets", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("figures_year", sa.Integer(), nullable=True),
        sa.Column("control_group", sa.String(length=80), nullable=True),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("is_buyer OR is_supplier", name=op.f("ck_firms_has_a_side")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_firms_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firms")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_firms_credit_code")),
    )
    with op.batch_alter_table("firms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_firms_legal_name"), ["legal_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_firms_office_id"), ["office_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_firms_registered_division"), ["registered_division"], unique=False
        )

    op.create_table(
        "mail_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("news_key", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("queued_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("not_before", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mail_messages_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_messages")),
        sa.UniqueConstraint(
            "kind", "recipient", "news_key", name=op.f("uq_mail_messages_kind_recipient_news_key")
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_messages_message_id")),
    )
    with op.batch_alter_table("mail_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_messages_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_messages_sent_at"), ["sent_at"], unique=False)

    op.create_table(
        "mail_preferences",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("changed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mail_preferences_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_mail_preferences")),
    )
    op.create_table(
        "match_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("analyser_version", sa.String(length=40), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("statistics_hash", sa.String(length=64), nullable=False),
        sa.Column("lock_hash", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_match_runs_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_runs")),
    )
    op.create_table(
        "moderation_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('published', 'returned')", name=op.f("ck_moderation_decisions_decision")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_moderation_decisions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_decisions")),
    )
    with op.batch_alter_table("moderation_decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_moderation_decisions_subject_kind_subject_id"),
            ["subject_kind", "subject_id"],
            unique=False,
        )

    op.create_table(
        "office_members",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("joined_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_office_members_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_office_members_office_id_offices")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_office_members")),
    )
    with op.batch_alter_table("office_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_members_office_id"), ["office_id"], unique=False)

    op.create_table(
        "one_time_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_one_time_tokens_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_tokens_token_hash")),
    )
    with op.batch_alter_table("one_time_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_tokens_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sheet_matches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("read_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("matched_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("kept_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("result_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sheet_matches_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_sheet_matches_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["result_file_id"], ["stored_files.id"], name=op.f("fk_sheet_matches_result_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_matches")),
    )
    with op.batch_alter_table("sheet_matches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_matches_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("began_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sign_ins_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_account_id"), ["account_id"], unique=False)

    op.create_table(
        "tiers",
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("recognised_by", sa.String(length=80), nullable=False),
        sa.Column("validity_years", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule", "parent"], ["tiers.rule", "tiers.key"], name=op.f("fk_tiers_rule_parent_tiers")
        ),
        sa.ForeignKeyConstraint(["rule"], ["tier_rules.key"], name=op.f("fk_tiers_rule_tier_rules")),
        sa.PrimaryKeyConstraint("rule", "key", name=op.f("pk_tiers")),
    )
    op.create_table(
        "capabilities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product", sa.String(length=120), nullable=False),
        sa.Column("english_product", sa.String(length=160), nullable=True),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("chain_key", sa.String(length=30), nullable=True),
        sa.Column("link_key", sa.String(length=40), nullable=True),
        sa.Column("industry_code", sa.String(length=4), nullable=True),
        sa.Column("capacity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("spare_capacity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("capacity_unit", sa.String(length=20), nullable=True),
        sa.Column("capacity_period", sa.String(length=10), nullable=True),
        sa.Column("moq", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("moq_unit", sa.String(length=20), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("published_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("returned_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paused_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=20), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_capabilities_created_by_accounts")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_capabilities_firm_id_firms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capabilities")),
    )
    with op.batch_alter_table("capabilities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_capabilities_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "certificate_absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_key", sa.String(length=40), nullable=False),
        sa.Column("declared_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["accounts.id"], name=op.f("fk_certificate_absences_declared_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms.id"], name=op.f("fk_certificate_absences_firm_id_firms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_absences")),
        sa.UniqueConstraint("firm_id", "kind_key", name=op.f("uq_certificate_absences_firm_id_kind_key")),
    )
    op.create_table(
        "certifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_key", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("cohort", sa.String(length=60), nullable=True),
        sa.Column("issuer", sa.String(length=120), nullable=True),
        sa.Column("rule_document", sa.String(length=80), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("verified_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("removed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_certifications_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_certifications_firm_id_firms")),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["accounts.id"], name=op.f("fk_certifications_verified_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certifications")),
    )
    with op.batch_alter_table("certifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certifications_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certifications_kind_key"), ["kind_key"], unique=False)

    op.create_table(
        "claim_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locked_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_claim_codes_created_by_accounts")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_claim_codes_firm_id_firms")),
        sa.ForeignKeyConstraint(["used_by"], ["accounts.id"], name=op.f("fk_claim_codes_used_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_claim_codes_code_hash")),
    )
    with op.batch_alter_table("claim_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_codes_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "conference_participants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conference_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("invited_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side IN ('buyer', 'supplier')", name=op.f("ck_conference_participants_side")),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferences.id"],
            name=op.f("fk_conference_participants_conference_id_conferences"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms.id"], name=op.f("fk_conference_participants_firm_id_firms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference_participants")),
        sa.UniqueConstraint(
            "conference_id",
            "firm_id",
            "side",
            name=op.f("uq_conference_participants_conference_id_firm_id_side"),
        ),
    )
    with op.batch_alter_table("conference_participants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conference_participants_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "contact_grants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason_kind", sa.String(length=20), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_contact_grants_firm_id_firms")),
        sa.ForeignKeyConstraint(
            ["to_firm_id"], ["firms.id"], name=op.f("fk_contact_grants_to_firm_id_firms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_grants")),
        sa.UniqueConstraint(
            "firm_id",
            "to_firm_id",
            "reason_kind",
            "reason_id",
            name=op.f("uq_contact_grants_firm_id_to_firm_id_reason_kind_reason_id"),
        ),
    )
    with op.batch_alter_table("contact_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_grants_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_grants_to_firm_id"), ["to_firm_id"], unique=False)

    op.create_table(
        "current_suppliers",
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("added_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["accounts.id"], name=op.f("fk_current_suppliers_added_by_accounts")
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["firms.id"], name=op.f("fk_current_suppliers_buyer_id_firms")),
        sa.PrimaryKeyConstraint("buyer_id", "credit_code", name=op.f("pk_current_suppliers")),
    )
    op.create_table(
        "field_provenance",
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_field_provenance_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms.id"], name=op.f("fk_field_provenance_firm_id_firms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("firm_id", "field", name=op.f("pk_field_provenance")),
    )
    op.create_table(
        "firm_chains",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain_key", sa.String(length=30), nullable=False),
        sa.Column("link_key", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms.id"], name=op.f("fk_firm_chains_firm_id_firms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_chains")),
        sa.UniqueConstraint(
            "firm_id", "chain_key", "link_key", name=op.f("uq_firm_chains_firm_id_chain_key_link_key")
        ),
    )
    with op.batch_alter_table("firm_chains", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_firm_chains_chain_key"), ["chain_key"], unique=False)

    op.create_table(
        "firm_contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=True),
        sa.Column("mobile", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("consent_version", sa.String(length=20), nullable=True),
        sa.Column("consented_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_firm_contacts_firm_id_firms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_contacts")),
    )
    with op.batch_alter_table("firm_contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_firm_contacts_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "firm_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("joined_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'editor', 'viewer')", name=op.f("ck_firm_members_role")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_firm_members_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_firm_members_firm_id_firms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_members")),
        sa.UniqueConstraint("firm_id", "account_id", name=op.f("uq_firm_members_firm_id_account_id")),
    )
    with op.batch_alter_table("firm_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_firm_members_account_id"), ["account_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revoked_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(office_id IS NULL) <> (firm_id IS NULL)", name=op.f("ck_invitations_one_target")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["accounts.id"], name=op.f("fk_invitations_accepted_by_accounts")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_invitations_firm_id_firms")),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["accounts.id"], name=op.f("fk_invitations_invited_by_accounts")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_invitations_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "link_edges",
        sa.Column("upstream", sa.String(length=40), nullable=False),
        sa.Column("downstream", sa.String(length=40), nullable=False),
        sa.Column("flow", sa.String(length=120), nullable=False),
        sa.Column("flow_en", sa.String(length=120), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.CheckConstraint("upstream <> downstream", name=op.f("ck_link_edges_two_links")),
        sa.ForeignKeyConstraint(
            ["downstream"], ["chain_links.key"], name=op.f("fk_link_edges_downstream_chain_links")
        ),
        sa.ForeignKeyConstraint(
            ["upstream"], ["chain_links.key"], name=op.f("fk_link_edges_upstream_chain_links")
        ),
        sa.PrimaryKeyConstraint("upstream", "downstream", name=op.f("pk_link_edges")),
    )
    with op.batch_alter_table("link_edges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_edges_downstream"), ["downstream"], unique=False)

    op.create_table(
        "link_industries",
        sa.Column("link", sa.String(length=40), nullable=False),
        sa.Column("industry", sa.String(length=4), nullable=False),
        sa.Column("list_version", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["industry"], ["industries.code"], name=op.f("fk_link_industries_industry_industries")
        ),
        sa.ForeignKeyConstraint(
            ["link"], ["chain_links.key"], name=op.f("fk_link_industries_link_chain_links")
        ),
        sa.PrimaryKeyConstraint("link", "industry", name=op.f("pk_link_industries")),
    )
    with op.batch_alter_table("link_industries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_industries_industry"), ["industry"], unique=False)

    op.create_table(
        "match_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conference_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("frozen_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("statistics", sa.JSON(), nullable=False),
        sa.Column("machine_hash", sa.String(length=64), nullable=False),
        sa.Column("frozen_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conferences.id"], name=op.f("fk_match_lists_conference_id_conferences")
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by"], ["accounts.id"], name=op.f("fk_match_lists_frozen_by_accounts")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["match_runs.id"], name=op.f("fk_match_lists_run_id_match_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_lists")),
        sa.UniqueConstraint("conference_id", "edition", name=op.f("uq_match_lists_conference_id_edition")),
    )
    op.create_table(
        "needs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type_key", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("chain_key", sa.String(length=30), nullable=True),
        sa.Column("link_key", sa.String(length=40), nullable=True),
        sa.Column("industry_code", sa.String(length=4), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("quantity_unit", sa.String(length=20), nullable=True),
        sa.Column("quantity_period", sa.String(length=10), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("delivery_division", sa.String(length=12), nullable=True),
        sa.Column("budget_low", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("budget_high", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("procedure", sa.String(length=20), nullable=False),
        sa.Column("entrance", sa.String(length=300), nullable=True),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("payment_start", sa.String(length=12), nullable=True),
        sa.Column("paid_when_paid", sa.Boolean(), nullable=False),
        sa.Column("payment_reason", sa.String(length=300), nullable=True),
        sa.Column("buyer_kind", sa.String(length=10), nullable=True),
        sa.Column("accepts_first_of_kind", sa.Boolean(), nullable=False),
        sa.Column("sme_oriented", sa.Boolean(), nullable=False),
        sa.Column("splitting_accepted", sa.Boolean(), nullable=False),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("questions_until", sa.Date(), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("published_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("returned_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paused_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=20), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "visibility IN ('public', 'verified', 'invited')", name=op.f("ck_needs_visibility")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_needs_created_by_accounts")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_needs_firm_id_firms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
    )
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_needs_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "sheet_needs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("match_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["sheet_matches.id"],
            name=op.f("fk_sheet_needs_match_id_sheet_matches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_needs")),
        sa.UniqueConstraint("match_id", "position", name=op.f("uq_sheet_needs_match_id_position")),
    )
    op.create_table(
        "sheet_sources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("match_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=14), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.CheckConstraint("side IN ('needs', 'capabilities')", name=op.f("ck_sheet_sources_side")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_sheet_sources_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["sheet_matches.id"],
            name=op.f("fk_sheet_sources_match_id_sheet_matches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_sources")),
        sa.UniqueConstraint("match_id", "side", name=op.f("uq_sheet_sources_match_id_side")),
    )
    op.create_table(
        "capability_certificates",
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_key", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_capability_certificates_capability_id_capabilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("capability_id", "kind_key", name=op.f("pk_capability_certificates")),
    )
    op.create_table(
        "capability_photos",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_capability_photos_capability_id_capabilities"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_capability_photos_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability_photos")),
    )
    with op.batch_alter_table("capability_photos", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_capability_photos_capability_id"), ["capability_id"], unique=False
        )

    op.create_table(
        "capability_specs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parameter", sa.String(length=80), nullable=False),
        sa.Column("operator", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("value_high", sa.String(length=120), nullable=True),
        sa.Column("unit", sa.String(length=30), nullable=True),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("standard", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_capability_specs_capability_id_capabilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability_specs")),
    )
    with op.batch_alter_table("capability_specs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_capability_specs_capability_id"), ["capability_id"], unique=False
        )

    op.create_table(
        "capability_standards",
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("standard", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_capability_standards_capability_id_capabilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("capability_id", "standard", name=op.f("pk_capability_standards")),
    )
    op.create_table(
        "capability_types",
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type_key", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_capability_types_capability_id_capabilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("capability_id", "type_key", name=op.f("pk_capability_types")),
    )
    op.create_table(
        "capability_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_capability_versions_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capabilities.id"],
            name=op.f("fk_capability_versions_capability_id_capabilities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability_versions")),
        sa.UniqueConstraint(
            "capability_id", "number", name=op.f("uq_capability_versions_capability_id_number")
        ),
    )
    op.create_table(
        "contact_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_contact_views_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["firm_contacts.id"], name=op.f("fk_contact_views_contact_id_firm_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["contact_grants.id"], name=op.f("fk_contact_views_grant_id_contact_grants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_views")),
    )
    with op.batch_alter_table("contact_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_views_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_views_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "match_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("added_reason", sa.String(length=300), nullable=True),
        sa.Column("already_partners", sa.Boolean(), nullable=False),
        sa.Column("pinned_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=300), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("unproven", sa.JSON(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["buyer_id"], ["firms.id"], name=op.f("fk_match_entries_buyer_id_firms")),
        sa.ForeignKeyConstraint(
            ["capability_id"], ["capabilities.id"], name=op.f("fk_match_entries_capability_id_capabilities")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_match_entries_decided_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["match_lists.id"], name=op.f("fk_match_entries_list_id_match_lists")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_match_entries_need_id_needs")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["firms.id"], name=op.f("fk_match_entries_supplier_id_firms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_entries")),
        sa.UniqueConstraint(
            "list_id", "need_id", "capability_id", name=op.f("uq_match_entries_list_id_need_id_capability_id")
        ),
    )
    with op.batch_alter_table("match_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_entries_list_id"), ["list_id"], unique=False)

    op.create_table(
        "need_attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confidentiality", sa.String(length=12), nullable=False),
        sa.Column("added_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_need_attachments_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_attachments_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_attachments")),
    )
    with op.batch_alter_table("need_attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_attachments_need_id"), ["need_id"], unique=False)

    op.create_table(
        "need_certificates",
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_key", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_certificates_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "kind_key", name=op.f("pk_need_certificates")),
    )
    op.create_table(
        "need_invitees",
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invited_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_need_invitees_firm_id_firms")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_invitees_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "firm_id", name=op.f("pk_need_invitees")),
    )
    op.create_table(
        "need_specs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parameter", sa.String(length=80), nullable=False),
        sa.Column("operator", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("value_high", sa.String(length=120), nullable=True),
        sa.Column("unit", sa.String(length=30), nullable=True),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("standard", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_specs_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_specs")),
    )
    with op.batch_alter_table("need_specs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_specs_need_id"), ["need_id"], unique=False)

    op.create_table(
        "need_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_need_versions_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_need_versions_need_id_needs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_versions")),
        sa.UniqueConstraint("need_id", "number", name=op.f("uq_need_versions_need_id_number")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capability_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("staff_reason", sa.String(length=300), nullable=True),
        sa.Column("already_partners", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("buyer_answer", sa.String(length=10), nullable=True),
        sa.Column("buyer_reason", sa.String(length=300), nullable=True),
        sa.Column("buyer_answered_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("supplier_answer", sa.String(length=10), nullable=True),
        sa.Column("supplier_reason", sa.String(length=300), nullable=True),
        sa.Column("supplier_answered_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("mutual_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("unproven", sa.JSON(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.CheckConstraint("label IN ('strong', 'possible', 'weak')", name=op.f("ck_proposals_label")),
        sa.ForeignKeyConstraint(["buyer_id"], ["firms.id"], name=op.f("fk_proposals_buyer_id_firms")),
        sa.ForeignKeyConstraint(
            ["capability_id"], ["capabilities.id"], name=op.f("fk_proposals_capability_id_capabilities")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_proposals_need_id_needs")),
        sa.ForeignKeyConstraint(["run_id"], ["match_runs.id"], name=op.f("fk_proposals_run_id_match_runs")),
        sa.ForeignKeyConstraint(["supplier_id"], ["firms.id"], name=op.f("fk_proposals_supplier_id_firms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("need_id", "capability_id", name=op.f("uq_proposals_need_id_capability_id")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposals_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_capability_id"), ["capability_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "sheet_pairs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["sheet_needs.id"],
            name=op.f("fk_sheet_pairs_need_id_sheet_needs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_pairs")),
        sa.UniqueConstraint("need_id", "rank", name=op.f("uq_sheet_pairs_need_id_rank")),
    )
    op.create_table(
        "sheet_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sheet", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sheet_sources.id"],
            name=op.f("fk_sheet_rows_source_id_sheet_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_rows")),
        sa.UniqueConstraint(
            "source_id", "sheet", "number", name=op.f("uq_sheet_rows_source_id_sheet_number")
        ),
    )
    op.create_table(
        "unmatched_needs",
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["match_lists.id"], name=op.f("fk_unmatched_needs_list_id_match_lists")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_unmatched_needs_need_id_needs")),
        sa.PrimaryKeyConstraint("list_id", "need_id", name=op.f("pk_unmatched_needs")),
    )
    op.create_table(
        "attachment_releases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attachment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("accepted_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_at", marketplace.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["accounts.id"], name=op.f("fk_attachment_releases_accepted_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["need_attachments.id"],
            name=op.f("fk_attachment_releases_attachment_id_need_attachments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_attachment_releases_firm_id_firms")),
        sa.ForeignKeyConstraint(
            ["released_by"], ["accounts.id"], name=op.f("fk_attachment_releases_released_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment_releases")),
        sa.UniqueConstraint(
            "attachment_id", "firm_id", name=op.f("uq_attachment_releases_attachment_id_firm_id")
        ),
    )
    op.create_table(
        "verdicts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", marketplace.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_verdicts_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_verdicts_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdicts_proposal_id"), ["proposal_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdicts_proposal_id"))

    op.drop_table("verdicts")
    op.drop_table("attachment_releases")
    op.drop_table("unmatched_needs")
    op.drop_table("sheet_rows")
    op.drop_table("sheet_pairs")
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposals_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_capability_id"))
        batch_op.drop_index(batch_op.f("ix_proposals_buyer_id"))

    op.drop_table("proposals")
    op.drop_table("need_versions")
    with op.batch_alter_table("need_specs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_specs_need_id"))

    op.drop_table("need_specs")
    op.drop_table("need_invitees")
    op.drop_table("need_certificates")
    with op.batch_alter_table("need_attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_attachments_need_id"))

    op.drop_table("need_attachments")
    with op.batch_alter_table("match_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_entries_list_id"))

    op.drop_table("match_entries")
    with op.batch_alter_table("contact_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_views_grant_id"))
        batch_op.drop_index(batch_op.f("ix_contact_views_contact_id"))

    op.drop_table("contact_views")
    op.drop_table("capability_versions")
    op.drop_table("capability_types")
    op.drop_table("capability_standards")
    with op.batch_alter_table("capability_specs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_capability_specs_capability_id"))

    op.drop_table("capability_specs")
    with op.batch_alter_table("capability_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_capability_photos_capability_id"))

    op.drop_table("capability_photos")
    op.drop_table("capability_certificates")
    op.drop_table("sheet_sources")
    op.drop_table("sheet_needs")
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_needs_firm_id"))

    op.drop_table("needs")
    op.drop_table("match_lists")
    with op.batch_alter_table("link_industries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_industries_industry"))

    op.drop_table("link_industries")
    with op.batch_alter_table("link_edges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_edges_downstream"))

    op.drop_table("link_edges")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_firm_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("firm_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_firm_members_account_id"))

    op.drop_table("firm_members")
    with op.batch_alter_table("firm_contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_firm_contacts_firm_id"))

    op.drop_table("firm_contacts")
    with op.batch_alter_table("firm_chains", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_firm_chains_chain_key"))

    op.drop_table("firm_chains")
    op.drop_table("field_provenance")
    op.drop_table("current_suppliers")
    with op.batch_alter_table("contact_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_grants_to_firm_id"))
        batch_op.drop_index(batch_op.f("ix_contact_grants_firm_id"))

    op.drop_table("contact_grants")
    with op.batch_alter_table("conference_participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conference_participants_firm_id"))

    op.drop_table("conference_participants")
    with op.batch_alter_table("claim_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_codes_firm_id"))

    op.drop_table("claim_codes")
    with op.batch_alter_table("certifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certifications_kind_key"))
        batch_op.drop_index(batch_op.f("ix_certifications_firm_id"))

    op.drop_table("certifications")
    op.drop_table("certificate_absences")
    with op.batch_alter_table("capabilities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_capabilities_firm_id"))

    op.drop_table("capabilities")
    op.drop_table("tiers")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_account_id"))

    op.drop_table("sign_ins")
    with op.batch_alter_table("sheet_matches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_matches_account_id"))

    op.drop_table("sheet_matches")
    with op.batch_alter_table("one_time_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_tokens_account_id"))

    op.drop_table("one_time_tokens")
    with op.batch_alter_table("office_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_members_office_id"))

    op.drop_table("office_members")
    with op.batch_alter_table("moderation_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_decisions_subject_kind_subject_id"))

    op.drop_table("moderation_decisions")
    op.drop_table("match_runs")
    op.drop_table("mail_preferences")
    with op.batch_alter_table("mail_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_messages_sent_at"))
        batch_op.drop_index(batch_op.f("ix_mail_messages_account_id"))

    op.drop_table("mail_messages")
    with op.batch_alter_table("firms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_firms_registered_division"))
        batch_op.drop_index(batch_op.f("ix_firms_office_id"))
        batch_op.drop_index(batch_op.f("ix_firms_legal_name"))

    op.drop_table("firms")
    op.drop_table("conferences")
    op.drop_table("chain_links")
    op.drop_table("tier_transitions")
    op.drop_table("tier_rules")
    op.drop_table("taxonomy_lists")
    with op.batch_alter_table("stored_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_files_sha256"))

    op.drop_table("stored_files")
    op.drop_table("size_groups")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_due_at"))

    op.drop_table("outbox")
    op.drop_table("offices")
    op.drop_table("need_types")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_finished_at"))
        batch_op.drop_index(batch_op.f("ix_jobs_account_id"))

    op.drop_table("jobs")
    with op.batch_alter_table("industries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_industries_parent"))

    op.drop_table("industries")
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_divisions_parent"))
        batch_op.drop_index(batch_op.f("ix_divisions_full_name"))

    op.drop_table("divisions")
    with op.batch_alter_table("dated_parameters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dated_parameters_list_key"))

    op.drop_table("dated_parameters")
    op.drop_table("chains")
    op.drop_table("certificate_kinds")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_subject_kind_subject_id_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_account_id"))

    op.drop_table("audit_entries")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_kind_key_hash_at"))

    op.drop_table("attempts")
    op.drop_table("accounts")
