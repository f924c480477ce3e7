"""Tables of moderation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, IdType, Pk


class Decision(Base):
    """One look at one version of one listing: what was ticked, what was flagged, what was decided and why."""

    __tablename__ = "moderation_decisions"
    __table_args__ = (
        Index(None, "subject_kind", "subject_id"),
        CheckConstraint("decision IN ('published', 'returned')", name="decision"),
    )

    id: Mapped[Pk]
    # need or capability
    subject_kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int] = mapped_column(IdType)
    version: Mapped[int]
    decision: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[Any]]
    note: Mapped[str | None] = mapped_column(Text)
    checklist: Mapped[dict[str, Any]]
    flags: Mapped[list[Any]]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
