"""Profiles in, explained ranked matches out. Pure: no web site, no database; words, units and weights come as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.findings import Finding
from matching.profiles import CapabilityProfile, Certificate, NeedProfile, SpecRow, Term
from matching.score import DEFAULT_WEIGHTS, Weights, combine
from matching.spec_reading import read_specs
from matching.statistics import StatisticsMismatch
from matching.units import UnitTable, default_units, read_units

if TYPE_CHECKING:
    from matching.judged import Match
    from matching.matcher import Matcher

__all__ = [
    "DEFAULT_WEIGHTS", "CapabilityProfile", "Certificate", "Finding", "Match", "Matcher", "NeedProfile", "SpecRow",
    "StatisticsMismatch", "Term", "UnitTable", "Weights", "combine", "default_units", "read_specs", "read_units",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """``Match`` and ``Matcher`` on first use: whoever only makes profiles or shows findings never pays for them."""
    if name not in ("Match", "Matcher"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Late: loads numpy, the word cutter and the dictionaries of characters, which no page needs.
    from matching import matcher

    return getattr(matcher, name)
