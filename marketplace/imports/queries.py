"""Reads of imports that several callers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.core.files import StoredFile
from marketplace.core.jobs import Job
from marketplace.core.paging import within_places
from marketplace.imports import rules
from marketplace.imports.models import SheetMatch, SheetNeed, SheetPair, SheetRow, SheetSource

NEEDS_A_PAGE = 50


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.imports.rules.may_see` as SQL."""
    if not rules.may_import(actor):
        return false()
    return true() if actor.administrator else SheetMatch.account_id == actor.account_id


def match_or_none(session: Session, actor: Actor, match_id: int, *, lock: bool = False) -> SheetMatch | None:
    statement = select(SheetMatch).where(SheetMatch.id == match_id, visible_to(actor))
    return session.scalar(statement.with_for_update() if lock else statement)


def own_matches(actor: Actor) -> Select[Any]:
    """The actor's own imports, for a list by key; administrators too see only theirs in the list."""
    return select(SheetMatch).where(visible_to(actor), SheetMatch.account_id == actor.account_id)


def jobs_of(session: Session, matches: Sequence[SheetMatch]) -> dict[int, Job]:
    """The last job of each import, by job id; one query."""
    ids = [match.job_id for match in matches if match.job_id is not None]
    return {job.id: job for job in session.scalars(select(Job).where(Job.id.in_(ids)))} if ids else {}


def job_of(session: Session, match: SheetMatch) -> Job | None:
    return session.get(Job, match.job_id) if match.job_id is not None else None


def rows_of(session: Session, source_ids: Sequence[int]) -> dict[int, list[SheetRow]]:
    """Stored rows by source, in the sheet's order."""
    found: dict[int, list[SheetRow]] = {source_id: [] for source_id in source_ids}
    statement = select(SheetRow).where(SheetRow.source_id.in_(source_ids))
    for row in session.scalars(statement.order_by(SheetRow.source_id, SheetRow.sheet, SheetRow.number)):
        found[row.source_id].append(row)
    return found


def row_and_source(session: Session, match_id: int, row_id: int) -> tuple[SheetRow, SheetSource] | None:
    found = session.execute(
        select(SheetRow, SheetSource)
        .join(SheetSource, SheetSource.id == SheetRow.source_id)
        .where(SheetRow.id == row_id, SheetSource.match_id == match_id)
    ).first()
    return None if found is None else (found[0], found[1])


def needs_of(
    session: Session, match_id: int, *, matched: bool, after: int | None = None, before: int | None = None
) -> list[SheetNeed]:
    """One page of needs in the sheet's order, by position; one more than the page holds says that it goes on."""
    statement = select(SheetNeed).where(SheetNeed.match_id == match_id, SheetNeed.matched.is_(matched))
    if before is not None:
        newest = statement.where(SheetNeed.position < within_places(before)).order_by(
            SheetNeed.position.desc()
        )
        return list(session.scalars(newest.limit(NEEDS_A_PAGE + 1)))[::-1]
    if after is not None:
        statement = statement.where(SheetNeed.position > within_places(after))
    return list(session.scalars(statement.order_by(SheetNeed.position).limit(NEEDS_A_PAGE + 1)))


def need_of(session: Session, match_id: int, position: int) -> SheetNeed | None:
    return session.scalar(
        select(SheetNeed).where(SheetNeed.match_id == match_id, SheetNeed.position == within_places(position))
    )


def pairs_of(session: Session, need_id: int) -> list[SheetPair]:
    return list(
        session.scalars(select(SheetPair).where(SheetPair.need_id == need_id).order_by(SheetPair.rank))
    )


def row_count(session: Session, match_id: int) -> int:
    """Rows of both files that needed a person."""
    statement = (
        select(func.count()).select_from(SheetRow).join(SheetSource, SheetSource.id == SheetRow.source_id)
    )
    return session.scalar(statement.where(SheetSource.match_id == match_id)) or 0


def count_of(session: Session, match_id: int, matched: bool) -> int:
    statement = select(func.count()).select_from(SheetNeed)
    return (
        session.scalar(statement.where(SheetNeed.match_id == match_id, SheetNeed.matched.is_(matched))) or 0
    )


def result_file(session: Session, match: SheetMatch) -> StoredFile | None:
    return session.get(StoredFile, match.result_file_id) if match.result_file_id is not None else None
