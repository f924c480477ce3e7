"""Which field teaches which kind of term, and how: weight, saturation, length norm. Values alone, for whoever weighs.

Measured: single characters find short texts best, bigrams only short ones, and on long descriptions a slow saturation
with a mild length norm is best.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

READ = "4"
"""Raise it when the same text becomes other tokens in `reading.py`: indexes elsewhere are then written anew."""


@dataclass(frozen=True)
class Shape:
    """`saturation` and `length_norm` are BM25's k1 and b."""

    weight: float
    saturation: float
    length_norm: float


_LONG = {"description": Shape(0.35, 2.0, 0.4), "specs": Shape(0.3, 1.2, 0.3)}
SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "words": {"title": Shape(1.0, 1.2, 0.4), "summary": Shape(0.55, 1.2, 0.5), **_LONG},
    "bigrams": {"title": Shape(1.0, 1.2, 0.4), "summary": Shape(0.55, 1.2, 0.5)},
    "characters": {"title": Shape(1.0, 0.6, 0.9), "summary": Shape(0.55, 0.6, 0.9), **_LONG},
}
"""By kind of term, then by field; a field that is missing is not read for this kind."""


def field_of(kind: str, name: str) -> str:
    """What an index elsewhere calls the tokens of one kind in one field: "words_title"."""
    return f"{kind}_{name}"
