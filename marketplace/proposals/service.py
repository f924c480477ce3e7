"""Use cases of proposals: people answer, and people's answers always win. What the machine does: `proposing.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import people
from marketplace.proposals import queries, rules
from marketplace.proposals.models import Proposal, Verdict


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
    last = queries.last_verdict(session, proposal_id, side)
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
