"""Rules of calls: their state, who runs and who sees them, what counts as an answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem, Refusal

KINDS = ("needs", "capabilities")
# Why a firm hands nothing in: it has none at present, what it handed in before still holds, it is not its business.
REASONS = ("none_now", "unchanged", "not_ours")
OUTCOMES = ("reached", "not_reached", "will_report")
CHANNELS = ("mail", "group", "phone")
LONGEST = {"number": 80, "title": 120, "body": 4000}
LONGEST_NOTE = 300


class Phase(StrEnum):
    """``overdue`` is an open call past its last day: answers are still taken, and count as late."""

    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """Where a firm stands: everything it owes is answered and something handed in; 「没有」 for all; a part; nothing."""

    REPORTED = "reported"
    NONE = "none"
    PARTIAL = "partial"
    MISSING = "missing"


# Those who are to be reminded (未报).
UNANSWERED = (Answer.PARTIAL, Answer.MISSING)


@dataclass(frozen=True)
class CallFacts:
    """What is said of a call. ``due_on`` is the last day in time."""

    title: str
    due_on: date
    number: str | None = None
    body: str = ""
    asks_needs: bool = True
    asks_capabilities: bool = True


def phase_of(closed_at: datetime | None, cancelled_at: datetime | None, due_on: date, as_of: date) -> Phase:
    if cancelled_at is not None:
        return Phase.CANCELLED
    if closed_at is not None:
        return Phase.CLOSED
    return Phase.OVERDUE if due_on < as_of else Phase.OPEN


def check_open(phase: Phase) -> None:
    """An open call may be closed, cancelled, extended, answered and reminded of; what has ended stays as it is."""
    if phase in (Phase.CLOSED, Phase.CANCELLED):
        raise Refusal("calls.ended", phase=(f"calls.phase.{phase}", {}))


def asked_kinds(asks_needs: bool, asks_capabilities: bool) -> tuple[str, ...]:
    return tuple(kind for kind, asked in zip(KINDS, (asks_needs, asks_capabilities), strict=True) if asked)


def expected_kinds(
    asks_needs: bool, asks_capabilities: bool, *, is_buyer: bool, is_supplier: bool
) -> tuple[str, ...]:
    """What of a call a firm owes by its sides: one that only supplies owes capabilities, one that only buys owes needs.
    It may hand in the rest as well. A call that asks for one thing alone is owed it by everybody asked."""
    asked = asked_kinds(asks_needs, asks_capabilities)
    own = tuple(
        kind for kind, side in zip(KINDS, (is_buyer, is_supplier), strict=True) if side and kind in asked
    )
    return own or asked


def answer_of(
    asked: Iterable[str], expected: Iterable[str], handed_in: Iterable[str], declared: Iterable[str]
) -> Answer:
    """``expected`` is what the firm owes of what is ``asked``. What was handed in outweighs an earlier 「没有」."""
    wanted, owed, given, none = set(asked), set(expected), set(handed_in), set(declared)
    if owed <= given | none:
        return Answer.REPORTED if wanted & given else Answer.NONE
    return Answer.PARTIAL if wanted & (given | none) else Answer.MISSING


@dataclass(frozen=True)
class CallView:
    """What permission is decided on. ``firm_ids``: who is asked; ``office_ids``: the 镇/街道 that look after them."""

    office_id: int
    cancelled: bool
    firm_ids: frozenset[int] = frozenset()
    office_ids: frozenset[int] = frozenset()


def may_see(actor: Actor, call: CallView) -> bool:
    """Those who run it; the 镇/街道 of a firm that is asked; the firm itself until the call is cancelled."""
    if may_run(actor, call.office_id):
        return True
    if actor.office_id is not None and actor.office_id in call.office_ids:
        return True
    return not call.cancelled and any(actor.belongs_to(firm_id) for firm_id in call.firm_ids)


def may_run(actor: Actor, office_id: int) -> bool:
    """The bureau runs every call, a 镇/街道 its own."""
    return actor.bureau or (actor.office_id is not None and actor.office_id == office_id)


def problems_of(facts: CallFacts, as_of: date) -> list[Problem]:
    problems = []
    if not facts.title.strip():
        problems.append(Problem("calls.title_missing", "title"))
    for name, longest in LONGEST.items():
        length = len((getattr(facts, name) or "").strip())
        if length > longest:
            problems.append(Problem("calls.too_long", name, {"length": length, "longest": longest}))
    if not (facts.asks_needs or facts.asks_capabilities):
        problems.append(Problem("calls.asks_nothing", "asks_needs"))
    if facts.due_on < as_of:
        problems.append(Problem("calls.due_past", "due_on"))
    return problems
