"""Tables of firms."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Pk

PARTY_KINDS = ("enterprise", "financial_institution", "university", "service_body", "public_buyer")


class Firm(Base):
    """A party of the marketplace: buyer, supplier or both; also banks, universities and public buyers."""

    __tablename__ = "firms"
    __table_args__ = (CheckConstraint("is_buyer OR is_supplier", name="has_a_side"),)

    id: Mapped[Pk]
    # 统一社会信用代码, GB 32100-2015; a sheet row without one keeps None until somebody knows it.
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    legal_name: Mapped[str] = mapped_column(String(120), index=True)
    english_name: Mapped[str | None] = mapped_column(String(160))
    party_kind: Mapped[str] = mapped_column(String(24), default="enterprise")
    is_buyer: Mapped[bool] = mapped_column(default=False)
    is_supplier: Mapped[bool] = mapped_column(default=True)
    chain_leader: Mapped[bool] = mapped_column(default=False)
    chain_leader_document: Mapped[str | None] = mapped_column(String(80))
    registered_division: Mapped[str | None] = mapped_column(String(12), index=True)
    production_division: Mapped[str | None] = mapped_column(String(12))
    industry_code: Mapped[str | None] = mapped_column(String(4))
    established_on: Mapped[date | None] = mapped_column(Date)
    # 主导产品 as the roster or the firm names it; what can be matched stands in capabilities.
    main_product: Mapped[str | None] = mapped_column(String(400))
    profile: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(String(200))
    # 对外业务电话: public, and only if the firm wishes; personal contacts live in FirmContact.
    business_phone: Mapped[str | None] = mapped_column(String(40))
    # Size figures: bureau only. Amounts in yuan.
    employees: Mapped[int | None]
    revenue: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    assets: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    figures_year: Mapped[int | None]
    # 控股或同一负责人: firms with the same group are never matched with each other.
    control_group: Mapped[str | None] = mapped_column(String(80))
    # 属地镇/街道, which may fill in for the firm.
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), index=True)
    source: Mapped[str] = mapped_column(String(10), default="self")
    import_id: Mapped[int | None]
    example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    # The bureau has looked at it; until then members may prepare but not publish.
    verified_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    chains: Mapped[list[FirmChain]] = relationship(cascade="all, delete-orphan", order_by="FirmChain.id")
    provenance: Mapped[list[FieldProvenance]] = relationship(cascade="all, delete-orphan")

    @property
    def in_good_standing(self) -> bool:
        """Checked by the bureau, and not suspended since."""
        return self.verified_at is not None and self.suspended_at is None


class FirmChain(Base):
    """Where on which chain a firm stands."""

    __tablename__ = "firm_chains"
    __table_args__ = (UniqueConstraint("firm_id", "chain_key", "link_key"),)

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"))
    chain_key: Mapped[str] = mapped_column(String(30), index=True)
    link_key: Mapped[str | None] = mapped_column(String(40))


class FieldProvenance(Base):
    """Who said what a field holds: self, staff or verified, and when."""

    __tablename__ = "field_provenance"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class FirmMember(Base):
    """A person who speaks for a firm: owner, editor or viewer."""

    __tablename__ = "firm_members"
    __table_args__ = (
        UniqueConstraint("firm_id", "account_id"),
        CheckConstraint("role IN ('owner', 'editor', 'viewer')", name="role"),
    )

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    joined_at: Mapped[datetime]

    firm: Mapped[Firm] = relationship()


class FirmContact(Base):
    """A person to talk to. Private until granted; released only under a separate consent (PIPL art. 23)."""

    __tablename__ = "firm_contacts"

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20), default="general")
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str | None] = mapped_column(String(60))
    mobile: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    consent_version: Mapped[str | None] = mapped_column(String(20))
    consented_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class PrefilledContact(Base):
    """Whom a roster names for a firm: working data of staff, kept with its source until the firm speaks for itself.

    It is no FirmContact: nobody has consented, so it is shown to nobody but staff, never indexed and never exported.
    """

    __tablename__ = "prefilled_contacts"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    # The sheet it was read from, by name, and who brought it in when.
    source: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class ContactGrant(Base):
    """One firm's contacts released to another, and why (a mutual yes on a proposal, a conference)."""

    __tablename__ = "contact_grants"
    __table_args__ = (UniqueConstraint("firm_id", "to_firm_id", "reason_kind", "reason_id"),)

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    to_firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    reason_kind: Mapped[str] = mapped_column(String(20))
    reason_id: Mapped[int]
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ContactView(Base):
    """Each look at a granted contact; its owner sees the list."""

    __tablename__ = "contact_views"

    id: Mapped[Pk]
    grant_id: Mapped[int] = mapped_column(ForeignKey("contact_grants.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("firm_contacts.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class ClaimCode(Base):
    """A one-time code with which a firm takes over its pre-filled record; only its hash is kept.

    The link that was issued with it says which firm the code is for, and shows the record; alone it opens nothing.
    """

    __tablename__ = "claim_codes"

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # Wrong codes typed under this link; the tenth locks it.
    wrong_tries: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    locked_at: Mapped[datetime | None]


class ClaimAlarm(Base):
    """Somebody tried ten wrong codes: at one firm's link, or as one person at the page for codes. For staff to look at."""

    __tablename__ = "claim_alarms"

    id: Mapped[Pk]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firms.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None] = mapped_column(index=True)
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class CurrentSupplier(Base):
    """Whom a buyer already buys from, by credit code: private to the buyer, never counted as a refusal."""

    __tablename__ = "current_suppliers"

    buyer_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    credit_code: Mapped[str] = mapped_column(String(18), primary_key=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]
