"""Reads of near misses: a firm's own, and the district's counted by what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from marketplace.capabilities import queries as capabilities
from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor
from marketplace.firms.models import Firm
from marketplace.nearly.rules import TABS
from marketplace.needs import queries as needs
from marketplace.needs.models import Need
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import NearMiss, NearMissGap, NeedOutcome, Proposal


@dataclass(frozen=True)
class Scope:
    """Which part of the district's near misses is asked for."""

    chain: str | None = None
    missed_only: bool = False


def _holds(as_of: date) -> ColumnElement[bool]:
    """Need and capability are both open today, whatever the worker knew when it looked, and it looked at the need as it
    stands; the statement must join Need and its Firm."""
    offered = select(Capability.id).join(Capability.firm).where(capabilities.open_now(as_of))
    return and_(
        needs.open_now(as_of),
        NearMiss.need_version == Need.version,
        NearMiss.capability_id.in_(offered.correlate(None)),
    )


def visible_near_misses(actor: Actor, as_of: date) -> Select[NearMiss]:
    """Near misses of needs that this actor may read, with everything that a card shows; a fixed number of queries."""
    return (
        select(NearMiss)
        .join(NearMiss.need)
        .join(Need.firm)
        .options(
            contains_eager(NearMiss.need).contains_eager(Need.firm),
            joinedload(NearMiss.capability).joinedload(Capability.firm),
            selectinload(NearMiss.gaps),
        )
        .where(needs.visible_to(actor, as_of), _holds(as_of))
    )


def of_firms(actor: Actor, firm_ids: Collection[int], as_of: date, tab: str) -> Select[NearMiss]:
    """What these suppliers nearly met; nothing of anybody else."""
    return visible_near_misses(actor, as_of).where(
        NearMiss.supplier_id.in_(firm_ids), NearMiss.standing.in_(TABS[tab])
    )


def tab_counts(session: Session, actor: Actor, firm_ids: Collection[int], as_of: date) -> dict[str, int]:
    """How many each tab of a firm's page holds; one query."""
    counted = (
        select(NearMiss.standing, func.count())
        .join(NearMiss.need)
        .join(Need.firm)
        .where(needs.visible_to(actor, as_of), _holds(as_of), NearMiss.supplier_id.in_(firm_ids))
        .group_by(NearMiss.standing)
    )
    by_standing = {standing: count for standing, count in session.execute(counted)}
    return {tab: sum(by_standing.get(one, 0) for one in standings) for tab, standings in TABS.items()}


def proposals_of(session: Session, actor: Actor, rows: Iterable[NearMiss]) -> dict[tuple[int, int], int]:
    """The proposals of these pairs that the reader may open, by need and capability; one query."""
    pairs = {(row.need_id, row.capability_id) for row in rows if row.standing == "listed"}
    if not pairs:
        return {}
    statement = (
        proposals.visible_proposals(actor)
        .where(
            Proposal.need_id.in_({need_id for need_id, _ in pairs}),
            Proposal.capability_id.in_({capability_id for _, capability_id in pairs}),
            Proposal.withdrawn_at.is_(None),
        )
        .with_only_columns(Proposal.need_id, Proposal.capability_id, Proposal.id)
    )
    found = {
        (need_id, capability_id): number for need_id, capability_id, number in session.execute(statement)
    }
    return {pair: number for pair, number in found.items() if pair in pairs}


# ---------------------------------------------------------------- the district
def _within(scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if scope.chain:
        found.append(Need.chain_key == scope.chain)
    if scope.missed_only:
        found.append(NearMiss.standing.in_(TABS["missed"]))
    return found


@dataclass(frozen=True)
class Gap:
    """One thing that is missing in many places: of how many needs and suppliers, and in how many pairs it is known to
    fall short or was never stated."""

    kind: str
    subject: str
    needs: int
    suppliers: int
    lacking: int
    unstated: int


def commonest_gaps(session: Session, actor: Actor, as_of: date, scope: Scope, most: int) -> list[Gap]:
    """What is missing most, by the needs that it keeps open; one query."""
    pairs = {
        state: func.count(case((NearMissGap.state == state, NearMissGap.near_miss_id)).distinct())
        for state in ("lacking", "unstated")
    }
    needs_hit = func.count(NearMiss.need_id.distinct())
    suppliers_hit = func.count(NearMiss.supplier_id.distinct())
    statement = (
        _of_district(
            actor, as_of, scope,
            (NearMissGap.kind, NearMissGap.subject, needs_hit, suppliers_hit, pairs["lacking"], pairs["unstated"]),
        )
        .join(NearMissGap, NearMissGap.near_miss_id == NearMiss.id)
        .group_by(NearMissGap.kind, NearMissGap.subject)
        .order_by(needs_hit.desc(), suppliers_hit.desc(), NearMissGap.kind, NearMissGap.subject)
        .limit(most)
    )  # fmt: skip
    return [Gap(*row) for row in session.execute(statement)]


def by_link(
    session: Session, actor: Actor, as_of: date, scope: Scope
) -> list[tuple[str | None, str | None, int, int]]:
    """Chain, link, needs nearly met and suppliers that nearly met them; one query. As many rows as the chains have links."""
    needs_hit = func.count(NearMiss.need_id.distinct())
    columns = (Need.chain_key, Need.link_key, needs_hit, func.count(NearMiss.supplier_id.distinct()))
    statement = (
        _of_district(actor, as_of, scope, columns)
        .group_by(Need.chain_key, Need.link_key)
        .order_by(needs_hit.desc(), Need.chain_key, Need.link_key)
    )
    return [(chain, link, count, firms) for chain, link, count, firms in session.execute(statement)]


@dataclass(frozen=True)
class Numbers:
    """Open needs, those nearly met, the suppliers that nearly met one, and open needs without any match."""

    open_needs: int
    nearly_met: int
    suppliers: int
    unmatched: int


def numbers(session: Session, actor: Actor, as_of: date, scope: Scope) -> Numbers:
    """Three queries."""
    columns = (func.count(NearMiss.need_id.distinct()), func.count(NearMiss.supplier_id.distinct()))
    nearly, suppliers = session.execute(_of_district(actor, as_of, scope, columns)).one()
    every = select(func.count()).select_from(Need).join(Need.firm)
    open_needs = session.scalar(every.where(*_open(actor, as_of, scope))) or 0
    unmatched = session.scalar(every.where(*_open(actor, as_of, scope), _without_match())) or 0
    return Numbers(open_needs, nearly, suppliers, unmatched)


def _of_district(actor: Actor, as_of: date, scope: Scope, columns: tuple[Any, ...]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(NearMiss)
        .join(NearMiss.need)
        .join(Need.firm)
        .where(needs.visible_to(actor, as_of), _holds(as_of), *_within(scope))
    )


def _open(actor: Actor, as_of: date, scope: Scope) -> list[ColumnElement[bool]]:
    chain = [Need.chain_key == scope.chain] if scope.chain else []
    return [needs.visible_to(actor, as_of), needs.open_now(as_of), *chain]


def _without_match(cause: str | None = None) -> ColumnElement[bool]:
    """The need as it stands was matched, and nothing suits it (for this cause); the statement must have Need."""
    outcomes = select(NeedOutcome.need_id).where(_of_what_stands())
    if cause is not None:
        outcomes = outcomes.where(NeedOutcome.cause == cause)
    return outcomes.correlate(Need).exists()


def _of_what_stands() -> ColumnElement[bool]:
    """An outcome of an older version says nothing: the need is being matched again."""
    return and_(NeedOutcome.need_id == Need.id, NeedOutcome.need_version == Need.version)


def pairs_with(
    actor: Actor, as_of: date, scope: Scope, kind: str | None = None, subject: str | None = None
) -> Select[NearMiss]:
    """The pairs behind a line of the report; all of them where no kind is asked for."""
    statement = visible_near_misses(actor, as_of).where(*_within(scope))
    if kind is None:
        return statement
    gaps = select(NearMissGap.near_miss_id).where(NearMissGap.kind == kind)
    if subject is not None:
        gaps = gaps.where(NearMissGap.subject == subject)
    return statement.where(NearMiss.id.in_(gaps))


def each_pair(
    session: Session, statement: Select[NearMiss], most: int, at_once: int = 500
) -> Iterator[NearMiss]:
    """The pairs of a statement, newest first, read piece by piece and let go."""
    last: int | None = None
    given = 0
    while given < most:
        asked = statement if last is None else statement.where(NearMiss.id < last)
        rows = session.scalars(asked.order_by(NearMiss.id.desc()).limit(min(at_once, most - given))).all()
        if not rows:
            return
        yield from rows
        last, given = rows[-1].id, given + len(rows)
        session.expunge_all()


@dataclass(frozen=True)
class Cause:
    """Why needs stay without a match: of how many needs, and how many capabilities fell out by it in all."""

    code: str
    needs: int
    capabilities: int


def causes(session: Session, actor: Actor, as_of: date, scope: Scope) -> list[Cause]:
    """无合适匹配, counted by cause; one query."""
    count = func.count(NeedOutcome.need_id)
    statement = (
        select(NeedOutcome.cause, count, func.sum(NeedOutcome.capabilities))
        .join(Need, _of_what_stands())
        .join(Need.firm)
        .where(*_open(actor, as_of, scope))
        .group_by(NeedOutcome.cause)
        .order_by(count.desc(), NeedOutcome.cause)
    )
    return [Cause(code, found, int(capabilities)) for code, found, capabilities in session.execute(statement)]


def unmatched_needs(actor: Actor, as_of: date, scope: Scope, cause: str | None = None) -> Select[Need]:
    """Open needs without a match, with their firms."""
    return (
        select(Need)
        .join(Need.firm)
        .options(contains_eager(Need.firm))
        .where(*_open(actor, as_of, scope), _without_match(cause))
    )


def causes_of(session: Session, need_ids: Collection[int]) -> dict[int, list[NeedOutcome]]:
    """By need, the causes that rule most out first; one query."""
    rows: Sequence[NeedOutcome] = session.scalars(
        select(NeedOutcome)
        .join(Need, _of_what_stands())
        .where(NeedOutcome.need_id.in_(need_ids))
        .order_by(NeedOutcome.capabilities.desc(), NeedOutcome.cause)
    ).all()
    found: dict[int, list[NeedOutcome]] = {}
    for row in rows:
        found.setdefault(row.need_id, []).append(row)
    return found


def firm_or_none(session: Session, firm_id: int) -> Firm | None:
    return session.get(Firm, firm_id)


def suppliers_among(session: Session, firm_ids: Collection[int]) -> list[Firm]:
    """The firms of these that supply, by name."""
    statement = select(Firm).where(Firm.id.in_(firm_ids), Firm.is_supplier).order_by(Firm.legal_name, Firm.id)
    return list(session.scalars(statement))
