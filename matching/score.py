"""From signals to one score: text says how near the things are, the other signals say how well they fit.

score = text × (1 + Σ weight × value) / (1 + Σ weight), over the signals that the need asks for. A fit signal can only
lower: no certificate makes a curtain maker suit a cord buyer. Nothing here needs more than plain Python, so stored
signals can be weighed anew on a page. Unproven values lie below met ones, so silence ranks lower and never excludes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT_SIGNALS = ("title", "body")
FIT_SIGNALS = (
    "specs",
    "terms",
    "certificates",
    "capacity",
    "lead_time",
    "payment",
    "industry",
    "chain",
    "delivery",
    "tier",
    "freshness",
)
ONLY_LOWERS = frozenset({"payment"})  # silent where it is met


@dataclass(frozen=True)
class Weights:
    """`title` and `body` share the text; the rest are strengths relative to the text's 1. 0 switches a signal off."""

    title: float = 1.0
    body: float = 0.5
    specs: float = 0.5
    terms: float = 0.4  # the fields of the type; only where the need fills them in
    certificates: float = 0.3
    capacity: float = 0.15
    lead_time: float = 0.1
    payment: float = 0.1  # only where the supplier's own wish is not met
    industry: float = 0.12
    chain: float = 0.18
    # Locality and tier count only where somebody visibly switches them on, and never under an open procedure.
    delivery: float = 0.0
    tier: float = 0.0
    freshness: float = 0.01  # a tie-breaker

    def plain(self) -> dict[str, float]:
        return dict(vars(self))


DEFAULT_WEIGHTS = Weights()


def text_score(title: float, body: float | None, weights: Weights = DEFAULT_WEIGHTS) -> float:
    """Title and body, separately normalised; a need without a body is judged by its title alone."""
    if body is None or weights.title + weights.body <= 0:
        return title
    return (weights.title * title + weights.body * body) / (weights.title + weights.body)


def combine(signals: Mapping[str, float], weights: Weights = DEFAULT_WEIGHTS) -> float:
    """The score of stored signals under any weights, 0-1."""
    text = text_score(signals.get("title", 0.0), signals.get("body"), weights)
    strengths = weights.plain()
    total = gained = 1.0
    for name in FIT_SIGNALS:
        if name in signals:
            total += strengths[name]
            gained += strengths[name] * signals[name]
    return min(1.0, max(0.0, text * gained / total))


def contributions(signals: Mapping[str, float], weights: Weights = DEFAULT_WEIGHTS) -> dict[str, float]:
    """What the score would lose (fit signals: has lost, as a negative number) by each signal, for the organiser's view."""
    score = combine(signals, weights)
    parts = {}
    for name in signals:
        without = {key: value for key, value in signals.items() if key != name}
        parts[name] = round(score - combine(without, weights), 6)
    return parts
