"""Rules of needs: what must be there, who may see and do what, what counts as a leak or as stuffing. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem
from marketplace.core.lifecycle import State
from marketplace.core.specs import spec_problems
from marketplace.needs.content import NeedContent

SHORTEST_TITLE = 4
LONGEST_TITLE = 60
LONGEST_TEXT = 8000
LONGEST_VALIDITY = timedelta(days=366)
USUAL_VALIDITY = timedelta(days=90)
PROCEDURES = ("direct", "inquiry", "negotiation", "tender", "undecided")
VISIBILITIES = ("public", "verified", "invited")
PAYMENT_STARTS = ("delivery", "acceptance", "settlement")
BUYER_KINDS = ("public", "large", "sme")
PERIODS = ("once", "month", "year")
CLOSE_REASONS = ("met", "cancelled", "no_suitable")


@dataclass(frozen=True)
class NeedView:
    """What permission is decided on. ``open`` means published, neither paused, closed nor expired."""

    firm_id: int
    office_id: int | None
    state: State
    visibility: str
    firm_open: bool
    invited_firms: frozenset[int] = frozenset()

    @property
    def open(self) -> bool:
        return self.state is State.PUBLISHED and self.firm_open


def may_see(actor: Actor, need: NeedView) -> bool:
    """Its firm and its staff always; others while it is open and as far as its visibility goes."""
    if actor.belongs_to(need.firm_id) or _looks_after(actor, need):
        return True
    if not need.open:
        return False
    match need.visibility:
        case "public":
            return True
        case "verified":
            return is_verified_user(actor)
        case _:
            return bool(need.invited_firms & actor.firm_ids)


def is_verified_user(actor: Actor) -> bool:
    """Somebody known: staff, or a member of a firm. (Whether that firm is checked is decided when it publishes.)"""
    return actor.staff or bool(actor.firm_ids)


def _looks_after(actor: Actor, need: NeedView) -> bool:
    return actor.bureau or (actor.office_id is not None and actor.office_id == need.office_id)


def may_see_budget(actor: Actor, need: NeedView) -> bool:
    """邀: the firm itself, staff, and invited firms."""
    return actor.belongs_to(need.firm_id) or _looks_after(actor, need) or bool(need.invited_firms & actor.firm_ids)


def may_edit(actor: Actor, need: NeedView) -> bool:
    return actor.may_edit_firm(need.firm_id)


def shape_problems(content: NeedContent) -> list[Problem]:
    """What no draft may hold: wrong choices, texts too long, numbers below zero."""
    problems = spec_problems(content.specs)
    choices = (
        ("procedure", content.procedure, PROCEDURES),
        ("visibility", content.visibility, VISIBILITIES),
        ("payment_start", content.payment_start, PAYMENT_STARTS),
        ("buyer_kind", content.buyer_kind, BUYER_KINDS),
        ("quantity_period", content.quantity_period, PERIODS),
    )
    for field, value, allowed in choices:
        if value is not None and value not in allowed:
            problems.append(Problem("needs.choice", field))
    if len(content.title) > LONGEST_TITLE:
        problems.append(Problem("needs.title_long", "title", {"most": LONGEST_TITLE}))
    for field, text in (("use", content.use), ("description", content.description)):
        if len(text) > LONGEST_TEXT:
            problems.append(Problem("needs.text_long", field, {"most": LONGEST_TEXT, "length": len(text)}))
    numbers: Iterable[tuple[str, Decimal | int | None]] = (
        ("quantity", content.quantity),
        ("lead_time_days", content.lead_time_days),
        ("payment_days", content.payment_days),
        ("budget_low", content.budget_low),
        ("budget_high", content.budget_high),
    )
    problems.extend(Problem("needs.negative", field) for field, number in numbers if number is not None and number < 0)
    if content.budget_low is not None and content.budget_high is not None and content.budget_low > content.budget_high:
        problems.append(Problem("needs.budget_order", "budget_high"))
    return problems


def submission_problems(content: NeedContent, as_of: date) -> list[Problem]:
    """What must be there before the bureau looks at it."""
    problems = shape_problems(content)
    if len(content.title.strip()) < SHORTEST_TITLE:
        problems.append(Problem("needs.title_short", "title", {"least": SHORTEST_TITLE}))
    if not content.description.strip() and not content.specs:
        problems.append(Problem("needs.description_missing", "description"))
    if content.valid_until is None:
        problems.append(Problem("needs.valid_until_missing", "valid_until"))
    elif content.valid_until < as_of:
        problems.append(Problem("needs.valid_until_past", "valid_until"))
    elif content.valid_until > as_of + LONGEST_VALIDITY:
        problems.append(Problem("needs.valid_until_far", "valid_until"))
    if content.needed_by is not None and content.needed_by < as_of:
        problems.append(Problem("needs.needed_by_past", "needed_by"))
    if content.payment_days is not None and content.payment_start is None:
        problems.append(Problem("needs.payment_start_missing", "payment_start"))
    if content.quantity is not None and not content.quantity_unit:
        problems.append(Problem("needs.quantity_unit_missing", "quantity_unit"))
    if content.procedure == "tender" and not content.entrance:
        problems.append(Problem("needs.entrance_missing", "entrance"))
    return problems
