"""Use cases of the places where a person is signed in: begin one, end one, show them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, SignIn
from marketplace.accounts.rules import SIGN_IN_LASTS, device_of
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound

MOST_SHOWN = 50


def begin(session: Session, account: Account, *, address: str, user_agent: str, now: datetime) -> SignIn:
    """A new sign-in of somebody whose right to it was checked just before."""
    sign_in = SignIn(
        account_id=account.id,
        epoch=account.session_epoch,
        began_at=now,
        address=address[:45],
        device=device_of(user_agent)[:60],
    )
    session.add(sign_in)
    session.flush()
    return sign_in


def open_ones(session: Session, account: Account, now: datetime) -> list[SignIn]:
    """Where this person is signed in, the latest first."""
    statement = (
        select(SignIn)
        .where(
            SignIn.account_id == account.id,
            SignIn.epoch == account.session_epoch,
            SignIn.ended_at.is_(None),
            SignIn.began_at > now - SIGN_IN_LASTS,
        )
        .order_by(SignIn.id.desc())
        .limit(MOST_SHOWN)
    )
    return list(session.scalars(statement))


def end(session: Session, actor: Actor, sign_in_id: int, *, now: datetime) -> None:
    """End one of the actor's own sign-ins; another person's is not found. Ending twice is no mistake."""
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.account_id != actor.account_id:
        raise NotFound
    if sign_in.ended_at is None:
        sign_in.ended_at = now
        audit.record(session, actor, "account.sign_out", "account", actor.account_id, now, sign_in=sign_in_id)
