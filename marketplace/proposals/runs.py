"""A run of the matcher on record: what its result depends on."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.proposals.models import MatchRun

if TYPE_CHECKING:
    from matching import Matcher

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


_hashes: WeakKeyDictionary[Matcher, str] = WeakKeyDictionary()


def statistics_hash(matcher: Matcher) -> str:
    """The fingerprint of what was fitted; computed once for each fitted matcher."""
    if matcher not in _hashes:
        _hashes[matcher] = matcher.statistics()["hash"]
    return _hashes[matcher]


def start_run(
    session: Session,
    actor: Actor,
    kind: str,
    subject_id: int | None,
    matcher: Matcher,
    counts: dict[str, Any],
    now: datetime,
) -> MatchRun:
    """Record a run. ``seed`` salts the neutral order of equal scores."""
    run = MatchRun(
        kind=kind,
        subject_id=subject_id,
        method=matcher.method,
        analyser_version=matcher.analyser.version,
        weights=matcher.weights.plain(),
        statistics_hash=statistics_hash(matcher),
        lock_hash=lock_hash(),
        seed=SEED,
        counts=counts,
        account_id=actor.account_id,
        started_at=now,
        finished_at=now,
    )
    session.add(run)
    session.flush()
    return run
