"""Use cases of a firm's people: members, invitations and claims by code. Contacts are in contacts.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.accounts import invitations, letters, throttle
from marketplace.accounts.models import Account, Invitation
from marketplace.accounts.queries import is_bureau
from marketplace.accounts.rules import hashed, normal_email
from marketplace.core import audit
from marketplace.core.actor import FIRM_ROLES, Actor
from marketplace.core.codes import normal_code
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import claims, prefilled, queries, rules
from marketplace.firms.contacts import (
    add_contact,
    grant_contacts,
    remove_contact,
    revoke_grants,
    set_consent,
    view_contacts,
)
from marketplace.firms.models import ClaimCode, Firm, FirmMember

__all__ = [
    "accept_invitation",
    "add_contact",
    "add_member",
    "claim",
    "claim_by_link",
    "grant_contacts",
    "invite_colleague",
    "issue_claim_code",
    "join_by_invitation",
    "open_invitation",
    "remove_contact",
    "remove_member",
    "revoke_grants",
    "revoke_invitation",
    "set_consent",
    "view_contacts",
]


def add_member(
    session: Session, actor: Actor, firm_id: int, account_id: int, role: str, *, now: datetime
) -> FirmMember:
    """Owners take colleagues in; staff and the machine do so for firms that they look after."""
    firm = queries.firm_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    if not (actor.owns_firm(firm_id) or rules.looks_after(actor, firm.office_id)):
        raise Forbidden
    return _join(session, actor, firm, account_id, role, now)


def join_by_invitation(
    session: Session, actor: Actor, firm_id: int, role: str, *, now: datetime
) -> FirmMember:
    """The second half of accepting a firm's invitation, whose token the accounts have just checked and used up."""
    if actor.account_id is None:
        raise Forbidden
    return _join(session, actor, session.get_one(Firm, firm_id), actor.account_id, role, now)


def _join(
    session: Session, actor: Actor, firm: Firm, account_id: int, role: str, now: datetime
) -> FirmMember:
    if role not in FIRM_ROLES:
        raise Refusal("firms.role_unknown", "role")
    already = select(FirmMember).where(FirmMember.firm_id == firm.id, FirmMember.account_id == account_id)
    if session.scalar(already) is not None:
        raise Refusal("firms.already_member")
    member = FirmMember(firm_id=firm.id, account_id=account_id, role=role, joined_at=now)
    session.add(member)
    firm.claimed_at = firm.claimed_at or now
    prefilled.forget(session, firm.id)
    session.flush()
    audit.record(session, actor, "firm.join", "firm", firm.id, now, account=account_id, role=role)
    return member


def invite_colleague(
    session: Session,
    actor: Actor,
    firm_id: int,
    *,
    email: str,
    role: str,
    link_for: Callable[[str], str],
    locale: str,
    site: letters.Site,
    now: datetime,
) -> Invitation:
    """Invite a person by e-mail; the mail goes out with this change. ``link_for`` makes the address of a token."""
    firm = queries.firm_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    if not actor.owns_firm(firm_id):
        raise NotFound if not (actor.belongs_to(firm_id) or actor.staff) else Forbidden
    if role not in FIRM_ROLES:
        raise Refusal("firms.role_unknown", "role")
    address = normal_email(email)
    already = (
        select(FirmMember.id).join(Account).where(FirmMember.firm_id == firm_id, Account.email == address)
    )
    if session.scalar(already) is not None:
        raise Refusal("firms.already_colleague", "email")
    sent = select(func.count()).where(
        Invitation.firm_id == firm_id, Invitation.created_at > now - timedelta(days=1)
    )
    if (session.scalar(sent) or 0) >= rules.MOST_INVITATIONS_A_DAY:
        raise Refusal("firms.invitations_many", "email", most=rules.MOST_INVITATIONS_A_DAY)
    invitation, token = invitations.invite(session, actor, email=address, role=role, firm_id=firm_id, now=now)
    letters.send_invitation(
        session,
        invitation,
        target=firm.legal_name,
        inviter=actor.name,
        link=link_for(token),
        locale=locale,
        site=site,
        now=now,
    )
    return invitation


def revoke_invitation(
    session: Session, actor: Actor, firm_id: int, invitation_id: int, *, now: datetime
) -> None:
    """An owner takes an invitation of the firm back, whoever sent it."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.firm_id != firm_id:
        raise NotFound
    invitations.revoke(session, actor, invitation_id, now=now)


def open_invitation(session: Session, token: str, now: datetime) -> Invitation:
    """The invitation of a token, while who sent it may still invite for the firm. Refusal ``accounts.inviter_gone``."""
    invitation = invitations.open_invitation(session, token, now)
    if invitation.firm_id is not None and not _may_still_invite(session, invitation):
        raise Refusal("accounts.inviter_gone")
    return invitation


def _may_still_invite(session: Session, invitation: Invitation) -> bool:
    """An owner of the firm still, or a bureau's organiser or administrator (:func:`invitations.invite`)."""
    inviter = session.get(Account, invitation.invited_by) if invitation.invited_by is not None else None
    if inviter is None:
        return invitation.invited_by is None  # the machine's: it loses no right
    owns = select(FirmMember.id).where(
        FirmMember.firm_id == invitation.firm_id,
        FirmMember.account_id == inviter.id,
        FirmMember.role == "owner",
    )
    return is_bureau(inviter) or session.scalar(owns) is not None


def accept_invitation(session: Session, actor: Actor, token: str, *, now: datetime) -> FirmMember:
    """The signed-in person joins the firm that invited them; the link is used up."""
    if open_invitation(session, token, now).firm_id is None:
        raise NotFound
    invitation = invitations.accept(session, actor, token, now)
    assert invitation.firm_id is not None
    return join_by_invitation(session, actor, invitation.firm_id, invitation.role, now=now)


def remove_member(session: Session, actor: Actor, firm_id: int, member_id: int, *, now: datetime) -> None:
    """An owner lets a colleague go; the last owner stays."""
    if not actor.owns_firm(firm_id):
        raise NotFound if not actor.belongs_to(firm_id) else Forbidden
    # Two owners who remove each other at the same moment wait for one another here.
    session.execute(select(Firm.id).where(Firm.id == firm_id).with_for_update())
    member = session.get(FirmMember, member_id)
    if member is None or member.firm_id != firm_id:
        raise NotFound
    owners = select(func.count()).where(FirmMember.firm_id == firm_id, FirmMember.role == "owner")
    if member.role == "owner" and (session.scalar(owners) or 0) <= 1:
        raise Refusal("firms.last_owner")
    session.delete(member)
    audit.record(session, actor, "firm.leave", "firm", firm_id, now, account=member.account_id)


def issue_claim_code(session: Session, actor: Actor, firm_id: int, *, now: datetime) -> str:
    """A code for the firm's owner, shown once; earlier unused codes end."""
    return claims.issue(session, actor, firm_id, now=now).code


def claim(session: Session, actor: Actor, *, code: str, site: letters.Site, now: datetime) -> Firm | None:
    """Take over a pre-filled record as its owner. None for a wrong code; the edge commits the counted try.

    Refusal ``core.too_many`` after ten wrong codes in a day.
    """
    if actor.account_id is None:
        raise Forbidden
    key = f"account:{actor.account_id}"
    throttle.check(session, "claim", key, now)
    firm = _take_over(session, actor, code, now)
    if firm is None:
        claims.note_wrong_code(session, actor, key, site, now)
    return firm


def claim_by_link(
    session: Session, actor: Actor, token: str, *, code: str, site: letters.Site, now: datetime
) -> Firm | None:
    """The same where a link says which firm it is about; None for a wrong code, which counts against the link.

    Refusal ``firms.link_dead``, ``firms.already_member``.
    """
    if actor.account_id is None:
        raise Forbidden
    if not claims.opens(session, token, code, site, now=now):
        return None
    return _take_over(session, actor, code, now)


def _take_over(session: Session, actor: Actor, code: str, now: datetime) -> Firm | None:
    """Use the code up and join its firm as owner; None where no code in force is meant."""
    assert actor.account_id is not None
    used = session.execute(
        update(ClaimCode)
        .where(
            ClaimCode.code_hash == hashed(normal_code(code)),
            ClaimCode.used_at.is_(None),
            ClaimCode.locked_at.is_(None),
            ClaimCode.expires_at > now,
        )
        .values(used_at=now, used_by=actor.account_id)
        .returning(ClaimCode.firm_id)
    ).scalar()
    if used is None:
        return None
    firm = session.get_one(Firm, used)
    firm.claimed_at = now
    _join(session, actor, firm, actor.account_id, "owner", now)
    audit.record(session, actor, "firm.claim", "firm", firm.id, now)
    return firm
