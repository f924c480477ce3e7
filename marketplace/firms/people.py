"""Use cases of a firm's people: members, claims by code, contacts and who was given them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.accounts import throttle
from marketplace.accounts.rules import hashed, normal_email
from marketplace.core import audit
from marketplace.core.actor import FIRM_ROLES, Actor
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.firms import queries, rules
from marketplace.firms.models import ClaimCode, ContactGrant, ContactView, Firm, FirmContact, FirmMember


def add_member(session: Session, actor: Actor, firm_id: int, account_id: int, role: str, *, now: datetime) -> FirmMember:
    """Owners take colleagues in; staff and the machine do so for firms that have nobody yet."""
    firm = session.get(Firm, firm_id)
    if firm is None:
        raise NotFound
    if not (actor.owns_firm(firm_id) or rules.looks_after(actor, firm.office_id)):
        raise Forbidden
    return _join(session, actor, firm, account_id, role, now)


def join_by_invitation(session: Session, actor: Actor, firm_id: int, role: str, *, now: datetime) -> FirmMember:
    """The second half of accepting a firm's invitation, whose token the accounts have just checked and used up."""
    if actor.account_id is None:
        raise Forbidden
    return _join(session, actor, session.get_one(Firm, firm_id), actor.account_id, role, now)


def _join(session: Session, actor: Actor, firm: Firm, account_id: int, role: str, now: datetime) -> FirmMember:
    if role not in FIRM_ROLES:
        raise Refusal("firms.role_unknown", "role")
    already = select(FirmMember).where(FirmMember.firm_id == firm.id, FirmMember.account_id == account_id)
    if session.scalar(already) is not None:
        raise Refusal("firms.already_member")
    member = FirmMember(firm_id=firm.id, account_id=account_id, role=role, joined_at=now)
    session.add(member)
    firm.claimed_at = firm.claimed_at or now
    session.flush()
    audit.record(session, actor, "firm.join", "firm", firm.id, now, account=account_id, role=role)
    return member


def remove_member(session: Session, actor: Actor, firm_id: int, member_id: int, *, now: datetime) -> None:
    """An owner lets a colleague go; the last owner stays."""
    if not actor.owns_firm(firm_id):
        raise NotFound if not actor.belongs_to(firm_id) else Forbidden
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
    firm = session.get(Firm, firm_id)
    if firm is None or not actor.staff:
        raise NotFound
    if not rules.looks_after(actor, firm.office_id):
        raise NotFound
    session.execute(
        update(ClaimCode)
        .where(ClaimCode.firm_id == firm_id, ClaimCode.used_at.is_(None), ClaimCode.locked_at.is_(None))
        .values(locked_at=now)
    )
    code = rules.readable_claim_code(secrets.token_bytes(12))
    session.add(
        ClaimCode(
            firm_id=firm_id,
            code_hash=hashed(code),
            created_by=actor.account_id,
            created_at=now,
            expires_at=now + timedelta(days=rules.CLAIM_CODE_DAYS),
        )
    )
    audit.record(session, actor, "firm.issue_claim_code", "firm", firm_id, now)
    return code


def claim(session: Session, actor: Actor, *, code: str, now: datetime) -> Firm | None:
    """Take over a pre-filled record as its owner. None for a wrong code; the edge commits the counted try.

    Refusal ``core.too_many`` after ten wrong codes in a day.
    """
    if actor.account_id is None:
        raise Forbidden
    key = f"account:{actor.account_id}"
    throttle.check(session, "claim", key, now)
    used = session.execute(
        update(ClaimCode)
        .where(
            ClaimCode.code_hash == hashed(rules.normal_claim_code(code)),
            ClaimCode.used_at.is_(None),
            ClaimCode.locked_at.is_(None),
            ClaimCode.expires_at > now,
        )
        .values(used_at=now, used_by=actor.account_id)
        .returning(ClaimCode.firm_id)
    ).scalar()
    if used is None:
        throttle.note(session, "claim", key, now, succeeded=False, account_id=actor.account_id)
        return None
    firm = session.get_one(Firm, used)
    firm.claimed_at = now
    _join(session, actor, firm, actor.account_id, "owner", now)
    audit.record(session, actor, "firm.claim", "firm", firm.id, now)
    return firm


def add_contact(
    session: Session,
    actor: Actor,
    firm_id: int,
    *,
    name: str,
    title: str | None,
    mobile: str | None,
    email: str | None,
    purpose: str = "general",
    consent: bool,
    now: datetime,
) -> FirmContact:
    """Keep a person to talk to. Without the separate consent (PIPL art. 23) the contact is never released."""
    if not actor.may_edit_firm(firm_id):
        raise NotFound if not actor.belongs_to(firm_id) else Forbidden
    problems = []
    if not name.strip():
        problems.append(Problem("firms.contact_name_missing", "name"))
    if not (mobile or "").strip() and not (email or "").strip():
        problems.append(Problem("firms.contact_unreachable", "mobile"))
    if problems:
        raise Refusal.of(problems)
    contact = FirmContact(
        firm_id=firm_id,
        purpose=purpose,
        name=name.strip(),
        title=(title or "").strip() or None,
        mobile=(mobile or "").strip() or None,
        email=normal_email(email) if (email or "").strip() else None,
        consent_version=rules.CONSENT_VERSION if consent else None,
        consented_at=now if consent else None,
        created_at=now,
    )
    session.add(contact)
    session.flush()
    audit.record(session, actor, "contact.add", "firm", firm_id, now, contact=contact.id, consent=consent)
    return contact


def set_consent(session: Session, actor: Actor, contact_id: int, *, consent: bool, now: datetime) -> None:
    """Withdrawing is as easy as giving, and acts at once on every grant."""
    contact = _own_contact(session, actor, contact_id)
    contact.consented_at = now if consent else None
    contact.consent_version = rules.CONSENT_VERSION if consent else None
    contact.withdrawn_at = None if consent else now
    audit.record(session, actor, "contact.consent", "firm", contact.firm_id, now, contact=contact_id, consent=consent)


def remove_contact(session: Session, actor: Actor, contact_id: int, *, now: datetime) -> None:
    contact = _own_contact(session, actor, contact_id)
    contact.removed_at = now
    contact.name, contact.title, contact.mobile, contact.email = "—", None, None, None
    audit.record(session, actor, "contact.remove", "firm", contact.firm_id, now, contact=contact_id)


def _own_contact(session: Session, actor: Actor, contact_id: int) -> FirmContact:
    contact = session.get(FirmContact, contact_id)
    if contact is None or contact.removed_at is not None or not actor.belongs_to(contact.firm_id):
        raise NotFound
    if not actor.may_edit_firm(contact.firm_id):
        raise Forbidden
    return contact


def grant_contacts(
    session: Session, *, firm_id: int, to_firm_id: int, reason_kind: str, reason_id: int, now: datetime
) -> ContactGrant:
    """Release a firm's consented contacts to another firm. Callers have the right to by their own rules."""
    existing = session.scalar(
        select(ContactGrant).where(
            ContactGrant.firm_id == firm_id,
            ContactGrant.to_firm_id == to_firm_id,
            ContactGrant.reason_kind == reason_kind,
            ContactGrant.reason_id == reason_id,
        )
    )
    if existing is not None:
        existing.revoked_at = None
        return existing
    grant = ContactGrant(
        firm_id=firm_id, to_firm_id=to_firm_id, reason_kind=reason_kind, reason_id=reason_id, granted_at=now
    )
    session.add(grant)
    session.flush()
    return grant


def revoke_grants(session: Session, *, reason_kind: str, reason_id: int, now: datetime) -> None:
    session.execute(
        update(ContactGrant)
        .where(ContactGrant.reason_kind == reason_kind, ContactGrant.reason_id == reason_id)
        .values(revoked_at=now)
    )


def view_contacts(session: Session, actor: Actor, firm_id: int, *, now: datetime) -> list[FirmContact]:
    """The released contacts of another firm; each look is written down. NotFound without a grant."""
    if actor.account_id is None:
        raise NotFound
    grant = queries.open_grant(session, firm_id, actor.firm_ids)
    if grant is None:
        raise NotFound
    contacts = [contact for contact in queries.contacts_of(session, firm_id) if contact.consented_at is not None]
    session.add_all(
        ContactView(grant_id=grant.id, contact_id=contact.id, account_id=actor.account_id, at=now)
        for contact in contacts
    )
    audit.record(session, actor, "contact.view", "firm", firm_id, now, grant=grant.id, contacts=len(contacts))
    return contacts
