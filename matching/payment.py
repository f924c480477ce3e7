"""When the money comes: the buyer's payment term against the longest that the supplier says it can wait.

A wish of the supplier's own, so it can only lower: whoever can wait longer gains no place by it, and who says nothing loses
none.
"""

from __future__ import annotations

from matching import findings as codes
from matching.evidence import NOTHING_ASKED, Evidence
from matching.findings import Finding
from matching.profiles import CapabilityProfile, NeedProfile


def check_payment(need: NeedProfile, capability: CapabilityProfile) -> Evidence:
    """A gap where the need pays later than the supplier can wait, worth the share of the term that it can; also where it
    pays only once somebody else has paid, which promises no day at all."""
    if capability.payment_days is None:
        return NOTHING_ASKED
    accepted = int(capability.payment_days)
    if need.paid_when_paid:
        return Evidence(0.0, (), (), (Finding(codes.PAYMENT_UNDATED, {"accepted": accepted}),))
    if need.payment_days is None:
        return NOTHING_ASKED
    wanted = int(need.payment_days)
    if wanted <= accepted:
        # How much longer it could wait is not the buyer's to know.
        return Evidence(None, (Finding(codes.PAYMENT_MET, {"wanted": wanted}),))
    gap = Finding(codes.PAYMENT_LATER, {"wanted": wanted, "accepted": accepted, "days": wanted - accepted})
    return Evidence(round(0.5 * accepted / wanted, 6), (), (), (gap,))
