"""Whom a roster names for a firm: staff's working data until the firm speaks for itself, then gone.

Nobody has consented to it (PIPL art. 13, 14), so it never becomes a contact of the firm's, never leaves staff's pages and
is in no index and no export.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound
from marketplace.firms import queries, rules
from marketplace.firms.models import Firm, PrefilledContact


@dataclass(frozen=True)
class Prefilled:
    """A person to call, as a sheet named them."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class Naming:
    """That a sheet (``source``, by name) names this person for a firm. ``at``: when it said so, where earlier words are
    put back; else it says so now."""

    firm_id: int
    contact: Prefilled
    source: str
    at: datetime | None = None


def set_contact(
    session: Session, actor: Actor, firm_id: int, contact: Prefilled, *, source: str, now: datetime
) -> bool:
    """Keep whom a sheet names, in place of what an earlier one named; an empty contact takes it away. False for a firm
    that somebody speaks for: it has said itself whom to call, or has chosen not to."""
    return set_contacts(session, actor, [Naming(firm_id, contact, source)], now=now)[0]


def set_contacts(session: Session, actor: Actor, namings: Sequence[Naming], *, now: datetime) -> list[bool]:
    """The same for many firms, each in its turn."""
    ids = {naming.firm_id for naming in namings}
    firms = {firm.id: firm for firm in session.scalars(select(Firm).where(Firm.id.in_(ids)))}
    for firm_id in ids:
        _check_looked_after(session, actor, firm_id)
    statement = select(PrefilledContact).where(PrefilledContact.firm_id.in_(ids))
    there = {kept.firm_id: kept for kept in session.scalars(statement)}
    return [
        firms[naming.firm_id].claimed_at is None and _set(session, actor, naming, there, now)
        for naming in namings
    ]


def _set(
    session: Session, actor: Actor, naming: Naming, there: dict[int, PrefilledContact], now: datetime
) -> bool:
    firm_id, contact = naming.firm_id, naming.contact
    if not contact:
        if (gone := there.pop(firm_id, None)) is not None:
            session.delete(gone)
    else:
        kept = there.get(firm_id)
        if kept is None:
            kept = there[firm_id] = PrefilledContact(firm_id=firm_id)
            session.add(kept)
        kept.name, kept.phone, kept.email = contact.name, contact.phone, contact.email
        kept.source, kept.account_id, kept.at = naming.source[:200], actor.account_id, naming.at or now
    audit.record(session, actor, "firm.prefill_contact", "firm", firm_id, now, kept=bool(contact))
    return True


def contacts_of(session: Session, actor: Actor, firm_ids: Iterable[int]) -> dict[int, PrefilledContact]:
    """Whom sheets name for those of the firms that this actor looks after; nothing for anybody else."""
    if not actor.staff:
        return {}
    statement = (
        select(PrefilledContact, Firm.office_id)
        .join(Firm, Firm.id == PrefilledContact.firm_id)
        .where(PrefilledContact.firm_id.in_(list(firm_ids)))
    )
    return {
        contact.firm_id: contact
        for contact, office_id in session.execute(statement)
        if rules.looks_after(actor, office_id)
    }


def forget(session: Session, *firm_ids: int) -> None:
    """Somebody speaks for the firm now, or it is gone."""
    session.execute(delete(PrefilledContact).where(PrefilledContact.firm_id.in_(firm_ids)))


def _check_looked_after(session: Session, actor: Actor, firm_id: int) -> None:
    firm = queries.view_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    if not actor.staff or not rules.looks_after(actor, firm.office_id):
        raise Forbidden
