"""Use cases of proposals: the machine proposes and refreshes, people answer, and people's answers always win."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import people
from marketplace.needs.models import Need
from marketplace.needs.queries import invited_firms, open_needs
from marketplace.proposals import near_misses, queries, rules
from marketplace.proposals.evidence import columns_of
from marketplace.proposals.models import Proposal, Verdict
from marketplace.proposals.profiles import need_profiles
from marketplace.proposals.runs import SMALL, Route, start_run

if TYPE_CHECKING:
    from matching import Match, Matcher, NeedProfile

# As many as a list could hold: more than one district's capabilities for one need.
EVERY_LISTED = 1_000_000


def propose_for_need(
    session: Session, actor: Actor, need_id: int, matcher: Matcher, *, now: datetime, route: Route = SMALL
) -> int:
    """Refresh a need's proposals; returns how many hold. A need that is no longer open keeps only what was answered.

    Only the machine and staff run the matcher. Evidence is renewed, answers are never touched, and where nothing has
    changed nothing is written. ``route``: where the listings that ``matcher`` knows came from.
    """
    if not actor.staff:
        raise Forbidden
    # Two refreshers of one need wait for one another here (SQLite has one writer anyway).
    session.execute(select(Need.id).where(Need.id == need_id).with_for_update())
    need = session.scalar(open_needs(day_of(now)).where(Need.id == need_id))
    profile = need_profiles(session, [need])[0] if need is not None else None
    matches = (
        _matches(session, need, profile, matcher, now) if need is not None and profile is not None else []
    )
    existing = {
        proposal.capability_id: proposal
        for proposal in session.scalars(select(Proposal).where(Proposal.need_id == need_id))
    }
    wanted = {int(match.capability_id) for match in matches}
    gone = [
        proposal
        for capability_id, proposal in existing.items()
        if capability_id not in wanted and proposal.source == "machine" and proposal.withdrawn_at is None
    ]
    changed = [match for match in matches if not _is_current(existing.get(int(match.capability_id)), match)]
    if gone or changed:
        run = start_run(session, actor, "need", need_id, matcher, {"proposals": len(matches)}, now, route)
        for match in changed:
            assert need is not None
            _write(session, need, match, existing.get(int(match.capability_id)), run.id, now)
        for proposal in gone:
            proposal.withdrawn_at = now
        session.flush()
    if need is None or profile is None:
        near_misses.forget(session, need_id)
    else:
        near_misses.note_near_misses(session, need, profile, matcher, now=now)
        causes = {} if matches else matcher.unmatched_causes(profile, day_of(now)) or {"no_capability": 0}
        near_misses.note_outcome(session, need, causes, now=now)
    return len(matches)


def _matches(
    session: Session, need: Need, profile: NeedProfile, matcher: Matcher, now: datetime
) -> list[Match]:
    """The best pairs of a need. Current suppliers take no other's place, and of a need for invited firms nobody else
    hears."""
    as_of = day_of(now)
    if need.visibility == "invited":
        invited = {str(firm_id) for firm_id in invited_firms(session, need.id)}
        every = matcher.match(profile, top=EVERY_LISTED, as_of=as_of)
        return [match for match in every if match.firm_id in invited][: rules.MOST_PER_NEED]
    if not profile.current_suppliers:
        return matcher.match(profile, top=rules.MOST_PER_NEED, as_of=as_of)
    partners = [
        match
        for match in matcher.match(profile, top=rules.MOST_PER_NEED, as_of=as_of)
        if match.current_supplier
    ]
    return partners + matcher.match(profile, top=rules.MOST_PER_NEED, as_of=as_of, include_current=False)


def _is_current(proposal: Proposal | None, match: Match) -> bool:
    """Whether the stored proposal already says what the matcher says."""
    if proposal is None or proposal.withdrawn_at is not None:
        return False
    stored = {name: getattr(proposal, name) for name in columns_of(match)}
    return stored == columns_of(match) and proposal.already_partners == match.current_supplier


def _write(
    session: Session, need: Need, match: Match, proposal: Proposal | None, run_id: int, now: datetime
) -> None:
    if proposal is None:
        proposal = Proposal(
            need_id=need.id,
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
    taking a yes back takes them back too. A pair that no longer matches takes no first yes.

    Staff who fill in for a firm (代填) write down what it told them, with a note of who said so. That is marked as
    theirs, releases nothing, and never takes the place of what the firm's own people have said.
    """
    # The two sides may answer at the same moment: the second waits here, and then sees what the first said.
    session.execute(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update())
    proposal = queries.proposal_or_none(session, actor, proposal_id)
    if proposal is None:
        if queries.was_proposed(session, actor, proposal_id):
            raise Refusal("proposals.no_longer_matches")
        raise NotFound
    if side not in rules.SIDES or answer not in rules.ANSWERS:
        raise Refusal("proposals.answer_unknown", "answer")
    if not rules.may_answer(actor, queries.view_of(proposal), side):
        raise Forbidden
    by_staff = rules.answers_as_staff(actor, queries.view_of(proposal), side)
    said = queries.answer_of(proposal, side)
    if by_staff and said.word is not None and not said.by_staff:
        raise Refusal("proposals.firm_has_answered")
    if answer not in rules.open_answers(queries.view_of(proposal), said, by_staff):
        raise Refusal("proposals.no_longer_matches", "answer")
    note = (note or "").strip()[: rules.LONGEST_NOTE] or None
    if answer == "no" and reason not in rules.NO_REASONS[side]:
        raise Refusal("proposals.reason_missing", "reason")
    if answer == "no" and reason == "other" and note is None:
        raise Refusal("proposals.note_missing", "note")
    if by_staff and note is None:
        raise Refusal("proposals.filling_in_note", "note")
    reason = reason if answer == "no" else None
    if said.by_staff == by_staff and _said_already(session, proposal.id, side, answer, reason, note):
        return proposal
    setattr(proposal, f"{side}_answer", answer)
    setattr(proposal, f"{side}_reason", reason)
    setattr(proposal, f"{side}_answered_at", now)
    setattr(proposal, f"{side}_answer_by_staff", by_staff)
    session.add(
        Verdict(
            proposal_id=proposal.id,
            side=side,
            answer=answer,
            reason_code=reason,
            note=note,
            features=_features(proposal),
            method=proposal.method,
            account_id=actor.account_id,
            by_staff=by_staff,
            at=now,
        )
    )
    audit.record(
        session,
        actor,
        "proposal.answer",
        "proposal",
        proposal.id,
        now,
        side=side,
        answer=answer,
        by_staff=by_staff,
    )
    _settle_contacts(session, actor, proposal, now)
    session.flush()
    return proposal


def _said_already(
    session: Session, proposal_id: int, side: str, answer: str, reason: str | None, note: str | None
) -> bool:
    """A form sent twice is one answer."""
    last = session.scalars(
        select(Verdict)
        .where(Verdict.proposal_id == proposal_id, Verdict.side == side)
        .order_by(Verdict.id.desc())
        .limit(1)
    ).first()
    return last is not None and (last.answer, last.reason_code, last.note) == (answer, reason, note)


def _features(proposal: Proposal) -> dict[str, Any]:
    """What the person had before them: a verdict is worth nothing to learn from without it."""
    return {
        "score": proposal.score,
        "label": proposal.label,
        "signals": proposal.signals,
        "need_version": proposal.need.version,
        "capability_version": proposal.capability.version,
    }


def _settle_contacts(session: Session, actor: Actor, proposal: Proposal, now: datetime) -> None:
    mutual = rules.is_mutual(*(queries.answer_of(proposal, side) for side in rules.SIDES))
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
