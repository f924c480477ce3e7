"""The demonstration district as the matcher's profiles, straight from seeds/demo: no database, keys as ids.

What is measured on the district (the golden set, benchmarks) then runs anywhere in a second; a test holds the profiles
equal to those that the loaded site gives the matcher.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from marketplace import paths
from marketplace.core.periods import unit_of
from matching import CapabilityProfile, Certificate, NeedProfile, SpecRow

FOLDER = paths.SEEDS / "demo"
_OPERATORS = {"eq": "=", "ge": "≥", "le": "≤", "gt": ">", "lt": "<", "range": "range", "contains": "contains"}

Row = dict[str, Any]


def rows(kind: str, folder: Path = FOLDER) -> dict[str, Row]:
    """Rows of one kind (firms, needs, capabilities) by key, in the order of the files' names."""
    lines = [
        line
        for path in sorted(folder.glob(f"{kind}-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return {row["key"]: row for row in map(json.loads, lines)}


def need_profiles(folder: Path = FOLDER) -> dict[str, NeedProfile]:
    firms = rows("firms", folder)
    return {key: _need(row, firms[row["firm"]]) for key, row in rows("needs", folder).items()}


def capability_profiles(as_of: date, folder: Path = FOLDER) -> dict[str, CapabilityProfile]:
    """``as_of`` is the day of loading, from which the days since a confirmation count back."""
    firms = rows("firms", folder)
    return {
        key: _capability(row, firms[row["firm"]], as_of) for key, row in rows("capabilities", folder).items()
    }


def _need(row: Row, firm: Row) -> NeedProfile:
    return NeedProfile(
        id=row["key"],
        firm_id=firm["key"],
        firm_name=firm["legal_name"],
        title=row["title"],
        use=row.get("use", ""),
        description=row.get("description", ""),
        specs=_specs(row),
        certificates_required=tuple(sorted(row.get("certificates_required", ()))),
        chain=row.get("chain", ""),
        link=row.get("link") or "",
        quantity=row.get("quantity"),
        quantity_unit=row.get("quantity_unit") or "",
        quantity_period=unit_of(row.get("quantity_period")),
        lead_time_days=row.get("lead_time_days"),
        splitting_accepted=row.get("splitting_accepted", True),
        type=row.get("type", "procurement"),
        delivery_division=row.get("delivery_division") or "",
        place=_place(firm),
        open_procedure=row.get("procedure") == "tender",
        payment_days=row.get("payment_days"),
        paid_when_paid=row.get("paid_when_paid", False),
    )


def _capability(row: Row, firm: Row, as_of: date) -> CapabilityProfile:
    same_unit = row.get("moq_unit") == row.get("capacity_unit")
    return CapabilityProfile(
        id=row["key"],
        firm_id=firm["key"],
        firm_name=firm["legal_name"],
        title=row["product"],
        summary=row.get("sentence", ""),
        description=row.get("description", ""),
        specs=_specs(row),
        certificates=_certificates(row, firm),
        standards=tuple(sorted(row.get("standards", ()))),
        industry=firm.get("industry") or "",
        chain=row.get("chain", ""),
        link=row.get("link") or "",
        capacity=row.get("capacity"),
        capacity_unit=row.get("capacity_unit") or "",
        capacity_period=unit_of(row.get("capacity_period") or "year"),
        moq=row.get("moq") if same_unit else None,
        lead_time_days=row.get("lead_time_days"),
        payment_days=row.get("payment_days"),
        divisions=frozenset(row.get("divisions", ())),
        types=frozenset(row["types"]),
        nature=row.get("nature", "capability"),
        place=_place(firm),
        confirmed_on=as_of - timedelta(days=row.get("confirmed_days_ago", 30)),
    )


def _place(firm: Row) -> str:
    return firm.get("production_division") or firm.get("registered_division") or ""


def _specs(row: Row) -> tuple[SpecRow, ...]:
    return tuple(
        SpecRow(
            parameter=spec["parameter"],
            operator=_OPERATORS[spec["operator"]],
            value=spec["value"],
            value_high=float(spec["value_high"]) if spec.get("value_high") else None,
            unit=spec.get("unit") or "",
            must=spec.get("must", True),
            standard=spec.get("standard") or "",
        )
        for spec in row.get("specs", ())
    )


def _certificates(row: Row, firm: Row) -> tuple[Certificate, ...]:
    """What the firm holds with dates, what the listing merely names, and what the firm says it does not hold."""
    held = [
        Certificate(paper["kind"], _day(paper.get("valid_from")), _day(paper.get("valid_until")))
        for paper in firm.get("certifications", ())
    ]
    kinds = {certificate.kind for certificate in held}
    absent = set(firm.get("certificates_absent", ()))
    named = set(row.get("certificates", ()))
    undated = [Certificate(kind) for kind in sorted(named - kinds - absent)]
    missing = [Certificate(kind, declared_absent=True) for kind in sorted(absent - kinds)]
    return tuple(held + undated + missing)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
