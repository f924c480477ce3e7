"""Relations that rule a pair out before anything is compared. Facts about certificates, specs and capacity exclude in
their own modules, with the numbers; all of them only on what somebody stated."""

from __future__ import annotations

from matching import findings as codes
from matching.findings import Finding
from matching.profiles import CapabilityProfile, NeedProfile


def relation_gate(need: NeedProfile, capability: CapabilityProfile) -> Finding | None:
    """The first relation that closes the pair, or None."""
    if need.firm_id and need.firm_id == capability.firm_id:
        return Finding(codes.SAME_FIRM)
    if need.control_group and need.control_group == capability.control_group:
        return Finding(codes.SAME_CONTROL)
    if capability.firm_id and capability.firm_id in need.excluded_firms:
        return Finding(codes.EXCLUDED_COUNTERPART)
    if need.firm_id and need.firm_id in capability.excluded_firms:
        return Finding(codes.COUNTERPART_EXCLUDED)
    if need.type and capability.types and need.type not in capability.types:
        return Finding(codes.TYPE_CLOSED, {"type": need.type})
    return None


def is_current_supplier(need: NeedProfile, capability: CapabilityProfile) -> bool:
    return bool(capability.firm_id) and capability.firm_id in need.current_suppliers
