"""Reads of needs that several callers share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.lifecycle import State, state_of
from marketplace.core.listing import is_open, state_expression
from marketplace.core.specs import content_of
from marketplace.core.terms import terms_of
from marketplace.firms.models import Firm
from marketplace.needs.content import COLUMNS, NeedContent
from marketplace.needs.models import AttachmentRelease, Need, NeedAttachment, NeedInvitee, NeedVersion
from marketplace.needs.rules import NeedView, is_verified_user, may_see_firm
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.rules import size_class


def visible_to(actor: Actor, as_of: date) -> ColumnElement[bool]:
    """:func:`marketplace.needs.rules.may_see` as SQL; the statement must join Firm."""
    if actor.bureau:
        return true()
    ids = actor.own_firms
    own = Need.firm_id.in_(ids) if ids else false()
    looked_after = Firm.office_id == actor.office_id if actor.office_id is not None else false()
    seen = [Need.visibility == "public"]
    if is_verified_user(actor):
        seen.append(Need.visibility == "verified")
    if actor.checked_firms:
        invited = select(NeedInvitee.need_id).where(NeedInvitee.firm_id.in_(actor.checked_firms))
        seen.append(and_(Need.visibility == "invited", Need.id.in_(invited)))
    return or_(own, looked_after, and_(open_now(as_of), or_(*seen)))


def open_now(as_of: date) -> ColumnElement[bool]:
    """Open, of a firm that is checked and not suspended; the statement must join Firm."""
    return and_(is_open(Need, as_of), Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))


def visible_needs(actor: Actor, as_of: date) -> Select[Need]:
    """Needs that this actor may see, with firm and rows loaded in a fixed number of queries."""
    return select(Need).join(Need.firm).where(visible_to(actor, as_of)).options(*_whole())


def _whole() -> tuple[Any, ...]:
    return (
        joinedload(Need.firm),
        selectinload(Need.specs),
        selectinload(Need.terms),
        selectinload(Need.certificates),
        selectinload(Need.exclusions),
    )


def need_or_none(session: Session, actor: Actor, need_id: int, as_of: date) -> Need | None:
    statement = (
        visible_needs(actor, as_of)
        .where(Need.id == need_id)
        .options(selectinload(Need.attachments).joinedload(NeedAttachment.file))
    )
    return session.scalar(statement)


def open_needs(as_of: date) -> Select[Need]:
    """Every open need, whatever its visibility: for the matcher and the index, never for a page."""
    return select(Need).join(Need.firm).where(open_now(as_of)).options(*_whole())


def waiting_need(need_id: int) -> Select[Need]:
    """A need that is not open yet, of a firm in good standing: for the matcher's preview, never for a page."""
    return needs_by_id([need_id]).where(Firm.suspended_at.is_(None))


def needs_by_id(ids: Iterable[int]) -> Select[Need]:
    """These needs in whatever state, by rising id: for the matcher, never for a page."""
    return select(Need).join(Need.firm).where(Need.id.in_(list(ids))).order_by(Need.id).options(*_whole())


def invited_firms(session: Session, need_id: int) -> frozenset[int]:
    return frozenset(session.scalars(select(NeedInvitee.firm_id).where(NeedInvitee.need_id == need_id)))


def view_of(session: Session, need: Need, as_of: date) -> NeedView:
    invited = invited_firms(session, need.id) if need.visibility == "invited" else frozenset()
    return NeedView(
        need.firm_id,
        need.firm.office_id,
        state_of(need, as_of),
        need.visibility,
        need.firm.in_good_standing,
        invited,
        need.anonymous,
    )


def firm_shown(actor: Actor, need: Need) -> Firm | None:
    """The need's firm as far as this reader may know it; None is 「匿名链主企业」 (``needs.anonymous_firm``)."""
    return need.firm if may_see_firm(actor, _bare_view(need)) else None


def _bare_view(need: Need) -> NeedView:
    """Enough to decide whether the firm is named, without asking the database again."""
    return NeedView(
        need.firm_id, need.firm.office_id, State.PUBLISHED, need.visibility, True, anonymous=need.anonymous
    )


def content_of_need(need: Need) -> NeedContent:
    """The stored need as the value that forms, versions and the matcher speak."""
    return NeedContent(
        **{name: getattr(need, name) for name in COLUMNS},
        specs=content_of(need.specs),
        certificates=tuple(sorted(row.kind_key for row in need.certificates)),
        terms=terms_of(need.terms),
        excluded=tuple(sorted(row.firm_id for row in need.exclusions)),
    )


# ---------------------------------------------------------------- pages
def needs_of(firm_ids: Iterable[int], as_of: date, state: str | None = None) -> Select[Need]:
    """The needs of these firms, all or those of one state, with firm and rows loaded."""
    statement = select(Need).join(Need.firm).where(Need.firm_id.in_(list(firm_ids))).options(*_whole())
    return statement if state is None else statement.where(state_expression(Need, as_of) == state)


def latest_of(session: Session, firm_id: int, most: int) -> Sequence[Row[int, str, str, datetime]]:
    """A firm's latest needs, to write another one after: number, title, type, when changed."""
    statement = (
        select(Need.id, Need.title, Need.type_key, Need.updated_at)
        .where(Need.firm_id == firm_id, Need.title != "", Need.submitted_at.is_not(None))
        .order_by(Need.id.desc())
        .limit(most)
    )
    return session.execute(statement).all()


def counts_by_state(session: Session, firm_ids: Iterable[int], as_of: date) -> dict[str, int]:
    """How many needs these firms have in each state; states without any are left out."""
    states = (
        select(state_expression(Need, as_of).label("state"))
        .where(Need.firm_id.in_(list(firm_ids)))
        .subquery()
    )
    rows = session.execute(select(states.c.state, func.count()).group_by(states.c.state))
    return {state: count for state, count in rows}


def listed_of_firm(
    session: Session, actor: Actor, firm_id: int, as_of: date, most: int = 20
) -> Sequence[Need]:
    """A firm's needs on the firm's own page. Anonymous ones are left out for everybody who may not name their firm."""
    statement = (
        visible_needs(actor, as_of)
        .where(Need.firm_id == firm_id, Need.closed_at.is_(None))
        .order_by(Need.id.desc())
        .limit(most)
    )
    return [need for need in session.scalars(statement) if firm_shown(actor, need) is not None]


def versions_of(session: Session, need_id: int, most: int = 30) -> Sequence[NeedVersion]:
    """What was submitted, newest first."""
    statement = select(NeedVersion).where(NeedVersion.need_id == need_id)
    return session.scalars(statement.order_by(NeedVersion.number.desc()).limit(most)).all()


def history_of(session: Session, need_id: int, most: int = 40) -> Sequence[AuditEntry]:
    """What happened to a need, newest first; the savings in between are left out."""
    statement = select(AuditEntry).where(
        AuditEntry.subject_kind == "need", AuditEntry.subject_id == need_id, AuditEntry.action != "need.save"
    )
    return session.scalars(statement.order_by(AuditEntry.id.desc()).limit(most)).all()


def invitees_of(session: Session, need_id: int) -> Sequence[Firm]:
    statement = select(Firm).join(NeedInvitee, NeedInvitee.firm_id == Firm.id)
    return session.scalars(statement.where(NeedInvitee.need_id == need_id).order_by(Firm.id)).all()


def releases_of(session: Session, need_id: int) -> Sequence[tuple[AttachmentRelease, Firm]]:
    """Who asked for, accepted the undertaking for, or was given which attachment of a need; one query."""
    statement = (
        select(AttachmentRelease, Firm)
        .join(NeedAttachment, NeedAttachment.id == AttachmentRelease.attachment_id)
        .join(Firm, Firm.id == AttachmentRelease.firm_id)
        .where(NeedAttachment.need_id == need_id)
        .order_by(AttachmentRelease.id)
    )
    return [(release, firm) for release, firm in session.execute(statement)]


def buyer_kind_of(session: Session, firm: Firm) -> str | None:
    """What the firm counts as under decree 802, as far as its record tells: public, large, sme, or None (ask)."""
    if firm.party_kind == "public_buyer":
        return "public"
    group = taxonomy.size_group_for(session, firm.industry_code) if firm.industry_code else None
    if group is None:
        return None
    revenue = None if firm.revenue is None else firm.revenue / 10_000
    assets = None if firm.assets is None else firm.assets / 10_000
    size = size_class(group, firm.employees, revenue, assets)
    return None if size is None else ("large" if size == "large" else "sme")
