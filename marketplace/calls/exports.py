"""The call sheet (电话催报表): whom to call, at which number, what is missing, and a column to tick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy.orm import Session

from marketplace.accounts.models import Office
from marketplace.calls import queries
from marketplace.calls.models import Call, CallReminder
from marketplace.calls.queries import Standing
from marketplace.calls.reminding import telephones_of
from marketplace.calls.rules import UNANSWERED
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, render, translate
from marketplace.core.sheets import ColumnSpec, SheetSpec, write_workbook
from marketplace.core.sheets.writing import Cell

AT_ONCE = 500
_COLUMNS = (
    ("firm", N_("企业名称"), "wrap", 30),
    ("office", N_("责任单位"), "wrap", 20),
    ("phone", N_("电话"), "text", 18),
    ("person", N_("联系人"), "text", 10),
    ("missing", N_("还没有报"), "text", 12),
    ("last", N_("上次提醒"), "wrap", 24),
    ("tick", N_("打通打勾"), "text", 9),
    ("said", N_("对方答复"), "wrap", 30),
)


@dataclass(frozen=True)
class Line:
    """One firm to call."""

    firm_id: int
    firm: str
    office: str
    phone: str
    person: str
    missing: tuple[str, ...]
    last: CallReminder | None


def lines(
    session: Session,
    actor: Actor,
    call: Call,
    office_id: int | None,
    *,
    after: int = 0,
    size: int = AT_ONCE,
    to_take_away: bool = False,
) -> list[Line]:
    """The next firms that have not answered; a fixed number of queries for however many."""
    reach = queries.reach_of(actor, office_id)
    found = queries.standings(session, call, reach, UNANSWERED, after=after, size=size)
    return with_firms(session, actor, call, found, to_take_away=to_take_away)


def with_firms(
    session: Session, actor: Actor, call: Call, found: list[Standing], *, to_take_away: bool = False
) -> list[Line]:
    firm_ids = [standing.firm_id for standing in found]
    firms = queries.firms_by_id(session, firm_ids)
    phones = telephones_of(session, actor, firm_ids, to_take_away=to_take_away)
    last = queries.last_reminders(session, call.id, firm_ids)
    offices = queries.office_names(session)
    told = []
    for standing in found:
        firm, phone = firms[standing.firm_id], phones.get(standing.firm_id)
        told.append(
            Line(
                firm.id,
                firm.legal_name,
                offices.get(firm.office_id or 0, call.office.name),
                phone.number if phone else "",
                phone.name if phone else "",
                standing.missing_of(call),
                last.get(firm.id),
            )
        )
    return told


def call_sheet(session: Session, actor: Actor, call: Call, office_id: int | None, *, locale: str) -> bytes:
    """The whole sheet as .xlsx, read piece by piece."""
    columns = [
        ColumnSpec(key, translate(heading, locale), kind, width) for key, heading, kind, width in _COLUMNS
    ]
    sheet = SheetSpec(
        translate(N_("电话催报表"), locale), columns, _rows(session, actor, call, office_id, locale)
    )
    out = BytesIO()
    write_workbook(out, [sheet], title=call.title)
    return out.getvalue()


def _rows(
    session: Session, actor: Actor, call: Call, office_id: int | None, locale: str
) -> Iterator[tuple[Cell, ...]]:
    after = 0
    while found := lines(session, actor, call, office_id, after=after, to_take_away=True):
        for line in found:
            yield (
                line.firm,
                line.office,
                line.phone,
                line.person,
                kinds_in_words(line.missing, locale),
                reminder_in_words(line.last, locale) if line.last else "",
                "☐",
                "",
            )
        after = found[-1].firm_id


def kinds_in_words(kinds: tuple[str, ...], locale: str) -> str:
    return render("calls.and", {"parts": [(f"calls.kind.{kind}", {}) for kind in kinds]}, locale)


def reminder_in_words(reminder: CallReminder, locale: str) -> str:
    """When, how, and what came of it, in one line."""
    what = f"calls.outcome.{reminder.outcome}" if reminder.outcome else f"calls.channel.{reminder.channel}"
    by = reminder.report_by
    told = (what, {"day": by.isoformat() if by else ""})
    return render("calls.reminded", {"day": reminder.day.isoformat(), "how": told}, locale)


def office_of(session: Session, office_id: int | None) -> Office | None:
    return session.get(Office, office_id) if office_id is not None else None
