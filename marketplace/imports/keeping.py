"""Rows of two sheets become firms and drafts of needs and capabilities, through the services of their rooms.

A firm is found by its credit code or its name (firms_on_file); else it is made. Personal contacts in a sheet are not taken over:
nobody has agreed to that. Drafts stay with their firms until the bureau has looked at them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.capabilities import rules as capability_rules
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.periods import period_of
from marketplace.core.sheets import Amount, LeadTime
from marketplace.core.specs import MOST_ROWS, SpecContent
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.imports.entry_columns import direction_in, terms_in
from marketplace.imports.firms_on_file import FirmsOnFile, code_of
from marketplace.imports.pairing import unit_table
from marketplace.imports.profiles import Row, capability_profile, need_profile
from marketplace.imports.reading import Side
from marketplace.imports.vocabulary import Vocabulary
from marketplace.needs import rules as need_rules
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.needs.models import Need
from marketplace.taxonomy.lists import SeedLists
from matching import CapabilityProfile, NeedProfile, SpecRow

_OPERATORS = {"=": "eq", "≥": "ge", "≤": "le", ">": "gt", "<": "lt", "range": "range", "contains": "contains"}
_MOST_REFUSALS = 50
# Others wait while a part is written on SQLite: well under a second on one small machine.
ROWS_AT_ONCE = 100


@dataclass
class Kept:
    """What keeping did so far: counts, and the rows that a service refused with its reasons."""

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


class Keeper:
    """Writes the rows of both sheets part by part, each part in a unit of work of its caller's.

    What is done so far is stored with each part: a worker that takes over goes on after the last whole part. Rows that
    are on file already with the same text are not written again, so that even a sheet read anew doubles nothing.
    """

    def __init__(self, session: Session, sides: Mapping[str, Side], lists: SeedLists) -> None:
        self._rows = [(side, row) for side in ("needs", "capabilities") for row in sides[side].rows]
        self._lists, self._words, self._units = lists, Vocabulary(lists), unit_table()
        self._firms = FirmsOnFile(session, (row for _, row in self._rows))
        read = [[side, row.record.sheet, row.record.row, row.firm, row.title] for side, row in self._rows]
        self._print = sha256(json.dumps(read, ensure_ascii=False).encode()).hexdigest()
        self.total = len(self._rows)
        self.done = 0
        self.kept = Kept()
        self._found: set[int] = set()

    def go_on(self, stored: Mapping[str, Any] | None) -> None:
        """Stand where the last whole part ended; at the first row where there is none, or the sheets read otherwise."""
        if stored is None:
            return
        self.kept, self._found = Kept(**stored["kept"]), set(stored["found"])
        self.done = stored["done"] if stored["rows"] == self._print else 0
        for _, row in self._rows[: self.done]:
            with suppress(Refusal):
                self._firms.of(row)

    def standing(self) -> dict[str, Any]:
        """What :meth:`go_on` takes."""
        return {
            "done": self.done, "total": self.total, "rows": self._print,
            "found": sorted(self._found), "kept": self.kept.plain(),
        }  # fmt: skip

    @property
    def finished(self) -> bool:
        return self.done >= self.total

    def keep_part(self, session: Session, actor: Actor, import_id: int, *, now: datetime) -> None:
        """Write the next :data:`ROWS_AT_ONCE` rows. A row that a service refuses is reported and left out."""
        part = self._rows[self.done : self.done + ROWS_AT_ONCE]
        self._firms.look_again(session, [row for _, row in part])
        firm_ids = [self._firm_id(session, actor, import_id, side, row, now) for side, row in part]
        there = {
            "needs": _titles(session, Need, Need.title, firm_ids),
            "capabilities": _titles(session, Capability, Capability.product, firm_ids),
        }
        for (side, row), firm_id in zip(part, firm_ids, strict=True):
            if firm_id is None:
                continue
            try:
                self._keep_row(session, actor, import_id, side, row, firm_id, there[side], now)
            except Refusal as refusal:
                self.kept.refuse(row, refusal)
        self.done += len(part)

    def _keep_row(
        self,
        session: Session,
        actor: Actor,
        import_id: int,
        side: str,
        row: Row,
        firm_id: int,
        there: set[tuple[int, str, int]],
        now: datetime,
    ) -> None:
        if side == "needs":
            need = need_content(row, need_profile(row, self._words, self._units), self._lists)
            if _is_new(there, firm_id, need.title, need.description):
                needs.create(session, actor, firm_id, need, source="sheet", import_id=import_id, now=now)
                self.kept.needs += 1
                return
        else:
            offer = capability_content(row, capability_profile(row, self._words, self._units), self._lists)
            if _is_new(there, firm_id, offer.product, offer.description):
                capabilities.create(
                    session, actor, firm_id, offer, source="sheet", import_id=import_id, now=now
                )
                self.kept.capabilities += 1
                return
        self.kept.repeated += 1

    def _firm_id(
        self, session: Session, actor: Actor, import_id: int, side: str, row: Row, now: datetime
    ) -> int | None:
        """The row's firm, made where it is new; None where the row is refused."""
        try:
            known = self._firms.of(row)
            if known is not None:
                if known not in self._found:
                    self._found.add(known)
                    self.kept.firms_found += 1
                return known
            place = self._words.division(str(row.record.values.get("region", ""))) or None
            facts = FirmFacts(
                legal_name=row.firm,
                credit_code=code_of(row),
                is_buyer=side == "needs",
                is_supplier=side == "capabilities",
                # A need's region is where the goods go; only a roster says where the firm is.
                registered_division=place if side == "capabilities" else None,
            )
            firm = firms.create_for(session, actor, facts, source="sheet", import_id=import_id, now=now)
        except Refusal as refusal:
            self.kept.refuse(row, refusal)
            return None
        self.kept.firms += 1
        self._found.add(firm.id)
        self._firms.remember(firm.id, row.firm, firm.credit_code)
        return firm.id


def _titles(
    session: Session, model: Any, title: Any, firm_ids: Iterable[int | None]
) -> set[tuple[int, str, int]]:
    """The listings of these firms by title and length of text."""
    statement = select(model.firm_id, title, func.length(model.description))
    rows = session.execute(statement.where(model.firm_id.in_({one for one in firm_ids if one is not None})))
    return {(firm_id, name, length or 0) for firm_id, name, length in rows}


def _is_new(there: set[tuple[int, str, int]], firm_id: int, title: str, description: str) -> bool:
    """Whether the firm has no listing of this title with a text as long; remembers it."""
    key = (firm_id, title, len(description))
    if key in there:
        return False
    there.add(key)
    return True


def need_content(row: Row, profile: NeedProfile, lists: SeedLists) -> NeedContent:
    """What the row says. Refusal ``imports.not_a_need`` for a row whose 方向 is 我开放 or 我能做."""
    if direction_in(row.record.extra) in ("open", "make"):
        raise Refusal("imports.not_a_need")
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
        quantity_period=period_of(profile.quantity_period, need_rules.PERIODS),
        lead_time_days=lead.days if lead else None,
        needed_by=lead.by if lead else None,
        delivery_division=profile.delivery_division or None,
        budget_low=budget.low,
        budget_high=budget.high,
        valid_until=valid_until if isinstance(valid_until, date) else None,
        payment_days=values.get("payment_days"),
        specs=spec_contents(profile.specs),
        certificates=tuple(kind for kind in profile.certificates_required if kind in lists.certificate_kinds),
        terms=terms_in(row.record.extra, "want", (profile.type or "procurement",), lists),
    )


def capability_content(row: Row, profile: CapabilityProfile, lists: SeedLists) -> CapabilityContent:
    """What the row says. Refusal ``imports.not_an_offer`` for a row whose 方向 is 我需要."""
    if direction_in(row.record.extra) == "want":
        raise Refusal("imports.not_an_offer")
    held = [one.kind for one in profile.certificates if not one.declared_absent]
    return CapabilityContent(
        product=profile.title,
        sentence=profile.summary,
        description=_description(row, profile.description),
        chain_key=profile.chain or None,
        link_key=profile.link or None,
        industry_code=profile.industry or None,
        capacity=_decimal(profile.capacity),
        capacity_unit=profile.capacity_unit or None,
        capacity_period=period_of(profile.capacity_period, capability_rules.PERIODS)
        if profile.capacity is not None
        else None,
        moq=_decimal(profile.moq),
        moq_unit=(profile.capacity_unit or None) if profile.moq is not None else None,
        lead_time_days=int(profile.lead_time_days) if profile.lead_time_days is not None else None,
        payment_days=row.record.values.get("payment_days"),
        divisions=tuple(sorted(profile.divisions)),
        specs=spec_contents(profile.specs),
        certificates=tuple(kind for kind in held if kind in lists.certificate_kinds),
        standards=profile.standards,
        nature=profile.nature or "capability",
        types=tuple(sorted(profile.types)),
        terms=terms_in(row.record.extra, "offer", tuple(profile.types), lists),
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
