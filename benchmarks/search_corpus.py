"""Listings and questions for the search benchmark: words by Zipf's law, as in real text, from a dictionary of common words
and made-up model codes, so that a hundred and fifty thousand listings hold more than thirty thousand words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import accumulate

from search.documents import Document, day

REGIONS = [f"{number}" for number in range(3301, 3332)]
CERTIFICATES = [f"certificate{number}" for number in range(9)]
INDUSTRIES = [f"{number}" for number in range(13, 44)]
FACETS = {"region": REGIONS, "industry": INDUSTRIES, "certificate": CERTIFICATES}
#: Every question filters by each of its three facets.
FILTERED = tuple(FACETS)
TODAY = date(2026, 11, 25)
WORDS, CODES = 45_000, 9_000
VOCABULARY_SEED = 1
QUESTION_SEED = 8
#: Zipf's exponent and Mandelbrot's shift: the head of real listings is flatter than a pure power.
EXPONENT, SHIFT = 1.2, 12.0


class Corpus:
    def __init__(self, seed: int = 7) -> None:
        self._chance = random.Random(VOCABULARY_SEED)  # one vocabulary, whatever is drawn from it afterwards
        lines = (files("jieba") / "dict.txt").read_text("utf-8").splitlines()
        words = [word for word, *_ in (line.split(" ") for line in lines) if 2 <= len(word) <= 4]
        self.vocabulary = self._chance.sample(words, WORDS - CODES) + [self._code() for _ in range(CODES)]
        self._chance.shuffle(self.vocabulary)
        self._weights = list(accumulate(1 / (rank + SHIFT) ** EXPONENT for rank in range(WORDS)))
        self._chance = random.Random(seed)
        self._drawn: list[str] = []
        # Filters lean to some values, as districts and trades do.
        self._leanings = {
            name: list(accumulate(1 / (rank + 2) for rank in range(len(values))))
            for name, values in FACETS.items()
        }

    def _code(self) -> str:
        letters = "".join(self._chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=self._chance.randint(2, 4)))
        return f"{letters}{self._chance.randint(10, 9999)}"

    def listings(self, count: int, first: int = 1) -> Iterator[Document]:
        for number in range(first, first + count):
            yield self.listing(number)

    def listing(self, number: int, rev: int = 1) -> Document:
        chance = self._chance
        self._drawn = []
        body = "，".join("".join(self._words(chance.randint(1, 3))) for _ in range(chance.randint(15, 40)))
        return Document(
            kind=chance.choice(("capability", "need")),
            id=number,
            title=" ".join(self._words(chance.randint(2, 5))),
            subtitle="示例有限公司",
            body=body,
            rev=rev,
            visibility=("public",) if chance.random() < 0.9 else ("verified",),
            facets={name: self.values(name) for name in FACETS},
            published=day(TODAY) - chance.randint(0, 400),
            valid_until=day(TODAY) + chance.randint(-20, 300),
        )

    def _words(self, count: int) -> list[str]:
        words = self._chance.choices(self.vocabulary, cum_weights=self._weights, k=count)
        self._drawn += words
        return words

    def values(self, name: str) -> tuple[str, ...]:
        many = self._chance.randint(0, 3) if name == "certificate" else 1
        drawn = self._chance.choices(FACETS[name], cum_weights=self._leanings[name], k=many)
        return tuple(dict.fromkeys(drawn))

    def questions(self, count: int) -> Iterator[tuple[list[str], dict[str, tuple[str, ...]]]]:
        """Words and filters of what would find one of the first listings, and others like it: two to four of its words
        that many listings have, under three filters of two to four values, its own among them. Nobody asks for words that
        never meet."""
        chance, known = random.Random(QUESTION_SEED), set(self.vocabulary[20:170])
        asked = 0
        for listing in self.listings(20 * count):
            words = sorted(known.intersection(self._drawn))
            wanted = chance.randint(2, 4)
            open_to_all = "public" in listing.visibility and listing.valid_until >= day(TODAY)
            if open_to_all and len(words) >= wanted and all(listing.facets[name] for name in FILTERED):
                filters = {}
                for name in FILTERED:
                    others = chance.sample(FACETS[name][:8], chance.randint(1, 3))
                    filters[name] = tuple(dict.fromkeys([listing.facets[name][0], *others]))
                yield chance.sample(words, wanted), filters
                asked += 1
                if asked == count:
                    return
