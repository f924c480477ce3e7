"""Use cases of match lists: pin, drop, freeze, prove. Drafting an edition is in drafting.py, adding a pair in adding.py.

The machine's list is computed from stored inputs; what people decide is written beside it, with the reason, and goes on
into every later edition. A frozen list never changes again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.conferences import list_queries
from marketplace.conferences.computing import Comparison, compare
from marketplace.conferences.drafting import generate
from marketplace.conferences.models import MatchEntry, MatchList
from marketplace.conferences.rules import LONGEST_REASON, fingerprint, line_of, machine_hash
from marketplace.conferences.service import to_run
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal

__all__ = [
    "draft_list",
    "drop",
    "freeze",
    "generate",
    "known_list",
    "pin",
    "prove",
    "record_proof",
    "restore",
]

_LINE = ("need_id", "capability_id", "rank", "label", "score", "reasons", "unproven", "gaps")


def pin(session: Session, actor: Actor, entry_id: int, *, reason: str = "", now: datetime) -> MatchEntry:
    """This pair must meet: it stands first, whatever the machine says later."""
    return _decide(session, actor, entry_id, "pin", reason, now, pinned_at=now, dropped_at=None)


def drop(session: Session, actor: Actor, entry_id: int, *, reason: str, now: datetime) -> MatchEntry:
    """This pair does not meet; the reason is kept beside it."""
    return _decide(session, actor, entry_id, "drop", reason, now, pinned_at=None, dropped_at=now)


def restore(session: Session, actor: Actor, entry_id: int, *, now: datetime) -> MatchEntry:
    """Take a decision back: the pair stands where the machine put it."""
    return _decide(session, actor, entry_id, "restore", "", now, pinned_at=None, dropped_at=None)


def _decide(
    session: Session, actor: Actor, entry_id: int, what: str, reason: str, now: datetime, **values: Any
) -> MatchEntry:
    entry = list_queries.entry_or_none(session, entry_id)
    if entry is None:
        raise NotFound
    draft_list(session, actor, entry.list_id)
    if what == "drop" and not reason.strip():
        raise Refusal("conferences.reason_missing", "reason")
    for name, value in values.items():
        setattr(entry, name, value)
    entry.decision_reason = reason.strip()[:LONGEST_REASON] or None
    entry.decided_by = actor.account_id
    audit.record(
        session,
        actor,
        f"match_list.{what}",
        "match_list",
        entry.list_id,
        now,
        need=entry.need_id,
        capability=entry.capability_id,
        reason=entry.decision_reason,
    )
    return entry


def freeze(session: Session, actor: Actor, list_id: int, *, now: datetime) -> MatchList:
    """定稿: from here on the edition is immutable, and its fingerprint covers what people decided as well."""
    match_list = draft_list(session, actor, list_id)
    match_list.frozen_at, match_list.frozen_by = now, actor.account_id
    match_list.frozen_hash = frozen_hash(session, match_list)
    audit.record(session, actor, "match_list.freeze", "match_list", list_id, now, hash=match_list.frozen_hash)
    return match_list


def frozen_hash(session: Session, match_list: MatchList) -> str:
    """The fingerprint of the whole edition: inputs, statistics, the machine's list and every decision on it."""
    lines = [
        [
            *_machine_line(entry),
            entry.source,
            entry.pinned_at is not None,
            entry.dropped_at is not None,
            entry.decision_reason,
            entry.added_reason,
        ]
        for entry in list_queries.stored_entries(session, match_list.id)
    ]
    whole = list_queries.whole_list(session, match_list.id)
    return fingerprint([whole.inputs, whole.statistics["hash"], whole.machine_hash, lines])


def _machine_line(entry: MatchEntry) -> list[Any]:
    return line_of({column: getattr(entry, column) for column in _LINE})


def prove(session: Session, actor: Actor, list_id: int) -> Comparison:
    """重算: the same versions give the same list; else the version that has changed, or what was altered, is named.

    Takes as long as drafting did, and only reads: nobody else's change waits for it.
    """
    known_list(session, actor, list_id)
    whole = list_queries.whole_list(session, list_id)
    altered = _altered(session, whole)
    if altered:
        return Comparison(False, altered=altered)
    return compare(whole.inputs, whole.statistics, whole.machine_hash, whole.run.lock_hash)


def record_proof(
    session: Session, actor: Actor, list_id: int, comparison: Comparison, *, now: datetime
) -> None:
    """Who had a list computed again, and how it came out."""
    known_list(session, actor, list_id)
    audit.record(
        session, actor, "match_list.recompute", "match_list", list_id, now, equal=comparison.equal,
        changed=comparison.changed_version or comparison.altered,
    )  # fmt: skip


def _altered(session: Session, match_list: MatchList) -> str | None:
    """Which stored part no longer has the fingerprint that it was stored with."""
    if match_list.run.counts["inputs_hash"] != fingerprint(match_list.inputs):
        return "inputs"
    if match_list.statistics.get("hash") != match_list.run.statistics_hash:
        return "statistics"
    entries = list_queries.stored_entries(session, match_list.id)
    found = [
        {column: getattr(entry, column) for column in _LINE} for entry in entries if entry.source == "machine"
    ]
    if machine_hash(found, list_queries.stored_causes(session, match_list.id)) != match_list.machine_hash:
        return "entries"
    if match_list.frozen_at is not None and frozen_hash(session, match_list) != match_list.frozen_hash:
        return "decisions"
    return None


def known_list(session: Session, actor: Actor, list_id: int) -> MatchList:
    """The list, for those who run its conference; nobody else learns that there is one."""
    match_list = list_queries.list_or_none(session, list_id)
    if match_list is None:
        raise NotFound
    try:
        to_run(session, actor, match_list.conference_id)
    except Forbidden:
        raise NotFound from None
    return match_list


def draft_list(session: Session, actor: Actor, list_id: int) -> MatchList:
    """The list, for those who run its conference, while it may still change; locked, so that freezing and deciding at
    the same moment wait for one another."""
    match_list = known_list(session, actor, list_id)
    locked = select(MatchList.frozen_at).where(MatchList.id == list_id).with_for_update()
    if session.scalar(locked) is not None:
        raise Refusal("conferences.frozen", edition=match_list.edition)
    return match_list
