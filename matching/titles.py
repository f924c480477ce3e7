"""Titles against titles: how alike two are, how far the need covers the offer's, how near they stand in the latent space.

Titles are short, and these three help short fields and hurt long ones. A title is compared whole: taking the best of the
products that it lists was measured, and is worse.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.generic_words import bigram_weight
from matching.postings import Floats, Ids, Postings
from matching.statistics import Statistics
from search.analysis.batch import Numbers

Query = Mapping[str, float]


@dataclass(frozen=True)
class TitleText:
    """A need's title as the three signals ask for it; each is divided by what the same title would reach."""

    alike: Query
    alike_norm: float
    covered: Query
    company: Floats
    """Its characters and those that keep their company, over the columns of the latent space; empty: none known."""


def title_text(grams: Sequence[str], statistics: Statistics) -> TitleText:
    """`grams`: bigrams and single characters in reading order. What a sentence says twice counts more, not double."""
    repeated = {gram: 1.0 + math.log(count) for gram, count in Counter(grams).items()}
    weights = {gram: alike_weight(gram, statistics) for gram in repeated}
    norm = math.sqrt(sum((weights[gram] * repeated[gram]) ** 2 for gram in repeated))
    characters = [gram for gram in grams if is_character(gram)]
    return TitleText(
        {gram: weights[gram] ** 2 * repeated[gram] for gram in repeated}, norm,
        {gram: statistics.idf("titles", gram) for gram in repeated if is_character(gram)},
        statistics.latent.spread(characters).astype(np.float32),
    )  # fmt: skip


def alike_weight(gram: str, statistics: Statistics) -> float:
    return statistics.idf("titles", gram) * bigram_weight(gram)


def is_character(gram: str) -> bool:
    """A single character, or letters and digits that belong together."""
    return len(gram) == 1 or gram[0] < "\u3000"


class TitleIndex:
    """Every listing's title once; rows without a title score 0."""

    def __init__(
        self, terms: Ids, rows: Ids, ids: Numbers, postings: Postings, statistics: Statistics
    ) -> None:
        """`terms` and `rows`: one entry a gram of a title, each once, rows rising."""
        self._ids, self._postings, self._statistics = ids, postings, statistics
        row_count = postings.row_count
        weights: NDArray[np.float64] = np.asarray([alike_weight(gram, statistics) for gram in ids] or [0.0])[
            terms
        ]
        self._norms = _least(np.sqrt(np.bincount(rows, weights * weights, minlength=row_count)))
        single = np.asarray([is_character(gram) for gram in ids] or [False])[terms]
        idf = np.asarray([statistics.idf("titles", gram) for gram in ids] or [0.0])[terms]
        self._masses = _least(np.bincount(rows[single], idf[single], minlength=row_count))
        self._place(terms[single], rows[single], row_count)

    def _place(self, terms: Ids, rows: Ids, row_count: int) -> None:
        """Each title's characters as columns of the latent space, and its length there."""
        space = self._statistics.latent
        columns = np.asarray([space.columns.get(gram, -1) for gram in self._ids] or [-1], np.int32)[terms]
        known = columns >= 0
        self._columns, self._owners = columns[known], rows[known]
        self._starts = np.flatnonzero(np.diff(self._owners, prepend=-1))
        self._known_rows = self._owners[self._starts]
        self._lengths = space.lengths(self._columns, self._starts).astype(np.float32)
        self.titled = np.zeros(row_count, np.bool_)
        self.titled[rows] = True

    def of_row(self, row: int) -> tuple[tuple[str, ...], float, float, Ids, float]:
        """One listing's grams, norm, mass, columns of the latent space and length there."""
        names = list(self._ids)
        grams = tuple(names[term] for term in self._postings.of_row(row)[0])
        place = int(np.searchsorted(self._known_rows, row))
        known = place < len(self._known_rows) and self._known_rows[place] == row
        length = float(self._lengths[place]) if known else 1.0
        columns = self._columns[self._owners == row]
        return grams, float(self._norms[row]), float(self._masses[row]), columns, length

    def alike(self, title: TitleText) -> Floats:
        """Cosine over characters and bigrams by idf."""
        cosine: Floats = self._sums(title.alike) / (np.float32(title.alike_norm or 1.0) * self._norms)
        return cosine

    def covered(self, title: TitleText) -> Floats:
        """Share of the offer's title, by idf of its characters, that the need holds: it rewards short, precise offers."""
        share: Floats = self._sums(title.covered) / self._masses
        return np.minimum(share, np.float32(1.0))

    def latent(self, title: TitleText) -> Floats:
        """Cosine in the latent space; never negative."""
        found = np.zeros(len(self.titled), np.float32)
        if len(title.company) and len(self._starts):
            sums = np.add.reduceat(title.company[self._columns], self._starts)
            found[self._known_rows] = np.clip(sums / self._lengths, 0.0, 1.0)
        return found

    def _sums(self, query: Query) -> Floats:
        return sums(query, self._ids, self._postings)


def sums(query: Query, ids: Numbers, postings: Postings) -> Floats:
    """Every row against a query by terms; those without a number stand in no row."""
    known = [(ids[term], weight) for term, weight in query.items() if term in ids]
    return postings.scores(
        np.asarray([term for term, _ in known], np.int32),
        np.asarray([weight for _, weight in known], np.float32),
    )


def _least(values: NDArray[Any]) -> Floats:
    least: Floats = np.maximum(values, 1e-9).astype(np.float32)
    return least
