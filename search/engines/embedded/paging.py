"""Pages out of an engine that sorts by one key and cannot continue after a hit."""

from typing import NamedTuple

import tantivy

from search.cursor import Cursor
from search.engines.embedded.clauses import Clause, Clauses
from search.engines.paging import RISING, Ranked, by_field, by_relevance
from search.query import Query


class Found(NamedTuple):
    hits: list[tuple[float, tantivy.DocAddress]]
    total: int
    next_cursor: str | None


def find(
    searcher: tantivy.Searcher, clauses: Clauses, wanted: list[Clause], query: Query, cursor: Cursor | None
) -> Found:
    if query.order == "relevance":
        return _by_score(searcher, tantivy.Query.boolean_query(wanted), query.page_size, cursor)
    return _by_value(searcher, clauses, wanted, query, cursor)


def _by_score(searcher: tantivy.Searcher, query: tantivy.Query, size: int, cursor: Cursor | None) -> Found:
    total = 0

    def fetch(limit: int) -> list[Ranked[tantivy.DocAddress]]:
        nonlocal total
        result = searcher.search(query, limit)
        total = count_of(result)
        positions = searcher.fast_field_values("neutral", [address for _, address in result.hits])
        return [
            Ranked(float(score), int(position or 0), address)
            for (score, address), position in zip(result.hits, positions, strict=True)
        ]

    hits, next_cursor = by_relevance(fetch, size, cursor)
    return Found(hits, total, next_cursor)


def _by_value(
    searcher: tantivy.Searcher, clauses: Clauses, wanted: list[Clause], query: Query, cursor: Cursor | None
) -> Found:
    name = query.order
    rising = RISING[name]
    everything = tantivy.Query.boolean_query(wanted)
    rest = everything
    if cursor:
        rest = tantivy.Query.boolean_query([*wanted, clauses.beyond(name, cursor.after[0], rising=rising)])
    order = tantivy.Order.Asc if rising else tantivy.Order.Desc
    result = searcher.search(rest, query.page_size + 1, order_by_field=name, order=order)
    total = count_of(result if rest is everything else searcher.search(everything, 1))
    rows = [(int(value), address) for value, address in result.hits]
    hits, next_cursor = by_field(rows, name, query.page_size, cursor)
    return Found(hits, total, next_cursor)


def count_of(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # is there, but missing in tantivy's stubs
