"""Reads of accounts that several callers share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

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


def is_bureau(account: Account) -> bool:
    """Whether the account's reach is the whole district: :attr:`Actor.bureau` for somebody who is not here now."""
    office = account.office_membership.office if account.office_membership else None
    return account.administrator or (office is not None and office.kind == "bureau")


def offices(session: Session) -> list[Office]:
    """Every office: bureaus first, then towns, each by name."""
    return list(session.scalars(select(Office).order_by(Office.kind, Office.name)))


def office_to_ask(session: Session, office_id: int | None = None) -> Office | None:
    """Whom a firm may call to learn whether a message is real: its own 镇/街道, else the bureau; with a telephone."""
    statement = (
        select(Office)
        .where(Office.phone.is_not(None), (Office.kind == "bureau") | (Office.id == (office_id or 0)))
        .order_by(Office.id != (office_id or 0), Office.id)
        .limit(1)
    )
    return session.scalars(statement).first()


def organisers_of(session: Session, office_id: int) -> list[Account]:
    return organisers_by_office(session, [office_id]).get(office_id, [])


def organisers_by_office(session: Session, office_ids: Sequence[int]) -> Mapping[int, list[Account]]:
    """The people of these offices in one query, in the order they joined."""
    statement = (
        select(Account)
        .join(OfficeMember, OfficeMember.account_id == Account.id)
        .options(contains_eager(Account.office_membership).contains_eager(OfficeMember.office))
        .join(Office, Office.id == OfficeMember.office_id)
        .where(OfficeMember.office_id.in_(office_ids))
        .order_by(OfficeMember.joined_at, Account.id)
    )
    found: dict[int, list[Account]] = defaultdict(list)
    for account in session.scalars(statement):
        if account.office_membership is not None:
            found[account.office_membership.office_id].append(account)
    return found


def invitation_by_token(session: Session, token: str) -> Invitation | None:
    return session.scalar(select(Invitation).where(Invitation.token_hash == hashed(token)))
