"""Who is signed in: joins an account with its office and its firms into the frozen Actor of the request.

An assembly point like app.py: accounts knows nothing of firms, so neither can do this alone.
"""

from __future__ import annotations

from types import MappingProxyType

from flask import Flask, session
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.web.request import current_locale, reading, register_actor_loader
from marketplace.firms.models import FirmMember


class SignedIn:
    """What Flask-Login carries: an account's id and the epoch that its session was opened in."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, account_id: int, epoch: int) -> None:
        self.account_id = account_id
        self.epoch = epoch

    def get_id(self) -> str:
        return f"{self.account_id}.{self.epoch}"


def actor_of(session_: Session, account: Account, locale: str) -> Actor:
    """The actor that an account is: its office, its firms and their roles. One query beyond the account's own."""
    memberships = session_.execute(
        select(FirmMember.firm_id, FirmMember.role).where(FirmMember.account_id == account.id)
    )
    office = account.office_membership.office if account.office_membership else None
    return Actor(
        account_id=account.id,
        name=account.name,
        firm_roles=MappingProxyType({firm_id: role for firm_id, role in memberships}),
        office_id=office.id if office else None,
        office_kind=office.kind if office else None,
        administrator=account.administrator,
        verified=account.email_verified_at is not None or account.mobile_verified_at is not None,
        locale=locale,
    )


def account_signed_in(session_: Session, login_id: str | None) -> Account | None:
    """The account of a session's id, unless it was disabled or signed out everywhere since."""
    if not login_id or "." not in login_id:
        return None
    number, _, epoch = login_id.partition(".")
    if not (number.isdigit() and epoch.isdigit()):
        return None
    account = session_.get(Account, int(number))
    if account is None or account.disabled_at is not None or account.session_epoch != int(epoch):
        return None
    return account


def register_identity(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "accounts.sign_in"
    manager.session_protection = "basic"

    @manager.user_loader
    def load(login_id: str) -> SignedIn | None:
        account = account_signed_in(reading(), login_id)
        return SignedIn(account.id, account.session_epoch) if account else None

    def load_actor(session_: Session) -> Actor:
        account = account_signed_in(session_, session.get("_user_id"))
        return actor_of(session_, account, current_locale()) if account else ANONYMOUS

    register_actor_loader(app, load_actor)
