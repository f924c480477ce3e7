"""What one signal found for one pair."""

from __future__ import annotations

from dataclasses import dataclass

from matching.findings import Finding


@dataclass(frozen=True)
class Evidence:
    """`value` 0-1, or None where the need says nothing that this signal could test.

    `exclusions` hold stated facts only, every one of them: each alone would rule the pair out.
    """

    value: float | None = None
    reasons: tuple[Finding, ...] = ()
    unproven: tuple[Finding, ...] = ()
    gaps: tuple[Finding, ...] = ()
    exclusions: tuple[Finding, ...] = ()

    @property
    def excluded(self) -> Finding | None:
        """The first fact that rules the pair out."""
        return self.exclusions[0] if self.exclusions else None


NOTHING_ASKED = Evidence()
