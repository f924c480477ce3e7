"""Pages out of an engine that sorts by one key and cannot continue after a hit.

By relevance: hits are fetched through the tied score at the end of the page and put into neutral order
here. By a field: its values are unique, so the next page is a range.
"""

from typing import Final, NamedTuple

import tantivy

from search.cursor import Cursor
from search.engines.base import RELEVANCE_END, SCORE_STEPS
from search.engines.embedded.clauses import Clause, Clauses
from search.query import Query, Sort

_RISING: Final[dict[Sort, bool]] = {"newest": False, "closing": True, "neutral": True}


class Found(NamedTuple):
    hits: list[tuple[float, tantivy.DocAddress]]
    total: int
    next_cursor: str | None


def find(
    searcher: tantivy.Searcher, clauses: Clauses, wanted: list[Clause], query: Query, cursor: Cursor | None
) -> Found:
    if query.order == "relevance":
        return _by_score(searcher, tantivy.Query.boolean_query(wanted), query.page_size, cursor)
    return _by_field(searcher, clauses, wanted, query, cursor)


def _by_score(searcher: tantivy.Searcher, query: tantivy.Query, size: int, cursor: Cursor | None) -> Found:
    shown = cursor.shown if cursor else 0
    result, ranked = _ranked(searcher, query, min(shown + size + 1, RELEVANCE_END))
    if cursor:
        ranked = [row for row in ranked if row.place > cursor.after]
    page = ranked[: max(0, min(size, RELEVANCE_END - shown))]
    more = len(ranked) > len(page) and shown + len(page) < RELEVANCE_END
    next_cursor = Cursor("relevance", page[-1].place, shown + len(page)).pack() if page and more else None
    return Found([(row.score, row.address) for row in page], _count(result), next_cursor)


class _Row(NamedTuple):
    place: tuple[int, int]
    score: float
    address: tantivy.DocAddress


def _ranked(
    searcher: tantivy.Searcher, query: tantivy.Query, needed: int
) -> tuple[tantivy.SearchResult, list[_Row]]:
    """The first `needed` hits or more, in their final order: nothing that ties with the last is missing."""
    limit = needed
    while True:
        result = searcher.search(query, limit)
        hits = result.hits
        if len(hits) < limit or _steps(hits[-1][0]) < _steps(hits[needed - 1][0]):
            break
        limit *= 4
    positions = searcher.fast_field_values("neutral", [address for _, address in hits])
    rows = [
        _Row((-_steps(score), int(position or 0)), score, address)
        for (score, address), position in zip(hits, positions, strict=True)
    ]
    return result, sorted(rows, key=lambda row: row.place)


def _steps(score: float) -> int:
    """Sums of the same numbers in another order differ in the last digits, and must not decide anything."""
    return round(score * SCORE_STEPS)


def _by_field(
    searcher: tantivy.Searcher, clauses: Clauses, wanted: list[Clause], query: Query, cursor: Cursor | None
) -> Found:
    name = query.order
    rising = _RISING[name]
    everything = tantivy.Query.boolean_query(wanted)
    rest = everything
    if cursor:
        rest = tantivy.Query.boolean_query([*wanted, clauses.beyond(name, cursor.after[0], rising=rising)])
    order = tantivy.Order.Asc if rising else tantivy.Order.Desc
    result = searcher.search(rest, query.page_size + 1, order_by_field=name, order=order)
    total = _count(result if rest is everything else searcher.search(everything, 1))
    page = result.hits[: query.page_size]
    shown = (cursor.shown if cursor else 0) + len(page)
    more = len(result.hits) > len(page)
    next_cursor = Cursor(name, (int(page[-1][0]),), shown).pack() if more else None
    return Found([(0.0, address) for _, address in page], total, next_cursor)


def _count(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # is there, but missing in tantivy's stubs
