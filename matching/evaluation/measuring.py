"""One method over one collection: every measure, over all needs and in the folds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from matching.evaluation import metrics
from matching.evaluation.collections import JudgedCollection, fold_of
from matching.evaluation.methods import Method

DEPTH = metrics.DEPTH


@dataclass(frozen=True)
class Result:
    """Means over the needs that have an answer (nDCG: anything above grade 0).

    `spread`: standard deviation of nDCG over the folds; `unjudged`: share of the first ten that nobody graded.
    """

    needs: int
    ndcg: float
    mean_average_precision: float
    recall: float
    first_right: float
    reciprocal_rank: float
    listed: float  # share of needs with any list at all
    spread: float
    unjudged: float
    seen: float  # share of suppliers in any first ten
    gini: float  # of exposure over suppliers
    by_size: Mapping[str, SizeExposure]


@dataclass(frozen=True)
class SizeExposure:
    """How one size class fares: its share of suppliers, of exposure, and the concentration inside it."""

    suppliers: float
    exposure: float
    gini: float


def measure(method: Method, collection: JudgedCollection, *, folds: int = 5) -> Result:
    orders = {need.id: method(need) for need in collection.needs}
    kept = {key: _counted(order, collection, key) for key, order in orders.items()}
    gains = {
        key: metrics.ndcg(kept[key], grades)
        for key, grades in collection.grades.items()
        if any(grade > 0 for grade in grades.values())
    }
    answered = {key: collection.answers(key) for key in collection.grades if collection.answers(key)}
    amounts = _exposure(list(orders.values()), collection)
    return Result(
        needs=len(answered),
        ndcg=_mean(list(gains.values())),
        mean_average_precision=_mean([metrics.average_precision(kept[k], a) for k, a in answered.items()]),
        recall=_mean([metrics.recall(kept[k], a) for k, a in answered.items()]),
        first_right=_mean([metrics.precision_at_one(kept[k], a) for k, a in answered.items()]),
        reciprocal_rank=_mean([metrics.reciprocal_rank(kept[k], a) for k, a in answered.items()]),
        listed=_mean([float(bool(order)) for order in orders.values()]),
        spread=_deviation([_mean(part) for part in by_fold(gains, folds) if part]),
        unjudged=_unjudged(orders, collection),
        seen=_mean([float(amount > 0) for amount in amounts.values()]),
        gini=metrics.gini(list(amounts.values())),
        by_size=_by_size(amounts, collection.sizes),
    )


def by_fold(values: Mapping[str, float], folds: int) -> list[list[float]]:
    parts: list[list[float]] = [[] for _ in range(folds)]
    for need_id, value in sorted(values.items()):
        parts[fold_of(need_id, folds)].append(value)
    return parts


def _counted(order: Sequence[str], collection: JudgedCollection, need_id: str) -> list[str]:
    grades = collection.grades[need_id]
    return [key for key in order if key in grades] if collection.pooled else list(order)


def _unjudged(orders: Mapping[str, Sequence[str]], collection: JudgedCollection) -> float:
    heads = [
        (key, place)
        for need, order in orders.items()
        for key, place in [(need, item) for item in order[:DEPTH]]
    ]
    return _mean([float(capability not in collection.grades[need]) for need, capability in heads])


def _exposure(orders: Sequence[Sequence[str]], collection: JudgedCollection) -> dict[str, float]:
    """By supplier; those never seen have 0."""
    firm_of = {capability.id: capability.firm_id or capability.id for capability in collection.capabilities}
    amounts = dict.fromkeys(firm_of.values(), 0.0)
    for key, amount in metrics.exposure(orders).items():
        amounts[firm_of[key]] += amount
    return amounts


def _by_size(amounts: Mapping[str, float], sizes: Mapping[str, str]) -> dict[str, SizeExposure]:
    total = sum(amounts.values()) or 1.0
    classes: dict[str, list[float]] = {}
    for firm, amount in amounts.items():
        if firm in sizes:
            classes.setdefault(sizes[firm], []).append(amount)
    return {
        name: SizeExposure(len(part) / len(amounts), sum(part) / total, metrics.gini(part))
        for name, part in sorted(classes.items())
    }


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def _deviation(values: Sequence[float]) -> float:
    mean = _mean(values)
    return math.sqrt(_mean([(value - mean) ** 2 for value in values]))
