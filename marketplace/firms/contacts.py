"""Use cases of contacts: kept by the firm, released under a grant and a consent, every look written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.accounts.rules import normal_email
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.firms import queries, rules
from marketplace.firms.models import ContactGrant, ContactView, FirmContact


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
    for field, text, longest in (("name", name, 60), ("title", title, 60), ("mobile", mobile, 40)):
        if len((text or "").strip()) > longest:
            length = len((text or "").strip())
            problems.append(Problem("firms.too_long", field, {"length": length, "longest": longest}))
    if problems:
        raise Refusal.of(problems)
    _check_consent(actor, consent)
    contact = FirmContact(
        firm_id=firm_id,
        purpose=purpose,
        name=name.strip(),
        title=(title or "").strip() or None,
        mobile=(mobile or "").strip() or None,
        email=normal_email(email) if email and email.strip() else None,
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
    _check_consent(actor, consent)
    contact.consented_at = now if consent else None
    contact.consent_version = rules.CONSENT_VERSION if consent else None
    contact.withdrawn_at = None if consent else now
    audit.record(
        session, actor, "contact.consent", "firm", contact.firm_id, now, contact=contact_id, consent=consent
    )


def _check_consent(actor: Actor, consent: bool) -> None:
    """Staff who fill in for a firm (代填) cannot consent in the place of its people."""
    if consent and actor.staff:
        raise Refusal("firms.consent_not_by_staff", "consent")


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
        if existing.revoked_at is not None:
            existing.granted_at, existing.revoked_at = now, None
        return existing
    grant = ContactGrant(
        firm_id=firm_id, to_firm_id=to_firm_id, reason_kind=reason_kind, reason_id=reason_id, granted_at=now
    )
    session.add(grant)
    session.flush()
    return grant


def revoke_grants(session: Session, *, reason_kind: str, reason_id: int, now: datetime) -> None:
    """What was released for this reason is closed again; what was seen stays on record."""
    session.execute(
        update(ContactGrant)
        .where(
            ContactGrant.reason_kind == reason_kind,
            ContactGrant.reason_id == reason_id,
            ContactGrant.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def view_contacts(session: Session, actor: Actor, firm_id: int, *, now: datetime) -> list[FirmContact]:
    """The released contacts of another firm; each look is written down. NotFound without a grant.

    Only members of the firm that was given them: staff who fill in for it have no business there.
    """
    if actor.account_id is None:
        raise NotFound
    grant = queries.open_grant(session, firm_id, actor.firm_ids)
    if grant is None:
        raise NotFound
    contacts = [
        contact for contact in queries.contacts_of(session, firm_id) if contact.consented_at is not None
    ]
    session.add_all(
        ContactView(grant_id=grant.id, contact_id=contact.id, account_id=actor.account_id, at=now)
        for contact in contacts
    )
    audit.record(session, actor, "contact.view", "firm", firm_id, now, grant=grant.id, contacts=len(contacts))
    return contacts
