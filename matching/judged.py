"""One pair on its way: near by its text, judged by every signal, told with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

from matching import findings as codes
from matching.evidence import Evidence
from matching.explain import explain_words
from matching.findings import Finding
from matching.gates import is_current_supplier
from matching.labels import TELLING_TEXT, WEAK
from matching.prepared import PreparedCapability, PreparedNeed
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
    evidence: dict[str, Evidence] = field(repr=False)  # by signal
    excluded: Finding | None = None


def comes_near(near: Near, judged: Judged) -> bool:
    """A cause is worth telling where the words fit: the very fact that excludes also lowers the score."""
    if judged.excluded is None:
        return judged.label != WEAK
    return near.text >= TELLING_TEXT


def told(need: PreparedNeed, offer: PreparedCapability, judged: Judged, method: str) -> Match:
    """The pair with its words explained."""
    capability, parts = offer.capability, judged.evidence.values()
    current = is_current_supplier(need.need, capability)
    reasons = [Finding(codes.CURRENT_SUPPLIER)] if current else []
    reasons.extend(explain_words(need.title, need.body, offer.head, offer.body))
    for part in parts:
        reasons.extend(part.reasons)
    return Match(
        need.need.id, capability.id, capability.firm_id, judged.score, judged.label, judged.signals, tuple(reasons),
        tuple(finding for part in parts for finding in part.unproven),
        tuple(finding for part in parts for finding in part.gaps), judged.excluded, method, current,
    )  # fmt: skip
