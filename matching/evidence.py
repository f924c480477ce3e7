"""What one signal found for one pair."""

from __future__ import annotations

from dataclasses import dataclass

from matching.findings import Finding


@dataclass(frozen=True)
class Evidence:
    """`value` 0-1, or None where the need says nothing that this signal could test.

    `excluded` is set only on a stated fact.
    """

    value: float | None = None
    reasons: tuple[Finding, ...] = ()
    unproven: tuple[Finding, ...] = ()
    gaps: tuple[Finding, ...] = ()
    excluded: Finding | None = None


NOTHING_ASKED = Evidence()
