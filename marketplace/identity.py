"""Who is signed in: the account of the session, as the frozen Actor of the request."""

from __future__ import annotations

from flask import Flask, session
from flask_login import LoginManager
from sqlalchemy.orm import Session

from marketplace.accounts.signed_in import SignedIn, account_of
from marketplace.actors import actor_of, filling_in_for
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.i18n import N_
from marketplace.core.web.language import translated
from marketplace.core.web.request import current_locale, now, reading, register_actor_loader

SIGN_IN_FIRST = N_("这一页要登录后才能看：请登录，随后会回到这里。")


def filling_in(session_: Session, actor: Actor) -> Actor:
    """The actor with the firm that staff fill in for (代填). Whether they may is asked anew on every page."""
    firm_id = session.get("acting_for")
    return (filling_in_for(session_, actor, firm_id) if isinstance(firm_id, int) else None) or actor


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
