"""Pages out of an engine that sorts by one key and cannot continue after a hit."""

from typing import NamedTuple

import tantivy

from search.cursor import Cursor
from search.engines.embedded.clauses import Clause, Clauses
from search.engines.paging import RISING, Ranked, by_field, by_relevance
from search.query import Query, Sort

Scored = tuple[float, tantivy.DocAddress]


class Found(NamedTuple):
    hits: list[Scored]
    total: int
    next_cursor: str | None


class Best:
    """The best hits of a question. What was asked for once is remembered; more is sought when more is asked for."""

    def __init__(self, searcher: tantivy.Searcher, wanted: list[Clause]) -> None:
        self._searcher = searcher
        self._query = tantivy.Query.boolean_query(wanted)
        self._hits: list[Scored] | None = None
        #: How many there are, known from the first hits on.
        self.total = 0

    def first(self, limit: int) -> list[Scored]:
        if self._hits is None or len(self._hits) < min(limit, self.total):
            result = self._searcher.search(self._query, limit)
            self._hits, self.total = result.hits, count_of(result)
        return self._hits[:limit]

    def page(self, size: int, cursor: Cursor | None) -> Found:
        hits, next_cursor = by_relevance(
            lambda limit: _placed(self._searcher, self.first(limit)), size, cursor
        )
        return Found(hits, self.total, next_cursor)


def ranked_page(searcher: tantivy.Searcher, hits: list[Scored], size: int, cursor: Cursor | None) -> Found:
    """The page of `hits`, which are all there are and the best first."""
    page = by_relevance(lambda limit: _placed(searcher, hits[:limit]), size, cursor)
    return Found(page.hits, len(hits), page.next_cursor)


def everything(
    searcher: tantivy.Searcher, wanted: list[Clause], order: Sort, most: int
) -> list[Scored] | None:
    """All hits in this order, which is one of values; None where they are more than `most`."""
    query = tantivy.Query.boolean_query(wanted)
    result = searcher.search(query, most, order_by_field=order, order=_direction(order))
    return result.hits if count_of(result) <= most else None


def turned(hits: list[Scored], query: Query, cursor: Cursor | None) -> Found:
    """The page of `hits`, which are all there are and sorted by their values."""
    rows = [(int(value), address) for value, address in hits]
    if cursor:
        last, rising = cursor.after[0], RISING[query.order]
        rows = [row for row in rows if (row[0] > last if rising else row[0] < last)]
    page = by_field(rows[: query.page_size + 1], query.order, query.page_size, cursor)
    return Found(page.hits, len(hits), page.next_cursor)


def by_value(
    searcher: tantivy.Searcher, clauses: Clauses, wanted: list[Clause], query: Query, cursor: Cursor | None
) -> Found:
    """The page of what may be any number of hits, sorted by their values."""
    name = query.order
    rising = RISING[name]
    everything = tantivy.Query.boolean_query(wanted)
    rest = everything
    if cursor:
        rest = tantivy.Query.boolean_query([*wanted, clauses.beyond(name, cursor.after[0], rising=rising)])
    result = searcher.search(rest, query.page_size + 1, order_by_field=name, order=_direction(name))
    total = count_of(result if rest is everything else searcher.search(everything, 1))
    rows = [(int(value), address) for value, address in result.hits]
    hits, next_cursor = by_field(rows, name, query.page_size, cursor)
    return Found(hits, total, next_cursor)


def _placed(searcher: tantivy.Searcher, hits: list[Scored]) -> list[Ranked[tantivy.DocAddress]]:
    positions = searcher.fast_field_values("neutral", [address for _, address in hits])
    return [
        Ranked(float(score), int(position or 0), address)
        for (score, address), position in zip(hits, positions, strict=True)
    ]


def _direction(order: Sort) -> tantivy.Order:
    return tantivy.Order.Asc if RISING[order] else tantivy.Order.Desc


def count_of(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # is there, but missing in tantivy's stubs
