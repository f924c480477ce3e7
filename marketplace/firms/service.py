"""Use cases of firms: register, pre-fill, update, check, suspend. People and contacts are in people.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.firms import queries, rules
from marketplace.firms.checks import problems_of
from marketplace.firms.facts import BUREAU_ONLY, COLUMNS, IDENTITY, FirmFacts
from marketplace.firms.models import CurrentSupplier, FieldProvenance, Firm, FirmChain, FirmMember

__all__ = [
    "FirmFacts",
    "change_held",
    "create_all_for",
    "create_for",
    "facts_of",
    "mark_current_suppliers",
    "problems_with",
    "register_firm",
    "settle",
    "suspend",
    "update_firm",
    "verify",
    "verify_all",
]


def register_firm(session: Session, actor: Actor, facts: FirmFacts, *, now: datetime) -> Firm:
    """A person brings in their own firm and becomes its owner; it may publish once the bureau has checked it."""
    if actor.account_id is None:
        raise Forbidden
    if not (facts.credit_code or "").strip():
        # Without a code nobody could tell whether the firm is there twice; only a sheet of the bureau may lack one.
        raise Refusal("firms.code_missing", "credit_code")
    facts = _kept(facts, FirmFacts(legal_name=""), BUREAU_ONLY)
    firm = _create(session, actor, [facts], "self", now)[0]
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
    return create_all_for(
        session, actor, [facts], source=source, import_id=import_id, example=example, now=now
    )[0]


def create_all_for(
    session: Session,
    actor: Actor,
    wanted: Sequence[FirmFacts],
    *,
    source: str = "staff",
    import_id: int | None = None,
    example: bool = False,
    now: datetime,
) -> list[Firm]:
    """The same for the rows of a sheet, in their order, written together: all of them, or the Refusal of the first that
    cannot be."""
    if not actor.staff:
        raise Forbidden
    if not actor.bureau:
        # A 镇/街道 brings in firms of its own, and recognises no chain leader.
        nobody = FirmFacts(legal_name="")
        wanted = [replace(_kept(facts, nobody, BUREAU_ONLY), office_id=actor.office_id) for facts in wanted]
    made = _create(session, actor, wanted, source, now, import_id=import_id, example=example, verified_at=now)
    for firm in made:
        outbox.enqueue(session, "index", f"firm:{firm.id}", now)
    return made


def _create(
    session: Session, actor: Actor, wanted: Sequence[FirmFacts], source: str, now: datetime, **columns: object
) -> list[Firm]:
    wanted = [_normalised(facts) for facts in wanted]
    taken = _holders_of(session, (facts.credit_code for facts in wanted))
    made = []
    for facts in wanted:
        if problems := _problems(session, facts, taken):
            raise Refusal.of(problems)
        if facts.credit_code:
            taken[facts.credit_code] = None
        firm = Firm(source=source, created_at=now, updated_at=now, **columns)
        session.add(firm)
        with session.no_autoflush:
            _write(firm, facts, actor, source, now)
        made.append(firm)
    _flush(session)
    for firm in made:
        audit.record(session, actor, "firm.create", "firm", firm.id, now, source=source)
    return made


def update_firm(
    session: Session,
    actor: Actor,
    firm_id: int,
    facts: FirmFacts,
    *,
    expected_version: int | None = None,
    source: str | None = None,
    now: datetime,
) -> Firm:
    """Write what changed, with its source (the actor's own, unless a sheet is named as ``source``). Refusal ``core.stale`` when somebody else was faster.

    A firm that changes its own name or credit code after the bureau's check waits for another one: otherwise a checked
    record could be turned into somebody else's.
    """
    # Whoever comes second on PostgreSQL waits here and then meets the new version.
    firm = queries.held(session, actor, [firm_id]).get(firm_id)
    if firm is None:
        raise NotFound
    if not rules.may_edit(actor, queries.view_of(firm)):
        raise Forbidden
    if expected_version is not None and firm.version != expected_version:
        raise Refusal("core.stale")
    if change_held(session, actor, firm, facts, source=source, now=now):
        settle(session, [firm_id], now=now)
    return firm


def change_held(
    session: Session, actor: Actor, firm: Firm, facts: FirmFacts, *, source: str | None = None, now: datetime
) -> list[str]:
    """The same on a firm that this unit of work holds already (:func:`queries.held`), where many are changed together;
    :func:`settle` follows once for all. Returns the names of the fields that changed."""
    if not rules.may_edit(actor, queries.view_of(firm)):
        raise Forbidden
    if not actor.bureau:
        facts = _kept(facts, firm, BUREAU_ONLY)
    facts = _normalised(facts)
    if problems := problems_with(session, facts, firm):
        raise Refusal.of(problems)
    with session.no_autoflush:
        changed = _write(firm, facts, actor, source or actor.source, now)
    if changed:
        if not actor.staff and IDENTITY.intersection(changed):
            firm.verified_at = None
        firm.version += 1
        firm.updated_at = now
        audit.record(session, actor, "firm.update", "firm", firm.id, now, fields=changed)
    return changed


def settle(session: Session, firm_ids: Iterable[int], *, now: datetime) -> None:
    """What was changed on held firms is written, and looked at again. Refusal ``firms.code_taken``."""
    _flush(session)
    for firm_id in firm_ids:
        _look_again(session, firm_id, now)


def _kept(facts: FirmFacts, source: FirmFacts | Firm, names: Iterable[str]) -> FirmFacts:
    """The facts with these fields as they stand in ``source``, whatever was sent."""
    return FirmFacts(**{**_as_dict(facts), **{name: getattr(source, name) for name in names}})


def _write(firm: Firm, facts: FirmFacts, actor: Actor, source: str, now: datetime) -> list[str]:
    """Set the fields that differ and note who said each; returns their names."""
    changed = [name for name in COLUMNS if getattr(firm, name) != getattr(facts, name)]
    for name in changed:
        setattr(firm, name, getattr(facts, name))
    wanted = set(facts.chains)
    there = {(chain.chain_key, chain.link_key) for chain in firm.chains}
    if there != wanted:
        # Only the difference: rows are inserted before others are deleted, and a place is unique.
        firm.chains[:] = [chain for chain in firm.chains if (chain.chain_key, chain.link_key) in wanted]
        firm.chains.extend(
            FirmChain(chain_key=chain, link_key=link)
            for chain, link in facts.chains
            if (chain, link) not in there
        )
        changed.append("chains")
    for name in changed:
        _note_source(firm, name, source, actor, now)
    return changed


def _note_source(firm: Firm, name: str, source: str, actor: Actor, now: datetime) -> None:
    entry = next((entry for entry in firm.provenance if entry.field == name), None)
    if entry is None:
        firm.provenance.append(
            FieldProvenance(field=name, source=source, account_id=actor.account_id, at=now)
        )
    else:
        entry.source, entry.account_id, entry.at = source, actor.account_id, now


def facts_of(firm: Firm) -> FirmFacts:
    """What the record says now, as a value."""
    chains = tuple((chain.chain_key, chain.link_key) for chain in firm.chains)
    return FirmFacts(**{name: getattr(firm, name) for name in COLUMNS}, chains=chains)


def _as_dict(facts: FirmFacts) -> dict[str, object]:
    return {**{name: getattr(facts, name) for name in COLUMNS}, "chains": facts.chains}


def _normalised(facts: FirmFacts) -> FirmFacts:
    values = {
        name: value.strip() or None if isinstance(value, str) else value
        for name, value in _as_dict(facts).items()
    }
    values["legal_name"] = values["legal_name"] or ""
    values["party_kind"] = values["party_kind"] or "enterprise"
    if facts.credit_code:
        values["credit_code"] = rules.normal_credit_code(facts.credit_code) or None
    values["chains"] = tuple(dict.fromkeys(facts.chains))
    return FirmFacts(**values)  # type: ignore[arg-type]


def problems_with(session: Session, facts: FirmFacts, firm: Firm | None) -> list[Problem]:
    """What would keep these facts from being saved, for a page that shows everything at once."""
    facts = _normalised(facts)
    same = firm is not None and firm.credit_code == facts.credit_code
    taken = {} if same else _holders_of(session, [facts.credit_code])
    if firm is not None and taken.get(facts.credit_code or "") == firm.id:
        taken = {}
    return _problems(session, facts, taken)


def _problems(session: Session, facts: FirmFacts, taken: Mapping[str, int | None]) -> list[Problem]:
    problems = problems_of(session, facts)
    if facts.credit_code in taken and not any(problem.field == "credit_code" for problem in problems):
        problems.append(Problem("firms.code_taken", "credit_code"))
    return problems


def _holders_of(session: Session, codes: Iterable[str | None]) -> dict[str, int | None]:
    """Which firms have these codes."""
    wanted = [code for code in codes if code]
    if not wanted:
        return {}
    found = session.execute(select(Firm.credit_code, Firm.id).where(Firm.credit_code.in_(wanted)))
    return {code: firm_id for code, firm_id in found if code}


def _flush(session: Session) -> None:
    """Two registrations of one firm at the same moment: the second meets the unique code here."""
    try:
        session.flush()
    except IntegrityError as error:
        if "credit_code" in str(error.orig):
            raise Refusal("firms.code_taken", "credit_code") from None
        raise


def verify(
    session: Session, actor: Actor, firm_id: int, *, expected_version: int | None = None, now: datetime
) -> Firm:
    """The bureau has looked at the firm: from now on others see it and it may publish.

    Refusal ``core.stale`` when the record is no longer the one that was looked at.
    """
    firm = _for_bureau(session, actor, firm_id)
    if expected_version is not None and firm.version != expected_version:
        raise Refusal("core.stale")
    _mark_verified(session, actor, firm, now)
    audit.record(session, actor, "firm.verify", "firm", firm_id, now)
    return firm


def verify_all(session: Session, actor: Actor, firm_ids: Iterable[int], *, now: datetime) -> list[Firm]:
    """The same for many firms, all or none, with as many queries as for one."""
    _check_bureau(actor)
    wanted = frozenset(firm_ids)
    firms = queries.held(session, actor, wanted)
    if len(firms) < len(wanted):
        raise NotFound
    with outbox.gathered(session):
        for firm in firms.values():
            _mark_verified(session, actor, firm, now)
    audit.record_each(session, actor, "firm.verify", "firm", firms, now)
    return list(firms.values())


def _mark_verified(session: Session, actor: Actor, firm: Firm, now: datetime) -> None:
    firm.verified_at, firm.suspended_at = firm.verified_at or now, None
    for name in sorted(IDENTITY):
        if getattr(firm, name):
            _note_source(firm, name, "verified", actor, now)
    _look_again(session, firm.id, now)


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


def _check_bureau(actor: Actor) -> None:
    if not actor.staff:
        raise NotFound
    if not actor.bureau:
        raise Forbidden


def _for_bureau(session: Session, actor: Actor, firm_id: int) -> Firm:
    _check_bureau(actor)
    firm = queries.firm_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    return firm


def mark_current_suppliers(
    session: Session, actor: Actor, buyer_id: int, codes: Iterable[str], *, now: datetime
) -> int:
    """Replace the buyer's private list of current suppliers; returns how many. The first wrong codes are named."""
    if not actor.may_edit_firm(buyer_id):
        raise NotFound if not actor.belongs_to(buyer_id) else Forbidden
    wanted = list(dict.fromkeys(rules.normal_credit_code(code) for code in codes if code.strip()))
    wrong = [code for code in wanted if rules.credit_code_problem(code) is not None]
    if wrong:
        raise Refusal(
            "firms.codes_wrong", "codes", count=len(wrong), codes=[code[:30] for code in wrong[:10]]
        )
    if len(wanted) > rules.MOST_SUPPLIERS:
        raise Refusal("firms.codes_many", "codes", count=len(wanted), most=rules.MOST_SUPPLIERS)
    session.execute(delete(CurrentSupplier).where(CurrentSupplier.buyer_id == buyer_id))
    session.add_all(
        CurrentSupplier(buyer_id=buyer_id, credit_code=code, added_by=actor.account_id, added_at=now)
        for code in wanted
    )
    audit.record(session, actor, "firm.mark_suppliers", "firm", buyer_id, now, count=len(wanted))
    outbox.enqueue(session, "match", f"firm:{buyer_id}", now)
    return len(wanted)
