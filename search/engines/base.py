"""What every engine promises."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Protocol

from search.documents import Document
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


class EngineError(RuntimeError):
    """The engine could not do it; the caller falls back or tries again later."""


class EngineBusy(EngineError):
    """Another process is writing."""


class EngineUnavailable(EngineError):
    """The engine cannot answer now. Never shown as "no results"."""


class Engine(Protocol):
    @property
    def needs_rebuild(self) -> bool:
        """Whether documents may be missing: new, lost or reset, and not yet marked complete."""

    def mark_complete(self) -> None:
        """Every document that should be here has been written."""

    def write(self, documents: Iterable[Document]) -> int:
        """Add or replace; visible when it returns. A document older than the stored one (by rev) is left out.
        Returns how many were written. Raises EngineBusy, EngineUnavailable, and ValueError for a facet that
        the engine was not told of."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove by `Document.key`; a key that is not there is no error."""

    def search(self, query: Query, *, visible: frozenset[str], as_of: date) -> Page:
        """One page of what a holder of the tokens `visible` may see on the day `as_of`; hits, total and facets
        alike. No token, no result. Raises BadQuery (unknown_filter, bad_cursor) and EngineUnavailable."""

    def count(self) -> int:
        """All documents, whoever may see them."""

    def ids(self) -> Iterator[tuple[str, int]]:
        """(key, rev) of every document, in neutral order."""

    def reset(self) -> None:
        """Throw everything away; `needs_rebuild` from then on."""
