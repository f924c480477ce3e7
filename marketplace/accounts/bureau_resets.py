"""A forgotten password of an account without an e-mail address: the bureau, who knows the person, hands out a code.

No text messages are sent here. Whoever hands out a code could use it themselves; so they prove who they are first, the
code is on record under their name, and it is never given for people who can have a link by mail.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.accounts import passwords, throttle
from marketplace.accounts.models import Account, OneTimeToken
from marketplace.accounts.rules import BUREAU_RESET, BUREAU_RESET_VALID, hashed
from marketplace.accounts.service import own_account
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.codes import readable_code
from marketplace.core.errors import Forbidden, Refusal


def check_may_be_helped(actor: Actor, account: Account) -> None:
    """Forbidden for one's own account and for an administrator's; for staff's, only administrators help. Refusal where
    the person can ask for a link by mail."""
    staff = account.administrator or account.office_membership is not None
    if not actor.staff or account.id == actor.account_id or account.administrator:
        raise Forbidden
    if staff and not actor.administrator:
        raise Forbidden
    if account.email is not None:
        raise Refusal("accounts.reset_by_mail")
    if account.disabled_at is not None:
        raise Refusal("accounts.account_ended")


def issue(
    session: Session, actor: Actor, account: Account, *, own_password: str, now: datetime
) -> str | None:
    """A code for this person, shown once; earlier ones end. The caller has checked that the actor looks after them.

    None for a wrong password of the actor's own: the edge commits the counted try. Refusal ``core.too_many`` past the
    limit.
    """
    check_may_be_helped(actor, account)
    helper = own_account(session, actor)
    key = f"account:{helper.id}"
    throttle.check(session, "change_password", key, now)
    right = passwords.matches(helper.password_hash, own_password)
    throttle.note(session, "change_password", key, now, succeeded=right, account_id=helper.id)
    if not right:
        return None
    session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.account_id == account.id,
            OneTimeToken.purpose == BUREAU_RESET,
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
    code = readable_code(secrets.token_bytes(12))
    session.add(
        OneTimeToken(
            account_id=account.id,
            purpose=BUREAU_RESET,
            token_hash=hashed(code),
            created_at=now,
            expires_at=now + BUREAU_RESET_VALID,
        )
    )
    audit.record(session, actor, "account.issue_reset", "account", account.id, now)
    return code
