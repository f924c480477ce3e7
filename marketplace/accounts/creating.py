"""How a row in ``accounts`` comes to be, for every way in: by oneself, by invitation, by an administrator or a seed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts import passwords
from marketplace.accounts.models import Account
from marketplace.accounts.rules import check_password, normal_email, normal_mobile
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Problem, Refusal

LONGEST_NAME = 60


def insert_account(
    session: Session,
    actor: Actor,
    *,
    name: str,
    email: str | None,
    mobile: str | None,
    password: str | None,
    locale: str,
    administrator: bool = False,
    staff: bool = False,
    email_verified: bool = False,
    mobile_verified: bool = False,
    terms: str | None = None,
    now: datetime,
) -> Account:
    """Check everything and insert; the caller has the right to.

    ``staff`` asks for a password that staff may have; ``terms`` is the version that the person agreed to.
    """
    email = normal_email(email) if email else None
    mobile = normal_mobile(mobile) if mobile else None
    problems = _problems(session, name, email, mobile)
    if password is not None:
        try:
            check_password(
                password, staff=staff or administrator, context=password_context(name, email, mobile)
            )
        except Refusal as refusal:
            problems.extend(refusal.problems)
    if problems:
        raise Refusal.of(problems)
    account = Account(
        name=name.strip()[:LONGEST_NAME],
        email=email,
        mobile=mobile,
        password_hash=passwords.hash_of(password) if password is not None else None,
        password_changed_at=now if password is not None else None,
        locale=locale,
        administrator=administrator,
        created_at=now,
        email_verified_at=now if email_verified and email else None,
        mobile_verified_at=now if mobile_verified and mobile else None,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # somebody else was a moment quicker with the same address or number
        raise Refusal.of(_problems(session, name, email, mobile)) from None
    agreed = {"terms": terms} if terms else {}
    # A person who joins by themselves is the one who acts.
    who = actor if actor.signed_in or actor.system else Actor(account_id=account.id, name=account.name)
    audit.record(
        session, who, "account.create", "account", account.id, now, administrator=administrator, **agreed
    )
    return account


def _problems(session: Session, name: str, email: str | None, mobile: str | None) -> list[Problem]:
    problems = []
    if not name.strip():
        problems.append(Problem("accounts.name_missing", "name"))
    if email is None and mobile is None:
        problems.append(Problem("accounts.contact_missing", "mobile"))
    taken = session.execute(
        select(Account.email, Account.mobile).where(or_(Account.email == email, Account.mobile == mobile))
    ).all()
    if any(email is not None and row.email == email for row in taken):
        problems.append(Problem("accounts.email_taken", "email"))
    if any(mobile is not None and row.mobile == mobile for row in taken):
        problems.append(Problem("accounts.mobile_taken", "mobile"))
    return problems


def password_context(name: str, email: str | None, mobile: str | None) -> tuple[str, ...]:
    """What a password must not be made of."""
    return tuple(part for part in (name, (email or "").partition("@")[0], (mobile or "")[-8:]) if part)
