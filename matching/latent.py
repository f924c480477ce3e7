"""What titles teach about characters: 「甘蔗」 and 「制糖」 stand near each other though they share no sign.

Truncated singular values of a title-by-character matrix. A need's title is spread from its own characters onto those
that keep the same company; an offer's title is then compared as before. Only titles teach and only titles are compared:
on long texts the same signal hurts.

The space is computed again from the titles' characters, which a frozen list stores; nothing else is fitted. The same
titles in any order give the same space.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ids = NDArray[np.int32]
Places = NDArray[np.int64]

DIMENSIONS = 300
MOST_TITLES = 10_000  # more teach nothing new; which ones is drawn by hash
TITLES_AT_ONCE, ENTRIES_AT_ONCE = 128, 1_024  # what is multiplied together stays in the second cache
MOST_TERMS = 4_000  # characters and runs of letters; rarer ones keep no company worth learning
_EXTRA, _ROUNDS = 10, 4  # of the randomised decomposition: further directions, and passes that sharpen them


def lesson(titles: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """What is stored of the titles: distinct characters, parted by spaces, each title once, in a fixed order."""
    distinct = {" ".join(sorted(set(title))) for title in titles if title}
    if len(distinct) <= MOST_TITLES:
        return tuple(sorted(distinct))
    return tuple(sorted(sorted(distinct, key=lambda title: sha256(title.encode()).hexdigest())[:MOST_TITLES]))


class LatentSpace:
    """Learnt on first use: whoever only freezes or compares statistics never pays for it."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = tuple(titles)

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(term for title in self.titles for term in title.split(" "))

    @cached_property
    def columns(self) -> dict[str, int]:
        """The terms that the space knows, by place."""
        kept = sorted(self._frequency, key=lambda term: (-self._frequency[term], term))[:MOST_TERMS]
        return {term: place for place, term in enumerate(sorted(kept))}

    def weight(self, term: str) -> float:
        return math.log(1.0 + len(self.titles) / (1.0 + self._frequency[term]))

    @cached_property
    def directions(self) -> Floats:
        """One row a term, one column a dimension; columns are orthonormal."""
        rows, columns, values = [], [], []
        for row, title in enumerate(self.titles):
            known = [term for term in title.split(" ") if term in self.columns]
            norm = math.sqrt(sum(self.weight(term) ** 2 for term in known)) or 1.0
            for term in known:
                rows.append(row)
                columns.append(self.columns[term])
                values.append(self.weight(term) / norm)
        matrix = _Sparse(np.asarray(rows, np.int64), np.asarray(columns, np.int64), np.asarray(values))
        return _right_vectors(matrix, len(self.titles), len(self.columns))

    @cached_property
    def weights(self) -> Floats:
        return np.asarray([self.weight(term) for term in self.columns])

    def spread(self, terms: Sequence[str]) -> Floats:
        """One number a column: the text's characters and those that keep their company.

        Summing them over an offer's characters, and dividing by the offer's length, gives the cosine in the space.
        Empty where no character is known. What a text repeats counts more, not double.
        """
        counts = Counter(self.columns[term] for term in terms if term in self.columns)
        columns = list(counts)
        repeated = np.asarray([1.0 + math.log(count) for count in counts.values()])
        if not columns:
            return np.zeros(0)
        # No BLAS: its threads wait busily for products as small as these, for longer than the products take.
        place = np.einsum("i,ij->j", self.weights[columns] * repeated, self.directions[columns])
        norm = math.sqrt(float(np.einsum("i,i->", place, place)))
        if norm < 1e-9:
            return np.zeros(0)
        spread: Floats = np.einsum("ij,j->i", self.directions, place / norm) * self.weights
        return spread

    def lengths(self, columns: Ids, starts: Places) -> Floats:
        """How far from the origin titles stand: title i has the characters `columns[starts[i]:starts[i + 1]]`."""
        ends = np.append(starts[1:], len(columns))
        found = np.zeros(len(starts))
        weighed = (self.directions * self.weights[:, None]).astype(np.float32)
        for first in range(0, len(starts), TITLES_AT_ONCE):
            last = min(first + TITLES_AT_ONCE, len(starts))
            part = columns[starts[first] : ends[last - 1]]
            sums = np.add.reduceat(weighed[part], starts[first:last] - starts[first], axis=0)
            found[first:last] = np.linalg.norm(sums, axis=1)
        return np.maximum(found, 1e-6)


class _Sparse:
    """A matrix by its entries, rows rising. Products by numpy alone: a match of two sheets loads nothing heavier."""

    def __init__(self, rows: Places, columns: Places, values: Floats) -> None:
        self._rows, self._columns, self._values = rows, columns, values
        by_column = np.argsort(columns, kind="stable")
        self._turned = (columns[by_column], rows[by_column], values[by_column])

    def times(self, dense: Floats, count: int) -> Floats:
        return _product(self._rows, self._columns, self._values, dense, count)

    def turned_times(self, dense: Floats, count: int) -> Floats:
        return _product(*self._turned, dense, count)


def _product(owners: Places, inner: Places, values: Floats, dense: Floats, count: int) -> Floats:
    found = np.zeros((count, dense.shape[1]))
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    ends = np.append(starts[1:], len(owners))
    first = 0
    while first < len(starts):
        last = first + int(np.searchsorted(ends[first:], starts[first] + ENTRIES_AT_ONCE, side="right"))
        last = max(last, first + 1)
        part = slice(starts[first], ends[last - 1])
        products = values[part, None] * dense[inner[part]]
        found[owners[starts[first:last]]] = np.add.reduceat(
            products, starts[first:last] - starts[first], axis=0
        )
        first = last
    return found


def _right_vectors(matrix: _Sparse, titles: int, terms: int) -> Floats:
    """Right singular vectors of the largest singular values, by randomised subspace iteration from a fixed start."""
    wanted = min(DIMENSIONS, titles, terms)
    if not wanted:
        return np.zeros((terms, 0))
    # Late: needed once, where a space is learnt.
    from threadpoolctl import threadpool_limits

    start = np.random.default_rng(0).standard_normal((terms, min(wanted + _EXTRA, terms)))
    # One thread: the sums then come out equal on any number of cores, and small matrices are faster so.
    with threadpool_limits(1):
        for _ in range(_ROUNDS):
            start, _ = np.linalg.qr(matrix.turned_times(matrix.times(start, titles), terms))
        seen = matrix.times(start, titles)
        _, turned = np.linalg.eigh(seen.T @ seen)
        return np.asarray(start @ turned[:, ::-1][:, :wanted])
