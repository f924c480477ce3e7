"""强 / 可能 / 弱: what firms and papers see instead of a score. By evidence first, by score second.

Thresholds were set on the golden set and the demo district (docs/matching.md) and hold across needs, because every
signal is a share of what a perfect answer to the same need would reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STRONG, POSSIBLE, WEAK = "strong", "possible", "weak"
METHOD = "4"
"""Raise it with every change that can move a score, a label or an order."""

STRONG_EVIDENCE = 0.55  # idf share of the need's title found in the offer's title or summary
STRONG_TEXT = 0.48
PROVEN_EVIDENCE, PROVEN_TEXT = 0.38, 0.36  # enough where a demand is proven by a number, grade or standard
PROVEN_BODY, PROVEN_SPECS = (
    0.50,
    0.80,
)  # other words in the title, but the body speaks of the thing and the numbers agree
POSSIBLE_EVIDENCE, POSSIBLE_TEXT = 0.22, 0.20
POSSIBLE_SCORE = 0.19
POSSIBLE_BODY = 0.40  # with proof: no word of the title shared, yet the same demands met


@dataclass(frozen=True)
class Standing:
    """What a label is decided on."""

    score: float
    text: float
    evidence: float
    body: float
    specs: float  # 0-1, or 0 where nothing was asked
    proven: int  # demands met by a stated number, grade or standard
    musts: int
    open_musts: int  # stated musts without proof
    contradicted: int  # gaps among specs
    open_certificates: int
    covered: float | None  # share of the quantity; None = not asked or not stated


def is_near(evidence: Any, text: Any, body: Any) -> Any:
    """Whether a pair is worth judging in full: it may turn out possible. Cheap, and never wrong on the safe side.
    Of three numbers, or of three arrays at once."""
    return ((text >= POSSIBLE_TEXT) & (evidence >= POSSIBLE_EVIDENCE)) | (body >= POSSIBLE_BODY)


def label(standing: Standing) -> str:
    """Strong: the thing itself in the title, or its demands proven; no contradiction; no required paper outstanding."""
    titled = (
        standing.text >= POSSIBLE_TEXT
        and standing.evidence >= POSSIBLE_EVIDENCE
        and standing.score >= POSSIBLE_SCORE
    )
    proven_otherwise = standing.body >= POSSIBLE_BODY and standing.proven >= 2 and standing.specs >= 0.5
    if not titled and not proven_otherwise:
        return WEAK
    settled = (
        not standing.contradicted
        and not standing.open_certificates
        and standing.open_musts * 2 <= standing.musts
        and (standing.covered is None or standing.covered >= 0.5)
    )
    by_title = standing.text >= STRONG_TEXT and standing.evidence >= STRONG_EVIDENCE
    by_proof = (
        standing.proven > 0
        and standing.open_musts == 0
        and standing.text >= PROVEN_TEXT
        and standing.evidence >= PROVEN_EVIDENCE
    )
    by_demands = (
        standing.proven >= 2
        and standing.specs >= PROVEN_SPECS
        and standing.body >= PROVEN_BODY
        and standing.evidence >= POSSIBLE_EVIDENCE
    )
    return STRONG if settled and (by_title or by_proof or by_demands) else POSSIBLE
