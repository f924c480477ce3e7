"""How lately an offer was confirmed: a tie-breaker at most."""

from __future__ import annotations

from datetime import date

from matching.profiles import CapabilityProfile

FRESH_DAYS = 365


def freshness(capability: CapabilityProfile, as_of: date) -> float:
    """1 on the day, 0 after two years, .5 where nobody said when; rounded as signals are stored."""
    if capability.confirmed_on is None:
        return 0.5
    age = (as_of - capability.confirmed_on).days
    return round(max(0.0, 1.0 - max(0, age) / (2 * FRESH_DAYS)), 6)
