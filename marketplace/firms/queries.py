"""Reads of firms that several callers share."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session, selectinload

from marketplace.core.actor import Actor
from marketplace.firms.models import ContactGrant, CurrentSupplier, Firm, FirmContact, FirmMember
from marketplace.firms.rules import FirmView, looks_after


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.firms.rules.may_see` as SQL."""
    if actor.bureau:
        return true()
    checked = and_(Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))
    own = Firm.id.in_(actor.firm_ids) if actor.firm_ids else false()
    looked_after = Firm.office_id == actor.office_id if actor.office_id is not None else false()
    return or_(checked, own, looked_after)


def view_of(firm: Firm) -> FirmView:
    return FirmView(firm.id, firm.office_id, firm.verified_at is not None, firm.suspended_at is not None)


def firm_or_none(session: Session, actor: Actor, firm_id: int) -> Firm | None:
    """The firm with chains and provenance, if this actor may know of it."""
    statement = (
        select(Firm)
        .where(Firm.id == firm_id, visible_to(actor))
        .options(selectinload(Firm.chains), selectinload(Firm.provenance))
    )
    return session.scalar(statement)


def firms_of(session: Session, actor: Actor) -> list[Firm]:
    """The firms that this person speaks for, oldest first; the one acted for comes first."""
    ids = set(actor.firm_ids) | ({actor.acting_for} if actor.acting_for else set())
    if not ids:
        return []
    return list(session.scalars(select(Firm).where(Firm.id.in_(ids)).order_by(Firm.id)))


def may_act_for(session: Session, actor: Actor, firm_id: int) -> bool:
    """Whether staff may fill in for the firm: the bureau for any, a 镇/街道 for those it looks after."""
    if not actor.staff:
        return False
    firm = session.get(Firm, firm_id)
    return firm is not None and looks_after(actor, firm.office_id)


def members_of(session: Session, firm_id: int) -> list[FirmMember]:
    statement = select(FirmMember).where(FirmMember.firm_id == firm_id).order_by(FirmMember.id).limit(200)
    return list(session.scalars(statement))


def contacts_of(session: Session, firm_id: int) -> list[FirmContact]:
    statement = (
        select(FirmContact)
        .where(FirmContact.firm_id == firm_id, FirmContact.removed_at.is_(None))
        .order_by(FirmContact.id)
    )
    return list(session.scalars(statement))


def open_grant(session: Session, firm_id: int, to_firm_ids: Iterable[int]) -> ContactGrant | None:
    """A grant of this firm's contacts to one of those firms, if there is one in force."""
    statement = select(ContactGrant).where(
        ContactGrant.firm_id == firm_id,
        ContactGrant.to_firm_id.in_(list(to_firm_ids)),
        ContactGrant.revoked_at.is_(None),
    )
    return session.scalars(statement).first()


def current_supplier_codes(session: Session, buyer_ids: Iterable[int]) -> dict[int, set[str]]:
    """Credit codes that each buyer marked as its current suppliers."""
    found: dict[int, set[str]] = {buyer_id: set() for buyer_id in buyer_ids}
    statement = select(CurrentSupplier.buyer_id, CurrentSupplier.credit_code).where(
        CurrentSupplier.buyer_id.in_(list(found))
    )
    for buyer_id, code in session.execute(statement):
        found[buyer_id].add(code)
    return found
