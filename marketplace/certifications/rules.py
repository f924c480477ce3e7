"""Rules of certificates: which dates make sense, and what a certificate is worth on a day. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.core.errors import Problem


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


def problems_of(facts: CertificationFacts, known_kinds: frozenset[str]) -> list[Problem]:
    problems = []
    if facts.kind_key not in known_kinds:
        problems.append(Problem("certifications.kind_unknown", "kind_key"))
    if facts.valid_from and facts.valid_until and facts.valid_from > facts.valid_until:
        problems.append(Problem("certifications.dates_order", "valid_until"))
    if facts.valid_until is None and facts.valid_from is None and not facts.number:
        problems.append(Problem("certifications.nothing_stated", "number"))
    return problems


def days_left(valid_until: date | None, as_of: date) -> int | None:
    """Days until the last valid day, negative once it has lapsed; None where no end is stated."""
    return None if valid_until is None else (valid_until - as_of).days
