"""Tables of people and offices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, IdType, Pk


class Account(Base):
    """A person. Signs in by e-mail or by mobile number; at least one of them is there."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("email IS NOT NULL OR mobile IS NOT NULL", name="reachable"),)

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(60))
    # Lower case; mobile in E.164 (+86…). Both unique, both personal data.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="zh")
    administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    email_verified_at: Mapped[datetime | None]
    mobile_verified_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    last_signed_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    # Raised by "sign out everywhere" and by a new password: a session with an older number is over.
    session_epoch: Mapped[int] = mapped_column(default=0)

    office_membership: Mapped[OfficeMember | None] = relationship(back_populates="account", lazy="joined")


class SignIn(Base):
    """One place where a person is signed in. Ended here, it is over at once, whatever a copied cookie says."""

    __tablename__ = "sign_ins"

    id: Mapped[Pk]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    # The account's session_epoch when it began: an older one is over.
    epoch: Mapped[int]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45))
    device: Mapped[str] = mapped_column(String(60))


class Office(Base):
    """A bureau (whole district) or a 镇/街道 (the firms it looks after)."""

    __tablename__ = "offices"
    __table_args__ = (CheckConstraint("kind IN ('bureau', 'town')", name="kind"),)

    id: Mapped[Pk]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100), unique=True)
    english_name: Mapped[str | None] = mapped_column(String(160))
    division_code: Mapped[str | None] = mapped_column(String(12))
    # Where firms ask whether a message is really the office's; it stands on slips and in messages.
    phone: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]


class OfficeMember(Base):
    """An organiser: one person, one office."""

    __tablename__ = "office_members"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    joined_at: Mapped[datetime]

    account: Mapped[Account] = relationship(back_populates="office_membership")
    office: Mapped[Office] = relationship(lazy="joined")


class Invitation(Base):
    """A link that lets one person join an office or a firm; only the token's hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint("(office_id IS NULL) <> (firm_id IS NULL)", name="one_target"),)

    id: Mapped[Pk]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firms.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]


class OneTimeToken(Base):
    """A link of one use: password reset or proof of an address. Only its hash is kept."""

    __tablename__ = "one_time_tokens"

    id: Mapped[Pk]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Base):
    """A try at something that abuse pays for (sign-in, reset, claim code), counted per hashed key."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "kind", "key_hash", "at"),)

    id: Mapped[Pk]
    kind: Mapped[str] = mapped_column(String(20))
    key_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    succeeded: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[int | None] = mapped_column(IdType)
