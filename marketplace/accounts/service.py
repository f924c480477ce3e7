"""Use cases of accounts: joining, signing in, passwords. Offices are in offices.py, invitations in invitations.py."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.accounts import passwords, queries, throttle
from marketplace.accounts.creating import LONGEST_NAME, insert_account, password_context
from marketplace.accounts.models import Account, OneTimeToken
from marketplace.accounts.rules import (
    RESET_VALID,
    RESETS,
    SMS_RESET,
    SMS_RESET_VALID,
    TERMS_VERSION,
    check_password,
    hashed,
    normal_login,
    throttle_key,
)
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.codes import readable_code
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.i18n import LOCALES


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
    return insert_account(
        session,
        actor,
        name=name,
        email=email,
        mobile=mobile,
        password=password,
        locale=locale,
        administrator=administrator,
        email_verified=verified,
        mobile_verified=verified,
        now=now,
    )


def register(
    session: Session,
    actor: Actor,
    *,
    name: str,
    login: str,
    password: str,
    agreed: bool,
    locale: str,
    now: datetime,
) -> Account:
    """A person joins by themselves, by e-mail address or mobile number, and agrees to the terms.

    The edge has counted the try (:func:`throttle.spend`) in a transaction of its own, so that a refusal here, such as
    a name that is taken, is counted too.
    """
    if not agreed:
        raise Refusal("accounts.terms", "agreed")
    kind, value = normal_login(login)
    try:
        return insert_account(
            session,
            actor,
            name=name,
            email=value if kind == "email" else None,
            mobile=value if kind == "mobile" else None,
            password=password,
            locale=locale,
            now=now,
            terms=TERMS_VERSION,
        )
    except Refusal as refusal:  # the form has one box for both
        raise Refusal.of(
            [
                replace(found, field="login") if found.field in ("email", "mobile") else found
                for found in refusal.problems
            ]
        ) from None


def sign_in(session: Session, *, login: str, password: str, address: str, now: datetime) -> Account | None:
    """The account, or None when name and password do not belong together; which of them is wrong is not said.

    The failed try is a row of this transaction, so the edge commits either way. Refusal ``core.too_many`` past the
    limit for the name typed or for the address.
    """
    key = throttle_key(login)
    throttle.check(session, "sign_in", key, now)
    throttle.check(session, "sign_in_address", address, now)
    account = queries.account_by_login(session, login)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right or account.disabled_at is not None:
        throttle.note(
            session, "sign_in", key, now, succeeded=False, account_id=account.id if account else None
        )
        throttle.note(session, "sign_in_address", address, now, succeeded=False)
        return None
    # Clears the count of this name; never that of the address, or any account of one's own would buy new tries.
    throttle.note(session, "sign_in", key, now, succeeded=True, account_id=account.id)
    account.last_signed_in_at = now
    audit.record(session, _as(account), "account.sign_in", "account", account.id, now)
    return account


def enter(
    session: Session,
    actor: Actor,
    *,
    name: str,
    login: str,
    password: str,
    agreed: bool,
    locale: str,
    address: str,
    now: datetime,
) -> Account | None:
    """Sign in where the address or number has an account, else join by it. None for a wrong password.

    Only behind a claim code: to anybody else it would tell whose number has an account.
    """
    if queries.account_by_login(session, login) is not None:
        return sign_in(session, login=login, password=password, address=address, now=now)
    return register(
        session, actor, name=name, login=login, password=password, agreed=agreed, locale=locale, now=now
    )


def request_reset(
    session: Session, *, login: str, address: str, by_sms: bool = False, now: datetime
) -> tuple[Account, str] | None:
    """A token of one use for the account with this name, or None; the page says the same in both cases.

    For an account without an e-mail address it is a code to type, where the site can send one (``by_sms``).
    Counted per address and per name: nobody's mailbox is filled from many addresses.
    """
    throttle.spend(session, "reset", throttle_key(login), now)
    throttle.spend(session, "reset_address", address, now)
    account = queries.account_by_login(session, login)
    if account is None or account.disabled_at is not None or (account.email is None and not by_sms):
        return None
    mailed = account.email is not None
    token = secrets.token_urlsafe(32) if mailed else readable_code(secrets.token_bytes(12))
    session.add(
        OneTimeToken(
            account_id=account.id,
            purpose="reset" if mailed else SMS_RESET,
            token_hash=hashed(token),
            created_at=now,
            expires_at=now + (RESET_VALID if mailed else SMS_RESET_VALID),
        )
    )
    audit.record(session, _as(account), "account.request_reset", "account", account.id, now)
    return account, token


def reset_password(session: Session, *, token: str, password: str, now: datetime) -> Account:
    """Set a new password by a reset link or a code from the bureau; it is used up and every session ends.

    Refusal ``accounts.link_dead``, or what is wrong with the password: then the link stays good.
    """
    used = session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.token_hash == hashed(token),
            OneTimeToken.purpose.in_(RESETS),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeToken.account_id, OneTimeToken.purpose)
    ).one_or_none()
    if used is None:
        raise Refusal("accounts.link_dead")
    account = session.get_one(Account, used.account_id)
    if account.disabled_at is not None:
        raise Refusal("accounts.link_dead")
    if used.purpose == "reset":  # a link that arrived proves the address; a code from the bureau proves none
        account.email_verified_at = account.email_verified_at or now
    elif used.purpose == SMS_RESET:
        account.mobile_verified_at = account.mobile_verified_at or now
    _set_password(session, _as(account), account, password, now)
    return account


def reset_link_works(session: Session, token: str, now: datetime) -> bool:
    """For the page that asks for the new password: a dead link is said before anything was typed."""
    statement = (
        select(OneTimeToken.id)
        .join(Account, Account.id == OneTimeToken.account_id)
        .where(
            OneTimeToken.token_hash == hashed(token),
            OneTimeToken.purpose.in_(RESETS),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
            Account.disabled_at.is_(None),
        )
    )
    return session.scalar(statement) is not None


def change_password(
    session: Session, actor: Actor, *, current: str, password: str, now: datetime
) -> Account | None:
    """The person proves the old password first; every session ends. None for a wrong one: the edge commits the
    counted try. Refusal ``core.too_many`` past the limit."""
    account = own_account(session, actor)
    key = f"account:{account.id}"
    throttle.check(session, "change_password", key, now)
    if not passwords.matches(account.password_hash, current):
        throttle.note(session, "change_password", key, now, succeeded=False, account_id=account.id)
        return None
    _set_password(session, actor, account, password, now)
    throttle.note(session, "change_password", key, now, succeeded=True, account_id=account.id)
    return account


def _set_password(session: Session, actor: Actor, account: Account, password: str, now: datetime) -> None:
    staff = account.administrator or account.office_membership is not None
    check_password(
        password, staff=staff, context=password_context(account.name, account.email, account.mobile)
    )
    account.password_hash = passwords.hash_of(password)
    account.password_changed_at = now
    account.session_epoch += 1
    # Links that are still on their way belong to the password that was.
    session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.account_id == account.id,
            OneTimeToken.purpose.in_(RESETS),
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
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
    if locale not in LOCALES:
        raise Refusal("accounts.locale_unknown", "locale")
    account.name, account.locale = name.strip()[:LONGEST_NAME], locale
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
        raise NotFound
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
