"""Tables of reference lists. Every row names the edition of its list; a list's digest changes with its content.

Lists change by import only, so readers cache them under the digest (queries.py).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Pk

VALID_PERIOD = "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to"


class TaxonomyList(Base):
    """One loaded list: its edition, where it came from, and digests of the seed file and of the rows in the table."""

    __tablename__ = "taxonomy_lists"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    edition: Mapped[str] = mapped_column(String(80))
    seed_digest: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(16))
    rows: Mapped[int]
    loaded_at: Mapped[datetime]


class Named:
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    list_version: Mapped[str] = mapped_column(String(80))


class Industry(Named, Base):
    __tablename__ = "industries"
    __table_args__ = (CheckConstraint("level IN ('section', 'division', 'group', 'class')", name="level"),)

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    level: Mapped[str] = mapped_column(String(10))
    parent: Mapped[str | None] = mapped_column(ForeignKey("industries.code"), index=True)


class Division(Named, Base):
    __tablename__ = "divisions"
    __table_args__ = (
        CheckConstraint("level IN ('province', 'city', 'area')", name="level"),
        CheckConstraint(VALID_PERIOD, name="period"),
    )

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10))
    parent: Mapped[str | None] = mapped_column(ForeignKey("divisions.code"), index=True)
    full_name: Mapped[str] = mapped_column(String(120), index=True)
    is_zone: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Chain(Named, Base):
    __tablename__ = "chains"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    summary: Mapped[str] = mapped_column(String(300), default="")
    summary_en: Mapped[str] = mapped_column(String(300), default="")


class ChainLink(Named, Base):
    __tablename__ = "chain_links"
    __table_args__ = (
        CheckConstraint("stage IN ('upstream', 'midstream', 'downstream')", name="stage"),
        UniqueConstraint("chain", "position"),
    )

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    chain: Mapped[str] = mapped_column(ForeignKey("chains.key"))
    position: Mapped[int]
    stage: Mapped[str] = mapped_column(String(10))
    products: Mapped[str] = mapped_column(String(400), default="")


class LinkEdge(Base):
    """What the upstream link delivers to the downstream one; edges may cross chains."""

    __tablename__ = "link_edges"
    __table_args__ = (CheckConstraint("upstream <> downstream", name="two_links"),)

    upstream: Mapped[str] = mapped_column(ForeignKey("chain_links.key"), primary_key=True)
    downstream: Mapped[str] = mapped_column(ForeignKey("chain_links.key"), primary_key=True, index=True)
    flow: Mapped[str] = mapped_column(String(120))
    flow_en: Mapped[str] = mapped_column(String(120), default="")
    list_version: Mapped[str] = mapped_column(String(80))


class LinkIndustry(Base):
    __tablename__ = "link_industries"

    link: Mapped[str] = mapped_column(ForeignKey("chain_links.key"), primary_key=True)
    industry: Mapped[str] = mapped_column(ForeignKey("industries.code"), primary_key=True, index=True)
    list_version: Mapped[str] = mapped_column(String(80))


class CertificateKind(Named, Base):
    __tablename__ = "certificate_kinds"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    family: Mapped[str] = mapped_column(String(20))
    aliases: Mapped[str] = mapped_column(String(200), default="")


class NeedType(Named, Base):
    __tablename__ = "need_types"

    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    summary: Mapped[str] = mapped_column(String(200), default="")
    summary_en: Mapped[str] = mapped_column(String(200), default="")
    # Which parts of a need the type has (values.SECTIONS), with ";" between them.
    sections: Mapped[str] = mapped_column(
        String(60), default="", server_default="specs;delivery;budget;purchase"
    )


class EntryRight(Base):
    """That a kind of party may post entries of a type in a direction; what has no row may not be posted."""

    __tablename__ = "entry_rights"
    __table_args__ = (CheckConstraint("direction IN ('want', 'open', 'make')", name="direction"),)

    party: Mapped[str] = mapped_column(String(24), primary_key=True)
    type: Mapped[str] = mapped_column(ForeignKey("need_types.key"), primary_key=True)
    direction: Mapped[str] = mapped_column(String(10), primary_key=True)
    list_version: Mapped[str] = mapped_column(String(80))


class TypeField(Named, Base):
    """One of the few fields that a type asks for on one side: the need's (want) or the offer's.

    ``visibility`` invited: only the entry's own party, whom it invited and the bureau read the value.
    """

    __tablename__ = "type_fields"
    __table_args__ = (
        CheckConstraint("side IN ('want', 'offer')", name="side"),
        CheckConstraint(
            "kind IN ('text', 'choice', 'choices', 'money', 'number', 'days', 'percent', 'yes_no')",
            name="kind",
        ),
        CheckConstraint("visibility IN ('all', 'invited')", name="visibility"),
    )

    side: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(30), primary_key=True)
    type: Mapped[str] = mapped_column(ForeignKey("need_types.key"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(20), default="")
    # 「key=中文|English」, separated by semicolons.
    options: Mapped[str] = mapped_column(String(400), default="")
    required: Mapped[bool]
    visibility: Mapped[str] = mapped_column(String(10))
    help: Mapped[str] = mapped_column(String(160), default="")
    help_en: Mapped[str] = mapped_column(String(160), default="")


class TierRule(Named, Base):
    """A rule of graded cultivation with the dates on which new certificates are issued under it."""

    __tablename__ = "tier_rules"
    __table_args__ = (CheckConstraint(VALID_PERIOD, name="period"),)

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    document: Mapped[str] = mapped_column(String(60))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    annual_update_by: Mapped[str] = mapped_column(String(5))
    re_review: Mapped[str] = mapped_column(String(20))


class Tier(Named, Base):
    __tablename__ = "tiers"
    __table_args__ = (ForeignKeyConstraint(["rule", "parent"], ["tiers.rule", "tiers.key"]),)

    rule: Mapped[str] = mapped_column(ForeignKey("tier_rules.key"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(40))
    level: Mapped[int]
    recognised_by: Mapped[str] = mapped_column(String(80))
    validity_years: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[str] = mapped_column(String(10))
    shown: Mapped[bool]


class TierTransition(Named, Base):
    """What applied between two rules: kept as facts with dates, for people to read."""

    __tablename__ = "tier_transitions"

    document: Mapped[str] = mapped_column(String(60), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    tier: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[str] = mapped_column(String(10))


class SizeGroup(Named, Base):
    """Thresholds of one group of 300号; persons, and 万元 for revenue and assets."""

    __tablename__ = "size_groups"

    key: Mapped[str] = mapped_column(String(30), primary_key=True)
    position: Mapped[int]
    employees_small_ge: Mapped[int | None]
    employees_medium_ge: Mapped[int | None]
    employees_medium_lt: Mapped[int | None]
    revenue_wan_small_ge: Mapped[int | None]
    revenue_wan_medium_ge: Mapped[int | None]
    revenue_wan_medium_lt: Mapped[int | None]
    assets_wan_small_ge: Mapped[int | None]
    assets_wan_medium_ge: Mapped[int | None]
    assets_wan_medium_lt: Mapped[int | None]
    codes: Mapped[str] = mapped_column(String(80))
    excluded_codes: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[str] = mapped_column(String(10))


class DatedParameter(Base):
    """A figure of a rule for a scope, a region (empty: whole country) and a period with both ends included.

    ``shown`` is False where no source was found: such a row is never shown and never applied.
    """

    __tablename__ = "dated_parameters"
    __table_args__ = (
        UniqueConstraint("key", "scope", "region", "valid_from"),
        CheckConstraint(VALID_PERIOD, name="period"),
        Index(None, "list_key"),
    )

    id: Mapped[Pk]
    list_key: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    scope: Mapped[str] = mapped_column(String(30))
    region: Mapped[str] = mapped_column(String(6), default="")
    value: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(60), default="")
    article: Mapped[str] = mapped_column(String(20), default="")
    binds: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(60), default="")
    confidence: Mapped[str] = mapped_column(String(10))
    shown: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    list_version: Mapped[str] = mapped_column(String(80))
