"""Profiles in, explained ranked matches out. Pure: no web site, no database; words, units and weights come as values."""

from matching.findings import Finding
from matching.matcher import Match, Matcher
from matching.profiles import CapabilityProfile, Certificate, NeedProfile, SpecRow
from matching.score import DEFAULT_WEIGHTS, Weights, combine
from matching.spec_reading import read_specs
from matching.statistics import StatisticsMismatch
from matching.units import UnitTable, default_units, read_units

__all__ = [
    "DEFAULT_WEIGHTS", "CapabilityProfile", "Certificate", "Finding", "Match", "Matcher", "NeedProfile", "SpecRow",
    "StatisticsMismatch", "UnitTable", "Weights", "combine", "default_units", "read_specs", "read_units",
]  # fmt: skip
