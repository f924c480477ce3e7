"""Reads of capabilities that several callers share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.capabilities.content import COLUMNS, CapabilityContent
from marketplace.capabilities.models import Capability, CapabilityPhoto
from marketplace.capabilities.rules import CapabilityView
from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.lifecycle import state_of
from marketplace.core.listing import is_open, state_expression
from marketplace.core.specs import content_of
from marketplace.core.terms import terms_of
from marketplace.firms.models import Firm


def visible_to(actor: Actor, as_of: date) -> ColumnElement[bool]:
    """:func:`marketplace.capabilities.rules.may_see` as SQL; the statement must join Firm."""
    if actor.bureau:
        return true()
    ids = actor.own_firms
    own = Capability.firm_id.in_(ids) if ids else false()
    looked_after = Firm.office_id == actor.office_id if actor.office_id is not None else false()
    seen = open_now(as_of)
    if not actor.vouched_for:
        seen = and_(seen, Capability.visibility == "public")
    return or_(own, looked_after, seen)


def open_now(as_of: date) -> ColumnElement[bool]:
    """Open, of a firm that is checked and not suspended; the statement must join Firm."""
    return and_(is_open(Capability, as_of), Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))


def _whole() -> tuple[Any, ...]:
    return (
        joinedload(Capability.firm),
        selectinload(Capability.specs),
        selectinload(Capability.terms),
        selectinload(Capability.certificates),
        selectinload(Capability.standards),
        selectinload(Capability.divisions),
        selectinload(Capability.types),
    )


def visible_capabilities(actor: Actor, as_of: date) -> Select[Capability]:
    """Capabilities that this actor may see, with firm and rows loaded in a fixed number of queries."""
    return select(Capability).join(Capability.firm).where(visible_to(actor, as_of)).options(*_whole())


def capability_or_none(session: Session, actor: Actor, capability_id: int, as_of: date) -> Capability | None:
    statement = (
        visible_capabilities(actor, as_of)
        .where(Capability.id == capability_id)
        .options(selectinload(Capability.photos).joinedload(CapabilityPhoto.file))
    )
    return session.scalar(statement)


def open_capabilities(as_of: date) -> Select[Capability]:
    """Every open capability: for the matcher and the index, never for a page."""
    return select(Capability).join(Capability.firm).where(open_now(as_of)).options(*_whole())


def view_of(capability: Capability, as_of: date) -> CapabilityView:
    firm = capability.firm
    return CapabilityView(
        capability.firm_id,
        firm.office_id,
        state_of(capability, as_of),
        capability.visibility,
        firm.in_good_standing,
    )


def content_of_capability(capability: Capability) -> CapabilityContent:
    """The stored capability as the value that forms, versions and the matcher speak."""
    return CapabilityContent(
        **{name: getattr(capability, name) for name in COLUMNS},
        specs=content_of(capability.specs),
        certificates=tuple(sorted(row.kind_key for row in capability.certificates)),
        standards=tuple(sorted(row.standard for row in capability.standards)),
        divisions=tuple(sorted(row.code for row in capability.divisions)),
        types=tuple(sorted(row.type_key for row in capability.types)),
        terms=terms_of(capability.terms),
    )


# ---------------------------------------------------------------- pages
def capabilities_of(firm_ids: Iterable[int], as_of: date, state: str | None = None) -> Select[Capability]:
    """The capabilities of these firms, all or those of one state, with everything that their cards show."""
    statement = (
        select(Capability)
        .join(Capability.firm)
        .where(Capability.firm_id.in_(list(firm_ids)))
        .options(*_whole(), selectinload(Capability.photos))
    )
    return statement if state is None else statement.where(state_expression(Capability, as_of) == state)


def has_any(session: Session, firm_id: int) -> bool:
    """Whether a firm has listed anything yet, in whatever state."""
    listed = select(Capability.id).where(Capability.firm_id == firm_id).limit(1)
    return session.scalar(listed) is not None


def counts_by_state(session: Session, firm_ids: Iterable[int], as_of: date) -> dict[str, int]:
    """How many capabilities these firms have in each state; states without any are left out."""
    states = (
        select(state_expression(Capability, as_of).label("state"))
        .where(Capability.firm_id.in_(list(firm_ids)))
        .subquery()
    )
    rows = session.execute(select(states.c.state, func.count()).group_by(states.c.state))
    return {state: count for state, count in rows}


def listed_of_firm(
    session: Session, actor: Actor, firm_id: int, as_of: date, most: int = 30
) -> Sequence[Capability]:
    """A firm's capabilities on the firm's own page, as far as this reader may see them, newest first."""
    statement = (
        visible_capabilities(actor, as_of)
        .where(Capability.firm_id == firm_id, Capability.closed_at.is_(None))
        .order_by(Capability.id.desc())
        .limit(most)
    )
    return session.scalars(statement).all()


def history_of(session: Session, capability_id: int, most: int = 40) -> Sequence[AuditEntry]:
    """What happened to a capability, newest first; the savings in between are left out."""
    statement = select(AuditEntry).where(
        AuditEntry.subject_kind == "capability",
        AuditEntry.subject_id == capability_id,
        AuditEntry.action != "capability.save",
    )
    return session.scalars(statement.order_by(AuditEntry.id.desc()).limit(most)).all()
