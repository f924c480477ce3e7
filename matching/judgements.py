"""The golden set: pooled pairs that two people graded 0 to 3, what they agree on, and how far.

A folder holds `pool.jsonl` ({"need", "as_of", "pool": [capability, ...]}) and `judge_a.jsonl`, `judge_b.jsonl`
({"need", "capability", "grade"}); `rubric.md` beside them says what a grade means. The consensus of a pair is the mean
of its grades: where two careful readers differ by one, the truth is taken to lie between.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

GRADES = range(4)
ANSWER = 2.0  # a consensus from which a capability counts as an answer to the need

Pair = tuple[str, str]  # need, capability
Grades = Mapping[Pair, int]
Weighting = Literal["linear", "quadratic"]


class GoldenError(ValueError):
    """A file of the golden set that cannot be used; the message names file, line and cause."""


@dataclass(frozen=True)
class PooledNeed:
    """One need and the capabilities that were graded for it; certificates and dates hold on `as_of`."""

    need: str
    as_of: date
    pool: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """How far two judges agree. Kappa is Cohen's, weighted by distance: 1 full agreement, 0 no more than chance."""

    pairs: int
    exact: float
    within_one: float
    kappa_linear: float
    kappa_quadratic: float


@dataclass(frozen=True)
class GoldenSet:
    needs: tuple[PooledNeed, ...]
    judge_a: Grades
    judge_b: Grades

    def consensus(self) -> dict[str, dict[str, float]]:
        """Mean grade by need and capability, in the order of the pool."""
        return {
            need.need: {
                capability: (self.judge_a[need.need, capability] + self.judge_b[need.need, capability]) / 2
                for capability in need.pool
            }
            for need in self.needs
        }

    def agreement(self) -> Agreement:
        pairs = [(need.need, capability) for need in self.needs for capability in need.pool]
        return agreement([self.judge_a[pair] for pair in pairs], [self.judge_b[pair] for pair in pairs])


def read(folder: Path) -> GoldenSet:
    """The whole set; raises GoldenError where a file is malformed or a pooled pair is not graded exactly once."""
    needs = read_pool(folder / "pool.jsonl")
    judges = [read_grades(folder / f"judge_{name}.jsonl", needs) for name in ("a", "b")]
    return GoldenSet(needs, *judges)


def read_pool(path: Path) -> tuple[PooledNeed, ...]:
    needs = []
    seen: set[str] = set()
    for at, row in _lines(path, ("need", "as_of", "pool")):
        pool = tuple(row["pool"])
        if row["need"] in seen:
            raise GoldenError(f"{at}: {row['need']} is pooled twice")
        if len(set(pool)) != len(pool):
            raise GoldenError(f"{at}: {row['need']} names a capability twice")
        try:
            as_of = date.fromisoformat(row["as_of"])
        except (TypeError, ValueError):
            raise GoldenError(f"{at}: as_of is not a day: {row['as_of']!r}") from None
        seen.add(row["need"])
        needs.append(PooledNeed(row["need"], as_of, pool))
    return tuple(needs)


def read_grades(path: Path, needs: Sequence[PooledNeed]) -> dict[Pair, int]:
    """One judge's grades: every pooled pair exactly once, and no other."""
    grades: dict[Pair, int] = {}
    pooled = {(need.need, capability) for need in needs for capability in need.pool}
    for at, row in _lines(path, ("need", "capability", "grade")):
        pair, grade = (row["need"], row["capability"]), row["grade"]
        if type(grade) is not int or grade not in GRADES:
            raise GoldenError(f"{at}: a grade is 0, 1, 2 or 3, not {grade!r}")
        if pair not in pooled:
            raise GoldenError(f"{at}: {' / '.join(pair)} is not in the pool")
        if pair in grades:
            raise GoldenError(f"{at}: {' / '.join(pair)} is graded twice")
        grades[pair] = grade
    open_pairs = sorted(pooled - set(grades))
    if open_pairs:
        raise GoldenError(
            f"{path.name}: {len(open_pairs)} pairs not graded, first {' / '.join(open_pairs[0])}"
        )
    return grades


def agreement(first: Sequence[int], second: Sequence[int]) -> Agreement:
    """Two judges' grades of the same pairs, in the same order."""
    apart = [abs(a - b) for a, b in zip(first, second, strict=True)]
    count = len(apart)
    if not count:
        raise GoldenError("no pair was graded by both")
    return Agreement(
        count,
        sum(distance == 0 for distance in apart) / count,
        sum(distance <= 1 for distance in apart) / count,
        weighted_kappa(first, second, "linear"),
        weighted_kappa(first, second, "quadratic"),
    )


def weighted_kappa(first: Sequence[int], second: Sequence[int], weighting: Weighting = "quadratic") -> float:
    """Cohen's kappa: one minus the disagreement seen over the disagreement that the two judges' habits alone give.

    Two judges who give one and the same grade throughout leave nothing to disagree on: that is 1.
    """
    power = {"linear": 1, "quadratic": 2}[weighting]
    count = len(first)
    habits = Counter(first), Counter(second)
    seen = sum(abs(a - b) ** power for a, b in zip(first, second, strict=True)) / count
    by_chance = sum(
        abs(a - b) ** power * often_a * often_b
        for a, often_a in habits[0].items()
        for b, often_b in habits[1].items()
    )
    return 1.0 if not by_chance else 1.0 - seen * count * count / by_chance


def _lines(path: Path, keys: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row with the place it stands at."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise GoldenError(f"{path.name}: cannot be read ({type(problem).__name__})") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        at = f"{path.name}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            raise GoldenError(f"{at}: not a JSON object") from None
        if not isinstance(row, dict) or set(row) != set(keys):
            raise GoldenError(f"{at}: a row has exactly {', '.join(keys)}")
        yield at, row
