"""A conference as the firms that take part read it: their own places, who comes on the other side, their own pairs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.capabilities.models import Capability
from marketplace.conferences.models import MatchEntry, MatchList, Participant
from marketplace.firms.models import Firm
from marketplace.firms.queries import none_suspended
from marketplace.needs.models import Need, NeedInvitee

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


def has_frozen(session: Session, conference_id: int) -> bool:
    """Whether any edition has been frozen: from then on firms read what concerns them."""
    frozen = select(MatchList.id).where(
        MatchList.conference_id == conference_id, MatchList.frozen_at.is_not(None)
    )
    return session.scalar(frozen.limit(1)) is not None


def concerning(firm_ids: Iterable[int]) -> ColumnElement[bool]:
    """Pairs that these firms may read as theirs; the statement must join Need. A need for invited firms tells a supplier
    whom the buyer has not invited nothing, also where an organiser has put the two on a list."""
    ids = list(firm_ids)
    invited = select(NeedInvitee.need_id).where(NeedInvitee.firm_id.in_(ids))
    told = or_(Need.visibility != "invited", Need.id.in_(invited))
    return or_(MatchEntry.buyer_id.in_(ids), and_(MatchEntry.supplier_id.in_(ids), told))


def published_entries_of(session: Session, conference_id: int, firm_ids: frozenset[int]) -> list[MatchEntry]:
    """A firm's own pairs on the newest frozen edition; nothing before anything is frozen, and none with a firm that has
    been suspended since."""
    newest = session.scalar(
        select(MatchList.id)
        .where(MatchList.conference_id == conference_id, MatchList.frozen_at.is_not(None))
        .order_by(MatchList.edition.desc())
        .limit(1)
    )
    if newest is None or not firm_ids:
        return []
    statement = (
        select(MatchEntry)
        .join(MatchEntry.need)
        .where(
            MatchEntry.list_id == newest,
            MatchEntry.dropped_at.is_(None),
            concerning(firm_ids),
            none_suspended(MatchEntry.buyer_id, MatchEntry.supplier_id),
        )
        .options(
            contains_eager(MatchEntry.need).joinedload(Need.firm),
            joinedload(MatchEntry.capability).joinedload(Capability.firm),
        )
        .order_by(MatchEntry.need_id, MatchEntry.rank)
        .limit(100)
    )
    return list(session.scalars(statement))
