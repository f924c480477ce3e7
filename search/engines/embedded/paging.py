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


def find(
    searcher: tantivy.Searcher, clauses: Clauses, wanted: list[Clause], query: Query, cursor: Cursor | None
) -> Found:
    if query.order == "relevance":
        return _by_score(searcher, tantivy.Query.boolean_query(wanted), query.page_size, cursor)
    return _by_value(searcher, clauses, wanted, query, cursor)


def everything(
    searcher: tantivy.Searcher, wanted: list[Clause], query: Query, most: int
) -> list[Scored] | None:
    """All hits in order; None where they are more than `most`."""
    asked = tantivy.Query.boolean_query(wanted)
    if query.order == "relevance":
        result = searcher.search(asked, most)
    else:
        order = _direction(query.order)
        result = searcher.search(asked, most, order_by_field=query.order, order=order)
    return result.hits if count_of(result) <= most else None


def turned(searcher: tantivy.Searcher, hits: list[Scored], query: Query, cursor: Cursor | None) -> Found:
    """The page of `hits`, which are all there are and in order."""
    total = len(hits)
    if query.order == "relevance":
        page = by_relevance(lambda limit: _placed(searcher, hits[:limit]), query.page_size, cursor)
    else:
        rows = [(int(value), address) for value, address in hits]
        if cursor:
            last, rising = cursor.after[0], RISING[query.order]
            rows = [row for row in rows if (row[0] > last if rising else row[0] < last)]
        page = by_field(rows[: query.page_size + 1], query.order, query.page_size, cursor)
    return Found(page.hits, total, page.next_cursor)


def _by_score(searcher: tantivy.Searcher, query: tantivy.Query, size: int, cursor: Cursor | None) -> Found:
    total = 0

    def fetch(limit: int) -> list[Ranked[tantivy.DocAddress]]:
        nonlocal total
        result = searcher.search(query, limit)
        total = count_of(result)
        return _placed(searcher, result.hits)

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
