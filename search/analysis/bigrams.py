"""Pairs of neighbouring characters: the safety net under word segmentation.

In reading order, so that a phrase of bigrams is a literal stretch of the text.
"""

import re
from operator import add
from typing import Final

from search.analysis.characters import HAN, LONGEST_TOKEN, WORD

_RUN: Final = re.compile(rf"{HAN}+|[0-9]+\.[0-9]+|{WORD}{{1,{LONGEST_TOKEN}}}")

_HAN: Final = re.compile(HAN)


def bigrams(normalised: str) -> list[str]:
    """浸胶帘子布66 → 浸胶 胶帘 帘子 子布 66. A Han character that stands alone stays alone."""
    pairs: list[str] = []
    for run in _RUN.findall(normalised):
        if run.isascii() or len(run) == 1 or not _HAN.match(run):
            pairs.append(run)
        else:
            pairs += map(add, run, run[1:])
    return pairs
