"""A pair that the machine did not list, put there by hand with a reason. In three steps, because the evidence takes a
matcher and so a job: asked for, looked for without holding up anybody, written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities
from marketplace.conferences import list_queries
from marketplace.conferences.computing import explained
from marketplace.conferences.lists import draft_list, known_list
from marketplace.conferences.models import MatchEntry
from marketplace.conferences.rules import LONGEST_REASON
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import NotFound, Problem, Refusal
from marketplace.proposals.profiles import capability_profiles


def to_add(
    session: Session,
    actor: Actor,
    list_id: int,
    need_id: int,
    capability_id: int,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Whether the pair may be put on the list; NotFound where the need is not one of its needs.

    Refusals: frozen; at their fields no such capability, listed already, no reason.
    """
    draft_list(session, actor, list_id)
    if not list_queries.is_need_of(session, list_id, need_id):
        raise NotFound
    problems = []
    if _offered(session, capability_id, now) is None:
        problems.append(Problem("conferences.pair_unknown", "capability_id"))
    elif list_queries.is_listed(session, list_id, need_id, capability_id):
        problems.append(Problem("conferences.already_listed", "capability_id"))
    if not reason.strip():
        problems.append(Problem("conferences.reason_missing", "reason"))
    if problems:
        raise Refusal.of(problems)


def evidence(
    session: Session, actor: Actor, list_id: int, need_id: int, capability_id: int, *, now: datetime
) -> dict[str, Any]:
    """What there is to say for and against the pair, as columns of an entry. Reads only; builds a matcher."""
    known_list(session, actor, list_id)
    capability = _offered(session, capability_id, now)
    if capability is None:
        raise Refusal("conferences.pair_unknown", "capability_id")
    whole, pair = list_queries.whole_list(session, list_id), (need_id, capability_id)
    profiles = capability_profiles(session, [capability])
    found = explained(whole.inputs, whole.statistics, profiles, [pair]).get(pair)
    if found is None:
        raise NotFound
    return found


def add(
    session: Session, actor: Actor, list_id: int, found: Mapping[str, Any], *, reason: str, now: datetime
) -> MatchEntry:
    """Put the pair on the list with the :func:`evidence` found and the reason, last of its need."""
    need_id, capability_id = found["need_id"], found["capability_id"]
    to_add(session, actor, list_id, need_id, capability_id, reason=reason, now=now)
    last = session.scalar(
        select(func.max(MatchEntry.rank)).where(MatchEntry.list_id == list_id, MatchEntry.need_id == need_id)
    )
    entry = MatchEntry(
        list_id=list_id,
        source="staff",
        added_reason=reason.strip()[:LONGEST_REASON],
        decided_by=actor.account_id,
        **{**found, "rank": (last or 0) + 1},
    )
    session.add(entry)
    session.flush()
    audit.record(
        session, actor, "match_list.add", "match_list", list_id, now, need=need_id, capability=capability_id,
        reason=entry.added_reason,
    )  # fmt: skip
    return entry


def _offered(session: Session, capability_id: int, now: datetime) -> Capability | None:
    return session.scalar(open_capabilities(day_of(now)).where(Capability.id == capability_id))
