"""A need as weighted tokens, for an index elsewhere: what a cluster is asked when the listings are too many for one machine.

The tokens, fields, saturations and length norms are those of `text.py`, so the sum that comes back stands near the text
score: linear where that bends, with the cluster's own idf, and without the latent space. It names candidates and is
forgotten: what it names is scored here, with every signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matching.mix import TextMix
from matching.score import Weights
from matching.shapes import SHAPES, field_of
from matching.statistics import Statistics
from matching.text import LONGEST_QUERY, NeedText, Query

BODY_SLOPE = 4.0  # of the bent body signal where candidates lie
_LEAST = 1e-6


class Asked(NamedTuple):
    """One token to look for in one field (`shapes.field_of`), and what it is worth there, its rarity left out."""

    field: str
    token: str
    weight: float


def asked(need: NeedText, statistics: Statistics, mix: TextMix, weights: Weights) -> tuple[Asked, ...]:
    """At most sixty tokens a kind, the heaviest: an index takes so many clauses and no more."""
    shares = mix.of_fields()
    titles = sum(mix.of_titles(need.length).values())
    whole = sum(shares.values()) + titles
    body = weights.body if need.body is not None else 0.0
    total = weights.title + body or 1.0
    found: dict[tuple[str, str], float] = {}

    def add(kind: str, query: Query, share: float, fields: Sequence[str]) -> None:
        mass = sum(query.values())
        for token, worth in _heaviest(query):
            bare = worth / statistics.idf(kind, token) / mass
            for name in fields:
                shape = SHAPES[kind][name]
                key = field_of(kind, name), token
                found[key] = found.get(key, 0.0) + share * bare * shape.weight * (1.0 + shape.saturation)

    for kind, share in shares.items():
        add(kind, need.title[kind], weights.title / total * share / whole, tuple(SHAPES[kind]))
    # Titles are compared as wholes there; here their characters stand for that.
    add("characters", need.title["characters"], weights.title / total * titles / whole, ("title",))
    if need.body is not None:
        add("words", need.body, body / total * BODY_SLOPE, tuple(SHAPES["words"]))
    return tuple(Asked(*key, weight) for key, weight in found.items() if weight > _LEAST)


def _heaviest(query: Query) -> list[tuple[str, float]]:
    return sorted(query.items(), key=lambda item: (-item[1], item[0]))[:LONGEST_QUERY]
