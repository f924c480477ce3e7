"""Tables of mails."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Pk


class MailMessage(Base):
    """One mail to one person. The unique key means: the same news never makes two mails."""

    __tablename__ = "mail_messages"
    __table_args__ = (UniqueConstraint("kind", "recipient", "news_key"),)

    id: Mapped[Pk]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(40))
    # What the mail is about (invitation:7, reset:31): with kind and recipient it is unique.
    news_key: Mapped[str] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    # Stable over every attempt, so that a relay can drop what it has seen.
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    failed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)


class MailPreference(Base):
    """How often a person wants a kind of mail; no row means the kind's default."""

    __tablename__ = "mail_preferences"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime]
