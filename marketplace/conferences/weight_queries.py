"""Reads of what other weights are tried on: whether they can be, the values stored for it, and names for the preview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.capabilities.models import Capability
from marketplace.conferences.list_queries import decided
from marketplace.conferences.models import (
    MatchEntry,
    MatchList,
    MatchPool,
)
from marketplace.needs.models import Need

POOLS_AT_ONCE = 50


@dataclass(frozen=True)
class Weighable:
    """Whether other weights can be tried on a list. ``needs``: how many keep what they can be weighed anew from;
    ``public``: how many of them know neither nearness nor tier."""

    newest: bool
    needs: int
    public: int


def weighable(session: Session, match_list: MatchList) -> Weighable:
    newer = select(MatchList.id).where(
        MatchList.conference_id == match_list.conference_id, MatchList.edition > match_list.edition
    )
    of_list = MatchPool.list_id == match_list.id
    needs = select(func.count()).select_from(MatchPool).where(of_list)
    public = needs.where(MatchPool.open_procedure)
    row = session.execute(select(newer.exists(), needs.scalar_subquery(), public.scalar_subquery())).one()
    return Weighable(not row[0], row[1], row[2])


def pools_of(session: Session, list_id: int) -> Iterator[MatchPool]:
    """What a list's needs can be weighed anew from, by need; read in parts, never all at once."""
    statement = select(MatchPool).where(MatchPool.list_id == list_id).order_by(MatchPool.need_id)
    yield from session.scalars(statement.execution_options(yield_per=POOLS_AT_ONCE))


def needs_named(session: Session, need_ids: Iterable[int]) -> dict[int, Need]:
    """Needs with their firms, by id."""
    statement = select(Need).where(Need.id.in_(list(need_ids))).options(joinedload(Need.firm))
    return {need.id: need for need in session.scalars(statement)}


def capabilities_named(session: Session, capability_ids: Iterable[int]) -> dict[int, Capability]:
    """Capabilities with their firms, by id."""
    statement = select(Capability).where(Capability.id.in_(list(capability_ids)))
    return {
        capability.id: capability
        for capability in session.scalars(statement.options(joinedload(Capability.firm)))
    }


def decided_of(session: Session, list_id: int, need_ids: Iterable[int]) -> dict[tuple[int, int], MatchEntry]:
    """The pairs of some needs that people decided on, by need and capability."""
    statement = select(MatchEntry).where(
        MatchEntry.list_id == list_id,
        MatchEntry.need_id.in_(list(need_ids)),
        decided(),
    )
    return {(entry.need_id, entry.capability_id): entry for entry in session.scalars(statement)}
