"""Text relevance over separate fields, 0 to 1 and comparable between needs.

Words, and character bigrams with single characters, each get a BM25 over fields: every field has its own length norm
and saturation, and their weighted sum is capped, so that repeating a term in every field gains little. Titles are short, and get two signals more: the
idf-weighted cosine over characters and bigrams, and the share of the offer's title that the need covers; these help
short fields and hurt long ones. Every signal is divided by what a perfect answer to this need would reach.

A need is read once (`NeedText`) and knows no index; an index holds impacts that depend on nothing but the listing and
the statistics. So listings may be held in any number of indexes, and score the same in each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.gathering import Counts, Stream, Vocabulary, vocabulary
from matching.generic_words import bigram_weight, word_weight
from matching.postings import Floats, Ids, Postings
from matching.profiles import NeedProfile
from matching.reading import FieldTexts, Reader, body_text, title_items
from matching.statistics import FIELDS, KINDS, Statistics

FIELD_WEIGHTS = {"title": 1.0, "summary": 0.55, "description": 0.35, "specs": 0.3}
LENGTH_NORMS = {"title": 0.4, "summary": 0.5, "description": 0.6, "specs": 0.3}
SATURATION = 1.2  # BM25's k1
MOST_IMPACT = 1.2  # a term in every field gains little over one in the title
MOST_REPEATS = 8  # occurrences of a term in one field that count
STUFFED_REPEATS, STUFFED_SHARE = 6, 0.12  # beyond both, the term counts once: repeating is no evidence
SHORT_TITLE = 12  # words up to which a need's title counts as a short field
LONGEST_QUERY = 60  # heaviest terms of a need's body; the rest is talk
BODY_HALF = 0.12  # share of the body's weight at which the body signal reaches one half
STREAMS = ("words", "bigrams")
ROWS_AT_ONCE = 16_384  # listings whose fields are weighed together: bounds the memory, not the result

Query = Mapping[str, float]
"""Weight by term, in the order in which they are summed."""


@dataclass(frozen=True)
class TextScores:
    """One value a capability, 0-1. `evidence`: idf share of the need's title words found in title or summary."""

    title: Floats
    body: Floats | None
    evidence: Floats


@dataclass(frozen=True)
class NeedText:
    """A need as weighed terms. `items`: its title's products, each as a set of grams, and the whole title last."""

    title: Mapping[str, Query]
    body: Mapping[str, Query] | None
    items: tuple[Query, ...]
    title_words: int


def need_text(need: NeedProfile, reader: Reader, statistics: Statistics) -> NeedText:
    title = reader.streams(need.title)
    body = reader.streams(body_text(need))
    grams = dict.fromkeys(tuple(reader.grams(item)) for item in (*title_items(need.title), need.title))
    whole = tuple(reader.grams(need.title))
    return NeedText(
        {kind: _query(kind, title[kind], statistics, None) for kind in STREAMS},
        {kind: _query(kind, body[kind], statistics, LONGEST_QUERY) for kind in STREAMS} if body["words"] else None,
        tuple(
            {gram: gram_weight(gram, statistics) for gram in item}
            for item in (*(item for item in grams if item != whole), whole)
        ),
        len(title["words"]),
    )  # fmt: skip


def _query(kind: str, tokens: Sequence[str], statistics: Statistics, longest: int | None) -> Query:
    weigh = word_weight if kind == "words" else bigram_weight
    query = {
        term: statistics.idf(kind, term) * weigh(term) * (1.0 + 0.3 * (min(count, 3) - 1))
        for term, count in Counter(tokens).items()
    }
    if longest is not None and len(query) > longest:
        query = dict(sorted(query.items(), key=lambda item: (-item[1], item[0]))[:longest])
    return query


def gram_weight(gram: str, statistics: Statistics) -> float:
    return statistics.idf("grams", gram) * bigram_weight(gram)


class TextIndex:
    """Listings by their words, bigrams and title items; see `Matcher` for building and freezing."""

    def __init__(self, texts: Iterable[FieldTexts], reader: Reader, statistics: Statistics | None) -> None:
        self._ids: dict[str, Vocabulary] = {kind: vocabulary() for kind in KINDS}
        streams = {kind: {name: Stream() for name in FIELDS} for kind in STREAMS}
        items = Stream()
        item_rows: list[int] = []
        focus: list[float] = []
        for row, text in enumerate(texts):
            focus.append(text.focus)
            for name in FIELDS:
                if not text.fields[name]:
                    continue
                read = reader.streams(text.fields[name])
                for kind in STREAMS:
                    streams[kind][name].add(row, read[kind], self._ids[kind])
                if name == "title":
                    products = title_items(text.fields[name])
                    for item in products:
                        grams = (
                            list(dict.fromkeys(read["bigrams"])) if len(products) == 1 else reader.grams(item)
                        )
                        items.add(len(item_rows), grams, self._ids["grams"])
                        item_rows.append(row)
        self._focus = np.asarray(focus, np.float32)
        self.count = len(focus)
        self._item_rows = np.asarray(item_rows, np.int32)
        lengths = {kind: {name: streams[kind][name].mean_length() for name in FIELDS} for kind in STREAMS}
        means = statistics.lengths if statistics else lengths
        self._postings = {kind: self._weighed(kind, streams[kind], means[kind]) for kind in STREAMS}
        terms, item_numbers = items.sets()
        self._items = _postings(
            terms, item_numbers, np.ones(len(terms), np.float32), self._ids["grams"], len(item_rows)
        )
        self.statistics = statistics or self._fitted(lengths)
        self._measure_items(terms, item_numbers)

    def _fitted(self, lengths: dict[str, dict[str, float]]) -> Statistics:
        postings = {**self._postings, "grams": self._items}
        frequency = {
            kind: dict(zip(self._ids[kind], postings[kind].frequencies().tolist(), strict=True))
            for kind in postings
        }
        return Statistics(self.count, len(self._item_rows), frequency, lengths)

    def _weighed(self, kind: str, streams: Mapping[str, Stream], means: Mapping[str, float]) -> Postings:
        lengths = {name: streams[name].lengths(self.count) for name in FIELDS}
        counts = {name: streams[name].counts() for name in FIELDS}
        parts = [
            _impacts(
                {name: counts[name].between(first, first + ROWS_AT_ONCE) for name in FIELDS}, lengths, means
            )
            for first in range(0, max(self.count, 1), ROWS_AT_ONCE)
        ]
        terms, rows, impacts = (np.concatenate(column) for column in zip(*parts, strict=True))
        return _postings(terms, rows, impacts, self._ids[kind], self.count)

    def _measure_items(self, terms: Ids, items: Ids) -> None:
        """What a perfect answer to each title item would reach, and which items belong to which row."""
        weights = np.asarray([gram_weight(gram, self.statistics) for gram in self._ids["grams"]] or [0.0])
        held, count = weights[terms], len(self._item_rows)
        mass = np.bincount(items, held, minlength=count)
        self._item_mass = np.maximum(mass, 1e-9).astype(np.float32)
        norm = np.sqrt(np.maximum(np.bincount(items, held * held, minlength=count), 1e-9))
        self._item_norm = norm.astype(np.float32)
        self._row_starts = np.flatnonzero(np.diff(self._item_rows, prepend=-1))
        self._titled_rows = self._item_rows[self._row_starts]
        self._titled = np.zeros(self.count, np.bool_)
        self._titled[self._titled_rows] = True

    def scores(self, need: NeedText) -> TextScores:
        """All listings against one need; costs one pass over the postings of its terms."""
        by_words, by_pairs = (self._share(kind, need.title[kind]) for kind in STREAMS)
        fused = 0.35 * by_words + 0.65 * by_pairs
        short, covered = self._short(need)
        # The cosine asks for equal length: beside a title that is a paragraph it would punish every precise offer.
        alike = 0.2 * min(1.0, SHORT_TITLE / max(need.title_words, 1))
        with_title = 0.25 * by_words + (0.6 - alike) * by_pairs + alike * short + 0.15 * covered
        title_score = np.where(self._titled, with_title, fused) * self._focus
        body_score: Floats | None = None
        if need.body is not None:
            heavy, light = (self._share(kind, need.body[kind]) for kind in STREAMS)
            share: Floats = 0.7 * heavy + 0.3 * light
            body_score = (share * np.float32(1.0 + BODY_HALF) / (share + np.float32(BODY_HALF))).astype(
                np.float32
            )
        return TextScores(title_score, body_score, np.maximum(by_words, by_pairs) * self._focus)

    def _share(self, kind: str, query: Query) -> Floats:
        mass = sum(query.values())
        if not mass:
            return np.zeros(self.count, np.float32)
        share: Floats = self._sums(kind, self._postings[kind], query) / np.float32(mass)
        return np.minimum(share, np.float32(1.0))

    def _sums(self, kind: str, postings: Postings, query: Query, power: int = 1) -> Floats:
        ids = self._ids[kind]
        known = [(ids[term], weight**power) for term, weight in query.items() if term in ids]
        return postings.scores(
            np.asarray([term for term, _ in known], np.int32),
            np.asarray([weight for _, weight in known], np.float32),
        )

    def _short(self, need: NeedText) -> tuple[Floats, Floats]:
        """Best title item of each listing: idf cosine with the need's best item, and share of the item covered."""
        cosine, covered = np.zeros(self.count, np.float32), np.zeros(self.count, np.float32)
        if not len(self._item_rows):
            return cosine, covered
        best = np.zeros(len(self._item_rows), np.float32)
        for item in need.items:
            norm = sum(weight * weight for weight in item.values()) ** 0.5
            if norm:
                alike = self._sums("grams", self._items, item, power=2) / (np.float32(norm) * self._item_norm)
                np.maximum(best, alike, out=best)
        share = self._sums("grams", self._items, need.items[-1]) / self._item_mass
        cosine[self._titled_rows] = np.maximum.reduceat(best, self._row_starts)
        covered[self._titled_rows] = np.maximum.reduceat(share, self._row_starts)
        return cosine, covered


def _impacts(
    fields: Mapping[str, Counts], lengths: Mapping[str, Floats], means: Mapping[str, float]
) -> tuple[Ids, Ids, Floats]:
    """One impact a term and row: 1 for a term that stands once in a title of mean length, capped over all fields."""
    size = 1 + max(int(part.terms.max(initial=0)) for part in fields.values())
    keys, values = [], []
    for name, part in fields.items():
        norm = 1.0 - LENGTH_NORMS[name] + LENGTH_NORMS[name] * lengths[name][part.rows] / (means[name] or 1.0)
        stuffed = (part.counts > STUFFED_REPEATS) & (part.counts > STUFFED_SHARE * lengths[name][part.rows])
        repeats = np.where(stuffed, 1, np.minimum(part.counts, MOST_REPEATS))
        heft = repeats / np.maximum(norm, 0.25)
        keys.append(part.rows.astype(np.int64) * size + part.terms)
        values.append(FIELD_WEIGHTS[name] * heft * (SATURATION + 1.0) / (heft + SATURATION))
    key, value = np.concatenate(keys), np.concatenate(values)
    order = np.argsort(key, kind="stable")
    key, value = key[order], value[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    summed = np.add.reduceat(value, first) if len(key) else value
    key = key[first]
    return (
        (key % size).astype(np.int32),
        (key // size).astype(np.int32),
        np.minimum(summed, MOST_IMPACT).astype(np.float32),
    )


def _postings(terms: Ids, rows: Ids, impacts: Floats, ids: Vocabulary, row_count: int) -> Postings:
    return Postings.build(terms, rows, impacts, len(ids), row_count)
