"""Use cases of offices and invitations: how organisers and a firm's colleagues come in."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Invitation, Office, OfficeMember
from marketplace.accounts.queries import invitation_by_token
from marketplace.accounts.rules import INVITATION_VALID, hashed, normal_email
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, Refusal


def create_office(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    name: str,
    english_name: str | None = None,
    division_code: str | None = None,
    now: datetime,
) -> Office:
    if not (actor.administrator or actor.system):
        raise Forbidden
    if not name.strip():
        raise Refusal("accounts.office_name_missing", "name")
    if session.scalar(select(Office.id).where(Office.name == name.strip())) is not None:
        raise Refusal("accounts.office_taken", "name", name=name.strip())
    office = Office(
        kind=kind, name=name.strip(), english_name=english_name, division_code=division_code, created_at=now
    )
    session.add(office)
    session.flush()
    audit.record(session, actor, "office.create", "office", office.id, now, kind=kind)
    return office


def may_invite(actor: Actor, office_id: int) -> bool:
    """Administrators invite to any office, a bureau's organisers to their own bureau and to the towns."""
    return actor.administrator or actor.system or (actor.bureau and actor.office_id is not None)


def join_office(session: Session, actor: Actor, account_id: int, office_id: int, *, now: datetime) -> OfficeMember:
    """Make a person an organiser of an office; a person belongs to one office."""
    if not may_invite(actor, office_id):
        raise Forbidden
    return _join(session, actor, account_id, office_id, now)


def _join(session: Session, actor: Actor, account_id: int, office_id: int, now: datetime) -> OfficeMember:
    if session.get(OfficeMember, account_id) is not None:
        raise Refusal("accounts.already_organiser")
    member = OfficeMember(account_id=account_id, office_id=office_id, joined_at=now)
    session.add(member)
    session.flush()
    audit.record(session, actor, "office.join", "office", office_id, now, account=account_id)
    return member


def leave_office(session: Session, actor: Actor, account_id: int, *, now: datetime) -> None:
    member = session.get(OfficeMember, account_id)
    if member is None:
        raise Refusal("accounts.unknown")
    if not may_invite(actor, member.office_id):
        raise Forbidden
    session.delete(member)
    account = session.get_one(Account, account_id)
    account.session_epoch += 1
    audit.record(session, actor, "office.leave", "office", member.office_id, now, account=account_id)


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
    """An invitation and its token (shown once, in the mail). Who may: an office's inviters, a firm's owners."""
    allowed = may_invite(actor, office_id) if office_id is not None else actor.owns_firm(firm_id) or actor.bureau
    if not allowed:
        raise Forbidden
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        office_id=office_id,
        firm_id=firm_id,
        role=role,
        email=normal_email(email),
        token_hash=hashed(token),
        invited_by=actor.account_id,
        created_at=now,
        expires_at=now + INVITATION_VALID,
    )
    session.add(invitation)
    session.flush()
    audit.record(session, actor, "invitation.create", "invitation", invitation.id, now, role=role, firm=firm_id)
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
    return invitation


def accept(session: Session, actor: Actor, token: str, now: datetime) -> Invitation:
    """The signed-in person takes an invitation up. Joining a firm is finished by the firms' own use case."""
    if actor.account_id is None:
        raise Forbidden
    invitation = open_invitation(session, token, now)
    account = session.get_one(Account, actor.account_id)
    if invitation.email and account.email != invitation.email:
        raise Refusal("accounts.invitation_other", email=_masked(invitation.email))
    invitation.accepted_at, invitation.accepted_by = now, account.id
    account.email_verified_at = account.email_verified_at or now
    if invitation.office_id is not None:
        _join(session, actor, account.id, invitation.office_id, now)
    audit.record(session, actor, "invitation.accept", "invitation", invitation.id, now)
    return invitation


def revoke(session: Session, actor: Actor, invitation_id: int, *, now: datetime) -> None:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.accepted_at is not None:
        raise Refusal("accounts.link_dead")
    if not (invitation.invited_by == actor.account_id or actor.administrator):
        raise Forbidden
    invitation.revoked_at = now
    audit.record(session, actor, "invitation.revoke", "invitation", invitation_id, now)


def _masked(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:2]}***@{host}"
