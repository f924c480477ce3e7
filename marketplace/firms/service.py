"""Use cases of firms: register, pre-fill, update, check, suspend. People and contacts are in people.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.firms import queries, rules
from marketplace.firms.facts import COLUMNS, STAFF_ONLY, FirmFacts
from marketplace.firms.models import PARTY_KINDS, CurrentSupplier, FieldProvenance, Firm, FirmChain, FirmMember

__all__ = ["FirmFacts", "create_for", "mark_current_suppliers", "register_firm", "suspend", "update_firm", "verify"]


def register_firm(session: Session, actor: Actor, facts: FirmFacts, *, now: datetime) -> Firm:
    """A person brings in their own firm and becomes its owner; it may publish once the bureau has checked it."""
    if actor.account_id is None:
        raise Forbidden
    firm = _create(session, actor, _without_staff_fields(facts), source="self", import_id=None, example=False, now=now)
    session.add(FirmMember(firm_id=firm.id, account_id=actor.account_id, role="owner", joined_at=now))
    firm.claimed_at = now
    session.flush()
    return firm


def create_for(
    session: Session,
    actor: Actor,
    facts: FirmFacts,
    *,
    source: str = "staff",
    import_id: int | None = None,
    example: bool = False,
    now: datetime,
) -> Firm:
    """Staff pre-fill a firm's record; the firm claims it later by a code. What staff bring in counts as checked."""
    if not actor.staff:
        raise Forbidden
    firm = _create(session, actor, facts, source=source, import_id=import_id, example=example, now=now)
    firm.verified_at = now
    outbox.enqueue(session, "index", f"firm:{firm.id}", now)
    return firm


def _create(
    session: Session,
    actor: Actor,
    facts: FirmFacts,
    *,
    source: str,
    import_id: int | None,
    example: bool,
    now: datetime,
) -> Firm:
    facts = _normalised(facts)
    problems = _problems(session, facts, None)
    if problems:
        raise Refusal.of(problems)
    firm = Firm(source=source, import_id=import_id, example=example, created_at=now, updated_at=now)
    session.add(firm)
    _write(firm, facts, actor, source, now)
    session.flush()
    audit.record(session, actor, "firm.create", "firm", firm.id, now, source=source)
    return firm


def update_firm(
    session: Session, actor: Actor, firm_id: int, facts: FirmFacts, *, expected_version: int | None = None, now: datetime
) -> Firm:
    """Write what changed, with its source. Refusal ``core.stale`` when somebody else was faster."""
    firm = queries.firm_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    if not rules.may_edit(actor, queries.view_of(firm)):
        raise Forbidden
    if expected_version is not None and firm.version != expected_version:
        raise Refusal("core.stale")
    if not actor.staff:
        kept = {name: getattr(firm, name) for name in STAFF_ONLY}
        facts = FirmFacts(**{**_as_dict(facts), **kept})
    facts = _normalised(facts)
    problems = _problems(session, facts, firm)
    if problems:
        raise Refusal.of(problems)
    changed = _write(firm, facts, actor, actor.source, now)
    if changed:
        firm.version += 1
        firm.updated_at = now
        audit.record(session, actor, "firm.update", "firm", firm.id, now, fields=changed)
        outbox.enqueue(session, "index", f"firm:{firm.id}", now)
        outbox.enqueue(session, "match", f"firm:{firm.id}", now)
    return firm


def _write(firm: Firm, facts: FirmFacts, actor: Actor, source: str, now: datetime) -> list[str]:
    """Set the fields that differ and note who said each; returns their names."""
    changed = [name for name in COLUMNS if getattr(firm, name) != getattr(facts, name)]
    for name in changed:
        setattr(firm, name, getattr(facts, name))
    if {(chain.chain_key, chain.link_key) for chain in firm.chains} != set(facts.chains):
        firm.chains[:] = [FirmChain(chain_key=chain, link_key=link) for chain, link in facts.chains]
        changed.append("chains")
    said = {entry.field: entry for entry in firm.provenance}
    for name in changed:
        entry = said.get(name)
        if entry is None:
            firm.provenance.append(FieldProvenance(field=name, source=source, account_id=actor.account_id, at=now))
        else:
            entry.source, entry.account_id, entry.at = source, actor.account_id, now
    return changed


def _as_dict(facts: FirmFacts) -> dict[str, object]:
    return {**{name: getattr(facts, name) for name in COLUMNS}, "chains": facts.chains}


def _without_staff_fields(facts: FirmFacts) -> FirmFacts:
    return FirmFacts(**{name: value for name, value in _as_dict(facts).items() if name not in STAFF_ONLY})  # type: ignore[arg-type]


def _normalised(facts: FirmFacts) -> FirmFacts:
    values = {name: value.strip() or None if isinstance(value, str) else value for name, value in _as_dict(facts).items()}
    values["legal_name"] = values["legal_name"] or ""
    values["party_kind"] = values["party_kind"] or "enterprise"
    if facts.credit_code:
        values["credit_code"] = rules.normal_credit_code(facts.credit_code) or None
    values["chains"] = tuple(dict.fromkeys(facts.chains))
    return FirmFacts(**values)  # type: ignore[arg-type]


def _problems(session: Session, facts: FirmFacts, firm: Firm | None) -> list[Problem]:
    problems = []
    if not facts.legal_name:
        problems.append(Problem("firms.name_missing", "legal_name"))
    if not (facts.is_buyer or facts.is_supplier):
        problems.append(Problem("firms.side_missing", "is_supplier"))
    if facts.party_kind not in PARTY_KINDS:
        problems.append(Problem("firms.kind_unknown", "party_kind"))
    if facts.credit_code:
        problem = rules.credit_code_problem(facts.credit_code)
        if problem is not None:
            problems.append(problem)
        elif firm is None or firm.credit_code != facts.credit_code:
            taken = select(Firm.id).where(Firm.credit_code == facts.credit_code)
            if session.scalar(taken) is not None:
                problems.append(Problem("firms.code_taken", "credit_code"))
    for name in ("employees", "revenue", "assets"):
        value = getattr(facts, name)
        if value is not None and value < 0:
            problems.append(Problem("firms.figure_negative", name))
    return problems


def verify(session: Session, actor: Actor, firm_id: int, *, now: datetime) -> Firm:
    """The bureau has looked at the firm: from now on others see it and it may publish."""
    firm = _for_bureau(session, actor, firm_id)
    firm.verified_at, firm.suspended_at = firm.verified_at or now, None
    audit.record(session, actor, "firm.verify", "firm", firm_id, now)
    _look_again(session, firm_id, now)
    return firm


def suspend(session: Session, actor: Actor, firm_id: int, *, reason: str, now: datetime) -> Firm:
    """The bureau takes a firm out of sight; its listings go with it."""
    if not reason.strip():
        raise Refusal("firms.reason_missing", "reason")
    firm = _for_bureau(session, actor, firm_id)
    firm.suspended_at = now
    audit.record(session, actor, "firm.suspend", "firm", firm_id, now, reason=reason.strip())
    _look_again(session, firm_id, now)
    return firm


def _look_again(session: Session, firm_id: int, now: datetime) -> None:
    outbox.enqueue(session, "index", f"firm:{firm_id}", now)
    outbox.enqueue(session, "match", f"firm:{firm_id}", now)


def _for_bureau(session: Session, actor: Actor, firm_id: int) -> Firm:
    if not actor.staff:
        raise NotFound
    if not actor.bureau:
        raise Forbidden
    firm = session.get(Firm, firm_id)
    if firm is None:
        raise NotFound
    return firm


def mark_current_suppliers(
    session: Session, actor: Actor, buyer_id: int, codes: Iterable[str], *, now: datetime
) -> int:
    """Replace the buyer's private list of current suppliers; returns how many. Every wrong code is named."""
    if not actor.may_edit_firm(buyer_id):
        raise NotFound if not actor.belongs_to(buyer_id) else Forbidden
    wanted = list(dict.fromkeys(rules.normal_credit_code(code) for code in codes if code.strip()))
    wrong = [code for code in wanted if rules.credit_code_problem(code) is not None]
    if wrong:
        raise Refusal("firms.codes_wrong", "codes", codes=wrong[:10])
    session.execute(delete(CurrentSupplier).where(CurrentSupplier.buyer_id == buyer_id))
    session.add_all(
        CurrentSupplier(buyer_id=buyer_id, credit_code=code, added_by=actor.account_id, added_at=now) for code in wanted
    )
    audit.record(session, actor, "firm.mark_suppliers", "firm", buyer_id, now, count=len(wanted))
    outbox.enqueue(session, "match", f"firm:{buyer_id}", now)
    return len(wanted)
