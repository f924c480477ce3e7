"""Who is signed in: joins an account with its office and its firms into the frozen Actor of the request.

An assembly point like app.py: accounts knows nothing of firms, so neither can do this alone.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from flask import Flask, session
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.accounts.signed_in import SignedIn, account_of
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.i18n import N_
from marketplace.core.web.language import translated
from marketplace.core.web.request import current_locale, now, reading, register_actor_loader
from marketplace.firms import queries as firms
from marketplace.firms.models import Firm, FirmMember

SIGN_IN_FIRST = N_("这一页要登录后才能看：请登录，随后会回到这里。")


def actor_of(session_: Session, account: Account, locale: str) -> Actor:
    """The actor that an account is: its office, its firms and their roles. One query beyond the account's own."""
    memberships = session_.execute(
        select(
            FirmMember.firm_id,
            FirmMember.role,
            Firm.is_buyer,
            Firm.is_supplier,
            Firm.verified_at,
            Firm.suspended_at,
        )
        .join(Firm, Firm.id == FirmMember.firm_id)
        .where(FirmMember.account_id == account.id)
    ).all()
    office = account.office_membership.office if account.office_membership else None
    return Actor(
        account_id=account.id,
        name=account.name,
        firm_roles=MappingProxyType({row.firm_id: row.role for row in memberships}),
        office_id=office.id if office else None,
        office_kind=office.kind if office else None,
        administrator=account.administrator,
        verified=account.email_verified_at is not None or account.mobile_verified_at is not None,
        locale=locale,
        unchecked_firms=frozenset(
            row.firm_id for row in memberships if row.verified_at is None or row.suspended_at is not None
        ),
        buys=any(row.is_buyer for row in memberships),
        supplies=any(row.is_supplier for row in memberships),
    )


def filling_in(session_: Session, actor: Actor) -> Actor:
    """The actor with the firm that staff fill in for (代填). Whether they may is asked anew on every page: a firm can
    change its office meanwhile, and a person can leave theirs."""
    firm_id = session.get("acting_for")
    if not isinstance(firm_id, int) or not actor.staff or not firms.may_act_for(session_, actor, firm_id):
        return actor
    return replace(actor, acting_for=firm_id)


def register_identity(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "accounts.sign_in"
    manager.login_message = SIGN_IN_FIRST
    manager.login_message_category = "info"
    manager.localize_callback = translated
    manager.session_protection = "basic"

    @manager.user_loader
    def load(login_id: str) -> SignedIn | None:
        signed_in = SignedIn.read(login_id)
        return signed_in if account_of(reading(), signed_in, now()) else None

    def load_actor(session_: Session) -> Actor:
        account = account_of(session_, SignedIn.read(session.get("_user_id")), now())
        return filling_in(session_, actor_of(session_, account, current_locale())) if account else ANONYMOUS

    register_actor_loader(app, load_actor)
