"""Tables of certificates and tiers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Pk


class Certification(Base):
    """One certificate or tier of one firm. Valid from its first day through its last, both included."""

    __tablename__ = "certifications"

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    # A key of seeds/taxonomy/certificate_kinds.csv, tiers among them.
    kind_key: Mapped[str] = mapped_column(String(40), index=True)
    number: Mapped[str | None] = mapped_column(String(80))
    cohort: Mapped[str | None] = mapped_column(String(60))
    issuer: Mapped[str | None] = mapped_column(String(120))
    # The rule it was issued under and its document number; tiers differ between the 2022 and the 2026 rules.
    rule_document: Mapped[str | None] = mapped_column(String(80))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    revoked_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(10), default="self")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    removed_at: Mapped[datetime | None]


class CertificateAbsence(Base):
    """A firm's own word that it does not hold a certificate: a stated fact, unlike silence."""

    __tablename__ = "certificate_absences"
    __table_args__ = (UniqueConstraint("firm_id", "kind_key"),)

    id: Mapped[Pk]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    kind_key: Mapped[str] = mapped_column(String(40))
    declared_at: Mapped[datetime]
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
