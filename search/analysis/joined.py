"""Many texts normalised as one: what a call costs is then paid once for a thousand texts, and characters fold by table.

The texts are joined by a control character. Normalising leaves none in a text, and no step of it reaches across one.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import filterfalse
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.analysis.characters import EDGE
from search.analysis.memory import Memory
from search.analysis.normalise import (
    fold_cleaned,
    is_strange,
    moving_characters,
    odd_characters,
    simplify,
    simplify_once,
)
from search.analysis.numbers import ALLOWED, unify_numbers

CodePoints = NDArray[np.uint32]

_UTF: Final = "utf-32-le"
_EVERYDAY: Final = 0x10000  # characters beyond are strange
_DIGIT: Final = 2


def code_points(text: str) -> CodePoints:
    """Of a text without halves of surrogate pairs."""
    return np.frombuffer(text.encode(_UTF), np.uint32)


def as_text(points: CodePoints) -> str:
    return points.tobytes().decode(_UTF)


def normalise_joined(texts: Sequence[str]) -> str:
    """`normalise` of each text, with EDGE between two of them."""
    joined = _simplify(_fold(texts))
    while "  " in joined:
        joined = joined.replace("  ", " ")
    # Blanks at the ends of each text go too.
    return _unify(joined.replace(f" {EDGE}", EDGE).replace(f"{EDGE} ", EDGE).strip(" "))


def forget() -> None:
    """As if no figure had been read yet; for measuring."""
    _FIGURES.forget()


def _fold(texts: Sequence[str]) -> str:
    joined = EDGE.join(texts)
    if joined.count(EDGE) != len(texts) - 1:
        # Somebody wrote one: it ends a word as any control character does.
        texts = [text.replace(EDGE, " ") for text in texts]
        joined = EDGE.join(texts)
    if not is_strange(joined):
        return _fold_everyday(joined)
    strange = {
        place: " ".join(fold_cleaned(text).split()) for place, text in enumerate(texts) if is_strange(text)
    }
    everyday = EDGE.join("" if place in strange else text for place, text in enumerate(texts))
    folded = _fold_everyday(everyday).split(EDGE)
    return EDGE.join(strange.get(place, text) for place, text in enumerate(folded))


def _fold_everyday(text: str) -> str:
    table, moving = _folded()
    points = code_points(text)
    folded = as_text(table[points])
    for character in np.flatnonzero(np.bincount(points[moving[points]])).tolist():
        folded = folded.replace(chr(character), odd_characters()[1][chr(character)])
    return folded


@cache
def _folded() -> tuple[CodePoints, NDArray[np.bool_]]:
    """By code point: the one character that stands for it, and whether there is none or more than one."""
    table = np.arange(_EVERYDAY, dtype=np.uint32)
    moving = np.zeros(_EVERYDAY, np.bool_)
    table[ord("A") : ord("Z") + 1] += ord("a") - ord("A")
    for character, folded in odd_characters()[1].items():
        if moving_characters().match(character):
            moving[ord(character)] = True
        else:
            table[ord(character)] = ord(folded)
    table[[place for place in range(_EVERYDAY) if chr(place).isspace()]] = ord(" ")
    table[ord(EDGE)] = ord(EDGE)
    return table, moving


def _simplify(joined: str) -> str:
    """Once for all, and again for those few texts that it changes."""
    once = simplify_once(joined)
    if once == joined:
        return joined
    texts = once.split(EDGE)
    changed = [place for place, text in enumerate(joined.split(EDGE)) if text != texts[place]]
    for place, text in zip(
        changed, simplify(EDGE.join(texts[place] for place in changed)).split(EDGE), strict=True
    ):
        texts[place] = text
    return EDGE.join(texts)


def _unify(joined: str) -> str:
    """`unify_numbers` of the stretches in which a figure stands, each distinct one read once."""
    kinds = _of_figures()[code_points(joined)]
    starts, ends = stretches(kinds > 0, kinds == _DIGIT)
    figures = [joined[start:end] for start, end in zip(starts, ends, strict=True)]
    distinct = list(dict.fromkeys(figures))
    unified = {old: new for old, new in zip(distinct, _FIGURES.of(distinct), strict=True) if old != new}
    pieces: list[str] = []
    done = 0
    for start, end, figure in zip(starts, ends, figures, strict=True):
        if figure in unified:
            pieces += (joined[done:start], unified[figure])
            done = end
    pieces.append(joined[done:])
    return "".join(pieces)


def stretches(inside: NDArray[np.bool_], telling: NDArray[np.bool_]) -> tuple[list[int], list[int]]:
    """Where runs of `inside` begin and end that have a telling character."""
    framed = np.zeros(len(inside) + 2, np.int8)
    framed[1:-1] = inside
    steps = np.diff(framed)
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    told = np.zeros(len(inside) + 1, np.int64)
    np.cumsum(telling, out=told[1:])
    kept = told[ends] > told[starts]
    return starts[kept].tolist(), ends[kept].tolist()


_SHORTEST: Final = r"[0-9]++(?:\.[0-9]*[1-9])?"
#: A number or a range in its shortest form, a unit in Latin letters behind it at most: no step changes it.
_PLAIN: Final = re.compile(rf" *[a-z]*±?{_SHORTEST}(?:~{_SHORTEST})?(?:%|°c|[a-z]*) *")


def _read_figures(figures: list[str]) -> list[str]:
    others = list(filterfalse(_PLAIN.fullmatch, figures))
    read = dict(zip(others, unify_numbers(EDGE.join(others)).split(EDGE), strict=True)) if others else {}
    return list(map(read.get, figures, figures))


_FIGURES: Final = Memory(_read_figures, most=100_000, longest=60)


@cache
def _of_figures() -> NDArray[np.uint8]:
    """By code point: whether a step of `unify_numbers` may reach across it, and digits."""
    kinds = np.zeros(0x110000, np.uint8)
    kinds[[ord(character) for character in ALLOWED]] = 1
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    return kinds
