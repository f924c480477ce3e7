"""The one text analyser of the site: the lexicon of seeds/ under the synonym sets that staff have changed.

Web, worker and command line each ask the database every few seconds whether the sets are still those they know; an
analyser never changes, another version of it is another one.
"""

from __future__ import annotations

import threading
import time
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from marketplace import paths

if TYPE_CHECKING:
    from marketplace.core.db import Database
    from marketplace.core.synonyms import Names
    from search.analysis import Analyser, Lexicon

LOOK_EVERY = 3.0


class _Watched:
    """Which sets held at the last look."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.database: Database | None = None
        self.sets: tuple[Names, ...] | None = None
        self.looked = float("-inf")


_watched = _Watched()


def watch(database: Database | None) -> None:
    """From now on the sets are those of this database; of none, the shipped ones alone."""
    with _watched.lock:
        _watched.database, _watched.sets, _watched.looked = database, None, float("-inf")


def look_again() -> None:
    """The next question looks at the database: for whoever has just changed a set."""
    _watched.looked = float("-inf")


@cache
def shipped() -> Lexicon:
    # Late: search.analysis loads the word cutter and the dictionaries of characters.
    from search.analysis import load

    return load(paths.SEEDS / "lexicon")


def analyser() -> Analyser:
    """Built on first use (about 0.2 s): pages that never search never pay for it."""
    return analyser_of(_current_sets())


@lru_cache(maxsize=4)
def analyser_of(sets: tuple[Names, ...]) -> Analyser:
    # Late: see shipped.
    from search.analysis import Analyser, Lexicon

    return Analyser(Lexicon(shipped().words, sets))


@lru_cache(maxsize=4)
def fitting(sets: tuple[Names, ...]) -> tuple[Names, ...]:
    """`sets` as far as an analyser can hold them: a name belongs to the first set that has it. Staff's sets come first,
    so that a new edition of the shipped ones cannot break the site."""
    # Late: see shipped.
    from search.analysis.normalise import normalise

    taken: set[str] = set()
    kept: list[Names] = []
    for names in sets:
        free: dict[str, str] = {}
        for name in names:
            spelling = _key(normalise(name))
            if len(spelling) > 1 and spelling not in taken:
                free.setdefault(spelling, name)
        if len(free) > 1:
            taken |= free.keys()
            kept.append(tuple(free.values()))
    return tuple(kept)


def _key(normalised: str) -> str:
    return normalised.translate(str.maketrans("", "", " -/"))


def _current_sets() -> tuple[Names, ...]:
    with _watched.lock:
        if _watched.database is not None and time.monotonic() - _watched.looked >= LOOK_EVERY:
            _watched.sets = _read(_watched.database, _watched.sets)
            _watched.looked = time.monotonic()
        return _watched.sets if _watched.sets is not None else shipped().synonyms


def _read(database: Database, known: tuple[Names, ...] | None) -> tuple[Names, ...] | None:
    # Late: matching two sheets on the command line needs neither a database nor a log.
    import structlog
    from sqlalchemy.exc import SQLAlchemyError

    from marketplace.core.synonyms import over, rows

    try:
        with database.reading() as session:
            changes = rows(session)
    except SQLAlchemyError as error:  # not migrated yet, or away for a moment: what was known holds
        structlog.get_logger().warning("synonym sets could not be read", error=repr(error))
        return known
    return fitting(over(shipped().synonyms, changes)) if changes else None
