"""What the register teaches the matcher where it is too large for one machine: statistics of a neutral draw, no listing.

Under frozen statistics a listing scores the same in any company, so these are all that must be known before candidates
come from elsewhere. They are kept in the data folder, and learnt anew as the register changes.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Pool, Select, func, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities, open_now
from marketplace.core.analysis import analyser
from marketplace.proposals.matcher import chain_edges, fit, units
from marketplace.proposals.profiles import capability_profiles
from matching import CapabilityProfile
from search.documents import NeutralOrder

if TYPE_CHECKING:
    from matching import Matcher

log = structlog.get_logger()
_lock = threading.Lock()
STATISTICS = "matcher.statistics.json"
DRAWN = 50_000  # listings that teach; more move no frequency that matters
PAGE = 1_000
_ORDER = NeutralOrder("learning")


@dataclass(frozen=True)
class Register:
    """How many capabilities are open, and how often they were written: what has changed shows in either."""

    listings: int
    edits: int

    def worn(self, now: Register) -> float:
        """Share of the listings that came, went or changed until ``now``."""
        changes = max(abs(now.listings - self.listings), abs(now.edits - self.edits))
        return changes / max(self.listings, 1)


@dataclass(frozen=True)
class _Learnt:
    register: Register
    matcher: Matcher


# By database: reading and writing engines share its pool.
_kept: WeakKeyDictionary[Pool, _Learnt] = WeakKeyDictionary()


def register_of(session: Session, as_of: date) -> Register:
    counted = select(func.count(), func.coalesce(func.sum(Capability.version), 0))
    statement = counted.select_from(Capability).join(Capability.firm).where(open_now(as_of))
    return Register(*map(int, session.execute(statement).one()))


def learnt(session: Session, as_of: date, register: Register, folder: Path | None = None) -> Matcher:
    """A matcher that knows no listing and scores under the register's statistics: for :meth:`Matcher.narrowed`."""
    # Late: loads numpy.
    from matching.drift import REFIT_SHARE

    pool = session.get_bind().engine.pool
    with _lock:
        kept = _kept.get(pool) or _saved(session, folder)
        if kept is None or not _holds(session, kept.matcher) or kept.register.worn(register) > REFIT_SHARE:
            kept = _Learnt(register, _learn(session, as_of))
            _save(kept, folder)
        _kept[pool] = kept
        return kept.matcher


def profiles_of(
    session: Session, offered: Select[Capability], ids: Iterable[int]
) -> Iterator[CapabilityProfile]:
    """Those of these capabilities that are among the ``offered``, by rising id; a page of rows at a time."""
    every = sorted(set(ids))
    for first in range(0, len(every), PAGE):
        some = offered.where(Capability.id.in_(every[first : first + PAGE]))
        rows = session.scalars(some.order_by(Capability.id)).unique().all()
        yield from capability_profiles(session, rows)


def _holds(session: Session, matcher: Matcher) -> bool:
    return matcher.analyser.version == analyser().version and matcher.links == chain_edges(session)


def _learn(session: Session, as_of: date) -> Matcher:
    ids = session.scalars(select(Capability.id).join(Capability.firm).where(open_now(as_of)))
    drawn = nsmallest(DRAWN, ids, key=lambda number: _ORDER.position(f"capability:{number}"))
    matcher = fit(session, list(profiles_of(session, open_capabilities(as_of), drawn))).narrowed([])
    log.info("statistics learnt", listings=len(drawn))
    return matcher


def _saved(session: Session, folder: Path | None) -> _Learnt | None:
    """What an earlier process learnt, where it is on disk and still holds."""
    if folder is None:
        return None
    # Late: loads numpy.
    from matching import Matcher, StatisticsMismatch

    try:
        stored = json.loads((folder / STATISTICS).read_text("utf-8"))
        register = Register(stored["listings"], stored["edits"])
        matcher = Matcher.from_statistics(
            stored["statistics"], [], analyser(), units=units(), links=chain_edges(session)
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, StatisticsMismatch) as error:
        log.info("statistics are learnt anew", saved=repr(error))
        return None
    return _Learnt(register, matcher)


def _save(kept: _Learnt, folder: Path | None) -> None:
    if folder is None:
        return
    plain = {**asdict(kept.register), "statistics": kept.matcher.statistics()}
    aside = folder / f"{STATISTICS}.{os.getpid()}"  # put into place whole: another process may be reading
    try:
        aside.write_text(json.dumps(plain, ensure_ascii=False), "utf-8")
        aside.replace(folder / STATISTICS)
    except OSError as error:  # the next process learns anew; this one needs no file
        log.error("statistics cannot be saved", exc_info=error)
