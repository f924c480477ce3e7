"""Who takes part, as those who take part read it: their own places, and who comes on the other side."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from marketplace.conferences.models import Participant
from marketplace.firms.models import Firm
from marketplace.needs.models import Need

MOST_COUNTERPARTS = 200


def participation_of(session: Session, conference_id: int, firm_ids: frozenset[int]) -> Sequence[Participant]:
    """The places of these firms at a conference."""
    statement = (
        select(Participant)
        .where(
            Participant.conference_id == conference_id,
            Participant.firm_id.in_(firm_ids),
            Participant.withdrawn_at.is_(None),
        )
        .options(joinedload(Participant.firm))
        .order_by(Participant.id)
    )
    return session.scalars(statement).all()


def counterparts(session: Session, conference_id: int, sides: Collection[str]) -> Sequence[Participant]:
    """Who has confirmed on these sides and may be looked up by those across the table, in the order of invitation.

    A firm that asks for something anonymously is left out: its name beside an anonymous need would give it away.
    """
    hides = select(Need.id).where(
        Need.firm_id == Participant.firm_id, Need.anonymous.is_(True), Need.closed_at.is_(None)
    )
    statement = (
        select(Participant)
        .join(Firm, Firm.id == Participant.firm_id)
        .where(
            Participant.conference_id == conference_id,
            Participant.side.in_(sides),
            Participant.confirmed_at.is_not(None),
            Participant.withdrawn_at.is_(None),
            Firm.verified_at.is_not(None),
            Firm.suspended_at.is_(None),
            ~exists(hides),
        )
        .options(joinedload(Participant.firm))
        .order_by(Participant.id)
        .limit(MOST_COUNTERPARTS)
    )
    return session.scalars(statement).all()
