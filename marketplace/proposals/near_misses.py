"""差一点, written down when a need is matched: the pairs that one or two mended things would bring onto its list.

Pages only read what stands here; nothing is matched while somebody waits. A near miss is no proposal: nobody is told of it,
nobody answers it, and a pair that a fact rules out stays ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from marketplace.core.clock import day_of
from marketplace.needs.models import Need
from marketplace.proposals.evidence import stored
from marketplace.proposals.models import NearMiss, NearMissGap, NeedOutcome
from marketplace.proposals.rules import MOST_NEARLY

if TYPE_CHECKING:
    from matching import Match, Matcher, NeedProfile
    from matching.nearly import NearMiss as Near

LONGEST_SUBJECT = 120


def found(
    profile: NeedProfile, invited: Set[int] | None, matcher: Matcher, *, now: datetime
) -> list[tuple[Match, Near]]:
    """What nearly meets a need. Of one for invited firms nobody else hears, as with proposals."""
    firms = None if invited is None else {str(firm_id) for firm_id in invited}
    return matcher.nearly(profile, most=MOST_NEARLY, as_of=day_of(now), firms=firms)


def note_near_misses(
    session: Session, need: Need, near: Sequence[tuple[Match, Near]], *, now: datetime
) -> None:
    """Write down what nearly meets a need, in place of what stood there. Where nothing has changed nothing is written."""
    rows = [_row(need, match, missed, now) for match, missed in near]
    before = session.scalars(
        select(NearMiss).where(NearMiss.need_id == need.id).options(selectinload(NearMiss.gaps))
    ).all()
    if sorted(map(_said, before)) != sorted(map(_said, rows)):
        _forget(session, before)
        session.add_all(rows)


def note_outcome(session: Session, need: Need, causes: Mapping[str, int], *, now: datetime) -> None:
    """Write down why this version of a need has no match, by cause; a need that has some (no causes) keeps no such
    rows."""
    before = session.scalars(select(NeedOutcome).where(NeedOutcome.need_id == need.id)).all()
    said = {row.cause: (row.need_version, row.capabilities) for row in before}
    if said == {cause: (need.version, count) for cause, count in causes.items()}:
        return
    for row in before:
        session.delete(row)
    session.flush()
    session.add_all(
        NeedOutcome(need_id=need.id, need_version=need.version, cause=cause, capabilities=count, found_at=now)
        for cause, count in causes.items()
    )


def forget(session: Session, need_id: int) -> None:
    """A need that is no longer open has neither near misses nor an outcome."""
    _forget(session, session.scalars(select(NearMiss).where(NearMiss.need_id == need_id)).all())
    session.execute(delete(NeedOutcome).where(NeedOutcome.need_id == need_id))


def _forget(session: Session, rows: Sequence[NearMiss]) -> None:
    for row in rows:
        session.delete(row)
    # The same pairs may be written again: they must be gone before.
    session.flush()


def _row(need: Need, match: Match, near: Near, now: datetime) -> NearMiss:
    return NearMiss(
        need_id=need.id,
        need_version=need.version,
        capability_id=int(match.capability_id),
        supplier_id=int(match.firm_id),
        standing=near.standing,
        label=near.label,
        mended=near.mended,
        method=match.method,
        found_at=now,
        gaps=[
            NearMissGap(
                position=place,
                kind=thing.kind,
                subject=thing.subject[:LONGEST_SUBJECT],
                state=thing.state,
                finding=stored([thing.finding])[0],
            )
            for place, thing in enumerate(near.missing)
        ],
    )


def _said(row: NearMiss) -> list[Any]:
    """What a row says, so that two can be held against one another."""
    gaps = [[gap.kind, gap.subject, gap.state, repr(gap.finding)] for gap in row.gaps]
    about = [row.need_version, row.capability_id, row.supplier_id, row.standing]
    return [*about, row.label, row.mended, row.method, gaps]
