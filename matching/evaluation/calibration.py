"""What a label is worth: how many of the pairs that carry it are answers, and how many answers carry it.

The thresholds in use are also chosen anew on four fifths of the needs and tried on the fifth, so that no need judges
the threshold that it helped to set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.evaluation.collections import JudgedCollection, fold_of
from matching.labels import POSSIBLE, STRONG
from matching.matcher import Matcher

STRONG_PRECISION, POSSIBLE_PRECISION = 0.95, 0.65  # what the thresholds are chosen for


@dataclass(frozen=True)
class LabelledPair:
    """A graded pair that no fact excludes."""

    need: str
    label: str
    score: float
    answer: bool


@dataclass(frozen=True)
class Worth:
    pairs: int
    precision: float
    recall: float  # of all answers that no fact excludes


def labelled(matcher: Matcher, collection: JudgedCollection) -> list[LabelledPair]:
    pairs = []
    for need in collection.needs:
        for key, grade in collection.grades[need.id].items():
            match = matcher.explain(need, key, collection.as_of)
            if match is not None and match.excluded is None:
                pairs.append(LabelledPair(need.id, match.label, match.score, grade >= collection.answer))
    return pairs


def worth(pairs: Sequence[LabelledPair], labels: tuple[str, ...]) -> Worth:
    return _worth(pairs, [pair.label in labels for pair in pairs])


def threshold(pairs: Sequence[LabelledPair], precision: float) -> float:
    """The lowest score from which on at least this share are answers; above every score where none does."""
    ordered = sorted(pairs, key=lambda pair: -pair.score)
    found, answers = float("inf"), 0
    for count, pair in enumerate(ordered, 1):
        answers += pair.answer
        last_of_its_score = count == len(ordered) or ordered[count].score < pair.score
        if last_of_its_score and answers >= precision * count:
            found = pair.score
    return found


def out_of_fold(pairs: Sequence[LabelledPair], precision: float, folds: int) -> tuple[list[float], Worth]:
    """Thresholds by fold, each chosen without the fold's needs, and what they are worth on those needs."""
    chosen = [
        threshold([pair for pair in pairs if fold_of(pair.need, folds) != fold], precision)
        for fold in range(folds)
    ]
    taken = [pair.score >= chosen[fold_of(pair.need, folds)] for pair in pairs]
    return chosen, _worth(pairs, taken)


def lines(pairs: Sequence[LabelledPair], folds: int) -> Iterator[str]:
    for name, labels in (("strong", (STRONG,)), ("strong or possible", (STRONG, POSSIBLE))):
        yield f"  {name}: {_told(worth(pairs, labels))}"
    for name, precision in (("strong", STRONG_PRECISION), ("possible", POSSIBLE_PRECISION)):
        chosen, found = out_of_fold(pairs, precision, folds)
        yield (
            f"  by score alone, {name} chosen for precision {precision:.2f} without the fold that tries it: "
            f"from {min(chosen):.3f}–{max(chosen):.3f}, {_told(found)}"
        )


def _worth(pairs: Sequence[LabelledPair], taken: Sequence[bool]) -> Worth:
    right = sum(pair.answer for pair, kept in zip(pairs, taken, strict=True) if kept)
    answers = sum(pair.answer for pair in pairs)
    return Worth(sum(taken), right / sum(taken) if any(taken) else 0.0, right / answers if answers else 0.0)


def _told(worth: Worth) -> str:
    return f"{worth.pairs} pairs, precision {worth.precision:.3f}, recall {worth.recall:.3f}"
