"""Thresholds and what a label is worth, on pairs worked out by hand."""

import math

import pytest

from matching.evaluation.calibration import LabelledPair, lines, out_of_fold, threshold, worth
from matching.evaluation.collections import fold_of

PAIRS = [
    LabelledPair("n1", "strong", 0.9, True), LabelledPair("n1", "strong", 0.8, True),
    LabelledPair("n2", "possible", 0.7, False), LabelledPair("n2", "possible", 0.6, True),
    LabelledPair("n3", "weak", 0.2, False), LabelledPair("n3", "weak", 0.1, True),
]  # fmt: skip


def test_worth_counts_what_carries_the_label() -> None:
    strong = worth(PAIRS, ("strong",))
    assert (strong.pairs, strong.precision, strong.recall) == (2, 1.0, 0.5)
    listed = worth(PAIRS, ("strong", "possible"))
    assert (listed.pairs, listed.precision, listed.recall) == (4, 0.75, 0.75)
    assert worth(PAIRS, ("unheard",)).precision == 0.0


@pytest.mark.parametrize(("precision", "score"), [(1.0, 0.8), (0.75, 0.6), (0.6, 0.1), (0.0, 0.1)])
def test_the_lowest_score_that_keeps_the_precision(precision: float, score: float) -> None:
    assert threshold(PAIRS, precision) == score


def test_equal_scores_stand_or_fall_together() -> None:
    tied = [LabelledPair("n", "weak", 0.5, True), LabelledPair("n", "weak", 0.5, False)]
    assert threshold(tied, 1.0) == threshold(tied[::-1], 1.0) == math.inf
    assert threshold(tied, 0.5) == 0.5


def test_no_need_judges_the_threshold_it_helped_to_set() -> None:
    """A need whose wrong pair stands above everything: only the folds without it choose as if it were not there."""
    honest = [LabelledPair(f"n{place}", "strong", 0.5 + place / 100, True) for place in range(20)]
    odd = LabelledPair("odd", "strong", 0.99, False)
    chosen, found = out_of_fold([*honest, odd], 1.0, 4)
    assert chosen[fold_of("odd", 4)] < 1 and all(
        value == math.inf for fold, value in enumerate(chosen) if fold != fold_of("odd", 4)
    )
    own = [pair for pair in honest if fold_of(pair.need, 4) == fold_of("odd", 4)]
    right = sum(pair.score >= chosen[fold_of("odd", 4)] for pair in own)
    assert found.pairs == right + 1 and found.precision == pytest.approx(right / (right + 1))


def test_the_lines_tell_both() -> None:
    told = list(lines(PAIRS, 3))
    assert told[0] == "  strong: 2 pairs, precision 1.000, recall 0.500"
    assert len(told) == 4 and "without the fold that tries it" in told[2]
