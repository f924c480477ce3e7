"""Tables of capabilities."""

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


class Capability(ListingColumns, Base):
    """What one party offers: a product or service that it makes (capability), or a resource that it opens (opening)."""

    __tablename__ = "capabilities"
    __table_args__ = (CheckConstraint("nature IN ('capability', 'opening')", name="nature"),)

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    nature: Mapped[str] = mapped_column(String(10), default="capability", server_default="capability")
    product: Mapped[str] = mapped_column(String(120), default="")
    english_product: Mapped[str | None] = mapped_column(String(160))
    sentence: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    chain_key: Mapped[str | None] = mapped_column(String(30))
    link_key: Mapped[str | None] = mapped_column(String(40))
    industry_code: Mapped[str | None] = mapped_column(String(4))
    capacity: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    spare_capacity: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    capacity_unit: Mapped[str | None] = mapped_column(String(20))
    capacity_period: Mapped[str | None] = mapped_column(String(10))
    moq: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    moq_unit: Mapped[str | None] = mapped_column(String(20))
    lead_time_days: Mapped[int | None]
    # How long it can wait for its money at most: a wish that only matching reads, and its own page shows.
    payment_days: Mapped[int | None]
    # When the firm last said that all this still holds.
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    visibility: Mapped[str] = mapped_column(String(10), default="public")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    firm: Mapped[Firm] = relationship()
    specs: Mapped[list[CapabilitySpec]] = relationship(
        cascade="all, delete-orphan", order_by="CapabilitySpec.position"
    )
    terms: Mapped[list[CapabilityTerm]] = relationship(
        cascade="all, delete-orphan", order_by="CapabilityTerm.position"
    )
    certificates: Mapped[list[CapabilityCertificate]] = relationship(cascade="all, delete-orphan")
    standards: Mapped[list[CapabilityStandard]] = relationship(cascade="all, delete-orphan")
    divisions: Mapped[list[CapabilityDivision]] = relationship(cascade="all, delete-orphan")
    types: Mapped[list[CapabilityType]] = relationship(cascade="all, delete-orphan")
    photos: Mapped[list[CapabilityPhoto]] = relationship(
        cascade="all, delete-orphan", order_by="CapabilityPhoto.position"
    )


class CapabilitySpec(SpecColumns, Base):
    __tablename__ = "capability_specs"

    id: Mapped[Pk]
    capability_id: Mapped[int] = mapped_column(ForeignKey("capabilities.id", ondelete="CASCADE"), index=True)


class CapabilityTerm(TermColumns, Base):
    """A value of one of the fields that its types ask of an offer (taxonomy: type_fields)."""

    __tablename__ = "capability_terms"
    __table_args__ = (one_value(),)

    id: Mapped[Pk]
    capability_id: Mapped[int] = mapped_column(ForeignKey("capabilities.id", ondelete="CASCADE"), index=True)


class CapabilityCertificate(Base):
    """A certificate kind named for this capability; the dated facts stay with the firm's certifications."""

    __tablename__ = "capability_certificates"

    capability_id: Mapped[int] = mapped_column(
        ForeignKey("capabilities.id", ondelete="CASCADE"), primary_key=True
    )
    kind_key: Mapped[str] = mapped_column(String(40), primary_key=True)


class CapabilityStandard(Base):
    __tablename__ = "capability_standards"

    capability_id: Mapped[int] = mapped_column(
        ForeignKey("capabilities.id", ondelete="CASCADE"), primary_key=True
    )
    standard: Mapped[str] = mapped_column(String(80), primary_key=True)


class CapabilityDivision(Base):
    """A division that it delivers to, with all that lies in it (GB/T 2260); none means anywhere."""

    __tablename__ = "capability_divisions"

    capability_id: Mapped[int] = mapped_column(
        ForeignKey("capabilities.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(12), primary_key=True)


class CapabilityType(Base):
    """Which types of need it may answer; an opening has one, none means procurement and outsourcing."""

    __tablename__ = "capability_types"

    capability_id: Mapped[int] = mapped_column(
        ForeignKey("capabilities.id", ondelete="CASCADE"), primary_key=True
    )
    type_key: Mapped[str] = mapped_column(String(20), primary_key=True)


class CapabilityPhoto(Base):
    __tablename__ = "capability_photos"

    id: Mapped[Pk]
    capability_id: Mapped[int] = mapped_column(ForeignKey("capabilities.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    position: Mapped[int]
    caption: Mapped[str | None] = mapped_column(String(120))

    file: Mapped[StoredFile] = relationship()


class CapabilityVersion(Base):
    """The content as it was when submitted."""

    __tablename__ = "capability_versions"
    __table_args__ = (UniqueConstraint("capability_id", "number"),)

    id: Mapped[Pk]
    capability_id: Mapped[int] = mapped_column(ForeignKey("capabilities.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    content: Mapped[dict[str, Any]]
