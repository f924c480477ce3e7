"""The open needs, read once and held ready: which of them a changed capability could come near at all.

Kept by database as the matcher is, and told what changed since: needs that came, went or were written anew. It holds under
the statistics of one matcher; fitted anew, the needs are read anew.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, select
from sqlalchemy.orm import Session

from marketplace.needs.models import Need
from marketplace.needs.queries import needs_by_id, open_now
from marketplace.proposals.profiles import readable_needs

if TYPE_CHECKING:
    from matching import Matcher, NeedProfile
    from matching.reverse import NeedBoard

PAGE = 500
Version = tuple[int, datetime]
_lock = threading.Lock()


@dataclass(frozen=True)
class _Kept:
    """``unread``: needs that cannot be read; nobody can say what reaches them."""

    versions: Mapping[int, Version]
    board: NeedBoard
    unread: frozenset[int]


# By database: reading and writing engines share its pool.
_kept: WeakKeyDictionary[Pool, _Kept] = WeakKeyDictionary()


def needs_near(session: Session, matcher: Matcher, alone: Matcher, as_of: date) -> set[int]:
    """Open needs that one of the capabilities of ``alone``, which scores as ``matcher`` does, comes near; and those of
    which that cannot be told."""
    kept = _current(session, matcher, as_of)
    return {int(key) for key in kept.board.near(alone.listings())} | kept.unread


def _current(session: Session, matcher: Matcher, as_of: date) -> _Kept:
    # Late: loads numpy.
    from matching.reverse import NeedBoard

    pool = session.get_bind().engine.pool
    statement = select(Need.id, Need.version, Need.updated_at).join(Need.firm).where(open_now(as_of))
    versions = {number: (version, moment) for number, version, moment in session.execute(statement)}
    with _lock:
        kept = _kept.get(pool)
        if kept is None or kept.board.fingerprint != matcher.fingerprint:
            kept = _Kept({}, NeedBoard.of(matcher, ()), frozenset())
        fresh = [number for number, version in versions.items() if kept.versions.get(number) != version]
        gone = kept.versions.keys() - versions.keys()
        if fresh or gone or kept.unread:
            unread: set[int] = set()
            added = _profiles(session, {*fresh, *(kept.unread & versions.keys())}, unread)
            board = kept.board.changed(matcher, added, {str(number) for number in gone})
            kept = _Kept(versions, board, frozenset(unread))
        _kept[pool] = kept
        return kept


def _profiles(session: Session, ids: Collection[int], unread: set[int]) -> Iterator[NeedProfile]:
    """A page of rows at a time; what cannot be read is noted in ``unread``."""
    every = sorted(ids)
    for first in range(0, len(every), PAGE):
        page = session.scalars(needs_by_id(every[first : first + PAGE])).unique().all()
        for need, profile in readable_needs(session, page):
            if profile is None:
                unread.add(need.id)
            else:
                yield profile
