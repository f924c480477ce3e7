"""Pages by relevance, for engines that each score a little differently and break ties in their own way.

Hits are fetched through the tied score at the end of the page and put into neutral order here: whoever stands on
the edge of a page stands there by the same rule in every engine.
"""

from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeVar

from search.cursor import Cursor
from search.engines.base import RELEVANCE_END, SCORE_STEPS
from search.query import Sort

A = TypeVar("A")

#: Which way a sorted list runs. Its values are unique, so the next page is a range behind the last one.
RISING: Final[dict[Sort, bool]] = {"newest": False, "closing": True, "neutral": True}


class Ranked(NamedTuple, Generic[A]):
    score: float
    position: int
    address: A


class Found(NamedTuple, Generic[A]):
    hits: list[tuple[float, A]]
    next_cursor: str | None


def by_relevance(fetch: Callable[[int], list[Ranked[A]]], size: int, cursor: Cursor | None) -> Found[A]:
    """One page; `fetch` gives the best so many hits, best first."""
    shown = cursor.shown if cursor else 0
    rows = _settled(fetch, min(shown + size + 1, RELEVANCE_END))
    if cursor:
        rows = [row for row in rows if _place(row) > cursor.after]
    page = rows[: max(0, min(size, RELEVANCE_END - shown))]
    more = len(rows) > len(page) and shown + len(page) < RELEVANCE_END
    next_cursor = Cursor("relevance", _place(page[-1]), shown + len(page)).pack() if page and more else None
    return Found([(row.score, row.address) for row in page], next_cursor)


def by_field(rows: list[tuple[int, A]], query_order: Sort, size: int, cursor: Cursor | None) -> Found[A]:
    """One page of `rows`, which are sorted (value, address) and one more than the page holds if there are."""
    page = rows[:size]
    shown = (cursor.shown if cursor else 0) + len(page)
    next_cursor = Cursor(query_order, (page[-1][0],), shown).pack() if len(rows) > size else None
    return Found([(0.0, address) for _, address in page], next_cursor)


def _settled(fetch: Callable[[int], list[Ranked[A]]], needed: int) -> list[Ranked[A]]:
    """The first `needed` hits or more, in their final order: nothing that ties with the last is missing. More than these
    are asked for at once, because to ask again costs as much as the first time."""
    limit = 2 * needed
    while True:
        hits = fetch(limit)
        if len(hits) < limit or _steps(hits[-1].score) < _steps(hits[needed - 1].score):
            return sorted(hits, key=_place)
        limit *= 4


def _place(row: Ranked[A]) -> tuple[int, int]:
    return -_steps(row.score), row.position


def _steps(score: float) -> int:
    """Sums of the same numbers in another order differ in the last digits, and must not decide anything."""
    return round(score * SCORE_STEPS)
