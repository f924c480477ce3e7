"""What a roster can say of a firm, field by field: between the record's values, what JSON can hold, and words.

``tier`` is a certificate and ``contact`` staff's working data; every other field is a column of the firm's record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.firms.models import Firm
from marketplace.taxonomy.lists import SeedLists

FIELDS = (
    "legal_name", "credit_code", "main_product", "registered_division", "industry_code", "chains", "office_id",
    "established_on", "business_phone", "website", "employees", "revenue", "assets",
)  # fmt: skip
TIER, CONTACT = "tier", "contact"
_DAYS = frozenset({"established_on"})
_AMOUNTS = frozenset({"revenue", "assets"})
# What a blank cell of a row that we exported may empty.
CLEARABLE = frozenset(FIELDS) - {"legal_name", "credit_code", "chains"}


def plain(field: str, value: Any) -> Any:
    """A record's value as JSON holds it; equal values are equal in JSON."""
    if value is None or value == "" or value == ():
        return None
    if field in _DAYS:
        return value.isoformat()
    if field in _AMOUNTS:
        return f"{Decimal(value).quantize(Decimal('0.01')):f}"
    if field == "chains":
        return sorted(([chain, link or ""] for chain, link in value))
    return value


def typed(field: str, value: Any) -> Any:
    """The record's value again."""
    if value is None:
        return () if field == "chains" else None
    if field in _DAYS:
        return date.fromisoformat(value)
    if field in _AMOUNTS:
        return Decimal(value)
    if field == "chains":
        return tuple((chain, link or None) for chain, link in value)
    return value


def plain_of(firm: Firm) -> dict[str, Any]:
    """Every field of a record."""
    values = {name: plain(name, getattr(firm, name)) for name in FIELDS if name != "chains"}
    values["chains"] = plain("chains", [(place.chain_key, place.link_key) for place in firm.chains])
    return values


class Words:
    """Values in words, as a page shows them and a sheet of ours writes them."""

    def __init__(self, lists: SeedLists, offices: Mapping[int, str], locale: str) -> None:
        self._lists, self._offices, self._locale = lists, offices, locale

    def say(self, field: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        say = getattr(self, f"_{field}", None)
        return str(say(value)) if say else str(value)

    def _registered_division(self, code: str) -> str:
        division = self._lists.divisions.get(code)
        return division.label(self._locale) if division else code

    def _industry_code(self, code: str) -> str:
        industry = self._lists.industries.get(code)
        return f"{code} {industry.label(self._locale)}" if industry else code

    def chain_names(self, places: list[list[str]]) -> list[str]:
        names = {chain.key: chain.label(self._locale) for chain in self._lists.chains}
        return list(dict.fromkeys(names.get(chain, chain) for chain, _ in places))

    def link_names(self, places: list[list[str]]) -> list[str]:
        links = self._lists.links
        return [links[link].label(self._locale) if link in links else link for _, link in places if link]

    def _chains(self, places: list[list[str]]) -> str:
        names = {chain.key: chain.label(self._locale) for chain in self._lists.chains}
        links = self._lists.links
        told = [
            f"{names.get(chain, chain)} · {links[link].label(self._locale)}"
            if link in links
            else names.get(chain, chain)
            for chain, link in places
        ]
        return ("、" if self._locale == "zh" else ", ").join(told)

    def _office_id(self, office_id: int) -> str:
        return self._offices.get(office_id, str(office_id))

    def _amount(self, value: str) -> str:
        wan = Decimal(value) / 10_000
        return f"{wan.normalize():f} 万元" if self._locale == "zh" else f"¥{Decimal(value):,.0f}"

    _revenue = _assets = _amount

    def tier_name(self, kind: str) -> str:
        found = self._lists.certificate_kinds.get(kind)
        return found.label(self._locale) if found else kind

    def _tier(self, tier: Mapping[str, Any]) -> str:
        days = [tier.get("valid_from") or "", tier.get("valid_until") or ""]
        span = "—".join(days) if any(days) else ""
        parts = (self.tier_name(tier["kind"]), tier.get("cohort"), tier.get("number"), span)
        return " · ".join(part for part in parts if part)

    def _contact(self, contact: Mapping[str, Any]) -> str:
        return " · ".join(contact[part] for part in ("name", "phone", "email") if contact.get(part))
