"""The measures, from ranked keys and grades. Each is defined for one need; means are taken over needs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

DEPTH = 10
"""Places that a person reads."""

Grades = Mapping[str, float]
"""0 to 3 by capability; halves where two judges differ by one."""


def ndcg(order: Sequence[str], grades: Grades, depth: int = DEPTH) -> float:
    """Gain 2^grade − 1, discount log2(place + 1), over what the judged could reach at best; 0 where nothing suits."""
    best = _discounted(sorted(grades.values(), reverse=True)[:depth])
    return _discounted([grades.get(key, 0.0) for key in order[:depth]]) / best if best else 0.0


def _discounted(grades: Sequence[float]) -> float:
    return sum((math.pow(2.0, grade) - 1.0) / math.log2(place + 1) for place, grade in enumerate(grades, 1))


def average_precision(order: Sequence[str], answers: Collection[str]) -> float:
    """Mean over the answers of the precision at their places; an answer not listed counts 0."""
    if not answers:
        return 0.0
    found, total = 0, 0.0
    for place, key in enumerate(order, 1):
        if key in answers:
            found += 1
            total += found / place
    return total / len(answers)


def recall(order: Sequence[str], answers: Collection[str], depth: int = DEPTH) -> float:
    return len(set(order[:depth]) & set(answers)) / len(answers) if answers else 0.0


def precision_at_one(order: Sequence[str], answers: Collection[str]) -> float:
    return float(bool(order) and order[0] in answers)


def reciprocal_rank(order: Sequence[str], answers: Collection[str], depth: int = DEPTH) -> float:
    """1 over the place of the first answer; 0 beyond `depth`."""
    return next((1.0 / place for place, key in enumerate(order[:depth], 1) if key in answers), 0.0)


def gini(amounts: Sequence[float]) -> float:
    """0: all get the same; near 1: one gets all. Those who get nothing count."""
    ordered = sorted(amounts)
    total = sum(ordered)
    if not total:
        return 0.0
    count = len(ordered)
    weighted = sum(place * amount for place, amount in enumerate(ordered, 1))
    return 2.0 * weighted / (count * total) - (count + 1.0) / count


def exposure(lists: Sequence[Sequence[str]], depth: int = DEPTH) -> dict[str, float]:
    """How much each key is seen over all lists: a place counts by the same discount as in `ndcg`."""
    seen: dict[str, float] = {}
    for order in lists:
        for place, key in enumerate(order[:depth], 1):
            seen[key] = seen.get(key, 0.0) + 1.0 / math.log2(place + 1)
    return seen
