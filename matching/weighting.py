"""What the numbers in an index mean, as values: BM25 or TF-IDF cosine, each as impacts on one side and weights on the other.

A weighting is fitted once and frozen: a later listing gets the impacts that it would have got, had it been there, save
for the drift of frequencies and lengths that a refit takes up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.postings import Floats, Ids, Places, Postings, Queries, frequent


@dataclass(frozen=True)
class Table:
    """Texts as counted terms, by row: row r holds `terms[starts[r]:starts[r + 1]]` with their counts."""

    starts: Places
    terms: Ids
    counts: Ids
    term_count: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def rows(self) -> Ids:
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def part(self, first: int, last: int) -> Table:
        span = slice(self.starts[first], self.starts[last])
        starts = self.starts[first : last + 1] - self.starts[first]
        return Table(starts, self.terms[span], self.counts[span], self.term_count)

    def frequencies(self) -> Places:
        return np.bincount(self.terms, minlength=self.term_count)

    def lengths(self) -> NDArray[np.float64]:
        return np.bincount(self.rows, self.counts, len(self)).astype(np.float64)


class Weighting(Protocol):
    def impacts(self, listings: Table) -> Floats: ...

    def weights(self, needs: Table) -> Floats: ...


@dataclass(frozen=True)
class Bm25:
    """Lucene's form. The need's repetitions count, its length does not."""

    idf: NDArray[np.float64]
    mean_length: float
    k1: float = 1.5
    b: float = 0.75

    @classmethod
    def fit(cls, listings: Table) -> Bm25:
        seen, total = listings.frequencies(), len(listings)
        return cls(np.log1p((total - seen + 0.5) / (seen + 0.5)), float(listings.lengths().mean()))

    def impacts(self, listings: Table) -> Floats:
        norm = self.k1 * (1 - self.b + self.b * listings.lengths() / self.mean_length)
        worth = listings.counts / (listings.counts + norm[listings.rows])
        return (self.idf[listings.terms] * worth).astype(np.float32)

    def weights(self, needs: Table) -> Floats:
        return needs.counts.astype(np.float32)


@dataclass(frozen=True)
class Cosine:
    """Logarithmic counts times idf, both sides divided by their length: 1 for a listing that is the need itself."""

    idf: NDArray[np.float64]

    @classmethod
    def fit(cls, listings: Table) -> Cosine:
        return cls(np.log((1 + len(listings)) / (1 + listings.frequencies())) + 1)

    def impacts(self, listings: Table) -> Floats:
        weights = (1 + np.log(listings.counts)) * self.idf[listings.terms]
        norms = np.sqrt(np.bincount(listings.rows, weights * weights, minlength=len(listings)))
        return (weights / norms[listings.rows]).astype(np.float32)

    def weights(self, needs: Table) -> Floats:
        return self.impacts(needs)


def indexed(listings: Table, weighting: Weighting) -> Postings:
    """An index for many needs at once."""
    starts = np.zeros(listings.term_count + 1, np.int64)
    np.cumsum(listings.frequencies(), out=starts[1:])
    return Postings.build(
        listings.terms, listings.rows, weighting.impacts(listings), listings.term_count, len(listings),
        frequent(starts, len(listings)),
    )  # fmt: skip


def asked(needs: Table, weighting: Weighting) -> Queries:
    return Queries(needs.starts, needs.terms, weighting.weights(needs))
