"""Which firms a buyer does not want for a need: found by name or credit code, kept with its content, noted in the audit.

The matcher closes such pairs (matching.gates). Nobody but the buyer and staff reads the list: it is in no index, no
export and no page of anybody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Problem
from marketplace.firms import queries as firm_queries
from marketplace.firms.models import Firm
from marketplace.firms.rules import normal_credit_code

SHORTEST_SEARCH = 2
MOST_FOUND = 12


def problems(session: Session, firm_id: int, excluded: Collection[int]) -> list[Problem]:
    """What no draft may hold: the firm itself, or a firm that there is not."""
    found = []
    if firm_id in excluded:
        found.append(Problem("needs.excluded_self", "excluded"))
    known = select(func.count()).select_from(Firm).where(Firm.id.in_(set(excluded)))
    if excluded and session.scalar(known) != len(set(excluded)):
        found.append(Problem("needs.excluded_unknown", "excluded"))
    return found


def note(
    session: Session, actor: Actor, need_id: int, before: Iterable[int], after: Iterable[int], now: datetime
) -> None:
    """One audit row for a change of the list, with the firms' ids; none where it stays as it was."""
    added, removed = sorted({*after} - {*before}), sorted({*before} - {*after})
    if added or removed:
        audit.record(session, actor, "need.exclude", "need", need_id, now, added=added, removed=removed)


def listed(session: Session, firm_ids: Collection[int]) -> Sequence[Firm]:
    """The firms of a need's list, by name: for readers who may see it (rules.may_see_excluded)."""
    return _by_name(session, firm_ids)


def named(session: Session, actor: Actor, firm_ids: Collection[int], kept: Collection[int]) -> Sequence[Firm]:
    """These firms by name, as far as the actor may know of them; those on the list already (``kept``) whatever became
    of them."""
    return _by_name(session, firm_ids, or_(Firm.id.in_(set(kept)), firm_queries.visible_to(actor)))


def _by_name(session: Session, firm_ids: Collection[int], *wanted: ColumnElement[bool]) -> Sequence[Firm]:
    if not firm_ids:
        return []
    statement = select(Firm).where(Firm.id.in_(set(firm_ids)), *wanted)
    return session.scalars(statement.order_by(Firm.legal_name, Firm.id)).all()


def found(session: Session, actor: Actor, text: str, without: Collection[int]) -> tuple[Sequence[Firm], bool]:
    """Firms whose name holds the text, or whose credit code begins with it, the shortest names first; and whether there
    are more than these."""
    text = " ".join(text.split())
    if len(text) < SHORTEST_SEARCH:
        return [], False
    code = normal_credit_code(text)
    fits = or_(
        Firm.legal_name.contains(text, autoescape=True),
        Firm.credit_code.startswith(code, autoescape=True),
    )
    statement = (
        select(Firm)
        .where(fits, firm_queries.visible_to(actor), Firm.id.not_in(set(without)))
        .order_by(func.length(Firm.legal_name), Firm.legal_name, Firm.id)
        .limit(MOST_FOUND + 1)
    )
    firms = session.scalars(statement).all()
    return firms[:MOST_FOUND], len(firms) > MOST_FOUND
