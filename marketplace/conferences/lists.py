"""Use cases of match lists: draft, pin, drop, add, freeze, prove.

The machine's list is computed from stored inputs; what people decide is written beside it, with the reason, and goes on
into every later edition. A frozen list never changes again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities
from marketplace.conferences import queries
from marketplace.conferences.computing import Comparison, compare, compute, matcher_of
from marketplace.conferences.models import Conference, MatchEntry, MatchList, UnmatchedNeed
from marketplace.conferences.rules import LONGEST_REASON, fingerprint, line_of
from marketplace.conferences.service import to_run
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import NotFound, Refusal
from marketplace.needs.models import Need
from marketplace.needs.queries import open_needs
from marketplace.proposals.evidence import columns_of
from marketplace.proposals.matcher import chain_edges, current_matcher
from marketplace.proposals.profiles import capability_profiles, need_profiles
from marketplace.proposals.runs import start_run
from marketplace.proposals.snapshots import need_of, plain

_CARRIED = ("pinned_at", "dropped_at", "decision_reason", "decided_by")


def generate(session: Session, actor: Actor, conference_id: int, *, now: datetime) -> MatchList:
    """Draft the next edition: the buyers' open needs against the suppliers' open capabilities, as of the conference day.

    While no supplier has been invited, every open capability is a candidate: the draft shows whom to invite.
    Refusal ``conferences.no_needs`` when no invited buyer has an open need.
    """
    conference = to_run(session, actor, conference_id)
    inputs = _inputs(session, conference, now)
    matcher = current_matcher(session, day_of(now))
    statistics = matcher.statistics()
    computed = compute(inputs, statistics)
    run = start_run(
        session, actor, "conference", conference.id, matcher, _counts(inputs, computed.entries), now
    )
    edition = session.scalar(
        select(func.coalesce(func.max(MatchList.edition), 0)).where(MatchList.conference_id == conference.id)
    )
    match_list = MatchList(
        conference_id=conference.id,
        edition=(edition or 0) + 1,
        run_id=run.id,
        created_at=now,
        inputs=inputs,
        statistics=statistics,
        machine_hash=computed.hash,
    )
    session.add(match_list)
    session.flush()
    entries = [MatchEntry(list_id=match_list.id, **columns) for columns in computed.entries]
    session.add_all(entries)
    session.add_all(
        UnmatchedNeed(list_id=match_list.id, need_id=need_id, causes=causes)
        for need_id, causes in computed.unmatched.items()
    )
    session.flush()
    _carry_decisions(session, conference.id, match_list, entries)
    audit.record(
        session, actor, "match_list.generate", "conference", conference.id, now, edition=match_list.edition
    )
    return match_list


def _inputs(session: Session, conference: Conference, now: datetime) -> dict[str, Any]:
    buyers = [row.firm_id for row in queries.participants(session, conference.id, "buyer")]
    suppliers = [row.firm_id for row in queries.participants(session, conference.id, "supplier")]
    as_of = day_of(now)
    needs = (
        session.scalars(open_needs(as_of).where(Need.firm_id.in_(buyers)).order_by(Need.id)).unique().all()
    )
    if not needs:
        raise Refusal("conferences.no_needs")
    offered = open_capabilities(as_of).order_by(Capability.id)
    if suppliers:
        offered = offered.where(Capability.firm_id.in_(suppliers))
    capabilities = session.scalars(offered).unique().all()
    return {
        "as_of": day_of(conference.starts_at).isoformat(),
        "needs": [plain(profile) for profile in need_profiles(session, needs)],
        "capabilities": [plain(profile) for profile in capability_profiles(session, capabilities)],
        "links": sorted([upstream, downstream] for upstream, downstream in chain_edges(session)),
    }


def _counts(inputs: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "needs": len(inputs["needs"]),
        "capabilities": len(inputs["capabilities"]),
        "entries": len(entries),
        **{label: sum(entry["label"] == label for entry in entries) for label in ("strong", "possible")},
    }


def _carry_decisions(session: Session, conference_id: int, new: MatchList, entries: list[MatchEntry]) -> None:
    """What people decided on the edition before holds on this one too, also where the machine no longer lists the pair."""
    before = session.scalar(
        select(MatchList).where(
            MatchList.conference_id == conference_id, MatchList.edition == new.edition - 1
        )
    )
    if before is None:
        return
    here = {(entry.need_id, entry.capability_id): entry for entry in entries}
    wanted_needs = {int(need["id"]) for need in new.inputs["needs"]}
    offered = {int(capability["id"]) for capability in new.inputs["capabilities"]}
    decided = select(MatchEntry).where(
        MatchEntry.list_id == before.id,
        (MatchEntry.pinned_at.is_not(None))
        | (MatchEntry.dropped_at.is_not(None))
        | (MatchEntry.source == "staff"),
    )
    for old in session.scalars(decided):
        entry = here.get((old.need_id, old.capability_id))
        if (
            entry is None
            and old.dropped_at is None
            and old.need_id in wanted_needs
            and old.capability_id in offered
        ):
            entry = _copy_of(old, new.id)
            session.add(entry)
        if entry is not None:
            for name in _CARRIED:
                setattr(entry, name, getattr(old, name))
    session.flush()


def _copy_of(old: MatchEntry, list_id: int) -> MatchEntry:
    columns = {
        column.key: getattr(old, column.key)
        for column in MatchEntry.__mapper__.column_attrs
        if column.key not in ("id", "list_id")
    }
    return MatchEntry(list_id=list_id, **columns)


def pin(session: Session, actor: Actor, entry_id: int, *, reason: str = "", now: datetime) -> MatchEntry:
    """This pair must meet: it stands first, whatever the machine says later."""
    return _decide(session, actor, entry_id, "pin", reason, now, pinned_at=now, dropped_at=None)


def drop(session: Session, actor: Actor, entry_id: int, *, reason: str, now: datetime) -> MatchEntry:
    """This pair does not meet; the reason is kept beside it."""
    if not reason.strip():
        raise Refusal("conferences.reason_missing", "reason")
    return _decide(session, actor, entry_id, "drop", reason, now, pinned_at=None, dropped_at=now)


def restore(session: Session, actor: Actor, entry_id: int, *, now: datetime) -> MatchEntry:
    """Take a decision back: the pair stands where the machine put it."""
    return _decide(session, actor, entry_id, "restore", "", now, pinned_at=None, dropped_at=None)


def _decide(
    session: Session, actor: Actor, entry_id: int, what: str, reason: str, now: datetime, **values: Any
) -> MatchEntry:
    entry = queries.entry_or_none(session, entry_id)
    if entry is None:
        raise NotFound
    draft_list(session, actor, entry.list_id)
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


def add(
    session: Session,
    actor: Actor,
    list_id: int,
    need_id: int,
    capability_id: int,
    *,
    reason: str,
    now: datetime,
) -> MatchEntry:
    """Staff put a pair on the list that the machine did not; it carries the evidence there is, and their reason."""
    match_list = draft_list(session, actor, list_id)
    if not reason.strip():
        raise Refusal("conferences.reason_missing", "reason")
    known = select(MatchEntry).where(
        MatchEntry.list_id == list_id,
        MatchEntry.need_id == need_id,
        MatchEntry.capability_id == capability_id,
    )
    if session.scalar(known) is not None:
        raise Refusal("conferences.already_listed", "capability_id")
    stored_need = next((row for row in match_list.inputs["needs"] if int(row["id"]) == need_id), None)
    capability = session.scalar(open_capabilities(day_of(now)).where(Capability.id == capability_id))
    if stored_need is None or capability is None:
        raise Refusal("conferences.pair_unknown", "capability_id")
    need, profile = need_of(stored_need), capability_profiles(session, [capability])[0]
    matcher = matcher_of({**match_list.inputs, "capabilities": [plain(profile)]}, match_list.statistics)
    match = matcher.explain(need, profile.id, day_of(match_list.conference.starts_at))
    if match is None:
        raise Refusal("conferences.pair_unknown", "capability_id")
    last = select(func.coalesce(func.max(MatchEntry.rank), 0)).where(
        MatchEntry.list_id == list_id, MatchEntry.need_id == need_id
    )
    columns = columns_of(match)
    if match.excluded is not None:
        columns["gaps"] = [[match.excluded.code, dict(match.excluded.params)], *columns["gaps"]]
    entry = MatchEntry(
        list_id=list_id,
        need_id=need_id,
        capability_id=capability_id,
        buyer_id=int(need.firm_id),
        supplier_id=capability.firm_id,
        rank=(session.scalar(last) or 0) + 1,
        source="staff",
        already_partners=match.current_supplier,
        decision_reason=reason.strip()[:LONGEST_REASON],
        decided_by=actor.account_id,
        **columns,
    )
    session.add(entry)
    session.flush()
    audit.record(
        session, actor, "match_list.add", "match_list", list_id, now, need=need_id, capability=capability_id
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
            *line_of({column: getattr(entry, column) for column in _LINE}),
            entry.source,
            entry.pinned_at is not None,
            entry.dropped_at is not None,
            entry.decision_reason,
        ]
        for entries in queries.entries_of(session, match_list.id).values()
        for entry in entries
    ]
    lines.sort(key=lambda line: (line[0], line[1]))
    return fingerprint([match_list.inputs, match_list.statistics["hash"], match_list.machine_hash, lines])


_LINE = ("need_id", "capability_id", "rank", "label", "score", "reasons", "unproven", "gaps")


def recompute(session: Session, actor: Actor, list_id: int, *, now: datetime) -> Comparison:
    """重算: the same versions give the same list, or the version that has changed is named. Changes nothing."""
    match_list = known_list(session, actor, list_id)
    comparison = compare(match_list.inputs, match_list.statistics, match_list.machine_hash)
    audit.record(session, actor, "match_list.recompute", "match_list", list_id, now, equal=comparison.equal)
    return comparison


def known_list(session: Session, actor: Actor, list_id: int) -> MatchList:
    """The list, for those who run its conference."""
    match_list = queries.list_or_none(session, list_id)
    if match_list is None:
        raise NotFound
    to_run(session, actor, match_list.conference_id)
    return match_list


def draft_list(session: Session, actor: Actor, list_id: int) -> MatchList:
    """The list, for those who run its conference, while it may still change."""
    match_list = known_list(session, actor, list_id)
    if match_list.frozen_at is not None:
        raise Refusal("conferences.frozen", edition=match_list.edition)
    return match_list
