"""What the machine does with a need: it compares, proposes and refreshes. What people have answered it never touches.

In two steps, because the first takes a while and only reads, and the second writes and takes none: nobody else's change
has to wait for the matcher. The second looks whether what the first read still stands; where it does not, nothing is
written, and the need is to be compared once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_now
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden
from marketplace.needs.models import Need
from marketplace.needs.queries import invited_firms, open_needs
from marketplace.proposals import near_misses, rules
from marketplace.proposals.evidence import columns_of
from marketplace.proposals.matcher import versions_read
from marketplace.proposals.models import Proposal
from marketplace.proposals.profiles import need_profiles
from marketplace.proposals.runs import SMALL, Route, start_run

if TYPE_CHECKING:
    from matching import Match, Matcher, NeedProfile
    from matching.nearly import NearMiss as Near

# As many as a list could hold: more than one district's capabilities for one need.
EVERY_LISTED = 1_000_000


class Outdated(Exception):
    """What was compared has changed meanwhile."""


@dataclass(frozen=True)
class NeedAsRead:
    """All that the matcher is told of a need. ``invited``: the only firms that hear of it; None where all do."""

    version: int
    profile: NeedProfile
    invited: frozenset[int] | None


# A row of a need's list: capability, the run that wrote it, and since when it no longer holds.
Listed = tuple[int, int | None, datetime | None]


@dataclass(frozen=True)
class Compared:
    """A need's list that is not yet written down. ``need``: None where it is no longer open. ``listed``: what stood on
    the list meanwhile, so that of two who compare one need at the same time the second looks again. ``versions``: of the
    listings that are named, as the matcher read them."""

    need_id: int
    need: NeedAsRead | None
    listed: frozenset[Listed]
    matches: Sequence[Match]
    near: Sequence[tuple[Match, Near]]
    causes: Mapping[str, int]
    versions: Mapping[int, int]
    matcher: Matcher
    route: Route


def propose_for_need(
    session: Session, actor: Actor, need_id: int, matcher: Matcher, *, now: datetime, route: Route = SMALL
) -> int:
    """Compare and write down in one go."""
    compared = compare(session, actor, need_id, matcher, now=now, route=route)
    return write_down(session, actor, compared, now=now)


def compare(
    session: Session, actor: Actor, need_id: int, matcher: Matcher, *, now: datetime, route: Route = SMALL
) -> Compared:
    """What the matcher says of a need; of one that is no longer open, nothing. Reads only. ``route``: where the listings
    that ``matcher`` knows came from."""
    _only_the_machine_and_staff(actor)
    listed = frozenset(_row(proposal) for proposal in _list_of(session, need_id))
    need = need_as_read(session, session.scalar(open_needs(day_of(now)).where(Need.id == need_id)))
    if need is None:
        return Compared(need_id, None, listed, (), (), {}, {}, matcher, route)
    matches = _matches(need, matcher, now)
    near = near_misses.found(need.profile, need.invited, matcher, now=now)
    causes = {} if matches else matcher.unmatched_causes(need.profile, day_of(now)) or {"no_capability": 0}
    versions = _versions_read(session, matcher, _named(matches, near))
    return Compared(need_id, need, listed, matches, near, causes, versions, matcher, route)


def write_down(session: Session, actor: Actor, compared: Compared, *, now: datetime) -> int:
    """Refresh a need's proposals; returns how many hold. A need that is no longer open keeps only what was answered.

    Only the machine and staff run the matcher. Evidence is renewed, answers are never touched, and where nothing has
    changed nothing is written. Raises :class:`Outdated` where the need, its list or a listing on it has changed since;
    what a firm says beside its listings asks for its needs again by itself.
    """
    _only_the_machine_and_staff(actor)
    need_id, matches = compared.need_id, compared.matches
    # Two refreshers of one need wait for one another here (SQLite has one writer anyway).
    session.execute(select(Need.id).where(Need.id == need_id).with_for_update())
    need = session.scalar(open_needs(day_of(now)).where(Need.id == need_id))
    existing = {proposal.capability_id: proposal for proposal in _list_of(session, need_id)}
    _still_stands(session, compared, need, existing.values(), now)
    wanted = {int(match.capability_id) for match in matches}
    gone = [
        proposal
        for capability_id, proposal in existing.items()
        if capability_id not in wanted and proposal.source == "machine" and proposal.withdrawn_at is None
    ]
    changed = [match for match in matches if not _is_current(existing.get(int(match.capability_id)), match)]
    if gone or changed:
        counts = {"proposals": len(matches)}
        run = start_run(session, actor, "need", need_id, compared.matcher, counts, now, compared.route)
        for match in changed:
            assert need is not None
            _write(session, need, match, existing.get(int(match.capability_id)), run.id, now)
        for proposal in gone:
            proposal.withdrawn_at = now
        session.flush()
    if need is None:
        near_misses.forget(session, need_id)
    else:
        near_misses.note_near_misses(session, need, compared.near, now=now)
        near_misses.note_outcome(session, need, compared.causes, now=now)
    return len(matches)


def need_as_read(session: Session, need: Need | None) -> NeedAsRead | None:
    if need is None:
        return None
    invited = invited_firms(session, need.id) if need.visibility == "invited" else None
    return NeedAsRead(need.version, need_profiles(session, [need])[0], invited)


def _named(matches: Iterable[Match], near: Iterable[tuple[Match, Near]]) -> set[int]:
    """The listings that a need's list and its near misses speak of."""
    return {int(match.capability_id) for match in (*matches, *(match for match, _near in near))}


def _versions_read(session: Session, matcher: Matcher, capability_ids: Set[int]) -> dict[int, int]:
    """By listing, what the matcher knows of it; 0, which is no version, where it is gone already."""
    known = versions_read(matcher)
    if known is None:
        known = _versions(session, Capability.id.in_(capability_ids))
    return {number: known.get(number, 0) for number in capability_ids}


def _versions(session: Session, *which: ColumnElement[bool]) -> dict[int, int]:
    statement = select(Capability.id, Capability.version).join(Capability.firm).where(*which)
    return {number: version for number, version in session.execute(statement)}


def _only_the_machine_and_staff(actor: Actor) -> None:
    if not actor.staff:
        raise Forbidden


def _list_of(session: Session, need_id: int) -> Sequence[Proposal]:
    return session.scalars(select(Proposal).where(Proposal.need_id == need_id)).all()


def _row(proposal: Proposal) -> Listed:
    return proposal.capability_id, proposal.run_id, proposal.withdrawn_at


def _still_stands(
    session: Session, compared: Compared, need: Need | None, existing: Iterable[Proposal], now: datetime
) -> None:
    still_open = Capability.id.in_(compared.versions), open_now(day_of(now))
    if (
        need_as_read(session, need) != compared.need
        or frozenset(map(_row, existing)) != compared.listed
        or _versions(session, *still_open) != compared.versions
    ):
        raise Outdated


def _matches(need: NeedAsRead, matcher: Matcher, now: datetime) -> list[Match]:
    """The best pairs of a need. Current suppliers take no other's place, and of a need for invited firms nobody else
    hears."""
    as_of, profile = day_of(now), need.profile
    if need.invited is not None:
        invited = {str(firm_id) for firm_id in need.invited}
        every = matcher.match(profile, top=EVERY_LISTED, as_of=as_of)
        return [match for match in every if match.firm_id in invited][: rules.MOST_PER_NEED]
    if not profile.current_suppliers:
        return matcher.match(profile, top=rules.MOST_PER_NEED, as_of=as_of)
    partners = [
        match
        for match in matcher.match(profile, top=rules.MOST_PER_NEED, as_of=as_of)
        if match.current_supplier
    ]
    return partners + matcher.match(profile, top=rules.MOST_PER_NEED, as_of=as_of, include_current=False)


def _is_current(proposal: Proposal | None, match: Match) -> bool:
    """Whether the stored proposal already says what the matcher says."""
    if proposal is None or proposal.withdrawn_at is not None:
        return False
    stored = {name: getattr(proposal, name) for name in columns_of(match)}
    return stored == columns_of(match) and proposal.already_partners == match.current_supplier


def _write(
    session: Session, need: Need, match: Match, proposal: Proposal | None, run_id: int, now: datetime
) -> None:
    if proposal is None:
        proposal = Proposal(
            need_id=need.id,
            capability_id=int(match.capability_id),
            buyer_id=need.firm_id,
            supplier_id=int(match.firm_id),
            proposed_at=now,
        )
        session.add(proposal)
    for name, value in columns_of(match).items():
        setattr(proposal, name, value)
    proposal.run_id = run_id
    proposal.already_partners = match.current_supplier
    proposal.refreshed_at = now
    proposal.withdrawn_at = None
