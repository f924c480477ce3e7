"""Reads of match lists: editions, the pairs and needs on them, and what could be put there by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities
from marketplace.conferences.models import (
    MatchEntry,
    MatchList,
    UnmatchedNeed,
)
from marketplace.firms.models import Firm
from marketplace.needs.models import Need


@dataclass(frozen=True)
class NeedLine:
    """One need in the index of a list."""

    need_id: int
    title: str
    buyer: str
    kept: int
    strong: int


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


def newest_list(session: Session, conference_id: int) -> MatchList:
    """The newest edition of a conference that has one."""
    statement = select(MatchList).where(MatchList.conference_id == conference_id)
    return session.scalars(
        statement.options(joinedload(MatchList.run)).order_by(MatchList.edition.desc()).limit(1)
    ).one()


def whole_list(session: Session, list_id: int) -> MatchList:
    """A list that is known to be there, with its inputs and statistics: for computing on them, never for a page."""
    statement = (
        select(MatchList)
        .where(MatchList.id == list_id)
        .options(undefer(MatchList.inputs), undefer(MatchList.statistics), joinedload(MatchList.run))
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one()


def is_need_of(session: Session, list_id: int, need_id: int) -> bool:
    """Whether a list was drafted for this need, matched or not."""
    matched = select(MatchEntry.id).where(MatchEntry.list_id == list_id, MatchEntry.need_id == need_id)
    unmatched = select(UnmatchedNeed.need_id).where(
        UnmatchedNeed.list_id == list_id, UnmatchedNeed.need_id == need_id
    )
    return bool(session.scalar(select(or_(matched.exists(), unmatched.exists()))))


def is_listed(session: Session, list_id: int, need_id: int, capability_id: int) -> bool:
    """Whether a pair stands on a list, dropped or not."""
    pair = select(MatchEntry.id).where(
        MatchEntry.list_id == list_id,
        MatchEntry.need_id == need_id,
        MatchEntry.capability_id == capability_id,
    )
    return session.scalar(pair) is not None


def entries_of(session: Session, list_id: int) -> dict[int, list[MatchEntry]]:
    """A list's entries by need, each in reading order. A fixed number of queries."""
    grouped: dict[int, list[MatchEntry]] = defaultdict(list)
    for entry in session.scalars(_whole(list_id).order_by(MatchEntry.need_id)):
        grouped[entry.need_id].append(entry)
    return {need_id: _in_reading_order(entries) for need_id, entries in grouped.items()}


def unmatched_of(session: Session, list_id: int) -> Sequence[UnmatchedNeed]:
    """Needs that nothing suits, less those for which an organiser has added a pair."""
    added = select(MatchEntry.id).where(
        MatchEntry.list_id == list_id,
        MatchEntry.need_id == UnmatchedNeed.need_id,
        MatchEntry.dropped_at.is_(None),
    )
    statement = (
        select(UnmatchedNeed)
        .where(UnmatchedNeed.list_id == list_id, ~added.exists())
        .options(
            joinedload(UnmatchedNeed.need).joinedload(Need.firm),
            joinedload(UnmatchedNeed.need).selectinload(Need.specs),
        )
        .order_by(UnmatchedNeed.need_id)
    )
    return session.scalars(statement).all()


def stored_entries(session: Session, list_id: int) -> Sequence[MatchEntry]:
    """A list's entries as rows, in the order that its fingerprint takes."""
    statement = select(MatchEntry).where(MatchEntry.list_id == list_id)
    return session.scalars(statement.order_by(MatchEntry.need_id, MatchEntry.capability_id)).all()


def stored_causes(session: Session, list_id: int) -> dict[int, dict[str, int]]:
    """Why nothing suits, by need, as the machine said it."""
    rows = session.execute(
        select(UnmatchedNeed.need_id, UnmatchedNeed.causes).where(UnmatchedNeed.list_id == list_id)
    )
    return {need_id: causes for need_id, causes in rows}


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


def needs_of(session: Session, list_id: int) -> list[NeedLine]:
    """A list's needs with how many pairs each keeps, for the index beside the list; two queries."""
    kept = func.sum(case((MatchEntry.dropped_at.is_(None), 1), else_=0))
    strong = func.sum(case((and_(MatchEntry.dropped_at.is_(None), MatchEntry.label == "strong"), 1), else_=0))
    rows = session.execute(
        select(Need.id, Need.title, Firm.legal_name, kept, strong)
        .join(MatchEntry, MatchEntry.need_id == Need.id)
        .join(Firm, Firm.id == Need.firm_id)
        .where(MatchEntry.list_id == list_id)
        .group_by(Need.id, Need.title, Firm.legal_name)
        .order_by(Firm.legal_name, Need.id)
    )
    return [
        NeedLine(need_id, title, buyer, int(number), int(best))
        for need_id, title, buyer, number, best in rows
    ]


def entries_of_need(session: Session, list_id: int, need_id: int) -> list[MatchEntry]:
    """One need's entries in the order that people read them."""
    return _in_reading_order(session.scalars(_whole(list_id).where(MatchEntry.need_id == need_id)))


def entries_by_id(session: Session, list_id: int, entry_ids: Iterable[int]) -> list[MatchEntry]:
    """Those entries of a list that are really on it."""
    return _in_reading_order(session.scalars(_whole(list_id).where(MatchEntry.id.in_(list(entry_ids)))))


def _whole(list_id: int) -> Select[MatchEntry]:
    return (
        select(MatchEntry)
        .where(MatchEntry.list_id == list_id)
        .options(
            joinedload(MatchEntry.need).joinedload(Need.firm),
            joinedload(MatchEntry.capability).joinedload(Capability.firm),
        )
    )


def _in_reading_order(entries: Iterable[MatchEntry]) -> list[MatchEntry]:
    """Pinned first, then by the machine's rank; dropped ones last."""
    return sorted(
        entries,
        key=lambda entry: (entry.dropped_at is not None, entry.pinned_at is None, entry.rank, entry.id),
    )


def decided() -> ColumnElement[bool]:
    """Entries that people put on the list, first on it, or off it."""
    return or_(
        MatchEntry.pinned_at.is_not(None), MatchEntry.dropped_at.is_not(None), MatchEntry.source == "staff"
    )


def candidates(session: Session, list_id: int, need_id: int, text: str, as_of: date) -> Sequence[Capability]:
    """Open capabilities that are not on the list for a need, found by product or firm name; at most 30."""
    listed = select(MatchEntry.capability_id).where(
        MatchEntry.list_id == list_id, MatchEntry.need_id == need_id
    )
    statement = (
        open_capabilities(as_of)
        .where(
            Capability.id.not_in(listed),
            or_(
                Capability.product.contains(text, autoescape=True),
                Firm.legal_name.contains(text, autoescape=True),
            ),
        )
        .order_by(Capability.product, Capability.id)
        .limit(30)
    )
    return session.scalars(statement).unique().all()
