"""Stuffing does not pay: an over-long list of terms counts only where the listing's own words back the term.

Forty terms in a row are a catalogue at best. What shares a word with the title or the running text stays; the rest
falls silent, in the index and therefore in every reason shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_LIST = 20
"""Terms in a row that are believed as they stand; a shop's whole range rarely needs more."""
_LONGEST_TERM = 12
_PROSE_SIGNS = re.compile(r"[的了是为在可与和对由按等于达到以我并已将从及其有不也就都每可做用给只用先后再过]")
_SENTENCE = re.compile(r"(?<=[。！？!?\n])")
_SEPARATOR = re.compile(r"[\s、，,;；/|。！？!?]+")
_FIGURE = re.compile(r"\d")
_GRADE = re.compile(r"[A-Za-z]{0,6}[\d.]{1,5}[A-Za-z]{0,2}")
_UNBROKEN = re.compile(r"[\u3400-\u9fffA-Za-z0-9]{60,}")


@dataclass(frozen=True)
class Trimmed:
    """`text` without unbacked terms; `dropped` of them. A moderator's stuffing flag starts here."""

    text: str
    dropped: int


def trim(text: str, backing: str) -> Trimmed:
    """Drop the terms of over-long enumerations that share no pair of characters with `backing` or with the prose.

    An enumeration lies within one sentence: a terse description in many short clauses is none. Clauses with figures
    are data, never counted; in such a list only a bare grade (「PA66」「12」) is dropped like a term.
    """
    if len(text) < LONGEST_LIST * 3:
        return Trimmed(text, 0)
    sentences = [_SEPARATOR.split(sentence) for sentence in _SENTENCE.split(text)]
    suspects = [len(terms) > LONGEST_LIST and sum(map(_listed, terms)) > LONGEST_LIST for terms in sentences]
    if not any(suspects) and not _UNBROKEN.search(text):
        return Trimmed(text, 0)
    prose: list[str] = []
    listed: list[tuple[int, str]] = []
    for terms, suspect in zip(sentences, suspects, strict=True):
        for term in filter(None, terms):
            if suspect and (_listed(term) or _GRADE.fullmatch(term)):
                listed.append((len(prose), term))
            else:
                prose.append(term)
    # A salad of nouns without a single function word backs nothing, itself included.
    own = [term for term in prose if not _is_salad(term)]
    backed = _pairs(backing).union(*map(_pairs, own))
    true = [(before, term) for before, term in listed if _pairs(term) & backed]
    dropped = sum(len(term) // 4 for term in prose if _is_salad(term)) + len(listed) - len(true)
    if not dropped:
        return Trimmed(text, 0)
    if dropped > LONGEST_LIST:
        return Trimmed("、".join(own), dropped)  # or its few true terms would pay for the rest
    kept: list[str] = []
    for before, term in enumerate(prose):
        kept += [item for at, item in true if at == before]
        if not _is_salad(term):
            kept.append(term)
    kept += [item for at, item in true if at == len(prose)]
    return Trimmed("、".join(kept), dropped)


def _is_salad(term: str) -> bool:
    """Sixty signs in a row with hardly a function word among them: nouns glued together."""
    return _UNBROKEN.search(term) is not None and len(_PROSE_SIGNS.findall(term)) * 15 < len(term)


def _listed(term: str) -> bool:
    return 0 < len(term) <= _LONGEST_TERM and not _PROSE_SIGNS.search(term) and not _FIGURE.search(term)


def _pairs(text: str) -> set[str]:
    folded = text.casefold()
    return {folded[place : place + 2] for place in range(len(folded) - 1)}
