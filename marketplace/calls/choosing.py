"""Who is asked: filters that become one SQL condition, so that a hundred thousand firms are asked without loading one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, and_, func, insert, literal, select
from sqlalchemy.orm import Session, defer

from marketplace.calls.models import CallFirm
from marketplace.certifications.models import Certification
from marketplace.certifications.queries import in_force
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.db import IdType, UtcDateTime
from marketplace.core.i18n import format_date, render
from marketplace.firms.models import Firm, FirmChain
from marketplace.imports.models import SheetMatch
from marketplace.rosters.models import Roster, RosterRow
from marketplace.rosters.queries import visible_to as roster_visible

__all__ = ["Chosen", "ask", "how_many", "sheets_of", "written"]

MOST_SHEETS = 30


@dataclass(frozen=True)
class Chosen:
    """Every filter that is set narrows. ``everyone`` says that no filter is meant."""

    chain_key: str | None = None
    office_id: int | None = None
    # A key of certificate kinds: firms that hold it on the day they are asked.
    tier: str | None = None
    leaders: bool = False
    # The roster that names the firms, or the two sheets with which they came in.
    roster_id: int | None = None
    import_id: int | None = None
    everyone: bool = False

    @property
    def narrows(self) -> bool:
        return bool(
            self.chain_key or self.office_id or self.tier or self.leaders or self.roster_id or self.import_id
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _condition(actor: Actor, chosen: Chosen, as_of: date) -> ColumnElement[bool]:
    """A 镇/街道 asks the firms that it looks after; a suspended firm is asked by nobody."""
    wanted: list[ColumnElement[bool]] = [Firm.suspended_at.is_(None)]
    if not actor.bureau:
        wanted.append(Firm.office_id == actor.office_id)
    if chosen.chain_key:
        on_chain = select(FirmChain.firm_id).where(FirmChain.chain_key == chosen.chain_key)
        wanted.append(Firm.id.in_(on_chain))
    if chosen.office_id is not None:
        wanted.append(Firm.office_id == chosen.office_id)
    if chosen.tier:
        holds = select(Certification.firm_id).where(Certification.kind_key == chosen.tier, in_force(as_of))
        wanted.append(Firm.id.in_(holds))
    if chosen.leaders:
        wanted.append(Firm.chain_leader.is_(True))
    if chosen.roster_id is not None:
        named = (
            select(RosterRow.firm_id)
            .join(Roster, Roster.id == RosterRow.roster_id)
            .where(Roster.id == chosen.roster_id, roster_visible(actor), RosterRow.firm_id.is_not(None))
        )
        wanted.append(Firm.id.in_(named))
    if chosen.import_id is not None:
        wanted.append(Firm.import_id == chosen.import_id)
    return and_(*wanted)


def how_many(session: Session, actor: Actor, chosen: Chosen, as_of: date, call_id: int | None = None) -> int:
    """How many firms the filters find; of a call that runs, how many it does not ask yet."""
    statement = select(func.count()).select_from(Firm).where(_condition(actor, chosen, as_of))
    if call_id is not None:
        statement = statement.where(Firm.id.not_in(_asked(call_id)))
    return session.scalar(statement) or 0


def _asked(call_id: int) -> Select[int]:
    return select(CallFirm.firm_id).where(CallFirm.call_id == call_id)


def ask(session: Session, actor: Actor, call_id: int, chosen: Chosen, as_of: date, now: datetime) -> int:
    """Write who is asked, in one statement; those already asked are left alone. Returns how many came."""
    found = select(literal(call_id, IdType), Firm.id, literal(now, UtcDateTime())).where(
        _condition(actor, chosen, as_of), Firm.id.not_in(_asked(call_id))
    )
    return written(session, insert(CallFirm.__table__).from_select(["call_id", "firm_id", "asked_at"], found))  # type: ignore[arg-type]


def written(session: Session, statement: Insert) -> int:
    """Carry out an insertion and say how many rows it wrote; PostgreSQL tells only who asks beforehand."""
    done = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)  # type: ignore[attr-defined]


def sheets_of(session: Session, actor: Actor, locale: str) -> dict[str, str]:
    """The rosters that this actor may read and their own pairs of sheets, newest first, as ``roster:7`` and a name."""
    rosters = session.scalars(
        select(Roster)
        .where(roster_visible(actor), Roster.written_at.is_not(None), Roster.undone_at.is_(None))
        .order_by(Roster.id.desc())
        .options(defer(Roster.reading))
        .limit(MOST_SHEETS)
    )
    found = {
        f"roster:{roster.id}": f"{roster.file.name} · {format_date(day_of(roster.created_at), locale)}"
        for roster in rosters
    }
    pairs = session.scalars(
        select(SheetMatch)
        .where(SheetMatch.account_id == actor.account_id, SheetMatch.kept_at.is_not(None))
        .order_by(SheetMatch.id.desc())
        .limit(MOST_SHEETS)
    )
    for pair in pairs:
        words = {"number": pair.id, "day": format_date(day_of(pair.created_at), locale)}
        found[f"import:{pair.id}"] = render("calls.chosen.sheets", words, locale)
    return found
