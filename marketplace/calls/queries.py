"""Reads of calls. 应报, 已报 and 未报 are computed from what firms handed in and declared; no flag is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import Account, Office
from marketplace.calls.models import Call, CallDeclaration, CallFirm, CallReminder
from marketplace.calls.rules import KINDS, UNANSWERED, Answer, asked_kinds, expected_kinds
from marketplace.capabilities.models import Capability, CapabilityVersion
from marketplace.core.actor import Actor
from marketplace.core.clock import end_of
from marketplace.core.paging import PAGE_SIZE
from marketplace.firms.models import Firm, FirmChain, FirmMember
from marketplace.needs.models import Need, NeedVersion

MOST_CALLS = 20


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.calls.rules.may_see` as SQL."""
    if actor.bureau:
        return true()
    seen: list[ColumnElement[bool]] = [false()]
    if actor.office_id is not None:
        looked_after = (
            select(CallFirm.firm_id)
            .join(Firm, Firm.id == CallFirm.firm_id)
            .where(CallFirm.call_id == Call.id, Firm.office_id == actor.office_id)
        )
        seen += [Call.office_id == actor.office_id, exists(looked_after)]
    if ids := actor.own_firms:
        asked = select(CallFirm.firm_id).where(CallFirm.call_id == Call.id, CallFirm.firm_id.in_(ids))
        seen.append(and_(Call.cancelled_at.is_(None), exists(asked)))
    return or_(*seen)


def call_or_none(session: Session, actor: Actor, call_id: int) -> Call | None:
    statement = select(Call).where(Call.id == call_id, visible_to(actor)).options(joinedload(Call.office))
    return session.scalar(statement)


def is_asked(session: Session, call_id: int, firm_id: int) -> bool:
    asked = select(CallFirm.firm_id).where(CallFirm.call_id == call_id, CallFirm.firm_id == firm_id)
    return session.scalar(asked) is not None


# ---------------------------------------------------------------- where firms stand
def _handed_in(model: Any, version: Any, listing_id: Any) -> ColumnElement[datetime | None]:
    """When the firm first handed one in while the call ran. One that was withdrawn, or returned and not mended, is none."""
    return (
        select(func.min(version.at))
        .join(model, model.id == listing_id)
        .where(
            model.firm_id == CallFirm.firm_id,
            model.submitted_at.is_not(None),
            version.at >= Call.opened_at,
            or_(Call.closed_at.is_(None), version.at <= Call.closed_at),
        )
        .correlate(CallFirm, Call)
        .scalar_subquery()
    )


def _declared(kind: str) -> ColumnElement[bool]:
    return exists(
        select(CallDeclaration.id)
        .where(
            CallDeclaration.call_id == CallFirm.call_id,
            CallDeclaration.firm_id == CallFirm.firm_id,
            CallDeclaration.kind == kind,
        )
        .correlate(CallFirm)
    )


def _facts(*conditions: ColumnElement[bool]) -> Subquery:
    """One row for each call and firm asked: what it handed in and when, what it declared."""
    return (
        select(
            CallFirm.call_id,
            CallFirm.firm_id,
            Firm.office_id,
            Firm.is_buyer,
            Firm.is_supplier,
            Call.asks_needs,
            Call.asks_capabilities,
            # rules.expected_kinds as SQL; every firm has a side.
            and_(Call.asks_needs, or_(Firm.is_buyer, ~Call.asks_capabilities)).label("owes_needs"),
            and_(Call.asks_capabilities, or_(Firm.is_supplier, ~Call.asks_needs)).label("owes_capabilities"),
            _handed_in(Need, NeedVersion, NeedVersion.need_id).label("needs"),
            _handed_in(Capability, CapabilityVersion, CapabilityVersion.capability_id).label("capabilities"),
            _declared("needs").label("no_needs"),
            _declared("capabilities").label("no_capabilities"),
        )
        .join(Firm, Firm.id == CallFirm.firm_id)
        .join(Call, Call.id == CallFirm.call_id)
        .where(*conditions)
        .subquery("facts")
    )


def _of_call(call: Call, reach: ColumnElement[bool]) -> Subquery:
    return _facts(CallFirm.call_id == call.id, reach)


def reach_of(actor: Actor, office_id: int | None = None) -> ColumnElement[bool]:
    """The firms within a reader's reach: the bureau's all, a 镇/街道's its own; ``office_id`` narrows further."""
    reach = true() if actor.bureau else (Firm.office_id == actor.office_id if actor.office_id else false())
    return reach if office_id is None else and_(reach, Firm.office_id == office_id)


def _answer(facts: Subquery) -> ColumnElement[str]:
    """:func:`marketplace.calls.rules.answer_of` as SQL."""
    handed_in = [and_(facts.c[f"asks_{kind}"], facts.c[kind].is_not(None)) for kind in KINDS]
    declared = [and_(facts.c[f"asks_{kind}"], facts.c[f"no_{kind}"]) for kind in KINDS]
    complete = and_(
        *(or_(~facts.c[f"owes_{kind}"], facts.c[kind].is_not(None), facts.c[f"no_{kind}"]) for kind in KINDS)
    )
    return case(
        (and_(complete, or_(*handed_in)), Answer.REPORTED.value),
        (complete, Answer.NONE.value),
        (or_(*handed_in, *declared), Answer.PARTIAL.value),
        else_=Answer.MISSING.value,
    )


def _late(call: Call, facts: Subquery) -> ColumnElement[bool]:
    """Something owed was first handed in after the last day."""
    end = end_of(call.due_on)
    return or_(*(and_(facts.c[f"owes_{kind}"], facts.c[kind] >= end) for kind in KINDS))


@dataclass(frozen=True)
class Tally:
    """应报 = asked; 已报 = reported, of them so many late; 「没有」 apart; 未报 = partial + missing."""

    asked: int = 0
    reported: int = 0
    late: int = 0
    none: int = 0
    partial: int = 0
    missing: int = 0

    @property
    def unanswered(self) -> int:
        return self.partial + self.missing


def _counted(call: Call, facts: Subquery) -> list[ColumnElement[Any]]:
    answer = _answer(facts)

    def many(condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return [
        func.count(),
        many(answer == Answer.REPORTED.value),
        many(and_(answer == Answer.REPORTED.value, _late(call, facts))),
        *(many(answer == state.value) for state in (Answer.NONE, Answer.PARTIAL, Answer.MISSING)),
    ]


def tally_of(session: Session, call: Call, reach: ColumnElement[bool]) -> Tally:
    facts = _of_call(call, reach)
    row = session.execute(select(*_counted(call, facts)).select_from(facts)).one()
    return Tally(*(int(value) for value in row))


def by_office(session: Session, call: Call, reach: ColumnElement[bool]) -> list[tuple[Office | None, Tally]]:
    """Each 责任单位 with its numbers: the 镇/街道 that look after the firms; None for firms that none looks after."""
    facts = _of_call(call, reach)
    rows = session.execute(
        select(facts.c.office_id, *_counted(call, facts)).select_from(facts).group_by(facts.c.office_id)
    ).all()
    offices = {office.id: office for office in session.scalars(select(Office))}
    found = [(offices.get(row[0]), Tally(*(int(value) for value in row[1:]))) for row in rows]
    return sorted(found, key=lambda pair: (pair[0] is None, pair[0].name if pair[0] else ""))


def by_chain(session: Session, call: Call, reach: ColumnElement[bool]) -> list[tuple[str, Tally]]:
    """Numbers by chain; a firm on two chains counts on both."""
    facts = _of_call(call, reach)
    places = select(FirmChain.firm_id, FirmChain.chain_key).distinct().subquery("places")
    rows = session.execute(
        select(places.c.chain_key, *_counted(call, facts))
        .select_from(facts)
        .join(places, places.c.firm_id == facts.c.firm_id)
        .group_by(places.c.chain_key)
        .order_by(places.c.chain_key)
    ).all()
    return [(row[0], Tally(*(int(value) for value in row[1:]))) for row in rows]


@dataclass(frozen=True)
class Standing:
    """Where one firm stands in one call."""

    call_id: int
    firm_id: int
    answer: Answer
    needs: datetime | None
    capabilities: datetime | None
    no_needs: bool
    no_capabilities: bool
    is_buyer: bool
    is_supplier: bool

    def owed_of(self, call: Call) -> tuple[str, ...]:
        """What of a call this firm is to answer, by its sides."""
        return expected_kinds(
            call.asks_needs, call.asks_capabilities, is_buyer=self.is_buyer, is_supplier=self.is_supplier
        )

    def missing_of(self, call: Call) -> tuple[str, ...]:
        """What is owed and not answered yet."""
        return tuple(
            kind
            for kind in self.owed_of(call)
            if getattr(self, kind) is None and not getattr(self, f"no_{kind}")
        )

    def handed_in(self, call: Call) -> datetime | None:
        """When the last of what is asked was first handed in."""
        kinds = asked_kinds(call.asks_needs, call.asks_capabilities)
        return max((at for kind in kinds if (at := getattr(self, kind)) is not None), default=None)

    def late_in(self, call: Call) -> bool:
        end = end_of(call.due_on)
        return any((at := getattr(self, kind)) is not None and at >= end for kind in self.owed_of(call))


def standings(
    session: Session,
    call: Call,
    reach: ColumnElement[bool],
    states: Sequence[Answer] = (),
    *,
    after: int = 0,
    size: int = PAGE_SIZE,
) -> list[Standing]:
    """Firms in the order of their numbers, from after that key: a page costs what the first does."""
    facts = _of_call(call, reach)
    statement = _rows(facts).where(facts.c.firm_id > after).order_by(facts.c.firm_id).limit(size)
    if states:
        statement = statement.where(_answer(facts).in_([state.value for state in states]))
    return [_standing(row) for row in session.execute(statement)]


def _rows(facts: Subquery) -> Select[Any]:
    columns = ("needs", "capabilities", "no_needs", "no_capabilities", "is_buyer", "is_supplier")
    return select(facts.c.call_id, facts.c.firm_id, _answer(facts), *(facts.c[name] for name in columns))


def _standing(row: Any) -> Standing:
    return Standing(row[0], row[1], Answer(row[2]), row[3], row[4], *(bool(value) for value in row[5:]))


def unanswered(call: Call, reach: ColumnElement[bool]) -> Select[Any]:
    """The numbers of the firms that are to be reminded, as a statement to insert from."""
    facts = _of_call(call, reach)
    return select(facts.c.firm_id).where(_answer(facts).in_([state.value for state in UNANSWERED]))


def standing_of(session: Session, call: Call, firm_id: int) -> Standing | None:
    found = standings(session, call, Firm.id == firm_id, size=1)
    return found[0] if found else None


def firms_by_id(session: Session, firm_ids: Sequence[int]) -> dict[int, Firm]:
    return {firm.id: firm for firm in session.scalars(select(Firm).where(Firm.id.in_(firm_ids)))}


def last_reminders(session: Session, call_id: int, firm_ids: Sequence[int]) -> dict[int, CallReminder]:
    """The newest reminder of each of these firms in a call; one query."""
    newest = (
        select(func.max(CallReminder.id))
        .where(CallReminder.call_id == call_id, CallReminder.firm_id.in_(firm_ids))
        .group_by(CallReminder.firm_id)
    )
    rows = session.scalars(select(CallReminder).where(CallReminder.id.in_(newest)))
    return {row.firm_id: row for row in rows}


def declarations_of(session: Session, call_id: int, firm_id: int) -> list[CallDeclaration]:
    statement = select(CallDeclaration).where(
        CallDeclaration.call_id == call_id, CallDeclaration.firm_id == firm_id
    )
    return list(session.scalars(statement.order_by(CallDeclaration.id)))


# ---------------------------------------------------------------- a firm's own
def standings_of(
    session: Session,
    firm_ids: frozenset[int],
    *,
    running: bool = True,
    most: int = MOST_CALLS,
    before: int | None = None,
) -> list[tuple[Call, Standing]]:
    """The calls that ask these firms with where each stands, nearest last day first: running ones, or the newest of
    all that were not cancelled. Two queries, however many calls."""
    if not firm_ids:
        return []
    wanted: list[ColumnElement[bool]] = [CallFirm.firm_id.in_(firm_ids), Call.cancelled_at.is_(None)]
    if running:
        wanted.append(Call.closed_at.is_(None))
    if before is not None:
        wanted.append(Call.id < before)
    facts = _facts(*wanted)
    order = (Call.due_on, Call.id) if running else (Call.id.desc(),)
    statement = _rows(facts).join(Call, Call.id == facts.c.call_id).order_by(*order, facts.c.firm_id)
    found = [_standing(row) for row in session.execute(statement.limit(most))]
    if not found:
        return []
    ids = {standing.call_id for standing in found}
    calls = session.scalars(select(Call).where(Call.id.in_(ids)).options(joinedload(Call.office)))
    by_id = {call.id: call for call in calls}
    return [(by_id[standing.call_id], standing) for standing in found]


def waiting_for(session: Session, firm_ids: frozenset[int]) -> list[tuple[Call, Standing]]:
    """The running calls in which something of these firms is missing."""
    return [pair for pair in standings_of(session, firm_ids) if pair[1].answer in UNANSWERED]


def office_names(session: Session) -> dict[int, str]:
    return {office.id: office.name for office in session.scalars(select(Office))}


def reminders_of(session: Session, firm_id: int, most: int = 50) -> list[CallReminder]:
    """How a firm was reminded, newest first, whatever the call."""
    statement = (
        select(CallReminder)
        .where(CallReminder.firm_id == firm_id)
        .order_by(CallReminder.id.desc())
        .limit(most)
    )
    return list(session.scalars(statement))


def visible_calls(actor: Actor) -> Select[Call]:
    return select(Call).where(visible_to(actor)).options(joinedload(Call.office))


def asked_counts(session: Session, actor: Actor, call_ids: Sequence[int]) -> dict[int, int]:
    """How many firms within the reader's reach each call asks."""
    rows = session.execute(
        select(CallFirm.call_id, func.count())
        .join(Firm, Firm.id == CallFirm.firm_id)
        .where(CallFirm.call_id.in_(call_ids), reach_of(actor))
        .group_by(CallFirm.call_id)
    )
    return {call_id: count for call_id, count in rows}


def unmailable(session: Session, call: Call, reach: ColumnElement[bool]) -> int:
    """How many of those to be reminded nobody can be mailed at: they are to be called."""
    waiting = unanswered(call, reach).subquery("waiting")
    reachable = (
        select(FirmMember.id)
        .join(Account, Account.id == FirmMember.account_id)
        .where(
            FirmMember.firm_id == waiting.c.firm_id,
            FirmMember.role != "viewer",
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
        )
        .correlate(waiting)
    )
    return session.scalar(select(func.count()).select_from(waiting).where(~exists(reachable))) or 0


def days_left(call: Call, as_of: date) -> int:
    """Days until the last day, negative once it has passed."""
    return (call.due_on - as_of).days
