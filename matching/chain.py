"""How near two places in the economy are: GB/T 4754-2017 codes by their common beginning, chain links by their edges."""

from __future__ import annotations

from collections.abc import Set

from matching import findings as codes
from matching.evidence import NOTHING_ASKED, Evidence
from matching.findings import Finding
from matching.profiles import CapabilityProfile, NeedProfile

_UNKNOWN = 0.5
# First division of each section, GB/T 4754-2017: A 01-05, B 06-12, C 13-43, D 44-46, E 47-50 ...
_SECTION_STARTS = (
    (1, "A"), (6, "B"), (13, "C"), (44, "D"), (47, "E"), (51, "F"), (53, "G"), (61, "H"), (63, "I"), (66, "J"),
    (70, "K"), (71, "L"), (73, "M"), (76, "N"), (80, "O"), (83, "P"), (84, "Q"), (86, "R"), (91, "S"), (97, "T"),
)  # fmt: skip
_BY_DEPTH = {0: 0.0, 1: 0.2, 2: 0.55, 3: 0.8, 4: 1.0}


def industry_depth(wanted: str, offered: str) -> int:
    """Levels that two codes share: 4 class, 3 group, 2 division, 1 section, 0 none. 「C2651」 and 「2651」 are equal."""
    ours, theirs = _digits(wanted), _digits(offered)
    shared = 0
    while shared < min(len(ours), len(theirs)) and ours[shared] == theirs[shared]:
        shared += 1
    if shared >= 2:
        return 4 if ours == theirs and len(ours) < 4 else min(shared, 4)
    return 1 if section_of(wanted) and section_of(wanted) == section_of(offered) else 0


def check_industry(need: NeedProfile, capability: CapabilityProfile) -> Evidence:
    if not need.industry:
        return NOTHING_ASKED
    if not capability.industry:
        return Evidence(_UNKNOWN)
    depth = industry_depth(need.industry, capability.industry)
    reasons: tuple[Finding, ...] = ()
    if depth >= 3:
        reasons = (Finding(codes.SAME_INDUSTRY, {"industry": _digits(capability.industry)[:depth]}),)
    return Evidence(_BY_DEPTH[depth], reasons)


def check_chain(
    need: NeedProfile, capability: CapabilityProfile, edges: Set[tuple[str, str]] = frozenset()
) -> Evidence:
    """The need's link is where the wanted thing sits. `edges` are (upstream link, downstream link) pairs."""
    if not need.chain and not need.link:
        return NOTHING_ASKED
    if not capability.chain and not capability.link:
        return Evidence(_UNKNOWN)
    if need.link and need.link == capability.link and (need.chain == capability.chain or not need.chain):
        return Evidence(1.0, (Finding(codes.SAME_LINK, {"link": need.link}),))
    if (need.link, capability.link) in edges or (capability.link, need.link) in edges:
        return Evidence(0.7)
    if need.chain and need.chain == capability.chain:
        return Evidence(0.6, (Finding(codes.SAME_CHAIN, {"chain": need.chain}),))
    return Evidence(0.1)


def _digits(code: str) -> str:
    return "".join(character for character in code if character.isdigit())


def section_of(code: str) -> str:
    """The letter of a code's section, whether it carries one or not."""
    digits = _digits(code)
    if len(digits) < 2:
        return code[:1].upper() if code[:1].isalpha() else ""
    division = int(digits[:2])
    section = ""
    for start, letter in _SECTION_STARTS:
        if division >= start:
            section = letter
    return section
