"""A need's technical demands against an offer: stated rows, numbers in prose, standards.

A number in the offer's prose may prove a row but never excludes: it may belong to another grade or an example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching import findings as codes
from matching.evidence import NOTHING_ASKED, Evidence
from matching.findings import Finding
from matching.profiles import SpecRow
from matching.specs import Offered, ResolvedSpec, SpecResult, compare, resolve
from matching.standards import Standard, same_standard
from matching.units import UnitTable

_MET, _PARTLY, _SILENT = 1.0, 0.5, 0.3
_MUST_WEIGHT, _NICE_WEIGHT, _PROSE_WEIGHT, _STANDARD_WEIGHT = 2.0, 1.0, 0.7, 1.0


@dataclass(frozen=True)
class Demands:
    """What a need asks: rows it states, rows read out of its prose (never a must), standards it quotes."""

    stated: tuple[ResolvedSpec, ...]
    prose: tuple[ResolvedSpec, ...]
    standards: tuple[Standard, ...]

    @classmethod
    def of(
        cls, units: UnitTable, stated: Sequence[SpecRow], prose: Sequence[SpecRow] = (), standards: Sequence[Standard] = (),
    ) -> Demands:  # fmt: skip
        stated_rows, prose_rows = (tuple(resolve(row, units) for row in rows) for rows in (stated, prose))
        return cls(stated_rows, prose_rows, tuple(standards))

    def __bool__(self) -> bool:
        return bool(self.stated or self.prose or self.standards)


@dataclass(frozen=True)
class Offer:
    """What a capability offers: rows it states, rows read out of its prose, standards of both."""

    stated: Offered
    prose: Offered
    standards: Sequence[Standard]


def check(demands: Demands, offer: Offer, refused: Sequence[Finding] = ()) -> Evidence:
    """Weighted share of the demands that are proven; a stated must that a stated row contradicts excludes. `refused`:
    what the prose of one side refuses the other, each a demand unmet; it may speak of another grade, so none excludes."""
    if not (demands or refused):
        return NOTHING_ASKED
    reasons: list[Finding] = []
    unproven: list[Finding] = []
    gaps: list[Finding] = []
    exclusions: list[Finding] = []
    total = weight_sum = 0.0
    for wanted in demands.stated:
        result, contradicted_by_statement = _judged(wanted, offer)
        weight = _MUST_WEIGHT if result.must else _NICE_WEIGHT
        weight_sum += weight
        if result.status == "met":
            reasons.append(result.finding)
            total += weight * _MET
        elif result.status == "unmet":
            gaps.append(result.finding)
            if result.must and contradicted_by_statement:
                exclusions.append(Finding(codes.MUST_SPEC_CONTRADICTED, result.finding.params))
        else:
            unproven.append(result.finding)
            total += weight * (_SILENT if result.finding.code == codes.SPEC_UNPROVEN else _PARTLY)
    for wanted in demands.prose:
        result, _ = _judged(wanted, offer)
        if result.status == "unproven":
            continue  # what neither side put into a row is no question to ask
        weight_sum += _PROSE_WEIGHT
        if result.status == "met":
            reasons.append(result.finding)
            total += _PROSE_WEIGHT * _MET
        else:
            gaps.append(result.finding)
    for standard in demands.standards:
        weight_sum += _STANDARD_WEIGHT
        status, finding = _standard(standard, offer.standards)
        total += _STANDARD_WEIGHT * {"met": _MET, "partly": _PARTLY, "silent": _SILENT}[status]
        (reasons if status == "met" else unproven).append(finding)
    gaps.extend(refused)
    weight_sum += _PROSE_WEIGHT * len(refused)
    value = total / weight_sum if weight_sum else _SILENT
    return Evidence(value, tuple(reasons), tuple(unproven), tuple(gaps), tuple(exclusions))


def _judged(wanted: ResolvedSpec, offer: Offer) -> tuple[SpecResult, bool]:
    by_statement = compare(wanted, offer.stated)
    if by_statement.status == "met" or not offer.prose:
        return by_statement, True
    by_prose = compare(wanted, offer.prose)
    if by_prose.status == "met":
        return by_prose, False
    if by_statement.status == "unproven" and by_statement.finding.code == codes.SPEC_UNPROVEN:
        return by_prose, False
    return by_statement, True


def _standard(wanted: Standard, offered: Sequence[Standard]) -> tuple[str, Finding]:
    for standard in offered:
        if same_standard(wanted, standard):
            return "met", Finding(codes.STANDARD_MET, {"standard": str(wanted)})
    for standard in offered:
        if standard.number == wanted.number:
            params: dict[str, str | int | float] = {"standard": str(wanted), "offered": str(standard)}
            return "partly", Finding(codes.STANDARD_OTHER_YEAR, params)
    return "silent", Finding(codes.STANDARD_UNPROVEN, {"standard": str(wanted)})
