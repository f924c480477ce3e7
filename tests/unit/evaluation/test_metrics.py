"""Each measure against a value worked out by hand, and against scikit-learn where it has the same one."""

import math
import random

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, ndcg_score

from matching.evaluation import metrics

GRADES = {"a": 3.0, "b": 2.0, "c": 1.5, "d": 0.0}


def test_ndcg_by_hand() -> None:
    order = ["d", "a", "c"]  # b was not listed
    found = 0 + 7 / math.log2(3) + (2**1.5 - 1) / math.log2(4)
    best = 7 / math.log2(2) + 3 / math.log2(3) + (2**1.5 - 1) / math.log2(4)
    assert metrics.ndcg(order, GRADES) == pytest.approx(found / best)
    assert metrics.ndcg(["a", "b", "c"], GRADES) == pytest.approx(1.0)
    assert metrics.ndcg(["a"], {"x": 0.0}) == 0.0
    assert metrics.ndcg(["d", "a"], GRADES, depth=1) == 0.0


def random_world(seed: int, count: int = 30) -> tuple[list[str], dict[str, float], np.ndarray]:
    dice = random.Random(seed)
    keys = [f"k{place}" for place in range(count)]
    grades = {key: float(dice.choice((0, 0, 0, 1, 1.5, 2, 3))) for key in keys}
    scores = np.array([dice.random() for _ in keys])
    order = [keys[place] for place in np.argsort(-scores)]
    return order, grades, scores


@pytest.mark.parametrize("seed", range(6))
def test_ndcg_as_scikit_learn(seed: int) -> None:
    order, grades, scores = random_world(seed)
    gains = [[2**grade - 1 for grade in grades.values()]]
    assert metrics.ndcg(order, grades) == pytest.approx(ndcg_score(gains, [scores], k=10))


@pytest.mark.parametrize("seed", range(6))
def test_average_precision_as_scikit_learn(seed: int) -> None:
    order, grades, scores = random_world(seed)
    answers = {key for key, grade in grades.items() if grade >= 2}
    truth = [key in answers for key in grades]
    assert metrics.average_precision(order, answers) == pytest.approx(average_precision_score(truth, scores))


def test_average_precision_by_hand() -> None:
    assert metrics.average_precision(["a", "x", "b"], {"a", "b", "unlisted"}) == pytest.approx(
        (1 + 2 / 3) / 3
    )
    assert metrics.average_precision(["a"], set()) == 0.0


def test_recall_first_place_and_reciprocal_rank_by_hand() -> None:
    order = ["x", "a", "y", "b"]
    assert metrics.recall(order, {"a", "b", "c"}) == pytest.approx(2 / 3)
    assert metrics.recall(order, {"a", "b", "c"}, depth=2) == pytest.approx(1 / 3)
    assert metrics.recall(order, set()) == 0.0
    assert metrics.precision_at_one(order, {"x"}) == 1.0
    assert metrics.precision_at_one(order, {"a"}) == metrics.precision_at_one([], {"a"}) == 0.0
    assert metrics.reciprocal_rank(order, {"b", "y"}) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(order, {"b"}, depth=3) == 0.0


def test_gini_by_hand() -> None:
    assert metrics.gini([2.0, 2.0, 2.0]) == pytest.approx(0.0)
    assert metrics.gini([0.0, 0.0, 0.0, 1.0]) == pytest.approx(0.75)
    assert metrics.gini([1.0, 3.0]) == pytest.approx(0.25)
    assert metrics.gini([0.0, 0.0]) == metrics.gini([]) == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_gini_is_half_the_mean_distance_over_the_mean(seed: int) -> None:
    dice = random.Random(seed)
    amounts = [dice.choice((0.0, dice.random() * 5)) for _ in range(40)]
    apart = sum(abs(one - other) for one in amounts for other in amounts) / len(amounts) ** 2
    assert metrics.gini(amounts) == pytest.approx(apart / (2 * sum(amounts) / len(amounts)))


def test_exposure_falls_with_the_place() -> None:
    seen = metrics.exposure([["a", "b"], ["b"], []])
    assert seen == {"a": pytest.approx(1.0), "b": pytest.approx(1 / math.log2(3) + 1.0)}
    assert metrics.exposure([["a", "b"]], depth=1) == {"a": 1.0}
