"""Reads of conferences and their lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer

from marketplace.capabilities.models import Capability, CapabilityType
from marketplace.capabilities.queries import open_capabilities
from marketplace.conferences.models import (
    Conference,
    MatchEntry,
    MatchList,
    MatchPool,
    Participant,
    UnmatchedNeed,
)
from marketplace.conferences.rules import PARTIES, TYPES
from marketplace.core.actor import Actor
from marketplace.core.listing import is_open
from marketplace.firms.models import Firm, FirmChain
from marketplace.needs.models import Need, NeedInvitee

MOST_INVITABLE = 200
POOLS_AT_ONCE = 50


@dataclass(frozen=True)
class NeedLine:
    """One need in the index of a list."""

    need_id: int
    title: str
    buyer: str
    kept: int
    strong: int


def own_firms(actor: Actor) -> frozenset[int]:
    """The firms whose side this actor takes: their own, and the one that staff fill in for."""
    acting = frozenset({actor.acting_for}) if actor.staff and actor.acting_for is not None else frozenset()
    return actor.firm_ids | acting


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.conferences.rules.may_see` as SQL."""
    if actor.bureau:
        return true()
    mine: ColumnElement[bool] = false()
    if actor.office_id is not None:
        mine = Conference.office_id == actor.office_id
    taking_part: ColumnElement[bool] = false()
    firm_ids = own_firms(actor)
    if firm_ids:
        invited = select(Participant.conference_id).where(
            Participant.firm_id.in_(firm_ids), Participant.withdrawn_at.is_(None)
        )
        taking_part = and_(
            Conference.announced_at.is_not(None),
            Conference.cancelled_at.is_(None),
            Conference.id.in_(invited),
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


def whole_list(session: Session, list_id: int) -> MatchList:
    """A list that is known to be there, with its inputs and statistics: for computing on them, never for a page."""
    statement = (
        select(MatchList)
        .where(MatchList.id == list_id)
        .options(undefer(MatchList.inputs), undefer(MatchList.statistics), joinedload(MatchList.run))
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one()


def newest_list(session: Session, conference_id: int) -> MatchList:
    """The newest edition of a conference that has one."""
    statement = select(MatchList).where(MatchList.conference_id == conference_id)
    return session.scalars(
        statement.options(joinedload(MatchList.run)).order_by(MatchList.edition.desc()).limit(1)
    ).one()


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


def has_frozen(session: Session, conference_id: int) -> bool:
    """Whether any edition has been frozen: from then on firms read what concerns them."""
    frozen = select(MatchList.id).where(
        MatchList.conference_id == conference_id, MatchList.frozen_at.is_not(None)
    )
    return session.scalar(frozen.limit(1)) is not None


def concerning(firm_ids: Iterable[int]) -> ColumnElement[bool]:
    """Pairs that these firms may read as theirs; the statement must join Need. A need for invited firms tells a supplier
    whom the buyer has not invited nothing, also where an organiser has put the two on a list."""
    ids = list(firm_ids)
    invited = select(NeedInvitee.need_id).where(NeedInvitee.firm_id.in_(ids))
    told = or_(Need.visibility != "invited", Need.id.in_(invited))
    return or_(MatchEntry.buyer_id.in_(ids), and_(MatchEntry.supplier_id.in_(ids), told))


def published_entries_of(session: Session, conference_id: int, firm_ids: frozenset[int]) -> list[MatchEntry]:
    """A firm's own pairs on the newest frozen edition; nothing before anything is frozen."""
    newest = session.scalar(
        select(MatchList.id)
        .where(MatchList.conference_id == conference_id, MatchList.frozen_at.is_not(None))
        .order_by(MatchList.edition.desc())
        .limit(1)
    )
    if newest is None or not firm_ids:
        return []
    statement = (
        select(MatchEntry)
        .join(MatchEntry.need)
        .where(MatchEntry.list_id == newest, MatchEntry.dropped_at.is_(None), concerning(firm_ids))
        .options(
            contains_eager(MatchEntry.need).joinedload(Need.firm),
            joinedload(MatchEntry.capability).joinedload(Capability.firm),
        )
        .order_by(MatchEntry.need_id, MatchEntry.rank)
        .limit(100)
    )
    return list(session.scalars(statement))


def invitable(
    session: Session, conference: Conference, side: str, text: str, chain_key: str | None, as_of: date
) -> Sequence[Firm]:
    """Firms that belong on that side of a conference of its kind and are not yet invited, by name or chain; at most
    :data:`MOST_INVITABLE`."""
    conference_id = conference.id
    there = select(Participant.firm_id).where(
        Participant.conference_id == conference_id,
        Participant.side == side,
        Participant.withdrawn_at.is_(None),
    )
    statement = select(Firm).where(
        Firm.id.not_in(there),
        Firm.verified_at.is_not(None),
        Firm.suspended_at.is_(None),
        _belongs(conference.kind, side, as_of),
    )
    if text:
        statement = statement.where(Firm.legal_name.contains(text, autoescape=True))
    if chain_key:
        statement = statement.where(
            Firm.id.in_(select(FirmChain.firm_id).where(FirmChain.chain_key == chain_key))
        )
    return session.scalars(
        statement.order_by(Firm.chain_leader.desc(), Firm.legal_name).limit(MOST_INVITABLE)
    ).all()


def _belongs(kind: str, side: str, as_of: date) -> ColumnElement[bool]:
    """Buyers and suppliers; where the kind has types of its own, who has an open entry of them, and the parties that the
    kind is held for (a bank that has not yet written what it offers)."""
    types = TYPES.get(kind)
    if types is None:
        return (Firm.is_buyer if side == "buyer" else Firm.is_supplier).is_(True)
    if side == "buyer":
        return Firm.id.in_(select(Need.firm_id).where(is_open(Need, as_of), Need.type_key.in_(types)))
    offers = (
        select(Capability.firm_id)
        .join(CapabilityType, CapabilityType.capability_id == Capability.id)
        .where(is_open(Capability, as_of), CapabilityType.type_key.in_(types))
    )
    parties = PARTIES.get((kind, side), ())
    leader = Firm.chain_leader.is_(True) if "chain_leader" in parties else false()
    return or_(Firm.id.in_(offers), Firm.party_kind.in_(parties), leader)


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


@dataclass(frozen=True)
class Weighable:
    """Whether other weights can be tried on a list. ``needs``: how many keep what they can be weighed anew from;
    ``public``: how many of them know neither nearness nor tier."""

    newest: bool
    needs: int
    public: int


def weighable(session: Session, match_list: MatchList) -> Weighable:
    newer = select(MatchList.id).where(
        MatchList.conference_id == match_list.conference_id, MatchList.edition > match_list.edition
    )
    of_list = MatchPool.list_id == match_list.id
    needs = select(func.count()).select_from(MatchPool).where(of_list)
    public = needs.where(MatchPool.open_procedure)
    row = session.execute(select(newer.exists(), needs.scalar_subquery(), public.scalar_subquery())).one()
    return Weighable(not row[0], row[1], row[2])


def pools_of(session: Session, list_id: int) -> Iterator[MatchPool]:
    """What a list's needs can be weighed anew from, by need; read in parts, never all at once."""
    statement = select(MatchPool).where(MatchPool.list_id == list_id).order_by(MatchPool.need_id)
    yield from session.scalars(statement.execution_options(yield_per=POOLS_AT_ONCE))


def needs_named(session: Session, need_ids: Iterable[int]) -> dict[int, Need]:
    """Needs with their firms, by id."""
    statement = select(Need).where(Need.id.in_(list(need_ids))).options(joinedload(Need.firm))
    return {need.id: need for need in session.scalars(statement)}


def capabilities_named(session: Session, capability_ids: Iterable[int]) -> dict[int, Capability]:
    """Capabilities with their firms, by id."""
    statement = select(Capability).where(Capability.id.in_(list(capability_ids)))
    return {
        capability.id: capability
        for capability in session.scalars(statement.options(joinedload(Capability.firm)))
    }


def decided() -> ColumnElement[bool]:
    """Entries that people put on the list, first on it, or off it."""
    return or_(
        MatchEntry.pinned_at.is_not(None), MatchEntry.dropped_at.is_not(None), MatchEntry.source == "staff"
    )


def decided_of(session: Session, list_id: int, need_ids: Iterable[int]) -> dict[tuple[int, int], MatchEntry]:
    """The pairs of some needs that people decided on, by need and capability."""
    statement = select(MatchEntry).where(
        MatchEntry.list_id == list_id,
        MatchEntry.need_id.in_(list(need_ids)),
        decided(),
    )
    return {(entry.need_id, entry.capability_id): entry for entry in session.scalars(statement)}
