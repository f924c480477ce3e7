"""The "match" outbox handler: what changed decides which needs are matched again.

A need: itself. A capability, a firm or a certificate: every open need, once for the whole batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.actor import system_actor
from marketplace.core.clock import day_of
from marketplace.core.context import WorkContext
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.needs.queries import open_now
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import Proposal
from marketplace.proposals.service import propose_for_need


def refresh(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Match again what the keys ask for, each need in a unit of work of its own."""
    with context.database.reading() as session:
        need_ids = _needs_of(session, keys, now)
        matcher = current_matcher(session, day_of(now))
    for need_id in need_ids:
        with context.database.unit_of_work() as session:
            propose_for_need(session, system_actor("matcher"), need_id, matcher, now=now)
    return {}


def _needs_of(session: Session, keys: Sequence[str], now: datetime) -> list[int]:
    """Named needs, and every open or proposed one when something on the offering side changed."""
    kinds = [key.partition(":") for key in keys]
    named = {int(number) for kind, _, number in kinds if kind == "need"}
    if any(kind != "need" for kind, _, _ in kinds):
        opened = select(Need.id).join(Firm, Firm.id == Need.firm_id).where(open_now(day_of(now)))
        named |= set(session.scalars(opened))
        named |= set(
            session.scalars(select(Proposal.need_id).where(Proposal.withdrawn_at.is_(None)).distinct())
        )
    return sorted(named)
