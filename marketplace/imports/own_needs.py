"""A buyer's own sheet of needs: every readable row becomes a draft of its firm, in one go and once.

Drafts are looked at and submitted one by one as ever; nothing is published by an upload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.i18n import render
from marketplace.firms.models import Firm
from marketplace.imports.keeping import need_content
from marketplace.imports.pairing import unit_table
from marketplace.imports.profiles import Row, firm_key, need_profile
from marketplace.imports.reading import Side, read_side
from marketplace.imports.vocabulary import Vocabulary
from marketplace.needs import service as needs
from marketplace.needs.models import Need
from marketplace.taxonomy.lists import lists_of

MOST_ROWS = 500


@dataclass
class Drafted:
    """What became of a sheet: drafts made, rows that were there already, and rows to mend (place, sentence)."""

    need_ids: list[int] = field(default_factory=list)
    repeated: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def draft_from_sheet(
    session: Session, actor: Actor, firm_id: int, content: bytes, filename: str, *, locale: str, now: datetime
) -> Drafted:
    """Read a sheet and write its needs as drafts in the caller's unit of work.

    Raises SheetError where the file cannot be read, Refusal ``imports.too_many_rows`` past :data:`MOST_ROWS`.
    """
    if not actor.belongs_to(firm_id):
        raise NotFound
    if not actor.may_edit_firm(firm_id):
        raise Forbidden
    side = read_side(content, filename, "needs", locale=locale)
    if len(side.rows) > MOST_ROWS:
        raise Refusal("imports.too_many_rows", "file", rows=len(side.rows), most=MOST_ROWS)
    drafted = Drafted(problems=[(error.cell, error.sentence(locale)) for error in side.errors])
    _write(session, actor, session.get_one(Firm, firm_id), side, drafted, locale, now)
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


def _write(
    session: Session, actor: Actor, firm: Firm, side: Side, drafted: Drafted, locale: str, now: datetime
) -> None:
    lists = lists_of(session)
    words, units = Vocabulary(lists), unit_table()
    there = _texts_of(session, firm.id)
    for row in side.rows:
        if row.firm and firm_key(row.firm) != firm_key(firm.legal_name):
            drafted.problems.append(_problem(row, "imports.other_firm", {"firm": row.firm[:60]}, locale))
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
            first = refusal.problems[0]
            drafted.problems.append(_problem(row, first.code, first.params, locale))


def _texts_of(session: Session, firm_id: int) -> set[tuple[str, int]]:
    """Title and length of text of every need that the firm has and has not closed."""
    rows = session.execute(
        select(Need.title, func.length(Need.description)).where(
            Need.firm_id == firm_id, Need.closed_at.is_(None)
        )
    )
    return {(title, length or 0) for title, length in rows}


def _problem(row: Row, code: str, params: Mapping[str, Any], locale: str) -> tuple[str, str]:
    return str(row.record.row), render(code, params, locale)
