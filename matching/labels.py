"""强 / 可能 / 弱: what firms and papers see instead of a score. By evidence first, by score second.

Thresholds were set on the golden sets (docs/matching.md) and hold across needs, because every signal is a share of what
a perfect answer to the same need would reach.
"""

from __future__ import annotations

from dataclasses import dataclass

STRONG, POSSIBLE, WEAK = "strong", "possible", "weak"
METHOD = "1"
"""Raise it with every change that can move a score, a label or an order."""

STRONG_EVIDENCE = 0.55  # idf share of the need's title found in the offer's title or summary
STRONG_TEXT = 0.50
STRONG_TEXT_WITH_PROOF = 0.38  # enough where a demand is proven by numbers
POSSIBLE_EVIDENCE = 0.22
POSSIBLE_TEXT = 0.20


@dataclass(frozen=True)
class Standing:
    """What a label is decided on."""

    text: float
    evidence: float
    proven: int  # demands met by a stated number, grade or standard
    musts: int
    open_musts: int  # stated musts without proof
    contradicted: int  # gaps among specs
    open_certificates: int
    covered: float | None  # share of the quantity; None = not asked or not stated


def label(standing: Standing) -> str:
    """Strong needs the thing itself in the title, no contradiction, and no required paper still to be shown."""
    if standing.text < POSSIBLE_TEXT or standing.evidence < POSSIBLE_EVIDENCE:
        return WEAK
    enough = standing.text >= (STRONG_TEXT_WITH_PROOF if standing.proven else STRONG_TEXT)
    titled = standing.evidence >= STRONG_EVIDENCE or (standing.proven >= 2 and standing.evidence >= 0.4)
    settled = (
        not standing.contradicted
        and not standing.open_certificates
        and standing.open_musts * 2 <= standing.musts
        and (standing.covered is None or standing.covered >= 0.5)
    )
    return STRONG if enough and titled and settled else POSSIBLE
