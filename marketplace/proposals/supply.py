"""Where the matcher's candidates come from: every open listing, in memory; or, past a size, what a search cluster names.

Both ways score under the same statistics and judge each pair by the same code, so they give the same reasons and gates;
what the cluster names may only lack somebody. Where it is away or its index unfinished, everything is compared here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.capabilities.queries import open_capabilities
from marketplace.needs.models import Need
from marketplace.needs.queries import invited_firms, needs_by_id
from marketplace.proposals.learning import learnt, profiles_of, register_of
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import NearMiss, Proposal
from marketplace.proposals.profiles import readable_needs
from marketplace.proposals.reach import capabilities_of
from marketplace.proposals.rules import MOST_PER_NEED
from marketplace.proposals.runs import SMALL, Route
from marketplace.settings import Settings
from search.engines.base import EngineUnavailable
from search.engines.candidates import CandidateSource, IndexUnfinished, Question, Wanted

if TYPE_CHECKING:
    from matching import Matcher, NeedProfile

log = structlog.get_logger()
NAMED = 500  # candidates a need; docs/matching.md says how many of the exact best are among them
NEEDS_AT_ONCE = 256
LARGE = Route("cluster", "large")
PARTICIPANTS = Route(
    "memory", "participants"
)  # a conference's suppliers are known, and all of theirs is compared


class Supply(Protocol):
    """``matcher`` scores under the register's statistics; which listings it knows is the way's own affair."""

    @property
    def matcher(self) -> Matcher: ...

    @property
    def route(self) -> Route: ...

    def named(self, session: Session, need_ids: Collection[int], changed: Collection[int] = ()) -> Supply:
        """The same for these needs at once. ``changed``: capabilities that a cluster may not know yet."""

    def matcher_for(self, session: Session, need_id: int) -> Matcher:
        """One that knows the candidates of this need, which must be among the named."""

    def candidates(self) -> frozenset[int] | None:
        """Capabilities that were named for any need; None: all that are open."""


@dataclass(frozen=True)
class InMemory:
    matcher: Matcher
    route: Route = SMALL

    def named(self, session: Session, need_ids: Collection[int], changed: Collection[int] = ()) -> InMemory:
        return self

    def matcher_for(self, session: Session, need_id: int) -> Matcher:
        return self.matcher

    def candidates(self) -> None:
        return None


@dataclass(frozen=True)
class FromCluster:
    """``by_need``: what was named so far."""

    matcher: Matcher
    source: CandidateSource
    as_of: date
    folder: Path | None
    by_need: Mapping[int, frozenset[int]]
    route: Route = LARGE

    def named(self, session: Session, need_ids: Collection[int], changed: Collection[int] = ()) -> Supply:
        try:
            return FromCluster(
                self.matcher, self.source, self.as_of, self.folder, self._ask(session, need_ids, changed)
            )
        except IndexUnfinished as error:
            return self._in_memory(session, "index_unfinished", error)
        except EngineUnavailable as error:
            return self._in_memory(session, "cluster_away", error)

    def matcher_for(self, session: Session, need_id: int) -> Matcher:
        """With what stands on the need's list already: nothing leaves a list for not having been named."""
        ids = set(self.by_need.get(need_id, ()))
        ids |= set(session.scalars(_listed(need_id)))
        ids |= set(session.scalars(select(NearMiss.capability_id).where(NearMiss.need_id == need_id)))
        if session.scalar(select(Need.visibility).where(Need.id == need_id)) == "invited":
            # Nobody else hears of it, so its candidates are few, known, and all worth looking at.
            ids = capabilities_of(session, invited_firms(session, need_id))
        return self._knowing(session, ids)

    def _knowing(self, session: Session, ids: Collection[int]) -> Matcher:
        return self.matcher.narrowed(list(profiles_of(session, open_capabilities(self.as_of), ids)))

    def candidates(self) -> frozenset[int]:
        return frozenset().union(*self.by_need.values())

    def _ask(
        self, session: Session, need_ids: Collection[int], changed: Collection[int]
    ) -> dict[int, frozenset[int]]:
        fresh = self._knowing(session, changed)
        found: dict[int, frozenset[int]] = {}
        every = sorted(need_ids)
        for first in range(0, len(every), NEEDS_AT_ONCE):
            needs = session.scalars(needs_by_id(every[first : first + NEEDS_AT_ONCE])).unique().all()
            # One that cannot be read shows its fault where it is matched itself.
            profiles = [
                (need.id, profile) for need, profile in readable_needs(session, needs) if profile is not None
            ]
            questions = [_question(self.matcher, profile) for _, profile in profiles]
            answers = self.source.candidates(questions, as_of=self.as_of, most=NAMED)
            for (need_id, profile), ids in zip(profiles, answers, strict=True):
                found[need_id] = frozenset((*ids, *_entering(fresh, profile, self.as_of)))
        return found

    def _in_memory(self, session: Session, reason: str, error: Exception) -> InMemory:
        log.warning("every listing is compared in memory", reason=reason, error=str(error))
        whole = current_matcher(session, self.as_of, self.folder, under=self.matcher)
        return InMemory(whole, Route("memory", reason))


def supply(session: Session, settings: Settings, source: CandidateSource | None, as_of: date) -> Supply:
    """The way that this site's size and settings ask for."""
    register = register_of(session, as_of)
    if register.listings < settings.candidates_from_cluster:
        return InMemory(current_matcher(session, as_of, settings.data_dir))
    if source is None:
        return InMemory(current_matcher(session, as_of, settings.data_dir), Route("memory", "no_cluster"))
    matcher = learnt(session, as_of, register, settings.data_dir)
    return FromCluster(matcher, source, as_of, settings.data_dir, {})


def _listed(need_id: int) -> Select[int]:
    return select(Proposal.capability_id).where(Proposal.need_id == need_id, Proposal.withdrawn_at.is_(None))


def _question(matcher: Matcher, need: NeedProfile) -> Question:
    wanted = [Wanted(*asked) for asked in matcher.asks(need)]
    return Question("capability", wanted, {"type": [need.type]} if need.type else {})


def _entering(fresh: Matcher, need: NeedProfile, as_of: date) -> Iterable[int]:
    if not len(fresh):
        return ()
    return (int(match.capability_id) for match in fresh.match(need, top=MOST_PER_NEED, as_of=as_of))
