"""Which needs a changed capability can reach; the others' lists stay as they are.

At one moment's statistics a list changes through a capability only where it stands on it, or would enter it. Both are
told without matching anything in full: the first by the stored proposals, the second by a matcher that knows the changed
capabilities alone and scores with the statistics of all. Statistics drift a little with every listing; that drift alone
moves no list until the need, or something on its list, changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.needs.queries import open_needs, open_now
from marketplace.proposals.models import NearMiss, Proposal
from marketplace.proposals.profiles import capability_profiles, need_profiles
from marketplace.proposals.rules import MOST_NEARLY, MOST_PER_NEED

if TYPE_CHECKING:
    from matching import Matcher, NeedProfile

log = structlog.get_logger()
PAGE = 500
# A stored score is of yesterday's statistics: this near to the last on a list, the list is made again.
DRIFT = 0.02


@dataclass(frozen=True)
class Reached:
    """Needs to match again at once, and needs that may wait: their lists are of another version of the matcher."""

    now: set[int]
    later: set[int]


def capabilities_of(session: Session, firm_ids: Collection[int]) -> set[int]:
    """Every capability of these firms, open or not."""
    return set(session.scalars(select(Capability.id).where(Capability.firm_id.in_(firm_ids))))


def needs_of(session: Session, firm_ids: Collection[int], as_of: date) -> set[int]:
    """What these firms ask for: needs that are open, or that still have proposals."""
    proposed = select(Proposal.need_id).where(Proposal.withdrawn_at.is_(None))
    statement = (
        select(Need.id)
        .join(Firm, Firm.id == Need.firm_id)
        .where(Need.firm_id.in_(firm_ids), or_(open_now(as_of), Need.id.in_(proposed)))
    )
    return set(session.scalars(statement))


def needs_reached(
    session: Session,
    matcher: Matcher,
    capability_ids: Collection[int],
    as_of: date,
    *,
    besides: Collection[int] = frozenset(),
) -> Reached:
    """The needs that these capabilities stand or would stand with. ``besides``: known already, not looked at again."""
    listed = select(Proposal.need_id).where(
        Proposal.capability_id.in_(capability_ids), Proposal.withdrawn_at.is_(None)
    )
    nearly = select(NearMiss.need_id).where(NearMiss.capability_id.in_(capability_ids))
    reached = Reached(set(session.scalars(listed)) | set(session.scalars(nearly)), set())
    changed = session.scalars(open_capabilities(as_of).where(Capability.id.in_(capability_ids))).unique()
    profiles = capability_profiles(session, changed.all())
    if not profiles:
        return reached
    alone = matcher.narrowed(profiles)
    for page in _open_needs(session, as_of):
        unknown = [need for need in page if need.id not in besides and need.id not in reached.now]
        lists = _lists(session, [need.id for need in unknown], matcher.method)
        for need, profile in readable(session, unknown):
            stored = lists.get(need.id, _NOTHING)
            if profile is None or _enters(alone, profile, stored, as_of):
                reached.now.add(need.id)
            elif stored.outdated:
                reached.later.add(need.id)
    return reached


@dataclass(frozen=True)
class _Listed:
    """What is stored of a need's list: how many pairs of the machine's, the lowest score, whether of another version;
    and how many near misses, with the lowest score that one would have."""

    count: int = 0
    lowest: float = 0.0
    outdated: bool = False
    near_count: int = 0
    near_lowest: float = 0.0


_NOTHING = _Listed()


def _open_needs(session: Session, as_of: date) -> Iterator[Sequence[Need]]:
    last = 0
    while True:
        statement = open_needs(as_of).where(Need.id > last).order_by(Need.id).limit(PAGE)
        page = session.scalars(statement).unique().all()
        if not page:
            return
        last = page[-1].id
        yield page


def _lists(session: Session, need_ids: Sequence[int], method: str) -> dict[int, _Listed]:
    """The stored lists of these needs in two queries."""
    others = func.sum(case((Proposal.method != method, 1), else_=0))
    rows = session.execute(
        select(Proposal.need_id, func.count(), func.min(Proposal.score), others)
        .where(Proposal.need_id.in_(need_ids), Proposal.withdrawn_at.is_(None), Proposal.source == "machine")
        .group_by(Proposal.need_id)
    )
    listed = {need_id: _Listed(count, lowest, others > 0) for need_id, count, lowest, others in rows}
    near = session.execute(
        select(NearMiss.need_id, func.count(), func.min(NearMiss.mended))
        .where(NearMiss.need_id.in_(need_ids))
        .group_by(NearMiss.need_id)
    )
    for need_id, count, lowest in near:
        listed[need_id] = replace(listed.get(need_id, _NOTHING), near_count=count, near_lowest=lowest)
    return listed


def readable(session: Session, needs: Sequence[Need]) -> Iterable[tuple[Need, NeedProfile | None]]:
    """Each need with its profile. One that cannot be read is None: it must not hide the others, and shows its fault
    where it is matched itself."""
    try:
        return list(zip(needs, need_profiles(session, needs), strict=True))
    except Exception as error:
        if len(needs) == 1:
            log.error("need cannot be read", need=needs[0].id, exc_info=error)
            return [(needs[0], None)]
        return [found for need in needs for found in readable(session, [need])]


def _enters(alone: Matcher, profile: NeedProfile, stored: _Listed, as_of: date) -> bool:
    """Whether one of the changed capabilities would stand on the list, or among the near misses. Where that cannot be
    told, it would."""
    try:
        found = alone.match(profile, top=1, as_of=as_of)
        near = alone.nearly(profile, most=1, as_of=as_of)
    except Exception as error:
        log.error("need cannot be compared", need=profile.id, exc_info=error)
        return True
    if near and (stored.near_count < MOST_NEARLY or near[0][1].mended >= stored.near_lowest - DRIFT):
        return True
    if not found:
        return False
    # Current suppliers stand beside the others, so a full list of such a need leaves no place to compare with.
    full = stored.count >= MOST_PER_NEED and not profile.current_suppliers
    return not full or found[0].score >= stored.lowest - DRIFT
