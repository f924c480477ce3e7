"""Rules of needs: what must be there, who may see and do what, what the law says of the terms. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem
from marketplace.core.lifecycle import State
from marketplace.core.specs import spec_problems
from marketplace.needs.content import NeedContent
from marketplace.taxonomy.entries import fields_for, missing_problems, term_problems
from marketplace.taxonomy.rules import Verdict, payment_term_verdict
from marketplace.taxonomy.values import Parameter, TypeField

SHORTEST_TITLE = 4
LONGEST_TITLE = 60
LONGEST_TEXT = 8000
LONGEST_VALIDITY = timedelta(days=366)
USUAL_VALIDITY = timedelta(days=90)
# How long a close can be taken back.
REOPENABLE = timedelta(days=7)
MOST_ATTACHMENTS = 12
# The undertaking of secrecy that a firm accepts before it is given a drawing; audited with its acceptance.
UNDERTAKING = "2026-11"
PROCEDURES = ("direct", "inquiry", "negotiation", "tender", "undecided")
VISIBILITIES = ("public", "verified", "invited")
PAYMENT_STARTS = ("delivery", "acceptance", "settlement")
BUYER_KINDS = ("public", "large", "sme")
PERIODS = ("once", "month", "year")
CLOSE_REASONS = ("met", "cancelled", "no_suitable")
CONFIDENTIALITIES = ("open", "restricted", "nda")
# What is said in which part of a need; the parts are taxonomy.values.SECTIONS. The buyer's kind is left out: it comes
# from the firm's record.
SECTION_FIELDS = {
    "specs": ("specs", "certificates"),
    "delivery": (
        *("quantity", "quantity_unit", "quantity_period"),
        *("lead_time_days", "needed_by", "delivery_division"),
    ),
    "budget": ("budget_low", "budget_high"),
    "purchase": (
        *("procedure", "entrance", "payment_days", "payment_start", "paid_when_paid", "payment_reason"),
        *("accepts_first_of_kind", "sme_oriented", "splitting_accepted"),
    ),
}
MOST_EXCLUDED = 50
# As long as the columns are; title, use and description have limits and sentences of their own.
_LONGEST = {
    "type_key": 20,
    "chain_key": 30,
    "link_key": 40,
    "industry_code": 4,
    "quantity_unit": 20,
    "delivery_division": 12,
    "entrance": 300,
    "payment_reason": 300,
}
_LARGEST = {
    "quantity": Decimal(10**12),
    "lead_time_days": 3650,
    "payment_days": 3650,
    "budget_low": Decimal(10**13),
    "budget_high": Decimal(10**13),
}


@dataclass(frozen=True)
class NeedView:
    """What permission is decided on. ``open`` means published, neither paused, closed nor expired."""

    firm_id: int
    office_id: int | None
    state: State
    visibility: str
    firm_open: bool
    invited_firms: frozenset[int] = frozenset()
    anonymous: bool = False

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
            return bool(need.invited_firms & actor.checked_firms)


def is_verified_user(actor: Actor) -> bool:
    """认: staff, or a member of a firm that the bureau has checked."""
    return actor.vouched_for


def _looks_after(actor: Actor, need: NeedView) -> bool:
    return actor.bureau or (actor.office_id is not None and actor.office_id == need.office_id)


def may_see_budget(actor: Actor, need: NeedView) -> bool:
    """邀: the firm itself, staff, and invited firms."""
    return (
        actor.belongs_to(need.firm_id)
        or _looks_after(actor, need)
        or bool(need.invited_firms & actor.checked_firms)
    )


def may_see_firm(actor: Actor, need: NeedView) -> bool:
    """Whether this reader is told whose need it is: an anonymous one only names its firm to itself and its staff."""
    return not need.anonymous or actor.belongs_to(need.firm_id) or _looks_after(actor, need)


def may_see_record(actor: Actor, need: NeedView) -> bool:
    """Versions, history, requests for drawings: the firm itself and its staff."""
    return actor.belongs_to(need.firm_id) or _looks_after(actor, need)


def may_download(
    actor: Actor,
    need: NeedView,
    confidentiality: str,
    released_to: frozenset[int] = frozenset(),
    accepted_by: frozenset[int] = frozenset(),
) -> bool:
    """Who may read an attachment, given that they may see the need.

    公开: everybody who sees it. 受限: firms that the buyer released it to. 签保密协议: such firms once they have accepted
    the undertaking of secrecy. The firm itself and its staff always (staff look for what must not be there).
    """
    if may_see_record(actor, need):
        return True
    if not may_see(actor, need):
        return False
    match confidentiality:
        case "open":
            return True
        case "restricted":
            return bool(actor.checked_firms & released_to)
        case "nda":
            return bool(actor.checked_firms & released_to & accepted_by)
        case _:
            return False


def may_see_excluded(actor: Actor, need: NeedView) -> bool:
    """Whom a buyer does not want is its own matter and its staff's; no supplier learns of it, least of all those meant."""
    return may_see_record(actor, need)


def may_edit(actor: Actor, need: NeedView) -> bool:
    return actor.may_edit_firm(need.firm_id)


def may_see_closed_terms(actor: Actor, need: NeedView) -> bool:
    """Terms for invited eyes (资金's amount and security) are kept as the budget is."""
    return may_see_budget(actor, need)


def sections_of(content: NeedContent, own: Collection[str]) -> frozenset[str]:
    """The parts that a need shows: its type's own, and those in which something was said all the same."""
    blank = NeedContent()
    said = {
        section
        for section, names in SECTION_FIELDS.items()
        if any(getattr(content, name) != getattr(blank, name) for name in names)
    }
    return frozenset(own) | said


def fields_of(content: NeedContent, fields: Sequence[TypeField]) -> tuple[TypeField, ...]:
    """The fields that this need's type asks for."""
    return fields_for(fields, "want", (content.type_key,))


def shape_problems(content: NeedContent, fields: Sequence[TypeField] = ()) -> list[Problem]:
    """What no draft may hold: wrong choices, texts too long, numbers below zero. ``fields``: of every type."""
    problems = spec_problems(content.specs)
    problems += term_problems(content.terms, fields_of(content, fields))
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
    for field in ("use", "description"):
        length = len(getattr(content, field))
        if length > LONGEST_TEXT:
            problems.append(Problem("needs.text_long", field, {"most": LONGEST_TEXT, "length": length}))
    for field, longest in _LONGEST.items():
        if len(getattr(content, field) or "") > longest:
            problems.append(Problem("needs.words_many", field, {"most": longest}))
    for field, largest in _LARGEST.items():
        number = getattr(content, field)
        if number is not None and number < 0:
            problems.append(Problem("needs.negative", field))
        elif number is not None and number > largest:
            problems.append(Problem("needs.too_large", field))
    if content.excluded and (content.procedure == "tender" or content.buyer_kind == "public"):
        problems.append(Problem("needs.excluded_public", "excluded"))
    if len(content.excluded) > MOST_EXCLUDED:
        problems.append(Problem("needs.excluded_many", "excluded", {"most": MOST_EXCLUDED}))
    low, high = content.budget_low, content.budget_high
    if low is not None and high is not None and low > high:
        problems.append(Problem("needs.budget_order", "budget_high"))
    return problems


def submission_problems(content: NeedContent, as_of: date, fields: Sequence[TypeField] = ()) -> list[Problem]:
    """What must be there before the bureau looks at it."""
    problems = shape_problems(content, fields)
    problems += missing_problems(content.terms, fields_of(content, fields))
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
    if (
        content.questions_until is not None
        and content.valid_until is not None
        and content.questions_until > content.valid_until
    ):
        problems.append(Problem("needs.questions_late", "questions_until"))
    if content.payment_days is not None and content.payment_start is None:
        problems.append(Problem("needs.payment_start_missing", "payment_start"))
    if content.quantity is not None and not content.quantity_unit:
        problems.append(Problem("needs.quantity_unit_missing", "quantity_unit"))
    if content.procedure == "tender" and not content.entrance:
        problems.append(Problem("needs.entrance_missing", "entrance"))
    return problems


def payment_verdict(content: NeedContent, as_of: date, parameters: Sequence[Parameter]) -> Verdict | None:
    """What decree 802 says of the payment terms; None while nothing was said of payment.

    Without a start the law's own applies: delivery. A flag for people, never a refusal: the bureau decides.
    """
    days = content.payment_days
    unsaid = days is None and content.payment_start is None and not content.paid_when_paid
    if unsaid or (days is not None and days < 0):
        return None
    kind = content.buyer_kind if content.buyer_kind in BUYER_KINDS else "unknown"
    start = content.payment_start or "delivery"
    return payment_term_verdict(kind, days, start, content.paid_when_paid, as_of, parameters)


def may_reopen(closed_at: datetime | None, now: datetime) -> bool:
    """A close can be taken back for :data:`REOPENABLE`."""
    return closed_at is not None and now - closed_at <= REOPENABLE
