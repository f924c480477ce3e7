"""Rules of capabilities: what must be there, who may see and do what, how complete a listing is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.capabilities.content import CapabilityContent
from marketplace.core.actor import Actor
from marketplace.core.errors import Problem
from marketplace.core.lifecycle import State
from marketplace.core.specs import spec_problems

SHORTEST_PRODUCT = 2
LONGEST_PRODUCT = 60
LONGEST_SENTENCE = 200
LONGEST_TEXT = 8000
MOST_PHOTOS = 8
VISIBILITIES = ("public", "verified")
PERIODS = ("day", "month", "year")
CLOSE_REASONS = ("discontinued", "duplicate", "other")
STALE_AFTER = timedelta(days=180)

# What a buyer asks for first, and how many points of a hundred each is worth.
COMPLETENESS = (
    ("product", 20),
    ("sentence", 15),
    ("specs", 20),
    ("capacity", 10),
    ("lead_time_days", 10),
    ("certificates", 10),
    ("standards", 5),
    ("description", 10),
)


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
    """Its firm and its staff always; others while it is open: anybody if public, known people if verified."""
    looks_after = actor.bureau or (actor.office_id is not None and actor.office_id == capability.office_id)
    if actor.belongs_to(capability.firm_id) or looks_after:
        return True
    return capability.open and (capability.visibility == "public" or actor.staff or bool(actor.firm_ids))


def may_edit(actor: Actor, capability: CapabilityView) -> bool:
    return actor.may_edit_firm(capability.firm_id)


def shape_problems(content: CapabilityContent) -> list[Problem]:
    """What no draft may hold."""
    problems = spec_problems(content.specs)
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
    for field in ("capacity", "spare_capacity", "moq", "lead_time_days"):
        number = getattr(content, field)
        if number is not None and number < 0:
            problems.append(Problem("capabilities.negative", field))
    if any(len(standard) > 80 for standard in content.standards):
        problems.append(Problem("capabilities.standard_long", "standards"))
    return problems


def submission_problems(content: CapabilityContent) -> list[Problem]:
    """What must be there before the bureau looks at it: a product name is enough, numbers need units."""
    problems = shape_problems(content)
    if len(content.product.strip()) < SHORTEST_PRODUCT:
        problems.append(Problem("capabilities.product_short", "product"))
    if content.capacity is not None and not content.capacity_unit:
        problems.append(Problem("capabilities.unit_missing", "capacity_unit"))
    if content.moq is not None and not content.moq_unit:
        problems.append(Problem("capabilities.unit_missing", "moq_unit"))
    return problems


def missing_for_buyers(content: CapabilityContent) -> tuple[str, ...]:
    """What is not filled in, what buyers ask for most first."""
    missing = [name for name, _points in COMPLETENESS if not getattr(content, name)]
    return tuple(sorted(missing, key=lambda name: -dict(COMPLETENESS)[name]))


def completeness(content: CapabilityContent) -> int:
    """How complete the listing is, 0 to 100."""
    return sum(points for name, points in COMPLETENESS if getattr(content, name))


def needs_confirming(confirmed_on: date | None, as_of: date) -> bool:
    """Whether the firm has not said for half a year that all this still holds."""
    return confirmed_on is None or confirmed_on + STALE_AFTER < as_of
