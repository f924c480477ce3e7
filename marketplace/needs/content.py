"""What a need says, as a value: forms, sheets and seeds all speak it, and versions store it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.specs import SpecContent
from marketplace.core.terms import TermContent, plain_terms


@dataclass(frozen=True)
class NeedContent:
    """Every content field. Amounts in yuan, times in days; see product.md 2.1 for the fields' Chinese names."""

    title: str = ""
    type_key: str = "procurement"
    use: str = ""
    description: str = ""
    chain_key: str | None = None
    link_key: str | None = None
    industry_code: str | None = None
    quantity: Decimal | None = None
    quantity_unit: str | None = None
    quantity_period: str | None = None
    lead_time_days: int | None = None
    needed_by: date | None = None
    delivery_division: str | None = None
    budget_low: Decimal | None = None
    budget_high: Decimal | None = None
    procedure: str = "undecided"
    entrance: str | None = None
    payment_days: int | None = None
    payment_start: str | None = None
    paid_when_paid: bool = False
    payment_reason: str | None = None
    buyer_kind: str | None = None
    accepts_first_of_kind: bool = False
    sme_oriented: bool = False
    splitting_accepted: bool = True
    visibility: str = "verified"
    anonymous: bool = False
    questions_until: date | None = None
    valid_until: date | None = None
    specs: tuple[SpecContent, ...] = ()
    certificates: tuple[str, ...] = ()
    # The fields of the type, see taxonomy.entries.
    terms: tuple[TermContent, ...] = ()
    # Firms that the buyer does not want, by id.
    excluded: tuple[int, ...] = ()


ROW_FIELDS = ("specs", "certificates", "terms", "excluded")
COLUMNS = tuple(field.name for field in fields(NeedContent) if field.name not in ROW_FIELDS)


def as_json(content: NeedContent) -> dict[str, Any]:
    """The content as plain JSON, for versions: dates ISO, decimals as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return str(value) if isinstance(value, Decimal) else value

    stored = {name: plain(getattr(content, name)) for name in COLUMNS}
    return {
        **stored,
        "specs": [asdict(row) for row in content.specs],
        "certificates": list(content.certificates),
        "terms": plain_terms(content.terms),
        "excluded": list(content.excluded),
    }
