"""What a character of a need's title is worth: a rare one more than its rarity alone, one of an empty word less.

Characters find what shares no word; 制 and 造 of 「甘蔗制糖设备制造」 must not find every maker. Their word says so, where a
single character cannot: 造 of 「造纸」 keeps its worth.
"""

from __future__ import annotations

from matching.generic_words import EMPTY_WORDS, LIGHT_WORDS
from search.analysis import Analyser

SHARPNESS = 1.25  # power of the idf
OF_EMPTY_WORD, OF_LIGHT_WORD = 0.5, 0.8


def character_shares(title: str, analyser: Analyser) -> dict[str, float]:
    """By character, how much of its worth it keeps; 1 for those not named. The best of its words speaks for it."""
    shares: dict[str, float] = {}
    for group in analyser.groups(title):
        share = _share(group.spelling)
        for character in group.spelling:
            shares[character] = max(share, shares.get(character, 0.0))
    return shares


def _share(word: str) -> float:
    if word in EMPTY_WORDS:
        return OF_EMPTY_WORD
    return OF_LIGHT_WORD if word in LIGHT_WORDS else 1.0
