"""Use case: staff help a firm's member who has forgotten their password and has no e-mail address on record.

A firm's owner cannot: whoever holds the code signs in as that person, answers under their name and sees what was
released to them. An owner lets the colleague go and invites them anew instead.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import bureau_resets
from marketplace.accounts.models import Account
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound
from marketplace.firms import queries, rules
from marketplace.firms.models import Firm, FirmMember


def member_to_help(session: Session, actor: Actor, firm_id: int, member_id: int) -> Account:
    """The member's account, if the actor looks after every firm that it speaks for: a 镇/街道 opens no way into another
    one's firm. NotFound to those who do not look after this one."""
    firm = queries.firm_or_none(session, actor, firm_id)
    member = session.get(FirmMember, member_id)
    if firm is None or member is None or member.firm_id != firm_id:
        raise NotFound
    if not rules.looks_after(actor, firm.office_id):
        raise NotFound
    offices = session.scalars(
        select(Firm.office_id)
        .join(FirmMember, FirmMember.firm_id == Firm.id)
        .where(FirmMember.account_id == member.account_id)
    )
    if not all(rules.looks_after(actor, office_id) for office_id in offices):
        raise Forbidden
    return session.get_one(Account, member.account_id)


def issue_reset(
    session: Session, actor: Actor, firm_id: int, member_id: int, *, own_password: str, now: datetime
) -> str | None:
    """A code for the member; None when the actor's own password is wrong (the edge commits the counted try)."""
    account = member_to_help(session, actor, firm_id, member_id)
    return bureau_resets.issue(session, actor, account, own_password=own_password, now=now)
