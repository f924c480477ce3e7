"""Use cases of invitations: how organisers and a firm's colleagues come in. Offices are in offices.py."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.accounts.creating import insert_account
from marketplace.accounts.models import Account, Invitation, Office, OfficeMember
from marketplace.accounts.offices import add_organiser, create_office, join_office, office_to_manage
from marketplace.accounts.queries import account_by_login, invitation_by_token
from marketplace.accounts.rules import INVITATION_VALID, hashed, masked, may_manage_office, normal_email
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal

__all__ = [
    "accept",
    "accept_as_new",
    "create_office",
    "invite",
    "join_as_new",
    "join_office",
    "open_invitation",
    "open_invitations",
    "revoke",
]


def invite(
    session: Session,
    actor: Actor,
    *,
    email: str,
    role: str,
    office_id: int | None = None,
    firm_id: int | None = None,
    now: datetime,
) -> tuple[Invitation, str]:
    """An invitation and its token (shown once, in the mail). Who may: an office's managers, a firm's owners, a bureau.

    An earlier invitation of the same person to the same place ends: only the newest link works.
    """
    if office_id is not None:
        office_to_manage(session, actor, office_id)
    elif not (actor.owns_firm(firm_id) or actor.bureau):
        raise Forbidden
    address = normal_email(email)
    person = account_by_login(session, address)
    if office_id is not None and person is not None and session.get(OfficeMember, person.id) is not None:
        raise Refusal("accounts.already_organiser", "email")
    session.execute(
        update(Invitation)
        .where(
            Invitation.email == address,
            Invitation.office_id == office_id if office_id is not None else Invitation.firm_id == firm_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        office_id=office_id,
        firm_id=firm_id,
        role=role,
        email=address,
        token_hash=hashed(token),
        invited_by=actor.account_id,
        created_at=now,
        expires_at=now + INVITATION_VALID,
    )
    session.add(invitation)
    session.flush()
    audit.record(
        session,
        actor,
        "invitation.create",
        "invitation",
        invitation.id,
        now,
        role=role,
        office=office_id,
        firm=firm_id,
    )
    return invitation, token


def open_invitation(session: Session, token: str, now: datetime) -> Invitation:
    """The invitation of a token. Refusal ``accounts.link_dead`` when used, revoked, unknown or too old."""
    invitation = invitation_by_token(session, token)
    if (
        invitation is None
        or invitation.accepted_at is not None
        or invitation.revoked_at is not None
        or invitation.expires_at <= now
    ):
        raise Refusal("accounts.link_dead")
    if not _inviter_may_still(session, invitation):
        raise Refusal("accounts.inviter_gone")
    return invitation


def _inviter_may_still(session: Session, invitation: Invitation) -> bool:
    """An invitation does not outlive its sender's right: nobody who was let go brings somebody in. Of a firm only that
    the account is there; the rest the firms' own use case asks. The machine's own invitations stand."""
    if invitation.invited_by is None:
        return True
    inviter = session.get_one(Account, invitation.invited_by)
    if inviter.disabled_at is not None:
        return False
    office = session.get(Office, invitation.office_id) if invitation.office_id is not None else None
    if office is None:
        return True
    own = inviter.office_membership.office if inviter.office_membership else None
    actor = Actor(
        account_id=inviter.id,
        office_id=own.id if own else None,
        office_kind=own.kind if own else None,
        administrator=inviter.administrator,
    )
    return may_manage_office(actor, office.id, office.kind)


def accept(session: Session, actor: Actor, token: str, now: datetime) -> Invitation:
    """The signed-in person takes an invitation up. Joining a firm is finished by the firms' own use case.

    Whoever holds the link has read the mail, so the address counts as proven; a person who signs in by mobile number
    and has no address yet gets this one.
    """
    if actor.account_id is None:
        raise Forbidden
    invitation = open_invitation(session, token, now)
    account = session.get_one(Account, actor.account_id)
    if invitation.email is not None:
        _prove_address(session, account, invitation.email, now)
    taken = session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation.id, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
        )
        .values(accepted_at=now, accepted_by=account.id)
        .returning(Invitation.id)
    ).scalar()
    if taken is None:  # the same link, used twice at the same moment
        raise Refusal("accounts.link_dead")
    if invitation.office_id is not None:
        add_organiser(session, actor, account.id, invitation.office_id, now)
    audit.record(session, actor, "invitation.accept", "invitation", invitation.id, now)
    return invitation


def _prove_address(session: Session, account: Account, email: str, now: datetime) -> None:
    if account.email is None and account_by_login(session, email) is None:
        account.email = email
    if account.email != email:
        raise Refusal("accounts.invitation_other", email=masked(email))
    account.email_verified_at = account.email_verified_at or now


def join_as_new(
    session: Session,
    token: str,
    *,
    name: str,
    password: str,
    locale: str,
    terms: str | None = None,
    now: datetime,
) -> Account:
    """An account for the invited address, proven by the link; the invitation itself stays open.

    For a firm's invitation: its page, on a higher floor, takes it up for the person who is then signed in.
    """
    invitation = open_invitation(session, token, now)
    if invitation.email is None:
        raise Refusal("accounts.link_dead")
    return insert_account(
        session,
        Actor(),
        name=name,
        email=invitation.email,
        mobile=None,
        password=password,
        locale=locale,
        staff=invitation.office_id is not None,
        email_verified=True,
        now=now,
        terms=terms,
    )


def accept_as_new(
    session: Session,
    token: str,
    *,
    name: str,
    password: str,
    locale: str,
    terms: str | None = None,
    now: datetime,
) -> tuple[Account, Invitation]:
    """Join and take the invitation up in one step."""
    account = join_as_new(session, token, name=name, password=password, locale=locale, terms=terms, now=now)
    return account, accept(session, Actor(account_id=account.id, name=account.name), token, now)


def revoke(session: Session, actor: Actor, invitation_id: int, *, now: datetime) -> None:
    """Take an invitation back: who sent it, and who manages the office or owns the firm. Others do not find it."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound
    if invitation.office_id is not None:
        office_to_manage(session, actor, invitation.office_id)
    elif not (actor.owns_firm(invitation.firm_id) or actor.bureau):
        raise NotFound
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Refusal("accounts.invitation_over")
    invitation.revoked_at = now
    audit.record(session, actor, "invitation.revoke", "invitation", invitation_id, now)


def open_invitations(session: Session, now: datetime, *, firm_id: int | None = None) -> list[Invitation]:
    """Those that still wait, of one firm or of all offices; the newest first."""
    target = Invitation.firm_id == firm_id if firm_id is not None else Invitation.office_id.is_not(None)
    statement = (
        select(Invitation)
        .where(
            target,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
        .limit(500)
    )
    return list(session.scalars(statement))
