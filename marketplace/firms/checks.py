"""What is wrong with a firm's facts, every problem at once. Reads the reference lists, so it is no pure rule."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Session

from marketplace.core.errors import Problem
from marketplace.firms import rules
from marketplace.firms.facts import COLUMNS, FirmFacts
from marketplace.firms.models import PARTY_KINDS, Firm
from marketplace.taxonomy import queries as taxonomy

LARGEST_FIGURE = {"employees": 5_000_000, "revenue": Decimal(10) ** 14, "assets": Decimal(10) ** 14}
LONGEST_PROFILE = 4_000
_WEBSITE = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


def problems_of(session: Session, facts: FirmFacts) -> list[Problem]:
    """Normalised facts in, problems at their fields out. Whether the credit code is taken is the service's question."""
    problems = _identity_problems(facts) + _length_problems(facts) + _figure_problems(facts)
    if facts.website and not _WEBSITE.fullmatch(facts.website):
        problems.append(Problem("firms.website_form", "website"))
    return problems + _list_problems(session, facts)


def _identity_problems(facts: FirmFacts) -> list[Problem]:
    problems = []
    if not facts.legal_name:
        problems.append(Problem("firms.name_missing", "legal_name"))
    if not (facts.is_buyer or facts.is_supplier):
        problems.append(Problem("firms.side_missing", "is_supplier"))
    if facts.party_kind not in PARTY_KINDS:
        problems.append(Problem("firms.kind_unknown", "party_kind"))
    if facts.credit_code:
        problem = rules.credit_code_problem(facts.credit_code)
        if problem is not None:
            problems.append(problem)
    return problems


def _length_problems(facts: FirmFacts) -> list[Problem]:
    """PostgreSQL refuses what is too long with an error of its own; SQLite would keep it."""
    problems = []
    for name in COLUMNS:
        value, kind = getattr(facts, name), Firm.__table__.c[name].type
        longest = kind.length if isinstance(kind, String) and kind.length else LONGEST_PROFILE
        if isinstance(value, str) and len(value) > longest and name != "credit_code":
            problems.append(Problem("firms.too_long", name, {"length": len(value), "longest": longest}))
    return problems


def _figure_problems(facts: FirmFacts) -> list[Problem]:
    problems = []
    for name, largest in LARGEST_FIGURE.items():
        value = getattr(facts, name)
        if value is None:
            continue
        if value < 0:
            problems.append(Problem("firms.figure_negative", name))
        elif value > largest:
            problems.append(Problem("firms.figure_large", name))
    year = facts.figures_year
    if year is not None and not 1990 <= year <= 2100:
        problems.append(Problem("firms.year_form", "figures_year"))
    return problems


def _list_problems(session: Session, facts: FirmFacts) -> list[Problem]:
    """Codes must be in their lists; a list that was not loaded (an empty site) judges nothing."""
    problems = []
    for name in ("registered_division", "production_division"):
        code, known = getattr(facts, name), taxonomy.divisions(session)
        if code and known and code not in known:
            problems.append(Problem("firms.division_unknown", name, {"text": code}))
    if facts.industry_code:
        known_industries = taxonomy.industries(session)
        if known_industries and facts.industry_code not in known_industries:
            problems.append(Problem("firms.industry_unknown", "industry_code", {"text": facts.industry_code}))
    chains = {chain.key: {link.key for link in chain.links} for chain in taxonomy.chains(session)}
    if chains and any(
        chain not in chains or (link is not None and link not in chains[chain])
        for chain, link in facts.chains
    ):
        problems.append(Problem("firms.chain_unknown", "chains"))
    return problems
