"""Reads of conferences: which ones, who takes part, and who may be invited. Editions and their pairs are in
list_queries.py, what weights are tried on in weight_queries.py, what a firm reads of them in taking_part.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from marketplace.capabilities.models import Capability, CapabilityType
from marketplace.conferences.models import (
    Conference,
    Participant,
)
from marketplace.conferences.rules import PARTIES, TYPES
from marketplace.core.actor import Actor
from marketplace.core.listing import is_open
from marketplace.firms.models import Firm, FirmChain
from marketplace.needs.models import Need

MOST_INVITABLE = 200


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.conferences.rules.may_see` as SQL."""
    if actor.bureau:
        return true()
    mine: ColumnElement[bool] = false()
    if actor.office_id is not None:
        mine = Conference.office_id == actor.office_id
    taking_part: ColumnElement[bool] = false()
    if firm_ids := actor.standing_firms:
        invited = select(Participant.conference_id).where(
            Participant.firm_id.in_(firm_ids), Participant.withdrawn_at.is_(None)
        )
        taking_part = and_(
            Conference.announced_at.is_not(None),
            Conference.cancelled_at.is_(None),
            Conference.id.in_(invited),
        )
    return or_(mine, taking_part)


def conference_or_none(session: Session, actor: Actor, conference_id: int) -> Conference | None:
    statement = select(Conference).where(Conference.id == conference_id, visible_to(actor))
    return session.scalar(statement.options(joinedload(Conference.office)))


def participants(session: Session, conference_id: int, side: str | None = None) -> Sequence[Participant]:
    """Who takes part, in the order they were invited; those who withdrew left out."""
    statement = (
        select(Participant)
        .where(Participant.conference_id == conference_id, Participant.withdrawn_at.is_(None))
        .options(joinedload(Participant.firm))
        .order_by(Participant.id)
    )
    if side is not None:
        statement = statement.where(Participant.side == side)
    return session.scalars(statement).all()


def invitable(
    session: Session, conference: Conference, side: str, text: str, chain_key: str | None, as_of: date
) -> Sequence[Firm]:
    """Firms that belong on that side of a conference of its kind and are not yet invited, by name or chain; at most
    :data:`MOST_INVITABLE`."""
    conference_id = conference.id
    there = select(Participant.firm_id).where(
        Participant.conference_id == conference_id,
        Participant.side == side,
        Participant.withdrawn_at.is_(None),
    )
    statement = select(Firm).where(
        Firm.id.not_in(there),
        Firm.verified_at.is_not(None),
        Firm.suspended_at.is_(None),
        _belongs(conference.kind, side, as_of),
    )
    if text:
        statement = statement.where(Firm.legal_name.contains(text, autoescape=True))
    if chain_key:
        statement = statement.where(
            Firm.id.in_(select(FirmChain.firm_id).where(FirmChain.chain_key == chain_key))
        )
    return session.scalars(
        statement.order_by(Firm.chain_leader.desc(), Firm.legal_name).limit(MOST_INVITABLE)
    ).all()


def _belongs(kind: str, side: str, as_of: date) -> ColumnElement[bool]:
    """Buyers and suppliers; where the kind has types of its own, who has an open entry of them, and the parties that the
    kind is held for (a bank that has not yet written what it offers)."""
    types = TYPES.get(kind)
    if types is None:
        return (Firm.is_buyer if side == "buyer" else Firm.is_supplier).is_(True)
    if side == "buyer":
        return Firm.id.in_(select(Need.firm_id).where(is_open(Need, as_of), Need.type_key.in_(types)))
    offers = (
        select(Capability.firm_id)
        .join(CapabilityType, CapabilityType.capability_id == Capability.id)
        .where(is_open(Capability, as_of), CapabilityType.type_key.in_(types))
    )
    parties = PARTIES.get((kind, side), ())
    leader = Firm.chain_leader.is_(True) if "chain_leader" in parties else false()
    return or_(Firm.id.in_(offers), Firm.party_kind.in_(parties), leader)
