"""What every engine promises."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

from search.documents import Document, Tombstone
from search.engines.writing import Report
from search.query import Query
from search.results import Page

#: Relevance pages end here: nobody reads further, and the order gets dearer with depth. Sorted pages have no end.
RELEVANCE_END: Final = 1000
#: The most values of one facet that are counted.
FACET_VALUES: Final = 1000
#: Scores are compared in these steps: what differs less is equal, and stands in neutral order.
SCORE_STEPS: Final = 10_000

TITLE_WEIGHT: Final = 2.0
WORD_WEIGHT: Final = 1.0
BIGRAM_WEIGHT: Final = 0.3
#: A name in pinyin: found, but below what says it in its own characters.
NAME_WEIGHT: Final = 0.5


class EngineError(RuntimeError):
    """The engine could not do it; the caller falls back or tries again later."""


class EngineBusy(EngineError):
    """Another process is writing."""


class EngineUnavailable(EngineError):
    """The engine cannot answer now. Never shown as "no results"."""


class RebuildLost(EngineError):
    """This rebuild is over: it was ended, or another one began and took its place."""


class Entry(NamedTuple):
    """What a reconciler compares: `digest` is that of the document as it was written, empty for a tombstone."""

    key: str
    rev: int
    digest: str
    deleted: bool


class Verdict(NamedTuple):
    """How an index compares with what should be in it."""

    expected: int
    found: int
    #: Keys of the sample that are missing or differ.
    wrong: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.expected == self.found and not self.wrong


@dataclass(frozen=True, slots=True)
class IndexState:
    """For status pages and the doctor. `index` is what the folder or index is called, `server` the version of what
    holds it."""

    engine: str
    server: str
    index: str
    documents: int
    tombstones: int
    complete: bool
    rebuilding: bool
    can_roll_back: bool


class Rebuild(Protocol):
    """An index that grows beside the one that answers. Live writes go to both from the moment this exists, and
    revisions settle who comes last; so the order of backfill and live writes does not matter. Leaving the `with`
    block without a swap clears it away."""

    def write(self, documents: Iterable[Document], tombstones: Iterable[Tombstone] = ()) -> Report:
        """Backfill: goes here only. Raises RebuildLost."""

    def verify(self, expected: int, sample: Iterable[Document]) -> Verdict:
        """Count the living documents, and compare a random sample, built anew from its rows, by digest."""

    def swap(self) -> None:
        """From now on this one answers; one atomic step, the other one is kept for `Engine.roll_back`. Raises
        EngineError unless the last verdict was good."""

    def abort(self) -> None:
        """Clear it away; after a swap this does nothing."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Engine(Protocol):
    @property
    def needs_rebuild(self) -> bool:
        """Whether documents may be missing: new, lost or reset, and not yet marked complete."""

    def mark_complete(self) -> None:
        """Every document that should be here has been written."""

    def write(self, documents: Iterable[Document], tombstones: Iterable[Tombstone] = ()) -> Report:
        """Add, replace, bury: found or gone within a second, and at once after `refresh`. A lower revision never
        replaces a higher one, of a document and of a tombstone alike; an equal one does (delivered twice is no
        mistake). Raises EngineBusy and EngineUnavailable when nothing at all could be tried."""

    def refresh(self) -> None:
        """What was written is found from now on."""

    def search(self, query: Query, *, visible: frozenset[str], as_of: date) -> Page:
        """One page of what a holder of the tokens `visible` may see on the day `as_of`; hits, total and facets
        alike. No token, no result. Raises BadQuery (unknown_filter, bad_cursor) and EngineUnavailable."""

    def export(self, query: Query, *, visible: frozenset[str], as_of: date) -> Iterator[str]:
        """The key of every hit of `query`, without end: kind by kind (those of the query, or all), by rising id.
        What is written meanwhile may or may not be among them; nothing comes twice."""

    def count(self) -> int:
        """All living documents, whoever may see them."""

    def entries(self, kind: str) -> Iterator[Entry]:
        """Every document and tombstone of this kind, by rising id: the order in which a table is read."""

    def purge(self, before: date) -> int:
        """Clear away the tombstones buried before this day; returns how many. Whoever calls it knows that no write
        older than that is still under way."""

    def rebuild(self) -> Rebuild:
        """Begin an index beside this one; an unfinished one is given up."""

    def roll_back(self) -> None:
        """Answer from the index before the last swap again. Writes since then are missing in it: reconcile.
        Raises EngineError when there is none."""

    def reset(self) -> None:
        """Throw everything away; `needs_rebuild` from then on."""

    def state(self) -> IndexState:
        """Raises EngineUnavailable."""
