"""Use cases of conferences: prepare, invite, announce. Lists are in lists.py, their computing in computing.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.conferences import queries, rules
from marketplace.conferences.models import Conference, Participant
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy

__all__ = [
    "ConferenceFacts",
    "add_participants",
    "announce",
    "cancel",
    "create",
    "remove_participant",
    "update",
]


def create(
    session: Session, actor: Actor, facts: ConferenceFacts, *, office_id: int | None = None, now: datetime
) -> Conference:
    """A conference of the actor's office; the machine and administrators name the office."""
    office_id = office_id if actor.system or actor.administrator else actor.office_id
    if office_id is None or not rules.may_run(actor, office_id):
        raise Forbidden
    _refuse_problems(session, facts)
    conference = Conference(office_id=office_id, created_at=now, created_by=actor.account_id)
    session.add(conference)
    _write(conference, facts)
    session.flush()
    audit.record(session, actor, "conference.create", "conference", conference.id, now)
    return conference


def update(
    session: Session, actor: Actor, conference_id: int, facts: ConferenceFacts, *, now: datetime
) -> Conference:
    conference = to_run(session, actor, conference_id)
    _refuse_problems(session, facts)
    _write(conference, facts)
    audit.record(session, actor, "conference.update", "conference", conference.id, now)
    return conference


def _refuse_problems(session: Session, facts: ConferenceFacts) -> None:
    problems = rules.problems_of(facts)
    if facts.chain_key and all(chain.key != facts.chain_key for chain in taxonomy.chains(session)):
        problems.append(Problem("conferences.chain_unknown", "chain_key"))
    if problems:
        raise Refusal.of(problems)


def _write(conference: Conference, facts: ConferenceFacts) -> None:
    conference.name, conference.host, conference.venue = (
        facts.name.strip(),
        facts.host.strip(),
        facts.venue.strip(),
    )
    conference.kind, conference.chain_key = facts.kind, facts.chain_key
    conference.co_host = (facts.co_host or "").strip() or None
    conference.starts_at, conference.ends_at = facts.starts_at, facts.ends_at
    conference.description = facts.description.strip()


def add_participants(
    session: Session, actor: Actor, conference_id: int, firm_ids: Iterable[int], side: str, *, now: datetime
) -> int:
    """Invite firms on one side; those already there are left alone, those who withdrew come back. Returns how many came."""
    # Two who invite at the same moment wait for one another here, so that nobody is invited twice.
    held_to_run(session, actor, conference_id)
    if side not in rules.SIDES:
        raise Refusal("conferences.side_unknown", "side")
    wanted = set(firm_ids)
    checked = (Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))
    known = set(session.scalars(select(Firm.id).where(Firm.id.in_(wanted), *checked)))
    if wanted - known:
        raise Refusal("conferences.firms_unknown", "firms", count=len(wanted - known))
    there = {
        participant.firm_id: participant
        for participant in session.scalars(
            select(Participant).where(Participant.conference_id == conference_id, Participant.side == side)
        )
    }
    came = 0
    for firm_id in sorted(wanted):
        participant = there.get(firm_id)
        if participant is None:
            session.add(Participant(conference_id=conference_id, firm_id=firm_id, side=side, invited_at=now))
            came += 1
        elif participant.withdrawn_at is not None:
            participant.withdrawn_at = None
            came += 1
    session.flush()
    audit.record(session, actor, "conference.invite", "conference", conference_id, now, side=side, count=came)
    return came


def remove_participant(
    session: Session, actor: Actor, conference_id: int, participant_id: int, *, now: datetime
) -> None:
    to_run(session, actor, conference_id)
    participant = session.get(Participant, participant_id)
    if participant is None or participant.conference_id != conference_id:
        raise NotFound
    participant.withdrawn_at = now
    audit.record(
        session, actor, "conference.withdraw", "conference", conference_id, now, firm=participant.firm_id
    )


def confirm(session: Session, actor: Actor, conference_id: int, firm_id: int, *, now: datetime) -> None:
    """A firm says that it comes; staff may say so for it."""
    conference = queries.conference_or_none(session, actor, conference_id)
    if conference is None:
        raise NotFound
    own = firm_id in actor.standing_firms and actor.may_edit_firm(firm_id)
    if not (own or rules.may_run(actor, conference.office_id)):
        raise Forbidden
    rows = session.scalars(
        select(Participant).where(
            Participant.conference_id == conference_id,
            Participant.firm_id == firm_id,
            Participant.withdrawn_at.is_(None),
        )
    ).all()
    if not rows:
        raise NotFound
    for participant in rows:
        participant.confirmed_at = now
    audit.record(session, actor, "conference.confirm", "conference", conference_id, now, firm=firm_id)


def announce(session: Session, actor: Actor, conference_id: int, *, now: datetime) -> Conference:
    """From now on the firms that take part see it."""
    conference = to_run(session, actor, conference_id)
    if conference.cancelled_at is not None:
        raise Refusal("conferences.cancelled")
    conference.announced_at = conference.announced_at or now
    audit.record(session, actor, "conference.announce", "conference", conference_id, now)
    return conference


def cancel(session: Session, actor: Actor, conference_id: int, *, now: datetime) -> Conference:
    conference = to_run(session, actor, conference_id)
    conference.cancelled_at = conference.cancelled_at or now
    audit.record(session, actor, "conference.cancel", "conference", conference_id, now)
    return conference


def held_to_run(session: Session, actor: Actor, conference_id: int) -> Conference:
    """The conference as it stands by now, for those who run it. Whoever else holds it waits until this unit of work ends."""
    conference = to_run(session, actor, conference_id)
    session.execute(select(Conference.id).where(Conference.id == conference.id).with_for_update())
    session.refresh(conference)
    return conference


def to_run(session: Session, actor: Actor, conference_id: int) -> Conference:
    """The conference, for those who run it."""
    conference = queries.conference_or_none(session, actor, conference_id)
    if conference is None:
        raise NotFound
    if not rules.may_run(actor, conference.office_id):
        raise Forbidden
    return conference
