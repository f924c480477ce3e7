"""Neighbouring characters by two, three and four: the safety net under word segmentation.

Pairs stand in reading order, so that a phrase of them is a literal stretch of the text. Most words that people ask for
have two to four characters: such a stretch is one token, which costs an engine a fraction of what a phrase does.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from search.analysis.characters import EDGE, HAN_RUN, LONGEST_TOKEN, WORD

#: The longest stretch that is one token.
LONGEST_GRAM: Final = 4

_RUN: Final = re.compile(rf"[0-9]+\.[0-9]+|{WORD}{{1,{LONGEST_TOKEN}}}|{EDGE}")


def bigrams(normalised: str) -> list[str]:
    """浸胶帘子布66 → 浸胶 胶帘 帘子 子布 66. A Han character that stands alone stays alone."""
    apart = map(runs, HAN_RUN.split(normalised))
    return joined(apart, HAN_RUN.findall(normalised))


def runs(apart: str) -> list[str]:
    """Letters and digits by runs, of a text without Han characters; EDGE too, where several are joined by it."""
    return _RUN.findall(apart)


def joined(apart: Iterable[Sequence[str]], han: Sequence[str]) -> list[str]:
    """`bigrams` of a text whose run of Han characters `han[i]` stands behind `apart[i]`, the runs of what is none."""
    pairs: list[str] = []
    for between, run in zip(apart, (*han, ""), strict=True):
        pairs += between
        if len(run) == 1:
            pairs.append(run)
        else:
            pairs += map(run.__getitem__, _pairs_of(len(run)))
    return pairs


@lru_cache(maxsize=512)
def _pairs_of(length: int) -> tuple[slice, ...]:
    """Where the pairs of a run of this length lie: cutting it at ready places takes half the time."""
    return tuple(slice(place, place + 2) for place in range(length - 1))


def grams(han: Iterable[str]) -> list[str]:
    """浸胶帘子布 → 浸胶帘 胶帘子 帘子布 浸胶帘子 胶帘子布: every stretch of three and of four in runs of Han characters."""
    found: list[str] = []
    for run in han:
        for size in range(3, LONGEST_GRAM + 1):
            found += [run[start : start + size] for start in range(len(run) - size + 1)]
    return found


def is_gram(normalised: str) -> bool:
    """Whether these characters stand literally in a text exactly where its `grams` have them."""
    return 2 < len(normalised) <= LONGEST_GRAM and HAN_RUN.fullmatch(normalised) is not None
