"""The first candidates of a need that waits for the bureau: shown to its buyer alone, before moderation ends.

No proposal is written, so no supplier is told, and nobody can answer. What is stored is of one version of the need; the
page shows it while that version waits, and reads every candidate anew with the buyer's own right to see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_now, visible_capabilities
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.lifecycle import State, state_of
from marketplace.needs import queries as needs
from marketplace.needs.models import Need
from marketplace.proposals.evidence import columns_of
from marketplace.proposals.models import NeedPreview
from marketplace.proposals.proposing import NeedAsRead, Outdated, need_as_read

if TYPE_CHECKING:
    from matching import Matcher

MOST_SHOWN = 5


@dataclass(frozen=True)
class FirstLook:
    """What would be shown of a need, not yet written down. ``need``: None where it waits no longer."""

    need_id: int
    need: NeedAsRead | None
    candidates: list[dict[str, Any]]


def look(session: Session, actor: Actor, need_id: int, matcher: Matcher, *, now: datetime) -> FirstLook:
    """Work out the first candidates of a need that waits. Reads only."""
    if not actor.staff:
        raise Forbidden
    need = need_as_read(session, _waiting(session, need_id, now))
    if need is None:
        return FirstLook(need_id, None, [])
    matches = matcher.match(need.profile, top=MOST_SHOWN, as_of=day_of(now), include_current=False)
    candidates = [{"capability_id": int(match.capability_id), **columns_of(match)} for match in matches]
    return FirstLook(need_id, need, candidates)


def keep(session: Session, actor: Actor, first: FirstLook, *, now: datetime) -> int:
    """Write the first candidates down, or forget those of a need that waits no longer; how many there are. Raises
    :class:`Outdated` where the need has changed since; of the candidates the page shows those that are open then."""
    if not actor.staff:
        raise Forbidden
    session.execute(select(Need.id).where(Need.id == first.need_id).with_for_update())
    if need_as_read(session, _waiting(session, first.need_id, now)) != first.need:
        raise Outdated
    stored = session.get(NeedPreview, first.need_id)
    if first.need is None:
        if stored is not None:
            session.delete(stored)
        return 0
    if stored is None:
        stored = NeedPreview(need_id=first.need_id)
        session.add(stored)
    stored.need_version, stored.computed_at = first.need.version, now
    stored.candidates = first.candidates
    return len(first.candidates)


def _waiting(session: Session, need_id: int, now: datetime) -> Need | None:
    need = session.scalar(needs.waiting_need(need_id))
    return need if need is not None and state_of(need, day_of(now)) is State.SUBMITTED else None


@dataclass(frozen=True)
class Candidate:
    capability: Capability
    label: str
    evidence: dict[str, Any]


def candidates_for(session: Session, actor: Actor, need_id: int, *, now: datetime) -> list[Candidate] | None:
    """What the buyer is shown; None while the worker has not looked yet. NotFound to everybody but the need's firm."""
    as_of = day_of(now)
    need = needs.need_or_none(session, actor, need_id, as_of)
    if need is None or not actor.belongs_to(need.firm_id):
        raise NotFound
    if state_of(need, as_of) is not State.SUBMITTED or need.firm.suspended_at is not None:
        return []
    stored = session.get(NeedPreview, need_id)
    if stored is None or stored.need_version != need.version:
        return None
    ids = [entry["capability_id"] for entry in stored.candidates]
    statement = visible_capabilities(actor, as_of).where(Capability.id.in_(ids), open_now(as_of))
    there = {capability.id: capability for capability in session.scalars(statement).unique()}
    return [
        Candidate(there[entry["capability_id"]], entry["label"], entry)
        for entry in stored.candidates
        if entry["capability_id"] in there
    ]
