"""Reads of conferences and their lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.capabilities.models import Capability
from marketplace.conferences.models import Conference, MatchEntry, MatchList, Participant, UnmatchedNeed
from marketplace.core.actor import Actor
from marketplace.needs.models import Need


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The bureau sees every conference, a town's staff their own office's, firms those announced that they take part in."""
    if actor.bureau:
        return true()
    mine: ColumnElement[bool] = false()
    if actor.office_id is not None:
        mine = Conference.office_id == actor.office_id
    taking_part: ColumnElement[bool] = false()
    if actor.firm_ids:
        invited = select(Participant.conference_id).where(
            Participant.firm_id.in_(actor.firm_ids), Participant.withdrawn_at.is_(None)
        )
        taking_part = and_(
            Conference.announced_at.is_not(None), Conference.cancelled_at.is_(None), Conference.id.in_(invited)
        )
    return or_(mine, taking_part)


def conference_or_none(session: Session, actor: Actor, conference_id: int) -> Conference | None:
    statement = select(Conference).where(Conference.id == conference_id, visible_to(actor))
    return session.scalar(statement.options(joinedload(Conference.office)))


def participants(session: Session, conference_id: int, side: str | None = None) -> Sequence[Participant]:
    """Who takes part, in the order they were invited; those who withdrew left out."""
    statement = (
        select(Participant)
        .where(Participant.conference_id == conference_id, Participant.withdrawn_at.is_(None))
        .options(joinedload(Participant.firm))
        .order_by(Participant.id)
    )
    if side is not None:
        statement = statement.where(Participant.side == side)
    return session.scalars(statement).all()


def lists_of(session: Session, conference_id: int) -> Sequence[MatchList]:
    """Editions, newest first."""
    statement = (
        select(MatchList)
        .where(MatchList.conference_id == conference_id)
        .options(joinedload(MatchList.run))
        .order_by(MatchList.edition.desc())
    )
    return session.scalars(statement).all()


def list_or_none(session: Session, list_id: int) -> MatchList | None:
    statement = select(MatchList).where(MatchList.id == list_id)
    return session.scalar(statement.options(joinedload(MatchList.conference), joinedload(MatchList.run)))


def entries_of(session: Session, list_id: int) -> dict[int, list[MatchEntry]]:
    """A list's entries by need: pinned first, then by the machine's rank; dropped ones last. A fixed number of queries."""
    statement = (
        select(MatchEntry)
        .where(MatchEntry.list_id == list_id)
        .options(
            joinedload(MatchEntry.need).joinedload(Need.firm),
            joinedload(MatchEntry.capability).joinedload(Capability.firm),
        )
        .order_by(MatchEntry.need_id, MatchEntry.rank, MatchEntry.id)
    )
    grouped: dict[int, list[MatchEntry]] = defaultdict(list)
    for entry in session.scalars(statement):
        grouped[entry.need_id].append(entry)
    for entries in grouped.values():
        entries.sort(key=lambda entry: (entry.dropped_at is not None, entry.pinned_at is None, entry.rank))
    return dict(grouped)


def unmatched_of(session: Session, list_id: int) -> Sequence[UnmatchedNeed]:
    statement = (
        select(UnmatchedNeed)
        .where(UnmatchedNeed.list_id == list_id)
        .options(joinedload(UnmatchedNeed.need).joinedload(Need.firm), joinedload(UnmatchedNeed.need).selectinload(Need.specs))
        .order_by(UnmatchedNeed.need_id)
    )
    return session.scalars(statement).all()


def supplier_counts(session: Session, list_id: int) -> dict[int, int]:
    """How often each supplier stands on a list (dropped entries left out)."""
    statement = (
        select(MatchEntry.supplier_id, func.count())
        .where(MatchEntry.list_id == list_id, MatchEntry.dropped_at.is_(None))
        .group_by(MatchEntry.supplier_id)
    )
    return {firm_id: count for firm_id, count in session.execute(statement)}


def entry_or_none(session: Session, entry_id: int) -> MatchEntry | None:
    statement = select(MatchEntry).where(MatchEntry.id == entry_id)
    return session.scalar(
        statement.options(selectinload(MatchEntry.need), selectinload(MatchEntry.capability))
    )
