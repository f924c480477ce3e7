"""Rules of certificates: which dates make sense, and what a certificate is worth on a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from marketplace.core.errors import Problem
from marketplace.taxonomy.rules import certificate_state, last_day, tier_rule_on
from marketplace.taxonomy.values import Tier, TierRule

TIER_FAMILY = "tier"
# A re-review or an audit needs a quarter to prepare: this long before its last day a certificate asks for attention.
SOON_DAYS = 90
LONGEST = {"number": 80, "cohort": 60, "issuer": 120, "rule_document": 80}


@dataclass(frozen=True)
class CertificationFacts:
    """One certificate as stated. ``rule_document`` is the rule it was issued under (a tier's 63号 or 2号)."""

    kind_key: str
    number: str | None = None
    cohort: str | None = None
    issuer: str | None = None
    rule_document: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    file_id: int | None = None


def problems_of(
    facts: CertificationFacts, known_kinds: frozenset[str], *, bare: bool = False
) -> list[Problem]:
    """What keeps a certificate from being stated. ``bare``: its name alone will do, as in a roster of one tier."""
    problems = []
    if facts.kind_key not in known_kinds:
        problems.append(Problem("certifications.kind_unknown", "kind_key"))
    if facts.valid_from and facts.valid_until and facts.valid_from > facts.valid_until:
        problems.append(Problem("certifications.dates_order", "valid_until"))
    if not (bare or facts.valid_until or facts.valid_from or facts.number):
        problems.append(Problem("certifications.nothing_stated", "number"))
    for name, longest in LONGEST.items():
        length = len((getattr(facts, name) or "").strip())
        if length > longest:
            problems.append(Problem("certifications.too_long", name, {"length": length, "longest": longest}))
    return problems


def standing(valid_from: date | None, valid_until: date | None, revoked_on: date | None, as_of: date) -> str:
    """What a certificate is worth on a day, for a reader: valid, soon (valid, and near its end), lapsed, revoked, not_yet."""
    state = certificate_state(valid_from, valid_until, as_of, revoked_on)
    left = days_left(valid_until, as_of)
    return "soon" if state == "valid" and left is not None and left <= SOON_DAYS else state


@dataclass(frozen=True)
class TierSuggestion:
    """What a tier's certificate of a day would say: the rule's document, its name, and the last day if the rule has one."""

    document: str
    name: str
    name_en: str
    last_day: date | None


def tier_suggestion(
    rules: Iterable[TierRule], tiers: Iterable[Tier], kind_key: str, issued_on: date
) -> TierSuggestion | None:
    """The rule in force on the day of issue, and how long it lets this tier last; None where no rule was in force."""
    rule = tier_rule_on(rules, issued_on)
    if rule is None:
        return None
    years = next(
        (
            tier.validity_years
            for tier in tiers
            if tier.rule == rule.key and tier.key == kind_key and tier.shown
        ),
        None,
    )
    return TierSuggestion(
        rule.document, rule.name, rule.name_en, last_day(issued_on, years) if years is not None else None
    )


def days_left(valid_until: date | None, as_of: date) -> int | None:
    """Days until the last valid day, negative once it has lapsed; None where no end is stated."""
    return None if valid_until is None else (valid_until - as_of).days
