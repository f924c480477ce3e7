"""Reads of rosters that several callers share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, defer

from marketplace.accounts.models import Account
from marketplace.core.actor import Actor
from marketplace.core.files import StoredFile
from marketplace.core.jobs import Job
from marketplace.core.paging import within_places
from marketplace.rosters import rules
from marketplace.rosters.models import Roster, RosterEffect, RosterRow

ROWS_A_PAGE = 50


class Twin(NamedTuple):
    """Another row of the sheet that may be of the same firm; ``number`` as the sheet counts."""

    row_id: int
    number: int


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.rosters.rules.may_see` as SQL."""
    if not rules.may_bring(actor):
        return false()
    return true() if actor.administrator else Roster.account_id == actor.account_id


def roster_or_none(session: Session, actor: Actor, roster_id: int, *, lock: bool = False) -> Roster | None:
    statement = select(Roster).where(Roster.id == roster_id, visible_to(actor))
    return session.scalar(statement.with_for_update(of=Roster) if lock else statement)


def own_rosters(actor: Actor) -> Select[Any]:
    """The actor's own rosters, for a list by key; how each was read stays unread."""
    return (
        select(Roster)
        .where(visible_to(actor), Roster.account_id == actor.account_id)
        .options(defer(Roster.reading))
    )


def job_of(session: Session, roster: Roster) -> Job | None:
    return session.get(Job, roster.job_id) if roster.job_id is not None else None


def jobs_of(session: Session, rosters: Sequence[Roster]) -> dict[int, Job]:
    ids = [roster.job_id for roster in rosters if roster.job_id is not None]
    return {job.id: job for job in session.scalars(select(Job).where(Job.id.in_(ids)))} if ids else {}


def earlier_of_same_file(session: Session, roster: Roster) -> tuple[Roster, str] | None:
    """The last time that the very same file was written, by whomever of the bureau, with their name."""
    found = session.execute(
        select(Roster, Account.name)
        .join(StoredFile, StoredFile.id == Roster.file_id)
        .join(Account, Account.id == Roster.account_id)
        .where(
            StoredFile.sha256 == roster.file.sha256,
            Roster.id != roster.id,
            Roster.written_at.is_not(None),
            Roster.undone_at.is_(None),
        )
        .order_by(Roster.written_at.desc())
        .limit(1)
    ).first()
    return None if found is None else (found[0], found[1])


def counts_by_kind(session: Session, roster_id: int) -> dict[str, int]:
    statement = (
        select(RosterRow.kind, func.count()).where(RosterRow.roster_id == roster_id).group_by(RosterRow.kind)
    )
    return {kind: count for kind, count in session.execute(statement)}


def counts_by_reason(session: Session, roster_id: int) -> list[tuple[str, int, int, bool]]:
    """Doubtful rows by their first reason: code, how many, how many of them taken, whether none can be taken."""
    statement = (
        select(
            RosterRow.reason,
            func.count(),
            func.sum(RosterRow.taken.cast(RosterRow.position.type)),
            func.min(RosterRow.blocked.cast(RosterRow.position.type)),
        )
        .where(RosterRow.roster_id == roster_id, RosterRow.kind == "suspicious", ~RosterRow.skipped)
        .group_by(RosterRow.reason)
        .order_by(func.count().desc(), RosterRow.reason)
    )
    return [
        (reason, count, taken or 0, bool(blocked))
        for reason, count, taken, blocked in session.execute(statement)
    ]


def waiting(roster_id: int) -> ColumnElement[bool]:
    """Rows that a confirmation writes: taken, not left out, and not dealt with yet."""
    return and_(
        RosterRow.roster_id == roster_id,
        RosterRow.taken,
        ~RosterRow.skipped,
        ~RosterRow.blocked,
        RosterRow.outcome.is_(None),
        RosterRow.kind.in_(("new", "changed", "suspicious")),
    )


def waiting_count(session: Session, roster_id: int) -> int:
    return session.scalar(select(func.count()).select_from(RosterRow).where(waiting(roster_id))) or 0


def undecided_count(session: Session, roster_id: int) -> int:
    """Doubtful rows that nobody has said yes or no to, and that are not written."""
    statement = select(func.count()).where(
        RosterRow.roster_id == roster_id,
        RosterRow.kind == "suspicious",
        ~RosterRow.taken,
        ~RosterRow.skipped,
        RosterRow.outcome.is_(None),
    )
    return session.scalar(statement) or 0


def firms_written(session: Session, roster_id: int, firm_ids: set[int | None]) -> set[int | None]:
    """Which of these firms a row of this roster has written already."""
    if not firm_ids:
        return set()
    statement = select(RosterRow.firm_id).where(
        RosterRow.roster_id == roster_id,
        RosterRow.outcome == "written",
        RosterRow.firm_id.in_(firm_ids - {None}),
    )
    return set(session.scalars(statement))


def outcome_counts(session: Session, roster_id: int) -> dict[str, int]:
    statement = (
        select(RosterRow.outcome, func.count())
        .where(RosterRow.roster_id == roster_id, RosterRow.outcome.is_not(None))
        .group_by(RosterRow.outcome)
    )
    return {outcome: count for outcome, count in session.execute(statement) if outcome}


def rows_page(
    session: Session,
    roster_id: int,
    *,
    kind: str = "",
    reason: str = "",
    outcome: str = "",
    beside: str = "",
    after: int | None = None,
    before: int | None = None,
) -> list[RosterRow]:
    """One page by position; one more than the page holds says that it goes on. ``beside``: the number of a row, for it
    and those of its sheet that bear on it."""
    statement = select(RosterRow).where(RosterRow.roster_id == roster_id)
    if kind:
        statement = statement.where(RosterRow.kind == kind)
    if reason:
        statement = statement.where(RosterRow.reason == reason)
    if outcome:
        statement = statement.where(RosterRow.outcome == outcome)
    if beside:
        statement = statement.where(_bearing_on(roster_id, int(beside)))
    if before is not None:
        newest = statement.where(RosterRow.position < within_places(before)).order_by(
            RosterRow.position.desc()
        )
        return list(session.scalars(newest.limit(ROWS_A_PAGE + 1)))[::-1]
    if after is not None:
        statement = statement.where(RosterRow.position > within_places(after))
    return list(session.scalars(statement.order_by(RosterRow.position).limit(ROWS_A_PAGE + 1)))


def _bearing_on(roster_id: int, row_id: int) -> ColumnElement[bool]:
    named = select(RosterRow.fold, RosterRow.code).where(
        RosterRow.roster_id == roster_id, RosterRow.id == row_id
    )
    fold, code = (
        named.with_only_columns(column).scalar_subquery() for column in (RosterRow.fold, RosterRow.code)
    )
    alike = and_(RosterRow.fold != "", RosterRow.fold == fold)
    return or_(RosterRow.id == row_id, alike, RosterRow.code == code)


def row_or_none(session: Session, roster_id: int, row_id: int) -> RosterRow | None:
    return session.scalar(select(RosterRow).where(RosterRow.id == row_id, RosterRow.roster_id == roster_id))


def sharing_with(session: Session, roster_id: int, folds: set[str], codes: set[str]) -> list[RosterRow]:
    """Rows of the sheet that bear on each other by a code or a folded name."""
    return list(session.scalars(_sharing(roster_id, folds, codes)))


def _sharing(roster_id: int, folds: set[str], codes: set[str]) -> Select[RosterRow]:
    return (
        select(RosterRow)
        .where(
            RosterRow.roster_id == roster_id,
            RosterRow.kind != "unread",
            or_(RosterRow.fold.in_(folds), RosterRow.code.in_(codes)),
        )
        .order_by(RosterRow.position)
    )


def twins(session: Session, rows: Sequence[RosterRow]) -> dict[int, list[Twin]]:
    """Of each of these rows of one roster, the other rows of the sheet with its code or its folded name; one query."""
    if not rows:
        return {}
    folds, codes = {row.fold for row in rows} - {""}, {row.code for row in rows if row.code}
    columns = (RosterRow.id, RosterRow.number, RosterRow.fold, RosterRow.code)
    found = session.execute(_sharing(rows[0].roster_id, folds, codes).with_only_columns(*columns)).all()
    with_mark: dict[tuple[str, str], set[Twin]] = defaultdict(set)
    for row_id, number, fold, code in found:
        for mark in _marks(fold, code):
            with_mark[mark].add(Twin(row_id, number))
    told = {}
    for row in rows:
        alike = {twin for mark in _marks(row.fold, row.code) for twin in with_mark[mark]}
        told[row.id] = sorted(alike - {Twin(row.id, row.number)})
    return told


def _marks(fold: str, code: str | None) -> list[tuple[str, str]]:
    """By what a row is known, as far as it says it."""
    return [(kind, said) for kind, said in (("fold", fold), ("code", code)) if said]


def kept_effects(session: Session, roster_id: int, most: int = 200) -> list[RosterEffect]:
    """What the undo left as it is."""
    statement = (
        select(RosterEffect)
        .where(RosterEffect.roster_id == roster_id, RosterEffect.undone_at.is_(None))
        .order_by(RosterEffect.id)
        .limit(most)
    )
    return list(session.scalars(statement))


def effect_counts(session: Session, roster_id: int) -> dict[str, int]:
    """Effects that still stand, by kind."""
    statement = (
        select(RosterEffect.kind, func.count())
        .where(RosterEffect.roster_id == roster_id, RosterEffect.undone_at.is_(None))
        .group_by(RosterEffect.kind)
    )
    return {kind: count for kind, count in session.execute(statement)}
