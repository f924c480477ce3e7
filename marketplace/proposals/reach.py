"""Which needs a changed capability can reach; the others' lists stay as they are.

At one moment's statistics a list changes through a capability only where it stands on it, or would enter it. Both are
told without matching anything in full: the first by the stored proposals, the second by the board of open needs (which
could it come near at all?) and, for those, by a matcher that knows the changed capabilities alone and scores with the
statistics of all. Statistics drift a little with every listing; that drift alone
moves no list until the need, or something on its list, changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.needs.queries import open_needs, open_now
from marketplace.proposals.board import needs_near
from marketplace.proposals.models import NearMiss, Proposal
from marketplace.proposals.profiles import capability_profiles, readable_needs
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
    near = sorted(needs_near(session, matcher, alone, as_of) - reached.now.union(besides))
    for first in range(0, len(near), PAGE):
        some = open_needs(as_of).where(Need.id.in_(near[first : first + PAGE]))
        page = session.scalars(some).unique().all()
        lists = _lists(session, [need.id for need in page])
        for need, profile in readable_needs(session, page):
            if profile is None or _enters(alone, profile, lists.get(need.id, _NOTHING), as_of):
                reached.now.add(need.id)
    reached.later.update(_outdated(session, matcher.method, as_of) - reached.now.union(besides))
    return reached


@dataclass(frozen=True)
class _Listed:
    """What is stored of a need's list: how many pairs of the machine's, the lowest score; and how many near
    misses, with the lowest score that one would have."""

    count: int = 0
    lowest: float = 0.0
    near_count: int = 0
    near_lowest: float = 0.0


_NOTHING = _Listed()


def _lists(session: Session, need_ids: Sequence[int]) -> dict[int, _Listed]:
    """The stored lists of these needs in two queries."""
    rows = session.execute(
        select(Proposal.need_id, func.count(), func.min(Proposal.score))
        .where(Proposal.need_id.in_(need_ids), Proposal.withdrawn_at.is_(None), Proposal.source == "machine")
        .group_by(Proposal.need_id)
    )
    listed = {need_id: _Listed(count, lowest) for need_id, count, lowest in rows}
    near = session.execute(
        select(NearMiss.need_id, func.count(), func.min(NearMiss.mended))
        .where(NearMiss.need_id.in_(need_ids))
        .group_by(NearMiss.need_id)
    )
    for need_id, count, lowest in near:
        listed[need_id] = replace(listed.get(need_id, _NOTHING), near_count=count, near_lowest=lowest)
    return listed


def _outdated(session: Session, method: str, as_of: date) -> set[int]:
    """Open needs whose lists are of another version of the matcher."""
    statement = (
        select(Proposal.need_id)
        .join(Need, Need.id == Proposal.need_id)
        .join(Need.firm)
        .where(
            Proposal.withdrawn_at.is_(None), Proposal.source == "machine", Proposal.method != method, open_now(as_of)
        )
    )  # fmt: skip
    return set(session.scalars(statement.distinct()))


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
