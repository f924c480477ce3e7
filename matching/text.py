"""Text relevance over separate fields, 0 to 1 and comparable between needs.

Words, bigrams and single characters each get a BM25 over fields (`field_weighing.py`); titles are compared as wholes too
(`titles.py`). Every signal is divided by what a perfect answer to this need would reach, and `mix.py` says how much each
counts. So a value depends on the need, the listing and the fitted statistics, and on no other candidate.

A need is read once (`NeedText`) and knows no index; an index holds impacts that depend on nothing but the listing and
the statistics. So listings may be held in any number of indexes, and score the same in each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.characters import SHARPNESS, character_shares
from matching.field_weighing import impacts
from matching.gathering import Gathering, Stream
from matching.generic_words import bigram_weight, word_weight
from matching.latent import lesson
from matching.mix import DEFAULT_MIX, TextMix
from matching.postings import Floats, Ids, Postings
from matching.profiles import NeedProfile
from matching.reading import FieldTexts, Reader, asked_title, body_text, grams
from matching.shapes import SHAPES
from matching.statistics import Statistics
from matching.titles import TitleIndex, TitleText, is_character, sums, title_text

LONGEST_QUERY = 60  # heaviest terms of a need's body; the rest is talk
BODY_HALF = 0.12  # share of the body's weight at which the body signal reaches one half
STREAMS = tuple(SHAPES)
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
    """A need as weighed terms; `body` by words. `length`: characters of its title."""

    title: Mapping[str, Query]
    body: Query | None
    whole_title: TitleText
    length: int


@dataclass(frozen=True)
class ListingText:
    """A listing as terms with their impacts, by kind, and its title as `titles.py` compares it: what a need is held against."""

    impacts: Mapping[str, tuple[Sequence[str], Floats]]
    focus: float
    title: tuple[str, ...]
    title_norm: float
    title_mass: float
    columns: Ids
    """Of the latent space; `length` is the title's there."""
    length: float


def need_text(need: NeedProfile, reader: Reader, statistics: Statistics) -> NeedText:
    asked = asked_title(need)
    title = reader.streams(asked)
    body = reader.streams(body_text(need))
    shares = character_shares(asked, reader.analyser)
    return NeedText(
        {
            "words": _query("words", title["words"], statistics, word_weight),
            "bigrams": _query("bigrams", title["bigrams"], statistics, bigram_weight),
            "characters": _query("characters", title["characters"], statistics, lambda term: shares.get(term, 1.0), SHARPNESS),
        },
        _heaviest(_query("words", body["words"], statistics, word_weight)) if body["words"] else None,
        title_text(grams(title), statistics),
        len(title["characters"]),
    )  # fmt: skip


def _query(
    kind: str, tokens: Sequence[str], statistics: Statistics, weigh: Callable[[str], float], sharpness: float = 1.0
) -> Query:  # fmt: skip
    return {
        term: statistics.idf(kind, term) ** sharpness * weigh(term) * (1.0 + 0.3 * (min(count, 3) - 1))
        for term, count in Counter(tokens).items()
    }


def _heaviest(query: Query) -> Query:
    if len(query) <= LONGEST_QUERY:
        return query
    return dict(sorted(query.items(), key=lambda item: (-item[1], item[0]))[:LONGEST_QUERY])


class TextIndex:
    """Listings by their words, bigrams, characters and titles; see `Matcher` for building and freezing."""

    def __init__(
        self, texts: Iterable[FieldTexts], reader: Reader, statistics: Statistics | None, mix: TextMix = DEFAULT_MIX,
    ) -> None:  # fmt: skip
        self.mix = mix
        gathered = Gathering(texts, reader.analyser)
        self._ids, streams = gathered.ids, gathered.streams
        self._focus = gathered.focus
        self.count = len(self._focus)
        lengths = {
            kind: {name: streams[kind][name].mean_length() for name in SHAPES[kind]} for kind in STREAMS
        }
        means = statistics.lengths if statistics else lengths
        self._postings = {kind: self._weighed(kind, streams[kind], means[kind]) for kind in STREAMS}
        terms, rows = gathered.titles()
        held = Postings.build(
            terms, rows, np.ones(len(terms), np.float32), len(self._ids["titles"]), self.count
        )
        self.statistics = statistics or self._fitted(
            lengths, held, gathered.titled, self._taught(terms, rows)
        )
        self._titles = TitleIndex(terms, rows, self._ids["titles"], held, self.statistics)

    def _taught(self, terms: Ids, rows: Ids) -> list[list[str]]:
        """The characters of each title."""
        names = list(self._ids["titles"])
        single = np.asarray([is_character(name) for name in names] or [False])[terms]
        starts = np.flatnonzero(np.diff(rows[single], prepend=-1))
        return [[names[term] for term in title.tolist()] for title in np.split(terms[single], starts)[1:]]

    def _fitted(
        self, lengths: dict[str, dict[str, float]], titles: Postings, titled: int, taught: list[list[str]]
    ) -> Statistics:
        frequency = {
            kind: dict(zip(self._ids[kind], postings.frequencies().tolist(), strict=True))
            for kind, postings in {**self._postings, "titles": titles}.items()
        }
        return Statistics(self.count, titled, frequency, lengths, lesson(taught))

    def _weighed(self, kind: str, streams: Mapping[str, Stream], means: Mapping[str, float]) -> Postings:
        lengths = {name: stream.lengths(self.count) for name, stream in streams.items()}
        counts = {name: stream.counts() for name, stream in streams.items()}
        parts = [
            impacts(
                kind, {name: part.between(first, first + ROWS_AT_ONCE) for name, part in counts.items()},
                lengths, means,
            )
            for first in range(0, max(self.count, 1), ROWS_AT_ONCE)
        ]  # fmt: skip
        terms, rows, worth = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Postings.build(terms, rows, worth, len(self._ids[kind]), self.count)

    def listings(self) -> Iterator[ListingText]:
        """Every listing as a question to needs; for the few that have just come."""
        names = {kind: list(ids) for kind, ids in self._ids.items()}
        for row in range(self.count):
            impacts = {
                kind: ([names[kind][term] for term in terms], worth)
                for kind, (terms, worth) in (
                    (kind, postings.of_row(row)) for kind, postings in self._postings.items()
                )
            }
            title = self._titles.of_row(row)
            yield ListingText(impacts, float(self._focus[row]), *title)

    def scores(self, need: NeedText) -> TextScores:
        """All listings against one need; costs one pass over the postings of its terms."""
        shares = {kind: self._share(kind, need.title[kind]) for kind in STREAMS}
        by_fields = _mixed(shares, self.mix.of_fields())
        title = np.where(self._titles.titled, self._with_titles(need, by_fields), by_fields)
        body: Floats | None = None
        if need.body is not None:
            # By words alone: a body is long, and its characters stand in any offer.
            share = self._share("words", need.body)
            half = np.float32(BODY_HALF)
            body = share * (np.float32(1.0) + half) / (share + half) * self._focus
        evidence = np.maximum(shares["words"], shares["bigrams"])
        return TextScores(title * self._focus, body, evidence * self._focus)

    def _with_titles(self, need: NeedText, by_fields: Floats) -> Floats:
        weights = self.mix.of_titles(need.length)
        compared = {
            "latent": self._titles.latent(need.whole_title), "covered": self._titles.covered(need.whole_title),
            "alike": self._titles.alike(need.whole_title),
        }  # fmt: skip
        mixed = _mixed(
            {**compared, "fields": by_fields}, {**weights, "fields": sum(self.mix.of_fields().values())}
        )
        # Company alone is no evidence: something must be shared.
        return np.where(by_fields > 0, mixed, np.float32(0.0))

    def _share(self, kind: str, query: Query) -> Floats:
        mass = sum(query.values())
        if not mass:
            return np.zeros(self.count, np.float32)
        share: Floats = sums(query, self._ids[kind], self._postings[kind]) / np.float32(mass)
        return np.minimum(share, np.float32(1.0))


def _mixed(values: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Weighted mean; a signal with weight 0 is out."""
    total = sum(weights.values()) or 1.0
    mixed: Floats = sum(values[name] * np.float32(weight / total) for name, weight in weights.items())  # type: ignore[assignment]
    return mixed
