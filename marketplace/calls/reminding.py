"""Reminders of a call: mails that the worker queues, what was put into a WeChat group, what came of a telephone call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, String, exists, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.accounts.letters import Site
from marketplace.accounts.models import Account
from marketplace.calls import queries, rules
from marketplace.calls.choosing import written
from marketplace.calls.models import Call, CallReminder
from marketplace.calls.service import known
from marketplace.core import audit, i18n
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.db import IdType, UtcDateTime
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import prefilled
from marketplace.firms.models import Firm, FirmContact, FirmMember
from marketplace.mail import service as mail
from marketplace.mail.rendering import render

AT_ONCE = 200


def to_remind(session: Session, actor: Actor, call_id: int, now: datetime) -> Call:
    """A running call, for staff who look after some of its firms."""
    call = known(session, actor, call_id)
    if not actor.staff:
        raise Forbidden
    rules.check_open(rules.phase_of(call.closed_at, call.cancelled_at, call.due_on, day_of(now)))
    return call


# ---------------------------------------------------------------- mail
def begin_mails(
    session: Session, actor: Actor, call_id: int, office_id: int | None, *, now: datetime
) -> Call:
    """Staff decide to remind everybody who has not answered; the mails themselves are the worker's job."""
    call = to_remind(session, actor, call_id, now)
    audit.record(session, actor, "call.remind", "call", call.id, now, channel="mail", office=office_id)
    return call


def _unmailed(call: Call, actor: Actor, office_id: int | None, after: int, day: date):  # type: ignore[no-untyped-def]
    """Firms that have not answered, can be mailed, and got no reminder by mail today."""
    waiting = queries.unanswered(call, queries.reach_of(actor, office_id)).subquery("waiting")
    mailed = (
        select(CallReminder.id)
        .where(
            CallReminder.firm_id == waiting.c.firm_id,
            CallReminder.channel == "mail",
            CallReminder.day == day,
        )
        .correlate(waiting)
    )
    reachable = (
        select(FirmMember.id)
        .join(Account, Account.id == FirmMember.account_id)
        .where(FirmMember.firm_id == waiting.c.firm_id, *_reads_mail())
        .correlate(waiting)
    )
    return select(waiting.c.firm_id).where(waiting.c.firm_id > after, ~exists(mailed), exists(reachable))


def _reads_mail() -> tuple[ColumnElement[bool], ...]:
    return (FirmMember.role != "viewer", Account.email.is_not(None), Account.disabled_at.is_(None))


def mail_some(
    session: Session,
    actor: Actor,
    call_id: int,
    office_id: int | None,
    *,
    after: int,
    link: str,
    site: Site,
    now: datetime,
) -> int | None:
    """Queue the mails of the next :data:`AT_ONCE` firms after that key; the key to go on from, None at the end.

    The reminder's row is the guard: who could not write it (the firm was mailed today, by whoever) mails nothing.
    """
    call = to_remind(session, actor, call_id, now)
    firm_ids = list(
        session.scalars(
            _unmailed(call, actor, office_id, after, day_of(now)).order_by("firm_id").limit(AT_ONCE)
        )
    )
    noted = _note_mails(session, actor, call, firm_ids, now)
    for firm, account in _readers(session, noted):
        subject, text, html = render(
            "call_reminder",
            account.locale,
            site=site.told_in(account.locale),
            firm=firm.legal_name,
            call=call,
            asked=_asked_in_words(call, account.locale),
            late=call.due_on < day_of(now),
            link=link,
        )
        mail.queue(
            session,
            kind="call_reminder",
            recipient=account.email or "",
            account_id=account.id,
            news_key=f"call:{call.id}:{firm.id}:{day_of(now).isoformat()}",
            locale=account.locale,
            subject=subject,
            text=text,
            html=html,
            now=now,
        )
    return firm_ids[-1] if len(firm_ids) == AT_ONCE else None


def _note_mails(
    session: Session, actor: Actor, call: Call, firm_ids: Sequence[int], now: datetime
) -> list[int]:
    """Write the day's rows; returns the firms whose row is ours."""
    if not firm_ids:
        return []
    dialect = session.get_bind().dialect.name
    write = (postgresql if dialect == "postgresql" else sqlite).insert(CallReminder)
    rows = [
        {
            "call_id": call.id,
            "firm_id": firm_id,
            "channel": "mail",
            "at": now,
            "day": day_of(now),
            "account_id": actor.account_id,
        }
        for firm_id in firm_ids
    ]
    written = write.values(rows).on_conflict_do_nothing().returning(CallReminder.firm_id)
    return list(session.scalars(written))


def _readers(session: Session, firm_ids: Sequence[int]) -> list[tuple[Firm, Account]]:
    """Those who answer for these firms and have an address, firm by firm."""
    statement = (
        select(Firm, Account)
        .join(FirmMember, FirmMember.firm_id == Firm.id)
        .join(Account, Account.id == FirmMember.account_id)
        .where(Firm.id.in_(firm_ids), *_reads_mail())
        .order_by(Firm.id, Account.id)
    )
    return [(firm, account) for firm, account in session.execute(statement).unique()]


def _asked_in_words(call: Call, locale: str) -> str:
    kinds = rules.asked_kinds(call.asks_needs, call.asks_capabilities)
    return i18n.render("calls.and", {"parts": [(f"calls.kind.{kind}", {}) for kind in kinds]}, locale)


# ---------------------------------------------------------------- WeChat groups
def note_group(session: Session, actor: Actor, call_id: int, office_id: int | None, *, now: datetime) -> int:
    """The text was put into a group: every firm of it that has not answered was reminded. Returns how many."""
    call = to_remind(session, actor, call_id, now)
    waiting = queries.unanswered(call, queries.reach_of(actor, office_id)).subquery("waiting")
    rows = select(
        literal(call.id, IdType),
        waiting.c.firm_id,
        literal("group", String()),
        literal(now, UtcDateTime()),
        literal(day_of(now), Date()),
        literal(actor.account_id, IdType),
    )
    columns = ["call_id", "firm_id", "channel", "at", "day", "account_id"]
    count = written(session, insert(CallReminder.__table__).from_select(columns, rows))  # type: ignore[arg-type]
    audit.record(
        session, actor, "call.remind", "call", call.id, now, channel="group", office=office_id, firms=count
    )
    return count


# ---------------------------------------------------------------- telephone
def note_call(
    session: Session,
    actor: Actor,
    call_id: int,
    firm_id: int,
    *,
    outcome: str,
    report_by: date | None = None,
    note: str | None = None,
    now: datetime,
) -> CallReminder:
    """What came of telephoning a firm."""
    call = to_remind(session, actor, call_id, now)
    if queries.standings(session, call, queries.reach_of(actor) & (Firm.id == firm_id), size=1) == []:
        raise NotFound
    if outcome not in rules.OUTCOMES:
        raise Refusal("calls.outcome_missing", "outcome")
    if outcome == "will_report" and (report_by is None or report_by < day_of(now)):
        raise Refusal("calls.report_by_missing", "report_by")
    note = (note or "").strip() or None
    if note is not None and len(note) > rules.LONGEST_NOTE:
        raise Refusal("calls.too_long", "note", length=len(note), longest=rules.LONGEST_NOTE)
    reminder = CallReminder(
        call_id=call.id,
        firm_id=firm_id,
        channel="phone",
        at=now,
        day=day_of(now),
        account_id=actor.account_id,
        outcome=outcome,
        report_by=report_by if outcome == "will_report" else None,
        note=note,
    )
    session.add(reminder)
    session.flush()
    audit.record(
        session, actor, "call.remind", "call", call.id, now, channel="phone", firm=firm_id, outcome=outcome
    )
    return reminder


def note_sheet(session: Session, actor: Actor, call_id: int, office_id: int | None, *, now: datetime) -> Call:
    """Somebody takes the sheet of numbers with them."""
    call = to_remind(session, actor, call_id, now)
    audit.record(session, actor, "call.sheet", "call", call.id, now, office=office_id)
    return call


@dataclass(frozen=True)
class Telephone:
    """A number that staff may call, and whose it is: the firm's business line, or a person's who agreed to it."""

    number: str
    name: str = ""


def telephones_of(
    session: Session, actor: Actor, firm_ids: Sequence[int], *, to_take_away: bool = False
) -> dict[int, Telephone]:
    """Whom to call: the firm's own business number; else a contact whose consent holds; else whom a roster names, for
    staff who look after the firm. The last agreed to nothing: their number stands on our pages and in no file
    (``to_take_away``)."""
    found = {
        firm_id: Telephone(number)
        for firm_id, number in session.execute(
            select(Firm.id, Firm.business_phone).where(Firm.id.in_(firm_ids))
        )
        if number
    }
    people = (
        select(FirmContact)
        .where(
            FirmContact.firm_id.in_([firm_id for firm_id in firm_ids if firm_id not in found]),
            FirmContact.removed_at.is_(None),
            FirmContact.consented_at.is_not(None),
            FirmContact.mobile.is_not(None),
        )
        .order_by(FirmContact.id)
    )
    for contact in session.scalars(people):
        found.setdefault(contact.firm_id, Telephone(contact.mobile or "", contact.name))
    if not to_take_away:
        for firm_id, named in prefilled.contacts_of(session, actor, firm_ids).items():
            if named.phone:
                found.setdefault(firm_id, Telephone(named.phone, named.name or ""))
    return found
