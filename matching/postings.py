"""An inverted index in three arrays, and the scatter-add over it: exact scores, exact best lists, no candidate lost.

A score is Σ query weight × impact over shared terms. What the weights mean is the caller's affair (`weighting.py`): BM25
and cosine alike are impacts on one side and weights on the other. Sums are 32-bit and always taken in the same order,
so the compiled path, the plain path, one query and a thousand give the same bits.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from types import ModuleType

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]
Places = NDArray[np.int64]
Lots = NDArray[np.uint32]

WORTH_COMPILING = 1_000_000  # postings; below, the plain path is done before the compiled one is loaded
HEAD_SHARE = 0.06  # a term in more rows than this may be a head
AT_ONCE = 64  # queries that one thread takes
NO_HEAD = -1
MOST_HEADS = 256  # a head's number fits one byte


@dataclass(frozen=True)
class Queries:
    """Many queries as one matrix by rows: query i holds `terms[starts[i]:starts[i + 1]]`, each term once."""

    starts: Places
    terms: Ids
    weights: Floats

    @classmethod
    def of(cls, queries: Iterable[Iterable[tuple[int, float]]]) -> Queries:
        starts, terms, weights = [0], [], []
        for query in queries:
            for term, weight in query:
                terms.append(term)
                weights.append(weight)
            starts.append(len(terms))
        return cls(np.asarray(starts, np.int64), np.asarray(terms, np.int32), np.asarray(weights, np.float32))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> tuple[Ids, Floats]:
        start, end = self.starts[place], self.starts[place + 1]
        return self.terms[start:end], self.weights[start:end]


@dataclass(frozen=True)
class Best:
    """One line a query, best first: `rows` (-1 where fewer were found) and their `scores`."""

    rows: Ids
    scores: Floats


class Postings:
    """Rows (documents) by term, one impact a posting; terms are dense ids. Immutable: `shelf.py` adds and removes
    listings as further indexes."""

    def __init__(
        self, starts: Places, rows: Ids, impacts: Floats, row_count: int, heads: Ids | None = None
    ) -> None:
        """The postings of term t are `rows[starts[t]:starts[t + 1]]`, rising; no impact is negative. `heads`: terms
        so frequent that they are better added only to rows that they could lift into a list; summed last, in this order."""
        self.starts, self.rows, self.impacts, self.row_count = starts, rows, impacts, row_count
        self.heads = np.zeros(0, np.int32) if heads is None else heads.astype(np.int32)
        self._rank = np.full(self.term_count, NO_HEAD, np.int32)
        self._rank[self.heads] = np.arange(len(self.heads), dtype=np.int32)

    @classmethod
    def build(
        cls, terms: Ids, rows: Ids, impacts: Floats, term_count: int, row_count: int, heads: Ids | None = None
    ) -> Postings:
        """From one entry a posting, rows rising; a (term, row) pair at most once."""
        starts = np.zeros(term_count + 1, np.int64)
        np.cumsum(np.bincount(terms, minlength=term_count), out=starts[1:])
        order = np.argsort(terms, kind="stable")
        return cls(starts, rows[order].astype(np.int32), impacts[order].astype(np.float32), row_count, heads)

    @property
    def term_count(self) -> int:
        return len(self.starts) - 1

    def frequencies(self) -> Places:
        """Rows that hold each term."""
        return np.diff(self.starts)

    def of_row(self, row: int) -> tuple[list[int], Floats]:
        """Terms and impacts of one row: a pass over everything, for indexes of few rows."""
        places = np.flatnonzero(self.rows == row)
        terms = np.searchsorted(self.starts, places, side="right") - 1
        return terms.tolist(), self.impacts[places]

    def _ordered(self, terms: Ids, weights: Floats) -> tuple[Ids, Floats]:
        """The query as it is summed: what is no head as given, then heads; terms that no row can hold left out."""
        known = terms < self.term_count
        if not known.all():
            terms, weights = terms[known], weights[known]
        if len(self.heads):
            order = np.argsort(self._rank[terms], kind="stable")
            terms, weights = terms[order], weights[order]
        return terms, weights

    def _each_ordered(self, queries: Queries) -> Queries:
        """`_ordered` of each."""
        owners = np.repeat(np.arange(len(queries)), np.diff(queries.starts))
        known = np.flatnonzero(queries.terms < self.term_count)
        terms = queries.terms[known]
        order = known[np.lexsort((self._rank[terms], owners[known]))]
        starts = np.searchsorted(owners[known], np.arange(len(queries) + 1))
        return Queries(starts, queries.terms[order], queries.weights[order])

    def scores(self, terms: Ids, weights: Floats) -> Floats:
        """Every row against one query."""
        scores = np.zeros(self.row_count, np.float32)
        terms, weights = self._ordered(terms, weights)
        compiled = self._loops(1)
        if compiled is not None:
            compiled.scatter(self.starts, self.rows, self.impacts, terms, weights, scores)
            return scores
        for term, weight in zip(terms.tolist(), weights, strict=True):
            start, end = self.starts[term], self.starts[term + 1]
            # No row stands twice in one slice: fancy-index addition is exact here.
            scores[self.rows[start:end]] += self.impacts[start:end] * weight
        return scores

    def best(self, queries: Queries, most: int, draw: Draw, *, threads: int = 1) -> Best:
        """The `most` best rows of every query, whose weights are not negative. Exact; rows without any shared term never
        appear."""
        found = Best(np.full((len(queries), most), -1, np.int32), np.zeros((len(queries), most), np.float32))
        compiled = self._loops(len(queries))
        if compiled is None:
            for place in range(len(queries)):
                rows, scores = best_of(self.scores(*queries[place]), most, draw, place)
                found.rows[place, : len(rows)], found.scores[place, : len(rows)] = rows, scores
            return found
        asked, by_row = self._each_ordered(queries), self._by_row

        def fill(first: int) -> None:
            compiled.best_of_each(
                self.starts, self.rows, self.impacts, self._rank, *by_row, asked.starts, asked.terms, asked.weights,
                draw.lots, draw.seeds, draw.alive, first, min(first + AT_ONCE, len(asked)), found.rows, found.scores,
            )  # fmt: skip

        firsts = range(0, len(asked), AT_ONCE)
        if threads == 1 or len(firsts) == 1:
            for first in firsts:
                fill(first)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(fill, firsts))
        return found

    def _loops(self, queries: int) -> Any:
        """The compiled loops where this much work repays loading them, or where somebody has loaded them already."""
        worth = len(self.rows) * (1 + queries / 10) >= WORTH_COMPILING
        return compiled_kernels() if worth or "matching.kernels" in sys.modules else None

    @cached_property
    def _by_row(self) -> tuple[Places, NDArray[np.uint8], Floats, Floats]:
        """The heads' postings once more, by row, and the most that each head is worth."""
        compiled: Any = compiled_kernels()
        return compiled.heads_by_row(self.starts, self.rows, self.impacts, self.heads, self.row_count)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Draw:
    """How equals are ordered: by a lot that depends on the row's own name and on the query, never on who came first."""

    lots: Lots  # a row
    seeds: Lots  # a query
    alive: NDArray[np.bool_]  # a row; the dead never appear

    @classmethod
    def simple(cls, row_count: int, query_count: int) -> Draw:
        """Lots by number, for callers whose rows have no names."""
        return cls(
            np.arange(row_count, dtype=np.uint32) * np.uint32(2654435761),
            np.arange(query_count, dtype=np.uint32), np.ones(row_count, np.bool_),
        )  # fmt: skip


def mixed(lots: Lots) -> Lots:
    """A 32-bit finalizer: neighbouring inputs, unrelated outputs."""
    value = lots.copy()
    value ^= value >> np.uint32(16)
    value *= np.uint32(0x85EBCA6B)
    value ^= value >> np.uint32(13)
    value *= np.uint32(0xC2B2AE35)
    value ^= value >> np.uint32(16)
    return value


def best_of(scores: Floats, most: int, draw: Draw, query: int) -> tuple[Ids, Floats]:
    """The best rows of one score a row."""
    rows = np.flatnonzero((scores > 0) & draw.alive)
    if len(rows) > most:
        least = np.partition(scores[rows], len(rows) - most)[len(rows) - most]
        rows = rows[scores[rows] >= least]
    order = np.lexsort((mixed(draw.lots[rows] ^ draw.seeds[query]), -scores[rows]))[:most]
    return rows[order].astype(np.int32), scores[rows[order]]


def frequent(starts: Places, row_count: int) -> Ids:
    """Heads of an index: terms in more than HEAD_SHARE of the rows, the most frequent last, MOST_HEADS at most."""
    frequencies = np.diff(starts)
    heads = np.flatnonzero(frequencies > HEAD_SHARE * max(row_count, 1))
    return heads[np.argsort(frequencies[heads], kind="stable")][-MOST_HEADS:].astype(np.int32)


def compiled_kernels() -> ModuleType | None:
    """The compiled loops, or None where numba is not installed: then the plain ones give the same answers."""
    try:
        # Late: loads the compiler, which only large indexes pay for.
        from matching import kernels
    except ImportError:
        return None
    return kernels
