"""Rows as they are put onto the firms' records, many together, with what was there before kept beside each.

Each step goes through the room whose records it changes, once for all rows; a step that is refused refuses them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.certifications import service as certifications
from marketplace.certifications.models import Certification
from marketplace.certifications.rules import CertificationFacts, tier_suggestion
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.firms import prefilled
from marketplace.firms import queries as firm_queries
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.firms.prefilled import Naming, Prefilled
from marketplace.rosters import rules, values
from marketplace.rosters.judging import Line, TierBook
from marketplace.rosters.known import Record
from marketplace.rosters.models import Roster, RosterEffect, RosterRow

SOURCE = "sheet"
Change = Mapping[str, Any]


@dataclass
class Plan:
    """What one row writes: a new firm (no record), or those of its changes that are believed."""

    row: RosterRow
    line: Line
    record: Record | None
    overrides: InitVar[Mapping[str, Any]]
    fields: dict[str, Change] = field(init=False, default_factory=dict)
    tier: Change | None = field(init=False, default=None)
    contact: Change | None = field(init=False, default=None)

    def __post_init__(self, overrides: Mapping[str, Any]) -> None:
        if self.record is None:
            tier, contact = self.line.said.get(values.TIER), self.line.said.get(values.CONTACT)
            self.tier = {"new": tier, "replaces": None} if tier else None
            self.contact = {"new": contact} if contact else None
            return
        believed = rules.believed_changes(self.row.changes, self.row.believed, overrides)
        self.fields = {change["field"]: change for change in believed}
        self.tier = self.fields.pop(values.TIER, None)
        self.contact = self.fields.pop(values.CONTACT, None)

    @property
    def writes(self) -> bool:
        return self.record is None or bool(self.fields or self.tier or self.contact)


@dataclass
class Pen:
    """Writes plans. Nothing of them stands if it raises Refusal: its caller has a savepoint."""

    session: Session
    actor: Actor
    roster: Roster
    book: TierBook
    now: datetime
    # The firms concerned, at hand: what may be written on them is judged again and again.
    held: dict[int, Firm] = field(init=False, default_factory=dict)

    def write(self, plans: Sequence[Plan]) -> None:
        known = [plan.record.id for plan in plans if plan.record and plan.writes]
        self.held = firm_queries.held(self.session, self.actor, known)
        for step, concerned in (
            (self._create, [plan for plan in plans if plan.record is None]),
            (self._update, [plan for plan in plans if plan.fields]),
            (self._certify, [plan for plan in plans if plan.tier]),
            (self._name_contacts, [plan for plan in plans if plan.contact]),
        ):
            if concerned:
                step(concerned)
        self.session.flush()

    def _create(self, plans: Sequence[Plan]) -> None:
        facts = [
            FirmFacts(**{name: values.typed(name, plan.line.said.get(name)) for name in values.FIELDS})
            for plan in plans
        ]
        made = firms.create_all_for(self.session, self.actor, facts, source=SOURCE, now=self.now)
        for plan, firm in zip(plans, made, strict=True):
            plan.row.firm_id = firm.id
            self.held[firm.id] = firm
            self._keep(plan, "created", {}, {"version": firm.version})

    def _update(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            record = plan.record
            assert record is not None
            firm = self.held.get(record.id)
            if firm is None or firm.version != record.version:
                raise Refusal("core.stale")
            new = {name: values.typed(name, change["new"]) for name, change in plan.fields.items()}
            facts = replace(firms.facts_of(firm), **new)
            firms.change_held(self.session, self.actor, firm, facts, source=SOURCE, now=self.now)
            before = {
                name: {"value": change["old"], "said": record.sources.get(name)}
                for name, change in plan.fields.items()
            }
            self._keep(plan, "fields", before, {name: change["new"] for name, change in plan.fields.items()})
        firms.settle(self.session, [_firm_of(plan) for plan in plans], now=self.now)

    def _certify(self, plans: Sequence[Plan]) -> None:
        told = [(plan, plan.tier) for plan in plans if plan.tier]
        replaced = [tier["replaces"] for _, tier in told if tier["replaces"] is not None]
        # Loaded together; removing each then asks for it where it is at hand.
        at_hand = list(self.session.scalars(select(Certification).where(Certification.id.in_(replaced))))
        for certificate_id in replaced:
            certifications.remove(self.session, self.actor, certificate_id, now=self.now)
        del at_hand
        stated = [(_firm_of(plan), self._facts(tier["new"])) for plan, tier in told]
        added = certifications.add_all(self.session, self.actor, stated, source=SOURCE, now=self.now)
        for (plan, tier), one in zip(told, added, strict=True):
            self._keep(plan, "certificate", {"id": tier["replaces"]}, {"id": one.id})

    def _facts(self, tier: Mapping[str, Any]) -> CertificationFacts:
        issued, ends = (_day(tier.get(name)) for name in ("valid_from", "valid_until"))
        rule = tier_suggestion(self.book.rules, self.book.tiers, tier["kind"], issued) if issued else None
        return CertificationFacts(
            tier["kind"], number=tier.get("number"), cohort=tier.get("cohort"),
            rule_document=rule.document if rule else None, valid_from=issued, valid_until=ends,
        )  # fmt: skip

    def _name_contacts(self, plans: Sequence[Plan]) -> None:
        told = [(plan, plan.contact["new"]) for plan in plans if plan.contact]
        namings = [
            Naming(_firm_of(plan), Prefilled(**contact), self.roster.file.name) for plan, contact in told
        ]
        kept = prefilled.set_contacts(self.session, self.actor, namings, now=self.now)
        for (plan, contact), was_kept in zip(told, kept, strict=True):
            if was_kept:
                earlier, at = (plan.record.contact, plan.record.contact_at) if plan.record else (None, "")
                self._keep(plan, "contact", {"contact": earlier, "at": at}, {"contact": dict(contact)})

    def _keep(self, plan: Plan, kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.session.add(
            RosterEffect(
                roster_id=self.roster.id, row_id=plan.row.id, firm_id=_firm_of(plan), kind=kind,
                before=dict(before), after=dict(after), at=self.now, kept={},
            )
        )  # fmt: skip


def _firm_of(plan: Plan) -> int:
    firm_id = plan.row.firm_id
    assert firm_id is not None
    return firm_id


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
