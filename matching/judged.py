"""One pair on its way: near by its text, judged by every signal, told with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

from matching.evidence import Evidence
from matching.findings import Finding
from matching.labels import TELLING_TEXT, WEAK
from matching.reweighing import Facts


@dataclass(frozen=True)
class Match:
    """One pair. `signals` hold the values that `score.combine` weighs; `excluded` is set on pairs that a fact closes."""

    need_id: str
    capability_id: str
    firm_id: str
    score: float
    label: str
    signals: dict[str, float]
    reasons: tuple[Finding, ...]
    unproven: tuple[Finding, ...]
    gaps: tuple[Finding, ...]
    excluded: Finding | None
    method: str
    current_supplier: bool = False


@dataclass(frozen=True)
class Near:
    """Text signals of one pair; `text` is title and body weighed together."""

    text: float
    title: float
    body: float | None
    evidence: float


@dataclass(frozen=True)
class Judged:
    """A pair before its words are explained."""

    row: int
    score: float
    label: str
    signals: dict[str, float]
    facts: Facts
    evidence: tuple[Evidence, ...] = field(repr=False)
    excluded: Finding | None = None


def comes_near(near: Near, judged: Judged) -> bool:
    """A cause is worth telling where the words fit: the very fact that excludes also lowers the score."""
    if judged.excluded is None:
        return judged.label != WEAK
    return near.text >= TELLING_TEXT
