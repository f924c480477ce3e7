"""Use cases of accounts: joining, signing in, passwords. Offices and invitations are in invitations.py."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from marketplace.accounts import passwords, queries, throttle
from marketplace.accounts.models import Account, OneTimeToken
from marketplace.accounts.rules import RESET_VALID, check_password, hashed, normal_email, normal_mobile
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, Problem, Refusal


def create_account(
    session: Session,
    actor: Actor,
    *,
    name: str,
    email: str | None = None,
    mobile: str | None = None,
    password: str | None = None,
    locale: str = "zh",
    administrator: bool = False,
    verified: bool = False,
    now: datetime,
) -> Account:
    """Make an account. Only administrators and the machine make administrators or verified accounts."""
    if (administrator or verified) and not (actor.system or actor.administrator):
        raise Forbidden
    email = normal_email(email) if email else None
    mobile = normal_mobile(mobile) if mobile else None
    problems = _contact_problems(session, name, email, mobile)
    if problems:
        raise Refusal.of(problems)
    if password is not None:
        check_password(password, staff=administrator, context=_context(name, email, mobile))
    account = Account(
        name=name.strip(),
        email=email,
        mobile=mobile,
        password_hash=passwords.hash_of(password) if password else None,
        password_changed_at=now if password else None,
        locale=locale,
        administrator=administrator,
        created_at=now,
        email_verified_at=now if verified and email else None,
        mobile_verified_at=now if verified and mobile else None,
    )
    session.add(account)
    session.flush()
    audit.record(session, actor, "account.create", "account", account.id, now, administrator=administrator)
    return account


def _contact_problems(session: Session, name: str, email: str | None, mobile: str | None) -> list[Problem]:
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


def _context(name: str, email: str | None, mobile: str | None) -> tuple[str, ...]:
    """What a password must not be made of."""
    return tuple(part for part in (name, (email or "").partition("@")[0], (mobile or "")[-8:]) if part)


def register(
    session: Session,
    actor: Actor,
    *,
    name: str,
    email: str | None,
    mobile: str | None,
    password: str,
    locale: str,
    address: str,
    now: datetime,
) -> Account:
    """A person joins by themselves. Tries are counted per address."""
    throttle.check(session, "register", address, now)
    throttle.note(session, "register", address, now, succeeded=False)
    return create_account(
        session, actor, name=name, email=email, mobile=mobile, password=password, locale=locale, now=now
    )


def sign_in(session: Session, *, login: str, password: str, address: str, now: datetime) -> Account | None:
    """The account, or None when name and password do not belong together; which of them is wrong is not said.

    The failed try is a row of this transaction, so the edge commits either way. Refusal ``core.too_many`` past the
    limit for the name typed or for the address.
    """
    throttle.check(session, "sign_in", login.strip().lower(), now)
    throttle.check(session, "sign_in_address", address, now)
    account = queries.account_by_login(session, login)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right or account.disabled_at is not None:
        for kind, key in (("sign_in", login.strip().lower()), ("sign_in_address", address)):
            throttle.note(session, kind, key, now, succeeded=False, account_id=account.id if account else None)
        return None
    account.last_signed_in_at = now
    audit.record(session, Actor(account_id=account.id, name=account.name), "account.sign_in", "account", account.id, now)
    return account


def request_reset(session: Session, *, login: str, address: str, now: datetime) -> tuple[Account, str] | None:
    """A token of one use for the account with this name, or None; the page says the same in both cases."""
    throttle.check(session, "reset", address, now)
    throttle.note(session, "reset", address, now, succeeded=False)
    account = queries.account_by_login(session, login)
    if account is None or account.disabled_at is not None or account.email is None:
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeToken(
            account_id=account.id,
            purpose="reset",
            token_hash=hashed(token),
            created_at=now,
            expires_at=now + RESET_VALID,
        )
    )
    audit.record(session, _as(account), "account.request_reset", "account", account.id, now)
    return account, token


def reset_password(session: Session, *, token: str, password: str, now: datetime) -> Account:
    """Set a new password by a reset link; the link is used up and every session ends."""
    used = session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.token_hash == hashed(token),
            OneTimeToken.purpose == "reset",
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeToken.account_id)
    ).scalar()
    if used is None:
        raise Refusal("accounts.link_dead")
    account = session.get_one(Account, used)
    account.email_verified_at = account.email_verified_at or now
    _set_password(session, _as(account), account, password, now)
    return account


def change_password(session: Session, actor: Actor, *, current: str, password: str, now: datetime) -> Account:
    """The person proves the old password first; every other session ends."""
    account = own_account(session, actor)
    throttle.check(session, "sign_in", f"change:{account.id}", now)
    if not passwords.matches(account.password_hash, current):
        raise Refusal("accounts.password_wrong", "current")
    _set_password(session, actor, account, password, now)
    return account


def _set_password(session: Session, actor: Actor, account: Account, password: str, now: datetime) -> None:
    staff = account.administrator or account.office_membership is not None
    check_password(password, staff=staff, context=_context(account.name, account.email, account.mobile))
    account.password_hash = passwords.hash_of(password)
    account.password_changed_at = now
    account.session_epoch += 1
    audit.record(session, actor, "account.set_password", "account", account.id, now)


def sign_out_everywhere(session: Session, actor: Actor, *, now: datetime) -> Account:
    account = own_account(session, actor)
    account.session_epoch += 1
    audit.record(session, actor, "account.sign_out_everywhere", "account", account.id, now)
    return account


def rename(session: Session, actor: Actor, *, name: str, locale: str, now: datetime) -> Account:
    account = own_account(session, actor)
    if not name.strip():
        raise Refusal("accounts.name_missing", "name")
    account.name, account.locale = name.strip()[:60], locale
    audit.record(session, actor, "account.rename", "account", account.id, now)
    return account


def disable(session: Session, actor: Actor, account_id: int, *, now: datetime) -> None:
    """An administrator ends an account and every session of it at once; not their own."""
    if not (actor.administrator or actor.system):
        raise Forbidden
    if account_id == actor.account_id:
        raise Refusal("accounts.own_account")
    account = session.get(Account, account_id)
    if account is None:
        raise Refusal("accounts.unknown")
    account.disabled_at = now
    account.session_epoch += 1
    audit.record(session, actor, "account.disable", "account", account_id, now)


def own_account(session: Session, actor: Actor) -> Account:
    account = session.get(Account, actor.account_id) if actor.account_id else None
    if account is None:
        raise Forbidden
    return account


def _as(account: Account) -> Actor:
    return Actor(account_id=account.id, name=account.name)
