"""Rows of two sheets become firms and drafts of needs and capabilities, through the services of their rooms.

A firm is found by its credit code or its exact name; else it is made. Personal contacts in a sheet are not taken over:
nobody has agreed to that. Drafts stay with their firms until the bureau has looked at them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.models import Capability
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.sheets import Amount, LeadTime
from marketplace.core.specs import MOST_ROWS, SpecContent
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.imports.pairing import unit_table
from marketplace.imports.profiles import Row, capability_profile, firm_key, need_profile
from marketplace.imports.reading import Side
from marketplace.imports.vocabulary import Vocabulary
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.needs.models import Need
from marketplace.taxonomy.lists import SeedLists
from matching import CapabilityProfile, NeedProfile, SpecRow

_OPERATORS = {"=": "eq", "≥": "ge", "≤": "le", ">": "gt", "<": "lt", "range": "range", "contains": "contains"}
_NEED_PERIODS = {"年": "year", "月": "month"}
_CAPABILITY_PERIODS = {"年": "year", "月": "month", "天": "day"}
_MOST_REFUSALS = 50


@dataclass
class Kept:
    """What keeping did: counts, and the rows that a service refused with its reasons."""

    firms: int = 0
    firms_found: int = 0
    needs: int = 0
    capabilities: int = 0
    repeated: int = 0
    refused: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return dict(vars(self))

    def refuse(self, row: Row, refusal: Refusal) -> None:
        self.refused += 1
        if len(self.refusals) < _MOST_REFUSALS:
            problem = refusal.problems[0]
            self.refusals.append(
                {
                    "sheet": row.record.sheet,
                    "row": row.record.row,
                    "code": problem.code,
                    "params": dict(problem.params),
                }
            )


class _Firms:
    """The firms on file by credit code and by name, and those that this import makes."""

    def __init__(
        self, session: Session, actor: Actor, import_id: int, words: Vocabulary, kept: Kept, now: datetime
    ) -> None:
        self._session, self._actor, self._import_id, self._now = session, actor, import_id, now
        self._words, self._kept = words, kept
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        for firm_id, name, code in session.execute(
            select(Firm.id, Firm.legal_name, Firm.credit_code).order_by(Firm.id)
        ):
            self._remember(firm_id, name, code)
        self._found: set[int] = set()

    def _remember(self, firm_id: int, name: str, code: str | None) -> None:
        self._by_name.setdefault(firm_key(name), firm_id)
        if code:
            self._by_code.setdefault(code, firm_id)

    def of(self, row: Row, side: str) -> int:
        """The firm's id. Raises Refusal for facts that no firm can have."""
        code = row.record.values.get("credit_code")
        name = row.firm
        known = self._by_code.get(str(code)) if code else None
        if known is None:
            known = self._by_name.get(firm_key(name))
        if known is not None:
            if known not in self._found:
                self._found.add(known)
                self._kept.firms_found += 1
            return known
        place = self._words.division(str(row.record.values.get("region", ""))) or None
        facts = FirmFacts(
            legal_name=name,
            credit_code=str(code) if code else None,
            is_buyer=side == "needs",
            is_supplier=side == "capabilities",
            # A need's region is where the goods go; only a roster says where the firm is.
            registered_division=place if side == "capabilities" else None,
        )
        firm = firms.create_for(
            self._session, self._actor, facts, source="sheet", import_id=self._import_id, now=self._now
        )
        self._kept.firms += 1
        self._found.add(firm.id)
        self._remember(firm.id, name, firm.credit_code)
        return firm.id


def keep_sides(
    session: Session,
    actor: Actor,
    import_id: int,
    sides: Mapping[str, Side],
    lists: SeedLists,
    *,
    now: datetime,
) -> Kept:
    """Write everything in the caller's unit of work. A row that a service refuses is reported and left out."""
    kept = Kept()
    words, units = Vocabulary(lists), unit_table()
    on_file = _Firms(session, actor, import_id, words, kept, now)
    there_needs = _titles(session, select(Need.firm_id, Need.title, func.length(Need.description)))
    for row in sides["needs"].rows:
        try:
            firm_id = on_file.of(row, "needs")
            need = need_content(row, need_profile(row, words, units), lists)
            if _is_new(there_needs, firm_id, need.title, need.description):
                needs.create(session, actor, firm_id, need, source="sheet", import_id=import_id, now=now)
                kept.needs += 1
            else:
                kept.repeated += 1
        except Refusal as refusal:
            kept.refuse(row, refusal)
    there = _titles(
        session, select(Capability.firm_id, Capability.product, func.length(Capability.description))
    )
    for row in sides["capabilities"].rows:
        try:
            firm_id = on_file.of(row, "capabilities")
            offer = capability_content(row, capability_profile(row, words, units), lists)
            if _is_new(there, firm_id, offer.product, offer.description):
                capabilities.create(
                    session, actor, firm_id, offer, source="sheet", import_id=import_id, now=now
                )
                kept.capabilities += 1
            else:
                kept.repeated += 1
        except Refusal as refusal:
            kept.refuse(row, refusal)
    counts = {name: value for name, value in kept.plain().items() if isinstance(value, int)}
    audit.record(session, actor, "import.keep", "import", import_id, now, **counts)
    return kept


def _titles(session: Session, statement: Any) -> set[tuple[int, str, int]]:
    return {(firm_id, title, length or 0) for firm_id, title, length in session.execute(statement)}


def _is_new(there: set[tuple[int, str, int]], firm_id: int, title: str, description: str) -> bool:
    """Whether the firm has no listing of this title with a text as long; remembers it."""
    key = (firm_id, title, len(description))
    if key in there:
        return False
    there.add(key)
    return True


def need_content(row: Row, profile: NeedProfile, lists: SeedLists) -> NeedContent:
    values = row.record.values
    lead: LeadTime | None = values.get("lead_time")
    budget: Amount = values.get("budget") or Amount("")
    valid_until = values.get("valid_until")
    return NeedContent(
        title=profile.title,
        type_key=profile.type or "procurement",
        use=profile.use,
        description=_description(row, profile.description),
        chain_key=profile.chain or None,
        link_key=profile.link or None,
        industry_code=profile.industry or None,
        quantity=_decimal(profile.quantity),
        quantity_unit=profile.quantity_unit or None,
        quantity_period=_NEED_PERIODS.get(profile.quantity_period),
        lead_time_days=lead.days if lead else None,
        needed_by=lead.by if lead else None,
        delivery_division=profile.delivery_division or None,
        budget_low=budget.low,
        budget_high=budget.high,
        valid_until=valid_until if isinstance(valid_until, date) else None,
        specs=spec_contents(profile.specs),
        certificates=tuple(kind for kind in profile.certificates_required if kind in lists.certificate_kinds),
    )


def capability_content(row: Row, profile: CapabilityProfile, lists: SeedLists) -> CapabilityContent:
    held = [one.kind for one in profile.certificates if not one.declared_absent]
    return CapabilityContent(
        product=profile.title,
        description=_description(row, profile.description),
        chain_key=profile.chain or None,
        link_key=profile.link or None,
        industry_code=profile.industry or None,
        capacity=_decimal(profile.capacity),
        capacity_unit=profile.capacity_unit or None,
        capacity_period=_CAPABILITY_PERIODS.get(profile.capacity_period)
        if profile.capacity is not None
        else None,
        moq=_decimal(profile.moq),
        moq_unit=(profile.capacity_unit or None) if profile.moq is not None else None,
        lead_time_days=int(profile.lead_time_days) if profile.lead_time_days is not None else None,
        specs=spec_contents(profile.specs),
        certificates=tuple(kind for kind in held if kind in lists.certificate_kinds),
        standards=profile.standards,
    )


def _description(row: Row, text: str) -> str:
    """The text with the cells that became rows or keys, as they were written: nothing of a sheet is lost in reading."""
    parts = [text]
    for key in ("specs", "certificates"):
        written = row.record.texts.get(key, "").strip()
        if written and written not in text:
            parts.append(written)
    return "\n".join(part for part in parts if part)


def spec_contents(rows: tuple[SpecRow, ...]) -> tuple[SpecContent, ...]:
    """The matcher's rows as the forms write them; rows that say no value are left to the text."""
    contents = []
    for row in rows:
        value = f"{row.value:g}" if isinstance(row.value, float | int) else str(row.value or "")
        high = None if row.value_high is None else f"{row.value_high:g}"
        if not value or (row.operator == "range" and high is None):
            continue
        contents.append(
            SpecContent(
                row.parameter,
                _OPERATORS[row.operator],
                value,
                high,
                row.unit or None,
                row.must,
                row.standard or None,
            )
        )
    return tuple(contents[:MOST_ROWS])


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(f"{number:.15g}")
