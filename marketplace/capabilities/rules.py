"""Rules of capabilities: what must be there, who may see and do what, how complete a listing is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.capabilities.content import CapabilityContent
from marketplace.core.actor import Actor
from marketplace.core.errors import Problem
from marketplace.core.lifecycle import State
from marketplace.core.specs import spec_problems
from marketplace.taxonomy.entries import fields_for, missing_problems, term_problems
from marketplace.taxonomy.values import TypeField

SHORTEST_PRODUCT = 2
LONGEST_PRODUCT = 60
LONGEST_SENTENCE = 200
LONGEST_TEXT = 8000
MOST_PHOTOS = 8
VISIBILITIES = ("public", "verified")
NATURES = ("capability", "opening")
PROCUREMENT_TYPES = ("procurement", "processing")
PERIODS = ("day", "month", "year")
CLOSE_REASONS = ("discontinued", "duplicate", "other")
STALE_AFTER = timedelta(days=180)

# How long a close can be taken back.
REOPENABLE = timedelta(days=7)
# As long as the columns are; product, sentence and description have limits of their own.
_LONGEST = {
    "english_product": 160,
    "chain_key": 30,
    "link_key": 40,
    "industry_code": 4,
    "capacity_unit": 20,
    "moq_unit": 20,
}
_LARGEST = {
    "capacity": Decimal(10**12),
    "spare_capacity": Decimal(10**12),
    "moq": Decimal(10**12),
    "lead_time_days": 3650,
    "payment_days": 3650,
}
LONGEST_STANDARD = 80
MOST_STANDARDS = 30
MOST_DIVISIONS = 60

# What a buyer asks for first, and how many points of a hundred each is worth.
COMPLETENESS = {
    "product": 20,
    "specs": 20,
    "sentence": 15,
    "capacity": 10,
    "lead_time_days": 10,
    "certificates": 10,
    "standards": 5,
    "description": 5,
    "photos": 5,
}


@dataclass(frozen=True)
class CapabilityView:
    """What permission is decided on."""

    firm_id: int
    office_id: int | None
    state: State
    visibility: str
    firm_open: bool

    @property
    def open(self) -> bool:
        return self.state is State.PUBLISHED and self.firm_open


def may_see(actor: Actor, capability: CapabilityView) -> bool:
    """Its firm and its staff always; others while it is open: anybody if public, people vouched for if verified."""
    if actor.belongs_to(capability.firm_id) or _looks_after(actor, capability):
        return True
    return capability.open and (capability.visibility == "public" or actor.vouched_for)


def _looks_after(actor: Actor, capability: CapabilityView) -> bool:
    return actor.bureau or (actor.office_id is not None and actor.office_id == capability.office_id)


def may_see_record(actor: Actor, capability: CapabilityView) -> bool:
    """History and hints of completeness: the firm itself and the staff who look after it."""
    return actor.belongs_to(capability.firm_id) or _looks_after(actor, capability)


def may_edit(actor: Actor, capability: CapabilityView) -> bool:
    return actor.may_edit_firm(capability.firm_id)


def may_see_closed_terms(actor: Actor, capability: CapabilityView) -> bool:
    """Terms for invited eyes: an offer invites nobody, so its firm and its staff alone."""
    return may_see_record(actor, capability)


def direction_of(content: CapabilityContent) -> str:
    """我开放 or 我能做."""
    return "open" if content.nature == "opening" else "make"


def types_of(content: CapabilityContent) -> tuple[str, ...]:
    """The types that it answers, said or not."""
    return content.types or (PROCUREMENT_TYPES if content.nature == "capability" else ())


def fields_of(content: CapabilityContent, fields: Sequence[TypeField]) -> tuple[TypeField, ...]:
    """The fields that its types ask for."""
    return fields_for(fields, "offer", content.types)


def shape_problems(content: CapabilityContent, fields: Sequence[TypeField] = ()) -> list[Problem]:
    """What no draft may hold. ``fields``: of every type."""
    problems = spec_problems(content.specs)
    problems += term_problems(content.terms, fields_of(content, fields))
    if content.nature not in NATURES:
        problems.append(Problem("capabilities.choice", "nature"))
    if content.nature == "opening" and len(content.types) > 1:
        problems.append(Problem("capabilities.one_type", "types"))
    if content.visibility not in VISIBILITIES:
        problems.append(Problem("capabilities.choice", "visibility"))
    if content.capacity_period is not None and content.capacity_period not in PERIODS:
        problems.append(Problem("capabilities.choice", "capacity_period"))
    for field, text, most in (
        ("product", content.product, LONGEST_PRODUCT),
        ("sentence", content.sentence, LONGEST_SENTENCE),
        ("description", content.description, LONGEST_TEXT),
    ):
        if len(text) > most:
            problems.append(Problem("capabilities.text_long", field, {"most": most, "length": len(text)}))
    for field, longest in _LONGEST.items():
        if len(getattr(content, field) or "") > longest:
            problems.append(Problem("capabilities.words_many", field, {"most": longest}))
    for field, largest in _LARGEST.items():
        number = getattr(content, field)
        if number is not None and number < 0:
            problems.append(Problem("capabilities.negative", field))
        elif number is not None and number > largest:
            problems.append(Problem("capabilities.too_large", field))
    if any(len(standard) > LONGEST_STANDARD for standard in content.standards):
        problems.append(Problem("capabilities.standard_long", "standards", {"most": LONGEST_STANDARD}))
    if len(content.divisions) > MOST_DIVISIONS:
        problems.append(Problem("capabilities.divisions_many", "divisions", {"most": MOST_DIVISIONS}))
    if len(content.standards) > MOST_STANDARDS:
        problems.append(Problem("capabilities.standards_many", "standards", {"most": MOST_STANDARDS}))
    return problems


def submission_problems(content: CapabilityContent, fields: Sequence[TypeField] = ()) -> list[Problem]:
    """What must be there before the bureau looks at it: a product name is enough, numbers need units; a resource that
    is opened says its type and what that type asks for."""
    problems = shape_problems(content, fields)
    if content.nature == "opening":
        if not content.types:
            problems.append(Problem("capabilities.type_missing", "types"))
        problems += missing_problems(content.terms, fields_of(content, fields))
    if len(content.product.strip()) < SHORTEST_PRODUCT:
        problems.append(Problem("capabilities.product_short", "product"))
    capacities = (content.capacity, content.spare_capacity)
    if any(number is not None for number in capacities) and not content.capacity_unit:
        problems.append(Problem("capabilities.unit_missing", "capacity_unit"))
    if content.moq is not None and not content.moq_unit:
        problems.append(Problem("capabilities.unit_missing", "moq_unit"))
    whole, spare = capacities
    if whole is not None and spare is not None and spare > whole:
        problems.append(Problem("capabilities.spare_over", "spare_capacity"))
    return problems


def first_product(leading: str | None) -> str:
    """The first of a record's 主导产品, to begin a listing with; empty where it is too long for a product's name."""
    first = re.split(r"[、，,;；\n]", leading or "", maxsplit=1)[0].strip()
    return first if len(first) <= LONGEST_PRODUCT else ""


def missing_for_buyers(content: CapabilityContent, photos: int = 0) -> tuple[str, ...]:
    """What is not filled in, what buyers ask for most first."""
    missing = [name for name in COMPLETENESS if not _filled(content, photos, name)]
    return tuple(sorted(missing, key=lambda name: -COMPLETENESS[name]))


def completeness(content: CapabilityContent, photos: int = 0) -> int:
    """How complete the listing is, 0 to 100; saying more never lowers it."""
    return sum(points for name, points in COMPLETENESS.items() if _filled(content, photos, name))


def _filled(content: CapabilityContent, photos: int, name: str) -> bool:
    """A 0 is an answer (a lead time of 0 days is stock), a space is none."""
    value: Any = photos or None if name == "photos" else getattr(content, name)
    return value is not None and value != () and (not isinstance(value, str) or bool(value.strip()))


def needs_confirming(confirmed_on: date | None, as_of: date) -> bool:
    """Whether the firm has not said for half a year that all this still holds."""
    return confirmed_on is None or confirmed_on + STALE_AFTER < as_of
