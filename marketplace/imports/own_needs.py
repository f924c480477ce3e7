"""A buyer's own sheet of needs: every readable row becomes a draft of its firm, in one go and once.

Drafts are looked at and submitted one by one as ever; nothing is published by an upload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms.models import Firm
from marketplace.imports.keeping import need_content
from marketplace.imports.own_rows import OwnRow, add_problem, any_left, sent_rows, wrong_rows
from marketplace.imports.pairing import unit_table
from marketplace.imports.profiles import firm_key, need_profile
from marketplace.imports.reading import Side, read_side
from marketplace.imports.vocabulary import Vocabulary
from marketplace.needs import service as needs
from marketplace.needs.models import Need
from marketplace.taxonomy.lists import lists_of

MOST_ROWS = 500


@dataclass
class Drafted:
    """What became of a sheet: drafts made, rows that were there already, and rows to mend."""

    need_ids: list[int] = field(default_factory=list)
    repeated: int = 0
    to_mend: list[OwnRow] = field(default_factory=list)


def draft_from_sheet(
    session: Session, actor: Actor, firm_id: int, content: bytes, filename: str, *, locale: str, now: datetime
) -> Drafted:
    """Read a sheet and write its needs as drafts in the caller's unit of work; a row in which something is wrong waits
    for its reader.

    Raises SheetError where the file cannot be read, Refusal ``imports.too_many_rows`` past :data:`MOST_ROWS`.
    """
    _check_writer(actor, firm_id)
    side = read_side(content, filename, "own_needs", locale=locale)
    if len(side.rows) > MOST_ROWS:
        raise Refusal("imports.too_many_rows", "file", rows=len(side.rows), most=MOST_ROWS)
    return _draft(session, actor, firm_id, side, locale, now)


def draft_mended(
    session: Session, actor: Actor, firm_id: int, form: Mapping[str, str], *, locale: str, now: datetime
) -> Drafted:
    """The same for rows that came back mended; what is still wrong comes back once more, where it stood in the file."""
    _check_writer(actor, firm_id)
    if not any_left(form):
        return Drafted()
    side, places = sent_rows(form, locale=locale)
    return _draft(session, actor, firm_id, side, locale, now, places)


def _check_writer(actor: Actor, firm_id: int) -> None:
    if not actor.belongs_to(firm_id):
        raise NotFound
    if not actor.may_edit_firm(firm_id):
        raise Forbidden


def _draft(
    session: Session,
    actor: Actor,
    firm_id: int,
    side: Side,
    locale: str,
    now: datetime,
    places: Mapping[str, str] | None = None,
) -> Drafted:
    drafted = Drafted(repeated=sum(error.code == "imports.row_repeated" for error in side.errors))
    _write(session, actor, session.get_one(Firm, firm_id), side, drafted, now)
    drafted.to_mend = wrong_rows(side, locale, places)
    audit.record(
        session,
        actor,
        "need.upload",
        "firm",
        firm_id,
        now,
        drafts=len(drafted.need_ids),
        repeated=drafted.repeated,
    )
    return drafted


def _write(session: Session, actor: Actor, firm: Firm, side: Side, drafted: Drafted, now: datetime) -> None:
    """Drafts of the rows that are right; what is wrong with the others is added to the side's errors."""
    lists = lists_of(session)
    words, units = Vocabulary(lists), unit_table()
    there = _texts_of(session, firm.id)
    wrong = {(error.sheet, error.row) for error in side.errors}
    for row in side.rows:
        place = (row.record.sheet, row.record.row)
        if place in wrong:
            continue
        if row.firm and firm_key(row.firm) != firm_key(firm.legal_name):
            add_problem(side, *place, "firm", "imports.other_firm", {"firm": row.firm[:60]})
            continue
        try:
            content = need_content(row, need_profile(row, words, units), lists)
            text = (content.title, len(content.description))
            if text in there:
                drafted.repeated += 1
                continue
            there.add(text)
            need = needs.create(session, actor, firm.id, content, now=now)
            drafted.need_ids.append(need.id)
        except Refusal as refusal:
            for problem in refusal.problems:
                add_problem(side, *place, problem.field or "", problem.code, problem.params)


def _texts_of(session: Session, firm_id: int) -> set[tuple[str, int]]:
    """Title and length of text of every need that the firm has and has not closed."""
    rows = session.execute(
        select(Need.title, func.length(Need.description)).where(
            Need.firm_id == firm_id, Need.closed_at.is_(None)
        )
    )
    return {(title, length or 0) for title, length in rows}
