"""Criteria that an organiser may switch on and everybody can see: how near, and of which tier. Both weigh 0 by default.

Where public money or a compulsory tender is involved neither exists: favouring the local or the honoured firm is barred
there, so the signals are not even computed and no weight can bring them back.
"""

from __future__ import annotations

from datetime import date

from matching.capacity import check_delivery
from matching.evidence import Evidence
from matching.profiles import CapabilityProfile, NeedProfile

TIERS = {"innovative-sme": 0.4, "tech-innovative-sme": 0.5, "srdi-sme": 0.75, "srdi-little-giant": 1.0}
"""Tiers of small and medium firms by certificate kind, lowest first."""


def switchable(need: NeedProfile, capability: CapabilityProfile, as_of: date) -> dict[str, Evidence]:
    """Locality and tier of a pair; nothing under an open procedure."""
    if need.open_procedure:
        return {}
    return {"delivery": check_delivery(need, capability), "tier": check_tier(capability, as_of)}


def check_tier(capability: CapabilityProfile, as_of: date) -> Evidence:
    """The highest tier that is valid on the day; one without dates counts, a lapsed one does not."""
    held = [
        TIERS[paper.kind]
        for paper in capability.certificates
        if paper.kind in TIERS
        and not paper.declared_absent
        and (paper.valid_from is None or paper.valid_from <= as_of)
        and (paper.valid_until is None or as_of <= paper.valid_until)
    ]
    return Evidence(max(held, default=0.0))
