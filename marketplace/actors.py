"""From an account to the frozen Actor: accounts knows nothing of firms, so neither room can do this alone.

The site asks on every page and the worker for every job, so that nobody keeps a reach that they no longer have.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.jobs import JobClaim
from marketplace.firms import queries as firms
from marketplace.firms.models import Firm, FirmMember


def actor_of(session: Session, account: Account, locale: str) -> Actor:
    """The actor that an account is: its office, its firms and their roles. One query beyond the account's own."""
    memberships = session.execute(
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


def filling_in_for(session: Session, actor: Actor, firm_id: int) -> Actor | None:
    """The actor as staff who fill in for that firm (代填); None where they may not, or no longer: a firm can change its
    office, and a person can leave theirs."""
    return replace(actor, acting_for=firm_id) if firms.may_act_for(session, actor, firm_id) else None


def actor_of_job(session: Session, claim: JobClaim) -> Actor:
    """Who asked for the job, with the reach that they have now. Refusal when the account has ended since, or when they
    may no longer fill in for the firm that they asked for it in the name of."""
    account = session.get(Account, claim.account_id) if claim.account_id is not None else None
    if account is None or account.disabled_at is not None:
        raise Refusal("core.job_account_ended")
    asked = claim.params["asked_by"]
    actor = actor_of(session, account, asked["locale"])
    if asked["acting_for"] is None:
        return actor
    filling_in = filling_in_for(session, actor, asked["acting_for"])
    if filling_in is None:
        raise Refusal("core.job_filling_in_ended")
    return filling_in
