"""What can be said of a firm in one go, as a value: forms, sheets and seeds all speak it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class FirmFacts:
    """Every editable field. Amounts in yuan; chains as (chain key, link key or None)."""

    legal_name: str
    credit_code: str | None = None
    english_name: str | None = None
    party_kind: str = "enterprise"
    is_buyer: bool = False
    is_supplier: bool = True
    chain_leader: bool = False
    chain_leader_document: str | None = None
    registered_division: str | None = None
    production_division: str | None = None
    industry_code: str | None = None
    established_on: date | None = None
    main_product: str | None = None
    profile: str | None = None
    website: str | None = None
    business_phone: str | None = None
    employees: int | None = None
    revenue: Decimal | None = None
    assets: Decimal | None = None
    figures_year: int | None = None
    control_group: str | None = None
    office_id: int | None = None
    chains: tuple[tuple[str, str | None], ...] = ()


COLUMNS = tuple(field.name for field in fields(FirmFacts) if field.name != "chains")
# What only the bureau may set: recognition as chain leader, the office that looks after the firm.
BUREAU_ONLY = frozenset({"chain_leader", "chain_leader_document", "office_id"})
# What the bureau compares with the public register when it checks a firm.
IDENTITY = frozenset({"legal_name", "credit_code"})
# What only the firm itself and the staff who look after it may read.
CONFIDENTIAL = frozenset({"employees", "revenue", "assets", "figures_year", "control_group"})
