"""The lists of a file, newest first and by key: each a fixed number of queries, however long it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.calls import queries as calls
from marketplace.calls.exports import reminder_in_words
from marketplace.calls.models import Call, CallReminder
from marketplace.capabilities.models import Capability
from marketplace.conferences.models import Conference, MatchEntry, MatchList, Participant
from marketplace.conferences.queries import visible_to as conference_visible
from marketplace.conferences.taking_part import concerning
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.db import LARGEST_ID
from marketplace.core.i18n import render
from marketplace.core.lifecycle import state_of
from marketplace.dossiers.rules import reads_as_staff
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.proposals import queries as proposals
from marketplace.proposals import rules as proposal_rules
from marketplace.proposals.models import Proposal
from marketplace.rosters.models import Roster, RosterEffect

AT_ONCE = 12


@dataclass(frozen=True)
class Line:
    """One row of a list: what, how it stands, when, from whom; ``endpoint`` and ``where`` lead to its page."""

    key: int
    what: str
    state: str
    day: date | None
    source: str = ""
    detail: str = ""
    endpoint: str | None = None
    where: tuple[str, int] | None = None


@dataclass(frozen=True)
class Reader:
    """For whom a list is made."""

    actor: Actor
    as_staff: bool
    now: datetime
    locale: str

    def say(self, code: str, **params: Any) -> str:
        return render(code, params, self.locale)


def reader_of(actor: Actor, firm: Firm, now: datetime, locale: str) -> Reader:
    return Reader(actor, reads_as_staff(actor, firm.office_id), now, locale)


def lines_of(
    session: Session, reader: Reader, firm: Firm, part: str, before: int | None = None
) -> tuple[list[Line], int | None]:
    """One page of a part and the key to go on from, None at the end."""
    found = _PARTS[part](session, reader, firm, LARGEST_ID if before is None else before)
    page = found[:AT_ONCE]
    return page, page[-1].key if len(found) > AT_ONCE else None


def _listings(model: type[Need] | type[Capability], title: str, endpoint: str, name: str) -> Any:
    def lines(session: Session, reader: Reader, firm: Firm, before: int) -> list[Line]:
        statement = select(model).where(model.firm_id == firm.id, model.id < before)
        rows: Sequence[Any] = session.scalars(statement.order_by(model.id.desc()).limit(AT_ONCE + 1)).all()
        return [
            Line(
                row.id,
                getattr(row, title) or reader.say("dossiers.untitled"),
                reader.say(f"lifecycle.state.{state_of(row, day_of(reader.now))}"),
                day_of(row.updated_at),
                reader.say(f"dossiers.source.{row.source}"),
                reader.say("dossiers.valid_until", day=row.valid_until.isoformat())
                if row.valid_until
                else "",
                endpoint,
                (name, row.id),
            )
            for row in rows
        ]

    return lines


def _proposals(session: Session, reader: Reader, firm: Firm, before: int) -> list[Line]:
    """A firm reads its own answer; the other side's only where both said yes. Staff read both."""
    statement = (
        proposals.visible_proposals(reader.actor)
        .where(or_(Proposal.buyer_id == firm.id, Proposal.supplier_id == firm.id), Proposal.id < before)
        .order_by(Proposal.id.desc())
        .limit(AT_ONCE + 1)
    )
    return [_proposal(reader, firm, row) for row in session.scalars(statement).unique()]


def _proposal(reader: Reader, firm: Firm, row: Proposal) -> Line:
    side = "buyer" if row.buyer_id == firm.id else "supplier"
    if side == "buyer":
        other = row.capability.firm.legal_name
    elif proposal_rules.may_name_buyer(reader.actor, proposals.view_of(row)):
        other = row.need.firm.legal_name
    else:
        other = reader.say("needs.anonymous_firm")
    sides = ("buyer", "supplier") if reader.as_staff else (side,)
    answers = [
        reader.say(f"dossiers.answer.{one}.{getattr(row, f'{one}_answer') or 'none'}") for one in sides
    ]
    if row.mutual_at is not None:
        answers = [reader.say("dossiers.mutual")]
    return Line(
        row.id,
        f"{row.need.title} — {row.capability.product}",
        "；".join(answers) if reader.locale == "zh" else "; ".join(answers),
        day_of(row.proposed_at),
        reader.say(f"dossiers.source.{row.source}"),
        other,
        "proposals.show" if row.withdrawn_at is None else None,
        ("proposal_id", row.id),
    )


def _conferences(session: Session, reader: Reader, firm: Firm, before: int) -> list[Line]:
    """Where the firm was invited and came, with how many pairs of its own stand on frozen lists."""
    statement = (
        select(Participant, Conference)
        .join(Conference, Conference.id == Participant.conference_id)
        .where(Participant.firm_id == firm.id, Participant.id < before)
        .order_by(Participant.id.desc())
        .limit(AT_ONCE + 1)
    )
    if not reader.as_staff:
        statement = statement.where(conference_visible(reader.actor))
    rows = session.execute(statement).all()
    pairs = _pairs(session, firm, [conference.id for _, conference in rows])
    lines = []
    for place, conference in rows:
        stands = "withdrawn" if place.withdrawn_at else ("confirmed" if place.confirmed_at else "invited")
        count = pairs.get(conference.id, 0)
        lines.append(
            Line(
                place.id,
                conference.name,
                reader.say(f"dossiers.place.{stands}"),
                day_of(conference.starts_at),
                reader.say(f"dossiers.side.{place.side}"),
                reader.say("dossiers.pairs", count=count) if count else "",
                "conferences.show" if reader.actor.bureau or not reader.as_staff else None,
                ("conference_id", conference.id),
            )
        )
    return lines


def _pairs(session: Session, firm: Firm, conference_ids: list[int]) -> dict[int, int]:
    newest = (
        select(func.max(MatchList.id))
        .where(MatchList.conference_id.in_(conference_ids), MatchList.frozen_at.is_not(None))
        .group_by(MatchList.conference_id)
    )
    rows = session.execute(
        select(MatchList.conference_id, func.count())
        .join(MatchEntry, MatchEntry.list_id == MatchList.id)
        .join(MatchEntry.need)
        .where(MatchList.id.in_(newest), MatchEntry.dropped_at.is_(None), concerning([firm.id]))
        .group_by(MatchList.conference_id)
    )
    return {conference_id: count for conference_id, count in rows}


def _calls(session: Session, reader: Reader, firm: Firm, before: int) -> list[Line]:
    found = calls.standings_of(session, frozenset({firm.id}), running=False, most=AT_ONCE + 1, before=before)
    return [
        Line(
            call.id,
            call.title,
            reader.say(f"calls.answer.{standing.answer}"),
            call.due_on,
            call.office.name,
            call.number or "",
            "calls.show",
            ("call_id", call.id),
        )
        for call, standing in found
    ]


def _reminders(session: Session, reader: Reader, firm: Firm, before: int) -> list[Line]:
    """Notes of telephone calls are the bureau's; a firm reads what it was sent."""
    statement = (
        select(CallReminder, Call)
        .join(Call, Call.id == CallReminder.call_id)
        .where(CallReminder.firm_id == firm.id, CallReminder.id < before)
        .order_by(CallReminder.id.desc())
        .limit(AT_ONCE + 1)
    )
    if not reader.as_staff:
        statement = statement.where(CallReminder.channel != "phone", Call.cancelled_at.is_(None))
    return [
        Line(
            row.id,
            call.title,
            reminder_in_words(row, reader.locale),
            row.day,
            "",
            (row.note or "") if reader.as_staff else "",
            "calls.show",
            ("call_id", call.id),
        )
        for row, call in session.execute(statement)
    ]


def _rosters(session: Session, reader: Reader, firm: Firm, before: int) -> list[Line]:
    """What rosters wrote on the record, and whether it was taken back."""
    statement = (
        select(RosterEffect, Roster.id)
        .join(Roster, Roster.id == RosterEffect.roster_id)
        .where(RosterEffect.firm_id == firm.id, RosterEffect.id < before)
        .order_by(RosterEffect.id.desc())
        .limit(AT_ONCE + 1)
    )
    return [
        Line(
            effect.id,
            reader.say("dossiers.roster", number=roster_id),
            reader.say(f"dossiers.effect.{effect.kind}"),
            day_of(effect.at),
            reader.say("dossiers.source.roster"),
            reader.say("dossiers.undone", day=day_of(effect.undone_at).isoformat())
            if effect.undone_at
            else "",
        )
        for effect, roster_id in session.execute(statement)
    ]


_PARTS: dict[str, Callable[[Session, Reader, Firm, int], list[Line]]] = {
    "capabilities": _listings(Capability, "product", "capabilities.show", "capability_id"),
    "needs": _listings(Need, "title", "needs.show", "need_id"),
    "proposals": _proposals,
    "conferences": _conferences,
    "calls": _calls,
    "reminders": _reminders,
    "rosters": _rosters,
}
