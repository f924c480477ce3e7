"""Chinese words by dictionary: rjieba's search mode with the industrial lexicon added.

Only runs of Han characters are handed to it: it would cut 6061-T6 into t6 and 0.5mm into 5mm.
"""

from collections.abc import Iterable, Iterator

import rjieba

from search.analysis.characters import HAN_RUN
from search.analysis.codes import Located
from search.analysis.stopwords import STOPWORDS


class HanWords:
    """A dictionary of its own, filled once; reading it is safe from several threads."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._dictionary = rjieba.Jieba()
        for term in sorted(set(terms)):  # the suggested frequency depends on what is there already
            if HAN_RUN.fullmatch(term) and len(term) > 1:
                self._dictionary.add_word(term, None, None)

    def cut(self, normalised: str) -> list[str]:
        """Words and the shorter words inside them, without function words."""
        runs = " ".join(HAN_RUN.findall(normalised))
        if not runs:
            return []
        return [word for word in self._dictionary.cut_for_search(runs) if word not in STOPWORDS]

    def locate(self, normalised: str) -> Iterator[Located]:
        """The words of `cut` with their places."""
        for run in HAN_RUN.finditer(normalised):
            for word, start, end in self._dictionary.tokenize(run.group(), "search"):
                if word not in STOPWORDS:
                    yield word, run.start() + start, run.start() + end
