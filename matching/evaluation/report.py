"""One table a collection, methods beside each other, in plain text. What was measured on what stands in its head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matching.evaluation.collections import JudgedCollection
from matching.evaluation.measuring import DEPTH, Result

_HEADS = (
    f"nDCG@{DEPTH}", "± folds", "MAP", f"recall@{DEPTH}", "P@1", f"MRR@{DEPTH}", "listed", "unjudged", "seen", "Gini",
)  # fmt: skip


def table(collection: JudgedCollection, results: Mapping[str, Result], folds: int) -> Iterator[str]:
    graded = sum(len(grades) for grades in collection.grades.values())
    answered = next(iter(results.values())).needs
    yield f"{collection.name}: {len(collection.needs)} needs ({answered} with an answer), {len(collection.capabilities)} capabilities, {graded} graded pairs"
    counted = "only graded pairs are ranked" if collection.pooled else "what is not graded is wrong"
    yield f"  an answer has grade {collection.answer:g} or more; {counted}; {folds} folds by hash of the need"
    wide = max(map(len, results)) + 2
    yield "  " + "method".ljust(wide) + "".join(head.rjust(11) for head in _HEADS)
    for name, result in results.items():
        yield "  " + name.ljust(wide) + "".join(f"{value:11.3f}" for value in _values(result))


def size_lines(results: Mapping[str, Result]) -> Iterator[str]:
    """Exposure by size class: above 1 a class is seen more than its number of firms would give it."""
    for name, result in results.items():
        parts = [
            f"{size} ×{part.exposure / part.suppliers:.2f} (Gini {part.gini:.2f})"
            for size, part in result.by_size.items()
            if part.suppliers
        ]
        if parts:
            yield f"  {name}: exposure per firm " + ", ".join(parts)


def ablation_lines(whole: Result, without: Mapping[str, Result]) -> Iterator[str]:
    """What each signal is worth: the figure without it, and the loss."""
    wide = max((len(name) for name in without), default=0) + 10
    for name, result in without.items():
        losses = (
            ("nDCG", whole.ndcg, result.ndcg), ("MAP", whole.mean_average_precision, result.mean_average_precision),
            ("P@1", whole.first_right, result.first_right), ("MRR", whole.reciprocal_rank, result.reciprocal_rank),
        )  # fmt: skip
        cells = "".join(f"  {head} {value:.3f} ({value - best:+.3f})" for head, best, value in losses)
        yield "  " + f"without {name}".ljust(wide) + cells


def _values(result: Result) -> tuple[float, ...]:
    return (
        result.ndcg, result.spread, result.mean_average_precision, result.recall, result.first_right,
        result.reciprocal_rank, result.listed, result.unjudged, result.seen, result.gini,
    )  # fmt: skip
