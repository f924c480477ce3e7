"""A refusal of one side held against the other: the offer denies what the need asks for, or names what it does not take.

Both sides wrote prose, which may speak of another grade: so both are told, and nothing is excluded. What an offer denies in one
sentence and affirms anywhere else is a matter of grades, and not held against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from matching import findings as codes
from matching.findings import Finding
from matching.generic_words import word_weight
from matching.refusals import Refusal, need_refusals
from search.analysis import Analyser

_LONGEST_NAME = 8  # signs of a thing that is refused by name; longer ones are conditions
_FREE_OF = re.compile(r"(?:不含|不用|不是|无|非|免|未|去|去除|除|脱|防|抗|零|替代|代替|取代)\s?$")
_LONGEST_FREE_OF = 3


@dataclass(frozen=True)
class Denial:
    """A thing that an offer says it does not do, its telling words, and the clause that says so."""

    thing: str
    words: frozenset[str]
    text: str


def denials_of(refusals: Iterable[Refusal], affirmed: str, analyser: Analyser) -> tuple[Denial, ...]:
    """`affirmed`: everything that the offer says without its refusals."""
    held = set(analyser.words(affirmed))
    found = (
        Denial(thing, words, refusal.text)
        for refusal in refusals
        for thing in refusal.things
        if (words := _telling(thing, analyser)) and not words <= held
    )
    return tuple(found)


def denied(asked: frozenset[str], denials: Iterable[Denial]) -> tuple[Finding, ...]:
    """Denials all of whose words the need asks for: a need for 滑板 is not met by 「不做滑板的精密研磨」 with a no."""
    return tuple(
        Finding(codes.DENIED_IN_PROSE, {"parameter": denial.thing, "offered": denial.text})
        for denial in denials
        if denial.words <= asked
    )


def unwanted_things(prose: str, asked: frozenset[str], analyser: Analyser) -> dict[str, frozenset[str]]:
    """Names that a need refuses and does not ask for, with their words: 「镀锌的不要」 yes, 「浸胶布存放超过四个月的不要」 no."""
    found = {
        thing: _telling(thing, analyser)
        for refusal in need_refusals(prose)
        for thing in refusal.things
        if len(thing) <= _LONGEST_NAME
    }
    return {thing: words for thing, words in found.items() if words and not words & asked}


def unwanted(things: Mapping[str, frozenset[str]], named: Set[str]) -> tuple[Finding, ...]:
    """`named`: `named_words` of the offer's title and summary. 「液冷板」 does not name 冷板."""
    return tuple(
        Finding(codes.UNWANTED_IN_PROSE, {"parameter": thing})
        for thing, words in things.items()
        if words <= named
    )


def named_words(text: str, analyser: Analyser) -> frozenset[str]:
    """Words that the text says of its thing, without those that it is free of: 「无红磷」「不含氟」「替代红磷」."""
    return frozenset(
        token
        for start, _, token in analyser.spans(text)
        if not _FREE_OF.search(text[max(start - _LONGEST_FREE_OF, 0) : start])
    )


def _telling(thing: str, analyser: Analyser) -> frozenset[str]:
    """The longest words that name something."""
    return frozenset(group.whole for group in analyser.groups(thing) if word_weight(group.spelling) == 1.0)
