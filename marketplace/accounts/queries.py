"""Reads of accounts that several callers share."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Invitation, Office, OfficeMember
from marketplace.accounts.rules import hashed, normal_login
from marketplace.core.errors import Refusal


def account_by_login(session: Session, login: str) -> Account | None:
    """The account that signs in by this e-mail address or mobile number."""
    try:
        kind, value = normal_login(login)
    except Refusal:
        return None
    column = Account.email if kind == "email" else Account.mobile
    return session.scalar(select(Account).where(column == value))


def offices(session: Session) -> list[Office]:
    return list(session.scalars(select(Office).order_by(Office.kind, Office.name)))


def organisers_of(session: Session, office_id: int) -> list[Account]:
    statement = (
        select(Account).join(OfficeMember).where(OfficeMember.office_id == office_id).order_by(Account.id).limit(200)
    )
    return list(session.scalars(statement).unique())


def invitation_by_token(session: Session, token: str) -> Invitation | None:
    return session.scalar(select(Invitation).where(Invitation.token_hash == hashed(token)))
