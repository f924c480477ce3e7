"""Reads of firms that several callers share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from marketplace.accounts.models import Account
from marketplace.core.actor import Actor
from marketplace.firms.models import (
    ContactGrant,
    ContactView,
    CurrentSupplier,
    Firm,
    FirmChain,
    FirmContact,
    FirmMember,
)
from marketplace.firms.rules import FirmView, looks_after, may_see, normal_credit_code

MOST_SHOWN = 200


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.firms.rules.may_see` as SQL."""
    if actor.bureau:
        return true()
    checked = and_(Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))
    ids = actor.own_firms
    own = Firm.id.in_(ids) if ids else false()
    looked_after = Firm.office_id == actor.office_id if actor.office_id is not None else false()
    return or_(checked, own, looked_after)


def view_of(firm: Firm) -> FirmView:
    return FirmView(firm.id, firm.office_id, firm.verified_at is not None, firm.suspended_at is not None)


def view_or_none(session: Session, actor: Actor, firm_id: int) -> FirmView | None:
    """What a permission is judged by, if this actor may know of the firm; a firm at hand is not asked for again."""
    firm = session.get(Firm, firm_id)
    if firm is None:
        return None
    view = view_of(firm)
    return view if may_see(actor, view) else None


def firm_or_none(session: Session, actor: Actor, firm_id: int) -> Firm | None:
    """The firm with chains and provenance, if this actor may know of it."""
    statement = (
        select(Firm)
        .where(Firm.id == firm_id, visible_to(actor))
        .options(selectinload(Firm.chains), selectinload(Firm.provenance))
    )
    return session.scalar(statement)


def held(session: Session, actor: Actor, firm_ids: Iterable[int]) -> dict[int, Firm]:
    """Those of the firms that this actor may know of, as they stand now, with chains and provenance; nobody else changes
    them until this unit of work ends. Always taken in one order, so that two who hold many never wait for each other."""
    session.flush()
    statement = (
        select(Firm)
        .where(Firm.id.in_(list(firm_ids)), visible_to(actor))
        .order_by(Firm.id)
        .options(selectinload(Firm.chains), selectinload(Firm.provenance))
        .with_for_update(of=Firm)
        .execution_options(populate_existing=True)
    )
    return {firm.id: firm for firm in session.scalars(statement)}


def firms_of(session: Session, actor: Actor) -> list[Firm]:
    """The firms that this person speaks for or fills in for, oldest first."""
    ids = actor.own_firms
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
    statement = (
        select(FirmMember).where(FirmMember.firm_id == firm_id).order_by(FirmMember.id).limit(MOST_SHOWN)
    )
    return list(session.scalars(statement))


def people_of(session: Session, firm_id: int) -> Sequence[tuple[FirmMember, Account]]:
    """The members with their accounts, oldest first."""
    statement = (
        select(FirmMember, Account)
        .join(Account, Account.id == FirmMember.account_id)
        .where(FirmMember.firm_id == firm_id)
        .order_by(FirmMember.id)
        .limit(MOST_SHOWN)
    )
    return [(member, account) for member, account in session.execute(statement).unique()]


def contacts_of(session: Session, firm_id: int) -> list[FirmContact]:
    statement = (
        select(FirmContact)
        .where(FirmContact.firm_id == firm_id, FirmContact.removed_at.is_(None))
        .order_by(FirmContact.id)
    )
    return list(session.scalars(statement))


def none_suspended(*firm_ids: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether none of the firms that a row names is suspended."""
    suspended = select(Firm.id).where(Firm.suspended_at.is_not(None))
    return and_(*(firm_id.not_in(suspended) for firm_id in firm_ids))


def open_grant(session: Session, firm_id: int, to_firm_ids: Iterable[int]) -> ContactGrant | None:
    """A grant in force of this firm's contacts to one of those firms; where either is suspended, it rests."""
    ids = list(to_firm_ids)
    if not ids:
        return None
    statement = (
        select(ContactGrant)
        .where(
            ContactGrant.firm_id == firm_id,
            ContactGrant.to_firm_id.in_(ids),
            ContactGrant.revoked_at.is_(None),
            none_suspended(ContactGrant.firm_id, ContactGrant.to_firm_id),
        )
        .order_by(ContactGrant.id)
    )
    return session.scalars(statement).first()


@dataclass(frozen=True)
class Look:
    """One look at one of a firm's contacts, for the firm to read: who, of which firm, when."""

    at: datetime
    contact: str
    person: str
    firm_id: int
    firm: str


def looks_at_contacts(session: Session, firm_id: int) -> list[Look]:
    """Who looked at this firm's contacts, newest first."""
    statement = (
        select(ContactView.at, FirmContact.name, Account.name, Firm.id, Firm.legal_name)
        .join(FirmContact, FirmContact.id == ContactView.contact_id)
        .join(ContactGrant, ContactGrant.id == ContactView.grant_id)
        .join(Firm, Firm.id == ContactGrant.to_firm_id)
        .join(Account, Account.id == ContactView.account_id)
        .where(FirmContact.firm_id == firm_id)
        .order_by(ContactView.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Look(*row) for row in session.execute(statement)]


def current_supplier_codes(session: Session, buyer_ids: Iterable[int]) -> dict[int, set[str]]:
    """Credit codes that each buyer marked as its current suppliers."""
    found: dict[int, set[str]] = {buyer_id: set() for buyer_id in buyer_ids}
    statement = select(CurrentSupplier.buyer_id, CurrentSupplier.credit_code).where(
        CurrentSupplier.buyer_id.in_(list(found))
    )
    for buyer_id, code in session.execute(statement):
        found[buyer_id].add(code)
    return found


def suppliers_of(session: Session, buyer_id: int) -> list[tuple[str, str | None]]:
    """The buyer's current suppliers as (credit code, name where the firm is known and checked), by code."""
    statement = (
        select(CurrentSupplier.credit_code, Firm.legal_name)
        .outerjoin(
            Firm,
            and_(
                Firm.credit_code == CurrentSupplier.credit_code,
                Firm.verified_at.is_not(None),
                Firm.suspended_at.is_(None),
            ),
        )
        .where(CurrentSupplier.buyer_id == buyer_id)
        .order_by(CurrentSupplier.credit_code)
        .limit(MOST_SHOWN)
    )
    return [(code, name) for code, name in session.execute(statement)]


def supplier_count(session: Session, buyer_id: int) -> int:
    return session.scalar(select(func.count()).where(CurrentSupplier.buyer_id == buyer_id)) or 0


@dataclass(frozen=True)
class FirmFilter:
    """What narrows the list of firms that staff read. ``status``: checked, waiting, unclaimed, suspended or '' for all."""

    text: str = ""
    office_id: int | None = None
    status: str = ""
    chain_key: str = ""
    party_kind: str = ""


def firms_for_staff(actor: Actor, wanted: FirmFilter) -> Select[Any]:
    """The firms that staff look after: the bureau every one, a 镇/街道 its own. Names and codes by their beginning."""
    statement = select(Firm).options(selectinload(Firm.chains))
    if not actor.bureau:
        statement = statement.where(
            Firm.office_id == actor.office_id if actor.office_id is not None else false()
        )
    text = wanted.text.strip()
    if text:
        statement = statement.where(
            or_(
                Firm.legal_name.startswith(text, autoescape=True),
                Firm.credit_code.startswith(normal_credit_code(text) or text, autoescape=True),
            )
        )
    if wanted.office_id is not None:
        statement = statement.where(Firm.office_id == wanted.office_id)
    if wanted.status == "checked":
        statement = statement.where(Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))
    elif wanted.status == "waiting":
        statement = statement.where(Firm.verified_at.is_(None), Firm.suspended_at.is_(None))
    elif wanted.status == "unclaimed":
        statement = statement.where(Firm.claimed_at.is_(None), Firm.suspended_at.is_(None))
    elif wanted.status == "suspended":
        statement = statement.where(Firm.suspended_at.is_not(None))
    if wanted.chain_key:
        on_chain = select(FirmChain.firm_id).where(FirmChain.chain_key == wanted.chain_key)
        statement = statement.where(Firm.id.in_(on_chain))
    if wanted.party_kind:
        statement = statement.where(Firm.party_kind == wanted.party_kind)
    return statement
