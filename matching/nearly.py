"""差一点: what of a pair is missing, and whether one or two things mended would bring it onto the list, or lift it there.

Everything missing is counted: what a stated fact rules out, what falls short, and what nobody has stated. A pair that lacks
three things is not near. Nothing here makes a pair a match: it only says what would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from matching import findings as codes
from matching.evidence import Evidence
from matching.findings import Finding
from matching.labels import STRONG, TELLING_TEXT, WEAK
from matching.reweighing import weighed
from matching.score import ONLY_LOWERS, Weights

if TYPE_CHECKING:
    from matching.judged import Judged

MOST_MISSING = 2
MOST_LOOKED_AT = 500
"""Pairs of a need read in full, nearest by text first: what lies further off is not nearly met."""
_NOISE = 1e-6  # text is summed in 32 bits

LACKING, UNSTATED = "lacking", "unstated"
_LACKING = {
    codes.CERTIFICATE_LAPSED: "certificate",
    codes.CERTIFICATE_NOT_YET_VALID: "certificate",
    codes.CERTIFICATE_ABSENT: "certificate",
    codes.MUST_SPEC_CONTRADICTED: "spec",
    codes.SPEC_UNMET: "spec",
    codes.DENIED_IN_PROSE: "spec",
    codes.UNWANTED_IN_PROSE: "spec",
    codes.CAPACITY_PART: "capacity",
    codes.CAPACITY_UNDIVIDED: "capacity",
    codes.MOQ_ABOVE: "moq",
    codes.LEAD_TIME_LATE: "lead_time",
    codes.DIVISION_NOT_SERVED: "division",
    codes.PAYMENT_LATER: "payment",
    codes.PAYMENT_UNDATED: "payment",
    codes.TERM_UNMET: "term",
    codes.TERM_CONTRADICTED: "term",
}
_UNSTATED = {
    codes.CERTIFICATE_UNDATED: "certificate",
    codes.CERTIFICATE_CLAIMED: "certificate",
    codes.CERTIFICATE_UNPROVEN: "certificate",
    codes.SPEC_UNPROVEN: "spec",
    codes.SPEC_PARTLY: "spec",
    codes.SPEC_UNIT_UNCLEAR: "spec",
    codes.STANDARD_UNPROVEN: "standard",
    codes.STANDARD_OTHER_YEAR: "standard",
    codes.CAPACITY_UNPROVEN: "capacity",
    codes.CAPACITY_UNIT_UNCLEAR: "capacity",
    codes.LEAD_TIME_UNPROVEN: "lead_time",
    codes.TERM_UNPROVEN: "term",
}
_MISSING = {
    **{code: (LACKING, kind) for code, kind in _LACKING.items()},
    **{code: (UNSTATED, kind) for code, kind in _UNSTATED.items()},
}
KINDS = ("certificate", "spec", "standard", "capacity", "moq", "lead_time", "division", "payment", "term")
"""What can be missing, in the order in which it is told."""
_SUBJECTS = {"certificate": "certificate", "spec": "parameter", "standard": "standard", "term": "term"}


@dataclass(frozen=True)
class Missing:
    """One thing missing: of which kind, of what (a certificate, a parameter, ...; "" for the others), and whether it is
    known to fall short (lacking) or was never said (unstated)."""

    kind: str
    subject: str
    state: str
    finding: Finding


@dataclass(frozen=True)
class NearMiss:
    """`standing`: barred (a stated fact rules it out), weak (near, but not listed) or listed. `mended` is the score and
    `label` the label that the pair would have with everything missing mended."""

    standing: str
    missing: tuple[Missing, ...]
    mended: float
    label: str


def missing_of(finding: Finding) -> Missing | None:
    """The finding as a thing missing; None for one that nobody could mend, or that is nothing missing."""
    state, kind = _MISSING.get(finding.code, ("", ""))
    if not kind:
        return None
    # What a need refuses is not what suppliers lack: it is counted under no name.
    named = finding.code != codes.UNWANTED_IN_PROSE
    subject = str(finding.params.get(_SUBJECTS.get(kind, ""), "")) if named else ""
    return Missing(kind, subject, state, finding)


def near_miss(pair: Judged, weights: Weights) -> NearMiss | None:
    """What the pair lacks of being met; None where it lacks nothing or more than two things, where a fact that nobody
    mends rules it out, or where mending would change nothing."""
    by_signal: dict[str, list[Missing]] = {}
    missing: list[Missing] = []
    for name, part in pair.evidence.items():
        if part.exclusions or part.gaps or part.unproven:
            by_signal[name] = things = _missing(part)
            missing += things
            if len(missing) > MOST_MISSING:
                return None  # as nearly every pair that is read
    exclusions = [finding for part in pair.evidence.values() for finding in part.exclusions]
    if not missing or not _mendable(pair, exclusions):
        return None
    facts = replace(
        pair.facts, open_musts=0, contradicted=0, open_certificates=0, covered=None,
        proven=pair.facts.proven + sum(thing.kind == "spec" for thing in missing),
    )  # fmt: skip
    mended, would_be = weighed(_whole(pair.signals, by_signal), facts, weights)
    standing = "barred" if exclusions else ("weak" if pair.label == WEAK else "listed")
    if standing == "listed":
        lifted = pair.label != STRONG and would_be == STRONG
        worth = lifted or any(thing.state == LACKING for thing in missing)
    else:
        worth = would_be != WEAK and pair.facts.text(weights) >= TELLING_TEXT
    if not worth:
        return None
    missing.sort(key=lambda thing: (thing.state != LACKING, KINDS.index(thing.kind)))
    return NearMiss(standing, tuple(missing), mended, would_be)


def _missing(part: Evidence) -> list[Missing]:
    """What one signal misses, or enough of it to see that it is too much; a must that is contradicted stands among the
    gaps too, and counts once."""
    barred = [finding.params for finding in part.exclusions if finding.code == codes.MUST_SPEC_CONTRADICTED]
    missing: list[Missing] = []
    for finding in (*part.exclusions, *part.gaps, *part.unproven):
        if finding.code == codes.SPEC_UNMET and finding.params in barred:
            continue
        thing = missing_of(finding)
        if thing is not None and thing not in missing:
            missing.append(thing)
            if len(missing) > MOST_MISSING:
                break
    return missing


def _mendable(pair: Judged, exclusions: Iterable[Finding]) -> bool:
    facts = list(exclusions)
    if pair.excluded is not None and pair.excluded not in facts:
        return False  # a relation: nobody mends who owns whom, or who does not want whom
    return all(missing_of(finding) is not None for finding in facts)


def _whole(signals: Mapping[str, float], by_signal: Mapping[str, list[Missing]]) -> dict[str, float]:
    """The signals once everything missing is mended; one that speaks of a gap alone then says nothing."""
    mended = {name for name, things in by_signal.items() if things}
    return {
        name: 1.0 if name in mended else value
        for name, value in signals.items()
        if name not in mended or name not in ONLY_LOWERS
    }


def nearest(
    pairs: Iterable[Judged], most: int, weights: Weights, lot: Callable[[int], str]
) -> list[tuple[Judged, NearMiss]]:
    """The near misses among pairs that come by falling text, best once mended first; equals by lot.

    Exact: no score exceeds its text, so once `most` are better than the next text, no later one can enter.
    """
    found: list[tuple[Judged, NearMiss]] = []
    worst = 0.0
    for pair in pairs:
        if len(found) >= most and pair.facts.text(weights) < worst - _NOISE:
            break
        near = near_miss(pair, weights)
        if near is not None:
            found.append((pair, near))
            if len(found) >= most:
                worst = sorted((one.mended for _pair, one in found), reverse=True)[most - 1]
    found.sort(key=lambda item: (-item[1].mended, lot(item[0].row)))
    return found[:most]
