"""Tables of needs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Pk
from marketplace.core.files import StoredFile
from marketplace.core.listing import ListingColumns, SpecColumns, TermColumns, one_value
from marketplace.firms.models import Firm

PROCEDURES = ("direct", "inquiry", "negotiation", "tender", "undecided")
PAYMENT_STARTS = ("delivery", "acceptance", "settlement")
VISIBILITIES = ("public", "verified", "invited")
CONFIDENTIALITIES = ("open", "restricted", "nda")
CLOSE_REASONS = ("met", "cancelled", "no_suitable")


class Need(ListingColumns, Base):
    """One need. A draft may be incomplete; what must be there is asked when it is submitted."""

    __tablename__ = "needs"
    __table_args__ = (CheckConstraint("visibility IN ('public', 'verified', 'invited')", name="visibility"),)

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    type_key: Mapped[str] = mapped_column(String(20), default="procurement")
    title: Mapped[str] = mapped_column(String(120), default="")
    use: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    chain_key: Mapped[str | None] = mapped_column(String(30))
    link_key: Mapped[str | None] = mapped_column(String(40))
    industry_code: Mapped[str | None] = mapped_column(String(4))
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    quantity_unit: Mapped[str | None] = mapped_column(String(20))
    quantity_period: Mapped[str | None] = mapped_column(String(10))
    lead_time_days: Mapped[int | None]
    needed_by: Mapped[date | None] = mapped_column(Date)
    delivery_division: Mapped[str | None] = mapped_column(String(12))
    # Yuan; shown to invited firms and staff only.
    budget_low: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    budget_high: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    procedure: Mapped[str] = mapped_column(String(20), default="undecided")
    # The buyer's own supplier portal or notice: where a tender is required we introduce and never imply award.
    entrance: Mapped[str | None] = mapped_column(String(300))
    payment_days: Mapped[int | None]
    payment_start: Mapped[str | None] = mapped_column(String(12))
    paid_when_paid: Mapped[bool] = mapped_column(default=False)
    payment_reason: Mapped[str | None] = mapped_column(String(300))
    # The buyer's own size for the payment rule: public, large or sme.
    buyer_kind: Mapped[str | None] = mapped_column(String(10))
    accepts_first_of_kind: Mapped[bool] = mapped_column(default=False)
    sme_oriented: Mapped[bool] = mapped_column(default=False)
    splitting_accepted: Mapped[bool] = mapped_column(default=True)
    visibility: Mapped[str] = mapped_column(String(10), default="verified")
    anonymous: Mapped[bool] = mapped_column(default=False)
    questions_until: Mapped[date | None] = mapped_column(Date)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    firm: Mapped[Firm] = relationship()
    specs: Mapped[list[NeedSpec]] = relationship(cascade="all, delete-orphan", order_by="NeedSpec.position")
    terms: Mapped[list[NeedTerm]] = relationship(cascade="all, delete-orphan", order_by="NeedTerm.position")
    certificates: Mapped[list[NeedCertificate]] = relationship(cascade="all, delete-orphan")
    attachments: Mapped[list[NeedAttachment]] = relationship(cascade="all, delete-orphan")
    exclusions: Mapped[list[NeedExclusion]] = relationship(cascade="all, delete-orphan")


class NeedSpec(SpecColumns, Base):
    __tablename__ = "need_specs"

    id: Mapped[Pk]
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)


class NeedTerm(TermColumns, Base):
    """A value of one of the fields that the need's type asks for (taxonomy: type_fields)."""

    __tablename__ = "need_terms"
    __table_args__ = (one_value(),)

    id: Mapped[Pk]
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)


class NeedCertificate(Base):
    """A certificate that the need requires."""

    __tablename__ = "need_certificates"

    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    kind_key: Mapped[str] = mapped_column(String(40), primary_key=True)


class NeedAttachment(Base):
    """A drawing or document, with the buyer's 保密要求: open, restricted (on request) or nda (signed first)."""

    __tablename__ = "need_attachments"

    id: Mapped[Pk]
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    confidentiality: Mapped[str] = mapped_column(String(12), default="restricted")
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship()


class AttachmentRelease(Base):
    """A restricted attachment released to a firm, or an undertaking of secrecy accepted by it."""

    __tablename__ = "attachment_releases"
    __table_args__ = (UniqueConstraint("attachment_id", "firm_id"),)

    id: Mapped[Pk]
    attachment_id: Mapped[int] = mapped_column(ForeignKey("need_attachments.id", ondelete="CASCADE"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class NeedInvitee(Base):
    """A firm that may see a need whose visibility is invited."""

    __tablename__ = "need_invitees"

    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    invited_at: Mapped[datetime]


class NeedExclusion(Base):
    """A firm that the buyer does not want for this need: a gate of the matcher, told to nobody but the buyer and staff."""

    __tablename__ = "need_exclusions"

    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True, index=True)


class NeedVersion(Base):
    """The content as it was when submitted: what was moderated and matched can always be read again."""

    __tablename__ = "need_versions"
    __table_args__ = (UniqueConstraint("need_id", "number"),)

    id: Mapped[Pk]
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    content: Mapped[dict[str, Any]]
