"""Listings' tokens, gathered in flat arrays: terms by row with counts, never an object a token.

A hundred and fifty thousand listings are some sixty million tokens; they are counted in batches as they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.batches import grams, joined, parted, streams_of
from matching.postings import Floats, Ids
from matching.reading import FieldTexts
from matching.shapes import SHAPES
from matching.statistics import FIELDS, KINDS
from search.analysis import Analyser
from search.analysis.batch import Column, Numbers

CHARACTERS_AT_ONCE = 300_000  # read together: bounds the memory, not the result


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
    """The tokens of one field over all rows, counted as they come."""

    def __init__(self) -> None:
        self._counts: list[Counts] = []
        self._rows: list[Ids] = [np.zeros(0, np.int32)]
        self._sizes: list[Ids] = [np.zeros(0, np.int32)]

    def add(self, rows: Ids, terms: Ids) -> None:
        """The tokens of rows that rise, and come after all that were added before."""
        keys, counts = np.unique(joined(rows, terms), return_counts=True)
        most = np.iinfo(np.uint16).max
        owners, of_keys = parted(keys)
        self._counts.append(Counts(of_keys, owners, np.minimum(counts, most).astype(np.uint16)))
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        self._rows.append(rows[starts])
        self._sizes.append(np.diff(starts, append=len(rows)).astype(np.int32))

    def counts(self) -> Counts:
        """Everything added; it is handed over, not kept."""
        batches, self._counts = self._counts or [Counts(*_NONE)], []
        return Counts(
            np.concatenate([batch.terms for batch in batches]),
            np.concatenate([batch.rows for batch in batches]),
            np.concatenate([batch.counts for batch in batches]),
        )

    def lengths(self, row_count: int) -> Floats:
        lengths = np.zeros(row_count, np.float32)
        lengths[np.concatenate(self._rows)] = np.concatenate(self._sizes)
        return lengths

    def mean_length(self) -> float:
        """Over the listings that fill the field at all; empty fields say nothing about length."""
        sizes = np.concatenate(self._sizes)
        return round(float(sizes.sum()) / len(sizes), 3) if len(sizes) else 0.0


_NONE = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint16))


class Gathering:
    """All listings' tokens by kind and field, and their titles' grams."""

    def __init__(self, texts: Iterable[FieldTexts], analyser: Analyser) -> None:
        self.ids: dict[str, Numbers] = {kind: {} for kind in KINDS}
        self.streams = {kind: {name: Stream() for name in SHAPES[kind]} for kind in SHAPES}
        #: Terms and rows of titles, each term once a title, in the order in which it is first read there.
        self._titles: list[tuple[Ids, Ids]] = [_NONE[:2]]
        self.titled = 0
        focus: list[float] = []
        for part in _in_parts(texts):
            self._read(part, len(focus), analyser)
            focus += [text.focus for text in part]
        self.focus = np.asarray(focus, np.float32)

    def titles(self) -> tuple[Ids, Ids]:
        terms, rows = (np.concatenate(column) for column in zip(*self._titles, strict=True))
        return terms, rows

    def _read(self, part: list[FieldTexts], first: int, analyser: Analyser) -> None:
        """All fields as one batch: the titles, then the summaries, and so on."""
        filled = {name: [row for row, text in enumerate(part) if text.fields[name]] for name in FIELDS}
        batch = streams_of(
            analyser.batch([part[row].fields[name] for name, rows in filled.items() for row in rows])
        )
        start = 0
        for name, places in filled.items():
            rows = np.asarray(places, np.int32) + np.int32(first)
            columns = {kind: column.of_rows(start, start + len(rows)) for kind, column in batch.items()}
            start += len(rows)
            for kind, fields in SHAPES.items():
                if name in fields:
                    self.streams[kind][name].add(*self._numbered(kind, columns[kind], rows))
            if name == "title":
                self.titled += len(rows)
                owners, terms = self._numbered("titles", grams(columns), rows)
                self._titles.append((terms, owners))

    def _numbered(self, kind: str, column: Column, rows: Ids) -> tuple[Ids, Ids]:
        """Rows of the index, and terms."""
        return rows[column.rows], column.numbered(self.ids[kind])


def _in_parts(texts: Iterable[FieldTexts]) -> Iterator[list[FieldTexts]]:
    part: list[FieldTexts] = []
    characters = 0
    for text in texts:
        part.append(text)
        characters += sum(map(len, text.fields.values()))
        if characters >= CHARACTERS_AT_ONCE:
            yield part
            part, characters = [], 0
    if part:
        yield part
