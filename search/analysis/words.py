"""Chinese words by dictionary: rjieba's search mode with the industrial lexicon added.

Only runs of Han characters are handed to it: it would cut 6061-T6 into t6 and 0.5mm into 5mm.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import rjieba

from search.analysis.characters import HAN_RUN
from search.analysis.codes import Located
from search.analysis.stopwords import STOPWORDS

#: Search mode finds the words of two and three characters inside a longer one by itself.
_FOUND_INSIDE: Final = 3


class HanWords:
    """A dictionary of its own, filled once; reading it is safe from several threads."""

    def __init__(self, terms: Iterable[str]) -> None:
        known = sorted({term for term in terms if HAN_RUN.fullmatch(term) and len(term) > 1})
        self._dictionary = rjieba.Jieba()
        for term in known:  # in order: the suggested frequency depends on what is there already
            self._dictionary.add_word(term, None, None)
        #: Terms that search mode does not find inside another one.
        self.inside: Mapping[str, Sequence[str]] = _longer_inside(known)

    def search(self, han: str) -> list[str]:
        """Every word of runs of Han characters, with whatever stands between the runs."""
        found: list[str] = self._dictionary.cut_for_search(han)
        return found

    def cut(self, runs: Sequence[str]) -> list[str]:
        """Words of runs of Han characters and the shorter words inside them, without function words."""
        if not runs:
            return []
        words = [word for word in self.search(" ".join(runs)) if word not in STOPWORDS]
        for word in sorted(self.inside.keys() & words):  # sums of weights are taken in this order
            words += [*self.inside[word]] * words.count(word)
        return words

    def locate(self, normalised: str, only: re.Pattern[str] | None = None) -> Iterator[Located]:
        """The words of `cut` with their places; with `only`, those of runs that hold a stretch like it."""
        for run in HAN_RUN.finditer(normalised):
            if only is not None and not only.search(run[0]):
                continue
            for word, start, end in self._dictionary.tokenize(run.group(), "search"):
                if word in STOPWORDS:
                    continue
                first = run.start() + start
                yield word, first, run.start() + end
                for inner in self.inside.get(word, ()):
                    place = first + word.index(inner)
                    yield inner, place, place + len(inner)


def _longer_inside(terms: list[str]) -> dict[str, list[str]]:
    """For each term the other terms inside it that search mode does not find: 专精特新 in 专精特新小巨人."""
    inner = {term for term in terms if len(term) > _FOUND_INSIDE}
    inside: dict[str, list[str]] = {}
    for term in inner:
        ends = range(_FOUND_INSIDE + 1, len(term) + 1)
        pieces = {term[end - size : end] for end in ends for size in range(_FOUND_INSIDE + 1, end + 1)}
        if found := sorted(pieces & inner - {term}):
            inside[term] = found
    return inside
