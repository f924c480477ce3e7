"""Use cases of calls: open, extend, close, cancel; a firm declares that it has none. Reminders are in reminding.py."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.calls import choosing, queries, rules
from marketplace.calls.choosing import Chosen
from marketplace.calls.models import Call, CallDeclaration, CallFirm
from marketplace.calls.rules import CallFacts
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal

__all__ = [
    "CallFacts",
    "Chosen",
    "ask_more",
    "cancel",
    "close",
    "declare_none",
    "extend",
    "open_call",
    "take_back",
]


def open_call(
    session: Session,
    actor: Actor,
    facts: CallFacts,
    chosen: Chosen,
    *,
    office_id: int | None = None,
    now: datetime,
) -> Call:
    """A call of the actor's office, open at once for the firms chosen; the machine and administrators name the office."""
    office_id = office_id if actor.system or actor.administrator else actor.office_id
    if office_id is None or not rules.may_run(actor, office_id):
        raise Forbidden
    problems = rules.problems_of(facts, day_of(now))
    if not chosen.narrows and not chosen.everyone:
        problems.append(Problem("calls.nobody_chosen", "everyone"))
    if problems:
        raise Refusal.of(problems)
    call = Call(
        office_id=office_id,
        number=(facts.number or "").strip() or None,
        title=facts.title.strip(),
        body=facts.body.strip(),
        asks_needs=facts.asks_needs,
        asks_capabilities=facts.asks_capabilities,
        due_on=facts.due_on,
        chosen=chosen.as_json(),
        opened_at=now,
        created_by=actor.account_id,
    )
    session.add(call)
    session.flush()
    asked = choosing.ask(session, actor, call.id, chosen, day_of(now), now)
    if not asked:
        raise Refusal("calls.no_firm_fits", "chain_key")
    audit.record(session, actor, "call.open", "call", call.id, now, firms=asked, chosen=chosen.as_json())
    return call


def ask_more(session: Session, actor: Actor, call_id: int, chosen: Chosen, *, now: datetime) -> int:
    """Ask further firms too; returns how many came. Refusal where the filters find nobody who is not asked yet."""
    call = to_run(session, actor, call_id, now)
    if not chosen.narrows and not chosen.everyone:
        raise Refusal("calls.nobody_chosen", "everyone")
    asked = choosing.ask(session, actor, call.id, chosen, day_of(now), now)
    if not asked:
        raise Refusal("calls.nobody_further", "chain_key")
    call.chosen = {**call.chosen, "more": [*call.chosen.get("more", ()), chosen.as_json()]}
    audit.record(session, actor, "call.ask_more", "call", call.id, now, firms=asked, chosen=chosen.as_json())
    return asked


def extend(session: Session, actor: Actor, call_id: int, due_on: date, *, now: datetime) -> Call:
    """A later last day; never an earlier one, for firms plan by what they were told."""
    call = to_run(session, actor, call_id, now)
    if due_on <= call.due_on or due_on < day_of(now):
        raise Refusal("calls.due_not_later", "due_on", day=call.due_on)
    before, call.due_on = call.due_on, due_on
    audit.record(
        session, actor, "call.extend", "call", call.id, now, before=before.isoformat(), after=due_on.isoformat()
    )  # fmt: skip
    return call


def close(session: Session, actor: Actor, call_id: int, *, now: datetime) -> Call:
    """What is handed in later no longer counts."""
    call = to_run(session, actor, call_id, now)
    call.closed_at = now
    audit.record(session, actor, "call.close", "call", call.id, now)
    return call


def cancel(session: Session, actor: Actor, call_id: int, *, reason: str, now: datetime) -> Call:
    """Firms no longer see it."""
    call = to_run(session, actor, call_id, now)
    reason = reason.strip()
    if not reason:
        raise Refusal("calls.reason_missing", "reason")
    _check_note(reason, "reason")
    call.cancelled_at, call.cancel_reason = now, reason
    audit.record(session, actor, "call.cancel", "call", call.id, now, reason=reason)
    return call


def declare_none(
    session: Session,
    actor: Actor,
    call_id: int,
    firm_id: int,
    kind: str,
    *,
    reason: str,
    note: str | None = None,
    now: datetime,
) -> CallDeclaration:
    """A firm says that it has nothing of this kind to hand in, and why; saying it again changes the reason."""
    call = _answering(session, actor, call_id, firm_id, now)
    if kind not in rules.asked_kinds(call.asks_needs, call.asks_capabilities):
        raise Refusal("calls.kind_not_asked", "kind")
    if reason not in rules.REASONS:
        raise Refusal("calls.why_missing", "reason")
    note = (note or "").strip() or None
    _check_note(note, "note")
    declaration = _declaration(session, call_id, firm_id, kind)
    if declaration is None:
        declaration = CallDeclaration(call_id=call_id, firm_id=firm_id, kind=kind)
        session.add(declaration)
    declaration.reason, declaration.note, declaration.at = reason, note, now
    declaration.account_id, declaration.by_staff = actor.account_id, actor.staff
    session.flush()
    audit.record(
        session, actor, "call.declare_none", "call", call_id, now, firm=firm_id, kind=kind, reason=reason
    )
    return declaration


def take_back(
    session: Session, actor: Actor, call_id: int, firm_id: int, kind: str, *, now: datetime
) -> None:
    """The firm has something after all."""
    _answering(session, actor, call_id, firm_id, now)
    declaration = _declaration(session, call_id, firm_id, kind)
    if declaration is None:
        raise NotFound
    session.delete(declaration)
    audit.record(session, actor, "call.take_back", "call", call_id, now, firm=firm_id, kind=kind)


def _answering(session: Session, actor: Actor, call_id: int, firm_id: int, now: datetime) -> Call:
    """A running call, for whoever may answer in the place of a firm that it asks; two answers of one firm wait for one
    another."""
    asked = select(CallFirm.firm_id).where(CallFirm.call_id == call_id, CallFirm.firm_id == firm_id)
    session.execute(asked.with_for_update())
    call = known(session, actor, call_id)
    if not actor.belongs_to(firm_id) or not queries.is_asked(session, call_id, firm_id):
        raise NotFound
    if not actor.may_edit_firm(firm_id):
        raise Forbidden
    rules.check_open(rules.phase_of(call.closed_at, call.cancelled_at, call.due_on, day_of(now)))
    return call


def known(session: Session, actor: Actor, call_id: int) -> Call:
    call = queries.call_or_none(session, actor, call_id)
    if call is None:
        raise NotFound
    return call


def to_run(session: Session, actor: Actor, call_id: int, now: datetime) -> Call:
    """A running call that this actor runs, held until the change is done."""
    session.execute(select(Call.id).where(Call.id == call_id).with_for_update())
    call = known(session, actor, call_id)
    if not rules.may_run(actor, call.office_id):
        raise Forbidden
    rules.check_open(rules.phase_of(call.closed_at, call.cancelled_at, call.due_on, day_of(now)))
    return call


def _declaration(session: Session, call_id: int, firm_id: int, kind: str) -> CallDeclaration | None:
    return session.scalar(
        select(CallDeclaration).where(
            CallDeclaration.call_id == call_id,
            CallDeclaration.firm_id == firm_id,
            CallDeclaration.kind == kind,
        )
    )


def _check_note(text: str | None, field: str) -> None:
    if text is not None and len(text) > rules.LONGEST_NOTE:
        raise Refusal("calls.too_long", field, length=len(text), longest=rules.LONGEST_NOTE)
