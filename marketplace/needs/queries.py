"""Reads of needs that several callers share."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.core.actor import Actor
from marketplace.core.lifecycle import state_of
from marketplace.core.listing import is_open
from marketplace.core.specs import content_of
from marketplace.firms.models import Firm
from marketplace.needs.content import COLUMNS, NeedContent
from marketplace.needs.models import Need, NeedAttachment, NeedInvitee
from marketplace.needs.rules import NeedView, is_verified_user


def visible_to(actor: Actor, as_of: date) -> ColumnElement[bool]:
    """:func:`marketplace.needs.rules.may_see` as SQL; the statement must join Firm."""
    if actor.bureau:
        return true()
    ids = set(actor.firm_ids) | ({actor.acting_for} if actor.staff and actor.acting_for else set())
    own = Need.firm_id.in_(ids) if ids else false()
    looked_after = Firm.office_id == actor.office_id if actor.office_id is not None else false()
    seen = [Need.visibility == "public"]
    if is_verified_user(actor):
        seen.append(Need.visibility == "verified")
    if actor.firm_ids:
        invited = select(NeedInvitee.need_id).where(NeedInvitee.firm_id.in_(actor.firm_ids))
        seen.append(and_(Need.visibility == "invited", Need.id.in_(invited)))
    return or_(own, looked_after, and_(open_now(as_of), or_(*seen)))


def open_now(as_of: date) -> ColumnElement[bool]:
    """Open, of a firm that is checked and not suspended; the statement must join Firm."""
    return and_(is_open(Need, as_of), Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))


def visible_needs(actor: Actor, as_of: date) -> Select[tuple[Need]]:
    """Needs that this actor may see, with firm and rows loaded in a fixed number of queries."""
    return select(Need).join(Need.firm).where(visible_to(actor, as_of)).options(*_whole())


def _whole():  # type: ignore[no-untyped-def]
    return (joinedload(Need.firm), selectinload(Need.specs), selectinload(Need.certificates))


def need_or_none(session: Session, actor: Actor, need_id: int, as_of: date) -> Need | None:
    statement = (
        visible_needs(actor, as_of)
        .where(Need.id == need_id)
        .options(selectinload(Need.attachments).joinedload(NeedAttachment.file))
    )
    return session.scalar(statement)


def open_needs(as_of: date) -> Select[tuple[Need]]:
    """Every open need, whatever its visibility: for the matcher and the index, never for a page."""
    return select(Need).join(Need.firm).where(open_now(as_of)).options(*_whole())


def invited_firms(session: Session, need_id: int) -> frozenset[int]:
    return frozenset(session.scalars(select(NeedInvitee.firm_id).where(NeedInvitee.need_id == need_id)))


def view_of(session: Session, need: Need, as_of: date) -> NeedView:
    invited = invited_firms(session, need.id) if need.visibility == "invited" else frozenset()
    firm_open = need.firm.verified_at is not None and need.firm.suspended_at is None
    return NeedView(need.firm_id, need.firm.office_id, state_of(need, as_of), need.visibility, firm_open, invited)


def content_of_need(need: Need) -> NeedContent:
    """The stored need as the value that forms, versions and the matcher speak."""
    return NeedContent(
        **{name: getattr(need, name) for name in COLUMNS},
        specs=content_of(need.specs),
        certificates=tuple(sorted(row.kind_key for row in need.certificates)),
    )
