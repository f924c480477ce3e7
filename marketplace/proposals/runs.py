"""A run of the matcher on record: what its result depends on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.proposals.models import MatchRun

if TYPE_CHECKING:
    from matching import Matcher


@dataclass(frozen=True)
class Route:
    """Where a run's candidates came from. ``taken``: memory (every open listing was compared) or cluster (the search
    cluster named them). ``reason``: small, no_cluster, cluster_away, index_unfinished, participants; large."""

    taken: str | None
    reason: str | None

    @classmethod
    def of(cls, run: MatchRun) -> Route:
        """That of an earlier run, whose inputs are taken over."""
        return cls(run.route, run.route_reason)


SMALL = Route("memory", "small")

# The libraries whose versions a score could depend on.
_NUMERIC = ("numpy", "scipy", "scikit-learn", "rjieba", "opencc")
SEED = "lianqiao"


@cache
def lock_hash() -> str:
    """One short hash of the versions installed of everything that computes or cuts words."""
    found = []
    for name in _NUMERIC:
        try:
            found.append(f"{name}={version(name)}")
        except PackageNotFoundError:
            found.append(f"{name}=none")
    return hashlib.sha256(";".join(found).encode()).hexdigest()


def start_run(
    session: Session,
    actor: Actor,
    kind: str,
    subject_id: int | None,
    matcher: Matcher,
    counts: dict[str, Any],
    now: datetime,
    route: Route = SMALL,
) -> MatchRun:
    """Record a run. ``seed`` salts the neutral order of equal scores."""
    run = MatchRun(
        kind=kind,
        subject_id=subject_id,
        method=matcher.method,
        analyser_version=matcher.analyser.version,
        weights=matcher.weights.plain(),
        statistics_hash=matcher.fingerprint,
        lock_hash=lock_hash(),
        seed=SEED,
        counts=counts,
        route=route.taken,
        route_reason=route.reason,
        account_id=actor.account_id,
        started_at=now,
        finished_at=now,
    )
    session.add(run)
    session.flush()
    return run
