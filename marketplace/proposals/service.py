"""Use cases of proposals: the machine proposes and refreshes, people answer, and people's answers always win."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import people
from marketplace.needs.models import Need
from marketplace.needs.queries import invited_firms, open_needs
from marketplace.proposals import queries, rules
from marketplace.proposals.evidence import columns_of
from marketplace.proposals.models import Proposal, Verdict
from marketplace.proposals.profiles import need_profiles
from marketplace.proposals.runs import start_run
from matching import Match, Matcher

MOST_PER_NEED = 20


def propose_for_need(session: Session, actor: Actor, need_id: int, matcher: Matcher, *, now: datetime) -> int:
    """Refresh a need's proposals; returns how many hold. A need that is no longer open keeps only what was answered.

    Only the machine and staff run the matcher. Evidence is renewed, answers are never touched.
    """
    if not actor.staff:
        raise Forbidden
    as_of = day_of(now)
    need = session.scalar(open_needs(as_of).where(Need.id == need_id))
    matches = _matches(session, need, matcher, now) if need is not None else []
    existing = {
        proposal.capability_id: proposal
        for proposal in session.scalars(select(Proposal).where(Proposal.need_id == need_id))
    }
    if not matches and not existing:
        return 0
    run = start_run(session, actor, "need", need_id, matcher, {"proposals": len(matches)}, now)
    for match in matches:
        _upsert(session, need_id, match, existing.pop(int(match.capability_id), None), run.id, need, now)
    for gone in existing.values():
        if gone.source == "machine" and gone.withdrawn_at is None:
            gone.withdrawn_at = now
    session.flush()
    return len(matches)


def _matches(session: Session, need: Need, matcher: Matcher, now: datetime) -> list[Match]:
    profile = need_profiles(session, [need])[0]
    found = matcher.match(profile, top=MOST_PER_NEED, as_of=day_of(now))
    if need.visibility == "invited":
        invited = {str(firm_id) for firm_id in invited_firms(session, need.id)}
        found = [match for match in matcher.match(profile, top=10 * MOST_PER_NEED, as_of=day_of(now))]
        found = [match for match in found if match.firm_id in invited][:MOST_PER_NEED]
    return found


def _upsert(
    session: Session,
    need_id: int,
    match: Match,
    proposal: Proposal | None,
    run_id: int,
    need: Need | None,
    now: datetime,
) -> None:
    if proposal is None:
        assert need is not None
        proposal = Proposal(
            need_id=need_id,
            capability_id=int(match.capability_id),
            buyer_id=need.firm_id,
            supplier_id=int(match.firm_id),
            proposed_at=now,
        )
        session.add(proposal)
    for name, value in columns_of(match).items():
        setattr(proposal, name, value)
    proposal.run_id = run_id
    proposal.already_partners = match.current_supplier
    proposal.refreshed_at = now
    proposal.withdrawn_at = None


def answer(
    session: Session,
    actor: Actor,
    proposal_id: int,
    *,
    side: str,
    answer: str,
    reason: str | None = None,
    note: str | None = None,
    now: datetime,
) -> Proposal:
    """Say yes, no (with a reason) or later for one side. Two yeses release each firm's consented contacts to the other;
    taking a yes back takes them back too."""
    proposal = queries.proposal_or_none(session, actor, proposal_id)
    if proposal is None:
        raise NotFound
    if side not in rules.SIDES or answer not in rules.ANSWERS:
        raise Refusal("proposals.answer_unknown", "answer")
    if not rules.may_answer(actor, queries.view_of(proposal), side):
        raise Forbidden
    note = (note or "").strip()[: rules.LONGEST_NOTE] or None
    if answer == "no" and reason not in rules.NO_REASONS[side]:
        raise Refusal("proposals.reason_missing", "reason")
    if answer == "no" and reason == "other" and note is None:
        raise Refusal("proposals.note_missing", "note")
    reason = reason if answer == "no" else None
    setattr(proposal, f"{side}_answer", answer)
    setattr(proposal, f"{side}_reason", reason)
    setattr(proposal, f"{side}_answered_at", now)
    session.add(
        Verdict(
            proposal_id=proposal.id,
            side=side,
            answer=answer,
            reason_code=reason,
            note=note,
            features={"score": proposal.score, "label": proposal.label, "signals": proposal.signals},
            method=proposal.method,
            account_id=actor.account_id,
            at=now,
        )
    )
    audit.record(session, actor, "proposal.answer", "proposal", proposal.id, now, side=side, answer=answer)
    _settle_contacts(session, actor, proposal, now)
    session.flush()
    return proposal


def _settle_contacts(session: Session, actor: Actor, proposal: Proposal, now: datetime) -> None:
    mutual = rules.is_mutual(proposal.buyer_answer, proposal.supplier_answer)
    if mutual and proposal.mutual_at is None:
        proposal.mutual_at = now
        for firm_id, to_firm_id in (
            (proposal.buyer_id, proposal.supplier_id),
            (proposal.supplier_id, proposal.buyer_id),
        ):
            people.grant_contacts(
                session,
                firm_id=firm_id,
                to_firm_id=to_firm_id,
                reason_kind="proposal",
                reason_id=proposal.id,
                now=now,
            )
        audit.record(session, actor, "proposal.mutual", "proposal", proposal.id, now)
    elif not mutual and proposal.mutual_at is not None:
        proposal.mutual_at = None
        people.revoke_grants(session, reason_kind="proposal", reason_id=proposal.id, now=now)
        audit.record(session, actor, "proposal.mutual_ended", "proposal", proposal.id, now)
