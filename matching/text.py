"""Text relevance over separate fields, 0 to 1 and comparable between needs.

Words, and character bigrams with single characters, each get a BM25 over fields: every field has its own length norm
and saturation, and their weighted sum is capped, so that repeating a term in every field gains little. Titles are short, and get two signals more: the
idf-weighted cosine over characters and bigrams, and the share of the offer's title that the need covers; these help
short fields and hurt long ones. Every signal is divided by what a perfect answer to this need would reach.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matching.enumeration import LONGEST_LIST, trim
from matching.generic_words import bigram_weight, word_weight
from matching.postings import Floats, Ids, Postings, counted
from matching.profiles import CapabilityProfile, NeedProfile
from matching.specs import show_row
from matching.statistics import FIELDS, Statistics
from search.analysis import Analyser
from search.analysis.bigrams import bigrams as pairs_of

FIELD_WEIGHTS = {"title": 1.0, "summary": 0.55, "description": 0.35, "specs": 0.3}
LENGTH_NORMS = {"title": 0.4, "summary": 0.5, "description": 0.6, "specs": 0.3}
SATURATION = 1.2  # BM25's k1
MOST_IMPACT = 1.2  # a term in every field gains little over one in the title
MOST_REPEATS = 8  # occurrences of a term in one field that count
STUFFED_REPEATS, STUFFED_SHARE = 6, 0.12  # beyond both, the term counts once: repeating is no evidence
FOCUSED_ITEMS = 4  # products in one title that are taken at full value; each further one dilutes all
STUFFED_FOCUS = 0.75  # of a listing from which a whole list of unbacked terms was dropped
SHORT_TITLE = 12  # words up to which a need's title counts as a short field
LONGEST_QUERY = 60  # heaviest terms of a need's body; the rest is talk
BODY_HALF = 0.12  # share of the body's weight at which the body signal reaches one half

_ITEM_END = re.compile(
    r"[、，,;；|\n]+|(?<=[\u4e00-\u9fff])\s*/\s*(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|及其|以及"
)


@dataclass(frozen=True)
class TextScores:
    """One value a capability, 0-1. `evidence`: idf share of the need's title words found in title or summary."""

    title: Floats
    body: Floats | None
    evidence: Floats


@dataclass(frozen=True)
class FieldTexts:
    """The four fields as indexed, and `focus` 0-1: how far the title may be believed (1 = one thing or a few)."""

    fields: dict[str, str]
    focus: float


def field_texts(capability: CapabilityProfile) -> FieldTexts:
    """Unbacked enumerations dropped, spec rows written out. A title that lists a shop window backs nothing."""
    products = len(title_items(capability.title))
    title = trim(capability.title, capability.summary)
    backing = title.text if products <= FOCUSED_ITEMS else ""
    summary = trim(capability.summary, backing)
    description = trim(capability.description, backing)
    focus = min(1.0, (FOCUSED_ITEMS / max(products, 1)) ** 0.5)
    if title.dropped + summary.dropped + description.dropped > LONGEST_LIST:
        focus *= STUFFED_FOCUS
    specs = " ".join(f"{row.parameter} {show_row(row)} {row.standard}" for row in capability.specs)
    fields = {
        "title": title.text, "summary": summary.text, "description": description.text,
        "specs": " ".join((specs, *capability.standards)).strip(),
    }  # fmt: skip
    return FieldTexts(fields, focus)


def body_text(need: NeedProfile) -> str:
    rows = " ".join(f"{row.parameter} {show_row(row)} {row.standard}" for row in need.specs)
    return "\n".join(part for part in (need.use, need.description, rows) if part)


def title_items(title: str) -> list[str]:
    """The products that a title lists: 「浸胶帘子布、工业丝」 → two."""
    return [item.strip() for item in _ITEM_END.split(title) if len(item.strip()) > 1] or (
        [title] if title.strip() else []
    )


class Reader:
    """Token streams of a text, synonyms carried over into the bigrams as well."""

    def __init__(self, analyser: Analyser) -> None:
        self.analyser = analyser

    def streams(self, text: str) -> dict[str, list[str]]:
        if not text:
            return {"words": [], "bigrams": []}
        words, pairs = self.analyser.tokens(text)
        pairs += _canonical_pairs(words, pairs)
        return {"words": words, "bigrams": pairs + _characters(pairs)}

    def grams(self, item: str) -> list[str]:
        """The set that short fields are compared by: characters and bigrams, each once, in order."""
        return list(dict.fromkeys(self.streams(item)["bigrams"]))


def _canonical_pairs(words: list[str], pairs: list[str]) -> list[str]:
    """Pairs of tokens that stand for a synonym: PA66 and 聚酰胺66 then share them, though they share no character."""
    present = set(pairs)
    added: dict[str, None] = {}
    for word in sorted(set(words) - present):
        if len(word) > 1 and word[:2] not in present:
            added.update((pair, None) for pair in pairs_of(word) if pair not in present)
    return list(added)


def _characters(pairs: list[str]) -> list[str]:
    """The Han characters under the bigrams: the weakest evidence, and the last where words differ."""
    han = [pair for pair in pairs if pair > "\u3000"]
    ends = [before[1:] for before, after in pairwise([*han, ""]) if before[1:] != after[:1]]
    return [pair[0] for pair in han] + [end for end in ends if end]


class TextIndex:
    """Capabilities by their words, bigrams and title items; see `Matcher` for building and freezing."""

    def __init__(self, texts: Sequence[FieldTexts], reader: Reader, statistics: Statistics | None) -> None:
        self.reader = reader
        self.count = len(texts)
        self._ids: dict[str, dict[str, int]] = {"words": {}, "bigrams": {}, "grams": {}}
        streams = {kind: {name: _Stream() for name in FIELDS} for kind in ("words", "bigrams")}
        items = _Stream()
        item_rows: list[int] = []
        self._focus = np.asarray([text.focus for text in texts])
        for row, text in enumerate(texts):
            fields = text.fields
            for name in FIELDS:
                if not fields[name]:
                    continue
                read = reader.streams(fields[name])
                for kind, tokens in read.items():
                    streams[kind][name].add(row, tokens, self._ids[kind])
                if name == "title":
                    products = title_items(fields[name])
                    for item in products:
                        grams = (
                            list(dict.fromkeys(read["bigrams"])) if len(products) == 1 else reader.grams(item)
                        )
                        items.add(len(item_rows), grams, self._ids["grams"])
                        item_rows.append(row)
        self._item_rows = np.asarray(item_rows, dtype=np.int64)
        matrices = {
            kind: {name: streams[kind][name].counts(len(self._ids[kind])) for name in FIELDS}
            for kind in streams
        }
        gram_terms, gram_items, _ = items.counts(len(self._ids["grams"]))
        self.statistics = statistics or self._fitted(matrices, streams, gram_terms, len(item_rows))
        self._postings = {kind: self._weighed(kind, matrices[kind], streams[kind]) for kind in matrices}
        self._index_items(gram_terms, gram_items)

    def _fitted(
        self, matrices: dict[str, dict[str, tuple[Ids, Ids, Ids]]], streams: dict[str, dict[str, _Stream]],
        gram_terms: Ids, item_count: int,
    ) -> Statistics:  # fmt: skip
        frequency: dict[str, dict[str, int]] = {}
        for kind, fields in matrices.items():
            size = len(self._ids[kind])
            terms, _, _ = counted(
                np.concatenate([fields[name][0] for name in FIELDS]),
                np.concatenate([fields[name][1] for name in FIELDS]), max(size, 1),
            )  # fmt: skip
            frequency[kind] = dict(
                zip(self._ids[kind], np.bincount(terms, minlength=size).tolist(), strict=True)
            )
        grams = np.bincount(gram_terms, minlength=len(self._ids["grams"])).tolist()
        frequency["grams"] = dict(zip(self._ids["grams"], grams, strict=True))
        lengths = {kind: {name: streams[kind][name].mean_length() for name in FIELDS} for kind in streams}
        return Statistics(self.count, item_count, frequency, lengths)

    def _weighed(
        self, kind: str, fields: dict[str, tuple[Ids, Ids, Ids]], streams: dict[str, _Stream]
    ) -> Postings:
        """Impacts: 1 for a term that stands once in a title of mean length, at most MOST_IMPACT over all fields."""
        size = max(len(self._ids[kind]), 1)
        keys, values = [], []
        for name in FIELDS:
            terms, rows, counts = fields[name]
            lengths = streams[name].lengths(self.count)
            mean = self.statistics.lengths[kind][name] or 1.0
            norm = 1.0 - LENGTH_NORMS[name] + LENGTH_NORMS[name] * lengths / mean
            stuffed = (counts > STUFFED_REPEATS) & (counts > STUFFED_SHARE * lengths[rows])
            repeats = np.where(stuffed, 1, np.minimum(counts, MOST_REPEATS))
            keys.append(rows * size + terms)
            heft = repeats / np.maximum(norm[rows], 0.25)
            values.append(FIELD_WEIGHTS[name] * heft * (SATURATION + 1.0) / (heft + SATURATION))
        key, value = np.concatenate(keys), np.concatenate(values)
        order = np.argsort(key, kind="stable")
        key, value = key[order], value[order]
        first = (
            np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
            if len(key)
            else np.zeros(0, np.int64)
        )
        summed = np.add.reduceat(value, first) if len(key) else value
        return Postings(
            key[first] % size, key[first] // size, np.minimum(summed, MOST_IMPACT), size, self.count
        )

    def _index_items(self, terms: Ids, items: Ids) -> None:
        ids = self._ids["grams"]
        idf = np.asarray([self.gram_weight(gram) for gram in ids]) if ids else np.zeros(1)
        count = len(self._item_rows)
        weights = idf[terms] if len(terms) else np.zeros(0)
        self._item_mass = np.maximum(np.bincount(items, weights, minlength=count), 1e-9)
        self._item_norm = np.sqrt(np.maximum(np.bincount(items, weights * weights, minlength=count), 1e-9))
        self._items = Postings(terms, items, np.ones(len(terms)), max(len(ids), 1), count)
        self._row_starts = (
            np.flatnonzero(np.diff(self._item_rows, prepend=-1)) if count else np.zeros(0, np.int64)
        )
        self._titled = self._item_rows[self._row_starts] if count else np.zeros(0, np.int64)

    def gram_weight(self, gram: str) -> float:
        return self.statistics.idf("grams", gram) * bigram_weight(gram)

    def scores(self, need: NeedProfile) -> TextScores:
        """All capabilities against one need; costs one pass over the postings of its terms."""
        title = self.reader.streams(need.title)
        words = self._query("words", Counter(title["words"]), None)
        pairs = self._query("bigrams", Counter(title["bigrams"]), None)
        by_words, by_pairs = self._share("words", words), self._share("bigrams", pairs)
        fused = 0.35 * by_words + 0.65 * by_pairs
        short, covered = self._short(need)
        # The cosine asks for equal length: beside a title that is a paragraph it would punish every precise offer.
        alike = 0.2 * min(1.0, SHORT_TITLE / max(len(title["words"]), 1))
        titled = np.zeros(self.count, dtype=bool)
        titled[self._titled] = True
        with_title = 0.25 * by_words + (0.6 - alike) * by_pairs + alike * short + 0.15 * covered
        title_score = np.where(titled, with_title, fused) * self._focus
        body = self.reader.streams(body_text(need))
        body_score = None
        if body["words"]:
            heavy = self._share("words", self._query("words", Counter(body["words"]), LONGEST_QUERY))
            light = self._share("bigrams", self._query("bigrams", Counter(body["bigrams"]), LONGEST_QUERY))
            share = 0.7 * heavy + 0.3 * light
            body_score = share * (1.0 + BODY_HALF) / (share + BODY_HALF)
        return TextScores(title_score, body_score, np.maximum(by_words, by_pairs) * self._focus)

    def _query(self, kind: str, counts: Counter[str], longest: int | None) -> dict[str, float]:
        weigh = word_weight if kind == "words" else bigram_weight
        query = {
            term: self.statistics.idf(kind, term) * weigh(term) * (1.0 + 0.3 * (min(count, 3) - 1))
            for term, count in counts.items()
        }
        if longest is not None and len(query) > longest:
            query = dict(sorted(query.items(), key=lambda item: (-item[1], item[0]))[:longest])
        return query

    def _share(self, kind: str, query: dict[str, float]) -> Floats:
        mass = sum(query.values())
        if not mass:
            return np.zeros(self.count)
        ids = self._ids[kind]
        known = [(ids[term], weight) for term, weight in query.items() if term in ids]
        return np.minimum(self._postings[kind].scores(known) / mass, 1.0)

    def _short(self, need: NeedProfile) -> tuple[Floats, Floats]:
        """Best title item of each capability: idf cosine with the need's best item, and share of the item covered."""
        cosine, covered = np.zeros(self.count), np.zeros(self.count)
        if not len(self._item_rows):
            return cosine, covered
        best = np.zeros(len(self._item_rows))
        ids = self._ids["grams"]
        whole = self.reader.grams(need.title)
        for grams in {tuple(self.reader.grams(item)) for item in title_items(need.title)} | {tuple(whole)}:
            weights = {gram: self.gram_weight(gram) for gram in grams}
            norm = sum(weight * weight for weight in weights.values()) ** 0.5
            if norm:
                known = [(ids[gram], weight * weight) for gram, weight in weights.items() if gram in ids]
                np.maximum(best, self._items.scores(known) / (norm * self._item_norm), out=best)
        weights = {gram: self.gram_weight(gram) for gram in whole}
        share = self._items.scores([(ids[gram], weight) for gram, weight in weights.items() if gram in ids])
        share /= self._item_mass
        cosine[self._titled] = np.maximum.reduceat(best, self._row_starts)
        covered[self._titled] = np.maximum.reduceat(share, self._row_starts)
        return cosine, covered


class _Stream:
    """Tokens of one field over all rows, as two growing lists."""

    def __init__(self) -> None:
        self.terms: list[int] = []
        self.rows: list[int] = []
        self.sizes: list[int] = []

    def add(self, row: int, tokens: Sequence[str], ids: dict[str, int]) -> None:
        if not tokens:
            return
        setdefault = ids.setdefault
        self.terms.extend([setdefault(token, len(ids)) for token in tokens])
        self.rows.append(row)
        self.sizes.append(len(tokens))

    def counts(self, term_count: int) -> tuple[Ids, Ids, Ids]:
        terms = np.asarray(self.terms, dtype=np.int64)
        rows = np.repeat(np.asarray(self.rows, dtype=np.int64), np.asarray(self.sizes, dtype=np.int64))
        return counted(terms, rows, max(term_count, 1))

    def lengths(self, row_count: int) -> Floats:
        lengths = np.zeros(row_count)
        lengths[self.rows] = self.sizes
        return lengths

    def mean_length(self) -> float:
        """Over the listings that fill the field at all; empty fields say nothing about length."""
        return round(float(sum(self.sizes)) / len(self.sizes), 3) if self.sizes else 0.0
