"""What a capability says, as a value: forms, sheets and seeds all speak it, and versions store it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.specs import SpecContent
from marketplace.core.terms import TermContent, plain_terms


@dataclass(frozen=True)
class CapabilityContent:
    """Every content field; see product.md 2.2 for the fields' Chinese names."""

    product: str = ""
    # capability: made or done by the party; opening: a resource that others may use.
    nature: str = "capability"
    english_product: str | None = None
    sentence: str = ""
    description: str = ""
    chain_key: str | None = None
    link_key: str | None = None
    industry_code: str | None = None
    capacity: Decimal | None = None
    spare_capacity: Decimal | None = None
    capacity_unit: str | None = None
    capacity_period: str | None = None
    moq: Decimal | None = None
    moq_unit: str | None = None
    lead_time_days: int | None = None
    payment_days: int | None = None
    visibility: str = "public"
    confirmed_on: date | None = None
    specs: tuple[SpecContent, ...] = ()
    certificates: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    # The fields of its types, see taxonomy.entries.
    terms: tuple[TermContent, ...] = ()


ROW_FIELDS = ("specs", "certificates", "standards", "divisions", "types", "terms")
COLUMNS = tuple(field.name for field in fields(CapabilityContent) if field.name not in ROW_FIELDS)


def as_json(content: CapabilityContent) -> dict[str, Any]:
    """The content as plain JSON, for versions: dates ISO, decimals as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return str(value) if isinstance(value, Decimal) else value

    stored = {name: plain(getattr(content, name)) for name in COLUMNS}
    rows = {
        name: list(getattr(content, name)) for name in ("certificates", "standards", "divisions", "types")
    }
    return {
        **stored,
        **rows,
        "specs": [asdict(row) for row in content.specs],
        "terms": plain_terms(content.terms),
    }
