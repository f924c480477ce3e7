"""A judged collection: needs, capabilities and grades, whatever they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from matching.evaluation.metrics import Grades
from matching.profiles import CapabilityProfile, NeedProfile


@dataclass(frozen=True)
class JudgedCollection:
    """`grades[need][capability]`. `pooled`: only the judged count in a ranking (nobody knows about the rest);
    otherwise whatever is not graded is wrong."""

    name: str
    needs: tuple[NeedProfile, ...]
    capabilities: tuple[CapabilityProfile, ...]
    grades: Mapping[str, Grades]
    as_of: date
    answer: float  # the least grade that counts as an answer
    pooled: bool
    sizes: Mapping[str, str] = field(default_factory=dict)
    """Size class by firm id, where it is known."""

    def answers(self, need_id: str) -> frozenset[str]:
        return frozenset(key for key, grade in self.grades[need_id].items() if grade >= self.answer)


def fold_of(need_id: str, folds: int) -> int:
    """By hash of the need, so that a further need moves no other one into another fold."""
    return int(sha256(f"fold\x1f{need_id}".encode()).hexdigest(), 16) % folds
