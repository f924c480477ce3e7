"""Listings' tokens, gathered in flat arrays: terms by row with counts, never an object a token.

A hundred and fifty thousand listings are some sixty million tokens; they are counted in batches as they come.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from matching.postings import Floats, Ids

BATCH = 1_000_000  # tokens

Vocabulary = dict[str, int]


def vocabulary() -> Vocabulary:
    """Numbers terms in the order in which they are first asked for: `ids[term]` always has an answer."""
    return defaultdict(count().__next__)


@dataclass(frozen=True)
class Counts:
    """Distinct (row, term) pairs, rows rising, and how often each stands."""

    terms: Ids
    rows: Ids
    counts: NDArray[np.uint16]

    def between(self, first: int, last: int) -> Counts:
        """Of rows `first` to `last`."""
        start, end = np.searchsorted(self.rows, (first, last))
        return Counts(self.terms[start:end], self.rows[start:end], self.counts[start:end])


class Stream:
    """The tokens of one field over all rows; rows are added in rising order. What is asked for as `sets` is not counted."""

    def __init__(self, *, counted: bool = True) -> None:
        self._counted = counted
        self._terms, self._rows, self._sizes = array("i"), array("i"), array("i")
        self._counted_rows = 0
        self._batches: list[Counts] = []

    def add(self, row: int, tokens: Sequence[str], ids: Vocabulary) -> None:
        if not tokens:
            return
        self._terms.extend(map(ids.__getitem__, tokens))
        self._rows.append(row)
        self._sizes.append(len(tokens))
        if self._counted and len(self._terms) >= BATCH:
            self._count()

    def counts(self) -> Counts:
        """Everything added; the batches are handed over, not kept."""
        self._count()
        batches, self._batches = self._batches, []
        return Counts(
            np.concatenate([batch.terms for batch in batches]),
            np.concatenate([batch.rows for batch in batches]),
            np.concatenate([batch.counts for batch in batches]),
        )

    def sets(self) -> tuple[Ids, Ids]:
        """Terms and rows in the order added, for streams that hold each term once a row."""
        return _plain(self._terms), np.repeat(_plain(self._rows), _plain(self._sizes))

    def lengths(self, row_count: int) -> Floats:
        lengths = np.zeros(row_count, np.float32)
        lengths[_plain(self._rows)] = _plain(self._sizes)
        return lengths

    def mean_length(self) -> float:
        """Over the listings that fill the field at all; empty fields say nothing about length."""
        return round(float(sum(self._sizes)) / len(self._sizes), 3) if self._sizes else 0.0

    def _count(self) -> None:
        terms = _plain(self._terms).astype(np.int64)
        fresh = slice(self._counted_rows, None)
        rows = np.repeat(_plain(self._rows)[fresh].astype(np.int64), _plain(self._sizes)[fresh])
        self._terms, self._counted_rows = array("i"), len(self._rows)
        span = int(terms.max(initial=0)) + 1
        keys, counts = np.unique(rows * span + terms, return_counts=True)
        most = np.iinfo(np.uint16).max
        self._batches.append(
            Counts(
                (keys % span).astype(np.int32), (keys // span).astype(np.int32),
                np.minimum(counts, most).astype(np.uint16),
            )
        )  # fmt: skip


def _plain(numbers: array[int]) -> Ids:
    return np.array(numbers, np.int32)
