"""Drafting an edition of a match list: what the machine finds, and what people decided on earlier editions.

In two steps, because the first takes seconds and only reads, and the second writes and takes none: nobody else's change
has to wait for the matcher.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability, CapabilityType
from marketplace.capabilities.queries import open_capabilities
from marketplace.conferences import list_queries, queries
from marketplace.conferences.computing import Computed, compute, explained
from marketplace.conferences.models import Conference, MatchEntry, MatchList, MatchPool, UnmatchedNeed
from marketplace.conferences.rules import TYPES, fingerprint
from marketplace.conferences.service import held_to_run, to_run
from marketplace.conferences.weight_rules import weights_of
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Refusal
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.needs.queries import open_needs, visible_to
from marketplace.proposals.learning import profiles_of
from marketplace.proposals.matcher import chain_edges, current_matcher
from marketplace.proposals.profiles import capability_profiles, need_profiles
from marketplace.proposals.proposing import Outdated
from marketplace.proposals.runs import Route, start_run
from marketplace.proposals.snapshots import FORMAT, plain
from marketplace.proposals.supply import PARTICIPANTS, InMemory, Supply

if TYPE_CHECKING:
    from matching import CapabilityProfile, Matcher

# Need and capability.
Pair = tuple[int, int]
_CARRIED = ("pinned_at", "dropped_at", "decision_reason", "decided_by", "added_reason")


@dataclass(frozen=True)
class ConferenceAsRead:
    """All of a conference that an edition is drafted from."""

    kind: str
    office_id: int
    day: date
    weight_steps: Mapping[str, Any]
    buyers: Sequence[int]
    suppliers: Sequence[int]


@dataclass(frozen=True)
class Draft:
    """A computed list that is not yet kept."""

    conference_id: int
    inputs: dict[str, Any]
    statistics: dict[str, Any]
    computed: Computed
    matcher: Matcher
    route: Route
    # Pairs that people decided on and the machine no longer lists; and what there is to say for and against them, where
    # need and capability are open.
    looked_for: Set[Pair]
    absent: Mapping[Pair, dict[str, Any]]
    # None where the inputs are those of an earlier edition, whatever the conference is by now.
    conference: ConferenceAsRead | None = None


def generate(session: Session, actor: Actor, conference_id: int, *, now: datetime) -> MatchList:
    """Draft the next edition and keep it, in one go."""
    return keep(session, actor, draft(session, actor, conference_id, now=now), now=now)


def draft(
    session: Session,
    actor: Actor,
    conference_id: int,
    *,
    now: datetime,
    told: Callable[[int, int], None] = lambda _done, _total: None,
    way: Supply | None = None,
) -> Draft:
    """The buyers' open needs against the suppliers' open capabilities, of the types that the conference is about, as of
    its day. Reads only.

    While no supplier has been invited, every open capability is a candidate: the draft shows whom to invite. Where
    ``way`` takes the candidates from the search cluster, those that it named for any need become the inputs, so that
    the list is computed again from what it stores and from nothing else.
    Refusal ``conferences.no_needs`` when no invited buyer has an open need.
    """
    conference = to_run(session, actor, conference_id)
    read = conference_as_read(session, conference)
    way = way or InMemory(current_matcher(session, day_of(now)))
    inputs, route = _inputs(session, conference, read, way, now)
    matcher = way.matcher
    if read.weight_steps:
        matcher = matcher.reweighed(weights_of(read.weight_steps))
    drafted = computed_draft(session, conference.id, inputs, matcher, route, told, now)
    return replace(drafted, conference=read)


def conference_as_read(session: Session, conference: Conference) -> ConferenceAsRead:
    buyers, suppliers = (
        tuple(row.firm_id for row in queries.participants(session, conference.id, side))
        for side in ("buyer", "supplier")
    )
    return ConferenceAsRead(
        conference.kind, conference.office_id, day_of(conference.starts_at), dict(conference.weight_steps or {}),
        buyers, suppliers,
    )  # fmt: skip


def computed_draft(
    session: Session,
    conference_id: int,
    inputs: dict[str, Any],
    matcher: Matcher,
    route: Route,
    told: Callable[[int, int], None],
    now: datetime,
) -> Draft:
    """What a matcher makes of these inputs. ``route``: where the capabilities among them came from. Reads only."""
    statistics = matcher.statistics()
    computed = compute(inputs, statistics, told, with_pools=True)
    listed = {(entry["need_id"], entry["capability_id"]) for entry in computed.entries}
    decided = {(old.need_id, old.capability_id) for old in _last_words(session, conference_id)}
    looked_for = decided - listed
    absent = _evidence(session, inputs, statistics, looked_for, now)
    return Draft(conference_id, inputs, statistics, computed, matcher, route, looked_for, absent)


def _evidence(
    session: Session,
    inputs: dict[str, Any],
    statistics: dict[str, Any],
    pairs: Set[Pair],
    now: datetime,
) -> dict[Pair, dict[str, Any]]:
    """Columns of pairs that the machine did not list; those of a need or a capability that is closed are left out."""
    if not pairs:
        return {}
    wanted = {capability_id for _need_id, capability_id in pairs}
    rows = session.scalars(open_capabilities(day_of(now)).where(Capability.id.in_(wanted))).unique().all()
    return explained(inputs, statistics, capability_profiles(session, rows), sorted(pairs))


def _inputs(
    session: Session, conference: Conference, read: ConferenceAsRead, way: Supply, now: datetime
) -> tuple[dict[str, Any], Route]:
    """The profiles that the list is computed from, and where the capabilities among them came from."""
    as_of = day_of(now)
    # A 镇/街道 drafts from what it may read: no invited-only need and no anonymous buyer of another office. So does the
    # bureau for it, as the list is the office's to read.
    host = Actor(office_id=conference.office_id, office_kind=conference.office.kind)
    readable = visible_to(host, as_of)
    if not host.bureau:
        readable = and_(readable, or_(Need.anonymous.is_(False), Firm.office_id == host.office_id))
    wanted = open_needs(as_of).where(Need.firm_id.in_(read.buyers), readable).order_by(Need.id)
    types = TYPES.get(read.kind)
    if types is not None:
        wanted = wanted.where(Need.type_key.in_(types))
    needs = session.scalars(wanted).unique().all()
    if not needs:
        raise Refusal("conferences.no_needs")
    offered = open_capabilities(as_of).order_by(Capability.id)
    if types is not None:
        offered = offered.where(Capability.types.any(CapabilityType.type_key.in_(types)))
    if read.suppliers:
        offered, way = (
            offered.where(Capability.firm_id.in_(read.suppliers)),
            InMemory(way.matcher, PARTICIPANTS),
        )
    else:
        way = way.named(session, [need.id for need in needs])
    inputs = {
        "format": FORMAT,
        "as_of": read.day.isoformat(),
        "needs": [plain(profile) for profile in need_profiles(session, needs)],
        "capabilities": [plain(profile) for profile in _offered(session, offered, way.candidates())],
        "links": sorted([upstream, downstream] for upstream, downstream in chain_edges(session)),
    }
    return inputs, way.route


def _offered(
    session: Session, offered: Select[Capability], named: frozenset[int] | None
) -> Iterable[CapabilityProfile]:
    if named is not None:
        return profiles_of(session, offered, named)
    return capability_profiles(session, session.scalars(offered).unique().all())


def keep(session: Session, actor: Actor, drafted: Draft, *, now: datetime) -> MatchList:
    """Store a draft as the next edition, with every decision that holds from earlier ones. Raises :class:`Outdated` where
    the conference has been changed since: who takes part, its kind, office, day or weights."""
    # Two officers who draft at the same moment get two editions, one after the other.
    conference = held_to_run(session, actor, drafted.conference_id)
    if drafted.conference not in (None, conference_as_read(session, conference)):
        raise Outdated
    newest = select(func.max(MatchList.edition)).where(MatchList.conference_id == conference.id)
    run = start_run(
        session, actor, "conference", conference.id, drafted.matcher, _counts(drafted), now, drafted.route
    )
    match_list = MatchList(
        conference_id=conference.id,
        edition=(session.scalar(newest) or 0) + 1,
        run_id=run.id,
        created_at=now,
        inputs=drafted.inputs,
        statistics=drafted.statistics,
        machine_hash=drafted.computed.hash,
    )
    session.add(match_list)
    session.flush()
    entries = [MatchEntry(list_id=match_list.id, **columns) for columns in drafted.computed.entries]
    session.add_all(entries)
    session.add_all(
        UnmatchedNeed(list_id=match_list.id, need_id=need_id, causes=causes)
        for need_id, causes in drafted.computed.unmatched.items()
    )
    session.add_all(MatchPool(list_id=match_list.id, **columns) for columns in drafted.computed.pools)
    session.flush()
    _carry_decisions(session, match_list, entries, drafted, now)
    audit.record(
        session, actor, "match_list.generate", "conference", conference.id, now, edition=match_list.edition
    )
    return match_list


def _counts(drafted: Draft) -> dict[str, Any]:
    entries = drafted.computed.entries
    return {
        "needs": len(drafted.inputs["needs"]),
        "capabilities": len(drafted.inputs["capabilities"]),
        "entries": len(entries),
        "inputs_hash": fingerprint(drafted.inputs),
        **{label: sum(entry["label"] == label for entry in entries) for label in ("strong", "possible")},
    }


def _carry_decisions(
    session: Session, new: MatchList, entries: list[MatchEntry], drafted: Draft, now: datetime
) -> None:
    """The last word on every pair of earlier editions holds on this one too, also where the machine no longer lists it.

    Such a pair stands at the end of its need with the evidence of today, or leaves when its need or capability is
    closed; its decision comes back with it.
    """
    here = {(entry.need_id, entry.capability_id): entry for entry in entries}
    absent = []
    for old in _last_words(session, new.conference_id, before=new.edition):
        entry = here.get((old.need_id, old.capability_id))
        if entry is None:
            absent.append(old)
        else:
            for name in _CARRIED:
                setattr(entry, name, getattr(old, name))
    # Decided while the machine was drafting: few, and looked for here.
    late = {(old.need_id, old.capability_id) for old in absent} - drafted.looked_for
    found = {**drafted.absent, **_evidence(session, drafted.inputs, drafted.statistics, late, now)}
    _carry_absent(session, new, absent, entries, found)
    session.flush()


def _last_words(session: Session, conference_id: int, before: int | None = None) -> list[MatchEntry]:
    """Of each pair of a conference the entry on its newest edition (``before`` one), where somebody decided on it. No
    other row is loaded, however many editions there were."""
    pair = (MatchEntry.need_id, MatchEntry.capability_id)
    from_the_newest = func.row_number().over(partition_by=pair, order_by=MatchList.edition.desc())
    ranked = (
        select(MatchEntry.id, from_the_newest.label("place"))
        .join(MatchList, MatchList.id == MatchEntry.list_id)
        .where(MatchList.conference_id == conference_id)
    )
    if before is not None:
        ranked = ranked.where(MatchList.edition < before)
    earlier = ranked.subquery()
    statement = (
        select(MatchEntry)
        .join(earlier, and_(earlier.c.id == MatchEntry.id, earlier.c.place == 1))
        .where(list_queries.decided())
        .order_by(MatchEntry.id)
    )
    return list(session.scalars(statement))


def _carry_absent(
    session: Session,
    new: MatchList,
    absent: list[MatchEntry],
    entries: list[MatchEntry],
    found: Mapping[Pair, dict[str, Any]],
) -> None:
    ranks = _last_ranks(entries)
    for old in absent:
        columns = found.get((old.need_id, old.capability_id))
        if columns is None:
            continue
        ranks[old.need_id] = ranks.get(old.need_id, 0) + 1
        entry = MatchEntry(
            list_id=new.id,
            source="staff" if old.source == "staff" else "carried",
            **{**columns, "rank": ranks[old.need_id]},
        )
        for name in _CARRIED:
            setattr(entry, name, getattr(old, name))
        session.add(entry)


def _last_ranks(entries: Iterable[MatchEntry]) -> dict[int, int]:
    ranks: dict[int, int] = {}
    for entry in entries:
        ranks[entry.need_id] = max(entry.rank, ranks.get(entry.need_id, 0))
    return ranks
