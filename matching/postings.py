"""An inverted index in three arrays, and the scatter-add over it: exact scores, no candidate lost."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


class Postings:
    """Rows (documents) by term, with one weight a posting; terms are dense ids."""

    def __init__(self, terms: Ids, rows: Ids, weights: Floats, term_count: int, row_count: int) -> None:
        """`terms`, `rows`, `weights`: one entry a posting, a (term, row) pair at most once."""
        order = np.argsort(terms, kind="stable")
        self.rows = rows[order]
        self.weights = weights[order]
        self.row_count = row_count
        self.starts = np.zeros(term_count + 1, dtype=np.int64)
        np.cumsum(np.bincount(terms, minlength=term_count), out=self.starts[1:])

    def scores(self, query: Iterable[tuple[int, float]]) -> Floats:
        """Σ query weight × posting weight for every row, terms taken in the order given (so sums repeat exactly)."""
        scores = np.zeros(self.row_count)
        rows, weights, starts = self.rows, self.weights, self.starts
        for term, weight in query:
            start, end = starts[term], starts[term + 1]
            # No row stands twice in one slice: fancy-index addition is exact here.
            scores[rows[start:end]] += weights[start:end] * weight
        return scores


def counted(terms: Ids, rows: Ids, term_count: int) -> tuple[Ids, Ids, Ids]:
    """Distinct (term, row) pairs of a token stream with their counts."""
    keys, counts = np.unique(rows * term_count + terms, return_counts=True)
    return keys % term_count, keys // term_count, counts
