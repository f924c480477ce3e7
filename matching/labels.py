"""强 / 可能 / 弱: what firms and papers see instead of a score.

Thresholds were set on the golden set, and tried on needs that had no part in choosing them (`lianqiao evaluate`,
docs/matching.md). They hold across needs, because every signal is a share of what a perfect answer would reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STRONG, POSSIBLE, WEAK = "strong", "possible", "weak"
METHOD = "12"
"""Raise it with every change that can move a score, a label or an order."""
METHOD_NAME = f"lianqiao-{METHOD}"  # as it stands before the versions of what it reads with

STRONG_SCORE = 0.36
POSSIBLE_SCORE = 0.19
LEAST_TEXT = 0.19  # no label above weak is reached below this text: a score never exceeds it
TELLING_TEXT = 0.22  # from here on a stated fact that excludes is worth telling
# Half of the need's title found, whatever else is silent: a bare name that fits.
NAMED_EVIDENCE, NAMED_TITLE = 0.55, 0.45
PROVEN_EVIDENCE, PROVEN_TEXT = 0.38, 0.36  # enough where a demand is proven by a number, grade or standard


@dataclass(frozen=True)
class Standing:
    """What a label is decided on."""

    score: float
    text: float
    title: float
    evidence: float
    proven: int  # demands met by a stated number, grade or standard
    musts: int
    open_musts: int  # stated musts without proof
    contradicted: int  # gaps among specs
    open_certificates: int
    covered: float | None  # share of the quantity; None = not asked or not stated


def is_near(text: Any) -> Any:
    """Whether a pair is worth judging in full: it may turn out possible. Cheap, and never wrong on the safe side.
    Of one number, or of an array at once."""
    return text >= LEAST_TEXT


def label(standing: Standing) -> str:
    """By score; strong also asks that nothing stated speaks against it and no required paper is outstanding."""
    if standing.score < POSSIBLE_SCORE:
        return WEAK
    settled = (
        not standing.contradicted
        and not standing.open_certificates
        and standing.open_musts * 2 <= standing.musts
        and (standing.covered is None or standing.covered >= 0.5)
    )
    by_name = standing.title >= NAMED_TITLE and standing.evidence >= NAMED_EVIDENCE
    by_proof = (
        standing.proven > 0
        and standing.open_musts == 0
        and standing.text >= PROVEN_TEXT
        and standing.evidence >= PROVEN_EVIDENCE
    )
    return STRONG if settled and (standing.score >= STRONG_SCORE or by_name or by_proof) else POSSIBLE
