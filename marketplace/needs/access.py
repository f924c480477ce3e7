"""The need that a use case works on: not found for whom it does not exist, forbidden for who may only look."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound
from marketplace.needs import queries, rules
from marketplace.needs.models import Need
from marketplace.needs.rules import NeedView


def seen(session: Session, actor: Actor, need_id: int, now: datetime) -> tuple[Need, NeedView]:
    """A need that this actor may see, and what permission is decided on; else NotFound."""
    need = queries.need_or_none(session, actor, need_id, day_of(now))
    if need is None:
        raise NotFound
    return need, queries.view_of(session, need, day_of(now))


def editable(session: Session, actor: Actor, need_id: int, now: datetime) -> Need:
    """A need that this actor may change; else NotFound or Forbidden."""
    need, view = seen(session, actor, need_id, now)
    if not rules.may_edit(actor, view) and not actor.system:
        raise Forbidden
    return need


def editable_among(session: Session, actor: Actor, need_ids: Collection[int]) -> frozenset[int]:
    """Those of these needs that this actor may change; one query, however many there are."""
    firms = {firm_id for firm_id in actor.own_firms if actor.may_edit_firm(firm_id)}
    own = select(Need.id).where(Need.id.in_(need_ids))
    return frozenset(session.scalars(own if actor.system else own.where(Need.firm_id.in_(firms))))


def held(session: Session, actor: Actor, need_id: int, now: datetime) -> Need:
    """:func:`editable`, for a change: its row is held first, so that a second change, or the bureau's decision, waits
    and then sees what the first one left (SQLite has one writer anyhow)."""
    session.execute(select(Need.id).where(Need.id == need_id).with_for_update())
    return editable(session, actor, need_id, now)
