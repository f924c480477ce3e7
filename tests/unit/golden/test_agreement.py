"""The agreement of two judges: worked out by hand, and against scikit-learn's kappa."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from matching.judgements import GoldenError, agreement, weighted_kappa

# Distances 0 1 0 0 1 0. By habit alone (2 1 1 2 against 1 2 2 1 times each grade) 90 / 36 squared and 46 / 36 plain.
FIRST = [0, 0, 1, 2, 3, 3]
SECOND = [0, 1, 1, 2, 2, 3]

grades = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)


def test_worked_out_by_hand() -> None:
    found = agreement(FIRST, SECOND)
    assert (found.pairs, found.exact, found.within_one) == (6, pytest.approx(4 / 6), 1.0)
    assert found.kappa_quadratic == pytest.approx(1 - (2 / 6) / (90 / 36)) == pytest.approx(13 / 15)
    assert found.kappa_linear == pytest.approx(1 - (2 / 6) / (46 / 36)) == pytest.approx(17 / 23)


def test_a_grade_far_off_counts_more_when_squared() -> None:
    near = weighted_kappa([0, 1, 2, 3, 0, 3], [1, 1, 2, 3, 0, 3])
    far = weighted_kappa([0, 1, 2, 3, 0, 3], [3, 1, 2, 3, 0, 3])
    assert near > 0.9 and far < 0.6
    assert agreement([0, 3], [3, 3]).within_one == 0.5


def test_opposite_judges_are_worse_than_chance() -> None:
    assert weighted_kappa([0, 3], [3, 0]) == -1.0


def test_one_grade_throughout_is_agreement() -> None:
    assert weighted_kappa([0, 0, 0], [0, 0, 0]) == 1.0


def test_nothing_judged_is_said_and_unequal_lists_are_refused() -> None:
    with pytest.raises(GoldenError):
        agreement([], [])
    with pytest.raises(ValueError):
        agreement([1, 2], [1])


@pytest.mark.parametrize("weighting", ["linear", "quadratic"])
@given(pairs=grades)
def test_as_scikit_learn_computes_it(weighting, pairs) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    # One and the same grade throughout: the library divides by nothing there.
    assume(len(set(first) | set(second)) > 1)
    ours = weighted_kappa(first, second, weighting)
    assert ours == pytest.approx(cohen_kappa_score(first, second, labels=range(4), weights=weighting))
    assert ours == pytest.approx(weighted_kappa(second, first, weighting))
