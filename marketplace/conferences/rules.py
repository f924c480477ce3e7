"""Rules of conferences: their status, who runs them, what a list's fingerprint is made of. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem

KINDS = ("chain", "first_use", "bank_enterprise", "industry_research")
SIDES = ("buyer", "supplier")
# What each kind is about; a kind that names no types is about everything. 产业链专场 stays what it was: every type on a chain.
TYPES: Mapping[str, tuple[str, ...]] = {
    "first_use": ("first_use",),
    "bank_enterprise": ("finance",),
    "industry_research": ("rnd", "data_scene", "platform"),
}
# Whom each kind invites on a side besides those who already have an open entry of its types.
PARTIES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("first_use", "supplier"): ("public_buyer", "chain_leader"),
    ("bank_enterprise", "supplier"): ("financial_institution",),
    ("industry_research", "supplier"): ("university", "service_body"),
}
ENTRIES_PER_NEED = 10
# How many capabilities a need keeps for weighing anew, those below the cut included.
POOLED_PER_NEED = 40
LONGEST_REASON = 300
# As long as the columns are; the description has none.
LONGEST = {"name": 120, "host": 200, "co_host": 200, "venue": 200, "description": 4000}


class Status(StrEnum):
    PREPARED = "prepared"
    ANNOUNCED = "announced"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ConferenceFacts:
    """What is said of a conference; times are aware."""

    name: str
    host: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    kind: str = "chain"
    chain_key: str | None = None
    co_host: str | None = None
    description: str = ""


def status_of(
    announced_at: datetime | None, cancelled_at: datetime | None, ends_at: datetime, now: datetime
) -> Status:
    if cancelled_at is not None:
        return Status.CANCELLED
    if announced_at is None:
        return Status.PREPARED
    return Status.HELD if ends_at <= now else Status.ANNOUNCED


@dataclass(frozen=True)
class ConferenceView:
    """What permission is decided on. ``firm_ids``: who takes part, on either side, and has not withdrawn."""

    office_id: int
    announced: bool
    cancelled: bool
    firm_ids: frozenset[int] = frozenset()


def may_see(actor: Actor, conference: ConferenceView) -> bool:
    """Those who run it always; the firms that take part from its announcement until it is cancelled, and while they are
    not suspended."""
    if may_run(actor, conference.office_id):
        return True
    if not conference.announced or conference.cancelled:
        return False
    return bool(actor.standing_firms & conference.firm_ids)


def may_run(actor: Actor, office_id: int) -> bool:
    """The bureau runs every conference, a 镇/街道 its own."""
    return actor.bureau or (actor.office_id is not None and actor.office_id == office_id)


def problems_of(facts: ConferenceFacts) -> list[Problem]:
    problems = [
        Problem("conferences.missing", field)
        for field in ("name", "host", "venue")
        if not getattr(facts, field).strip()
    ]
    for field, longest in LONGEST.items():
        length = len((getattr(facts, field) or "").strip())
        if length > longest:
            problems.append(Problem("conferences.too_long", field, {"length": length, "longest": longest}))
    if facts.kind not in KINDS:
        problems.append(Problem("conferences.kind_unknown", "kind"))
    if facts.ends_at <= facts.starts_at:
        problems.append(Problem("conferences.times", "ends_at"))
    return problems


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value: the same on every machine and database."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def line_of(entry: Mapping[str, Any]) -> list[Any]:
    """What of an entry the machine's fingerprint covers."""
    return [
        entry["need_id"],
        entry["capability_id"],
        entry["rank"],
        entry["label"],
        f"{entry['score']:.6f}",
        entry["reasons"],
        entry["unproven"],
        entry["gaps"],
    ]


def machine_hash(entries: Iterable[Mapping[str, Any]], unmatched: Mapping[int, Mapping[str, int]]) -> str:
    """The fingerprint of what the matcher gave, before anybody touched it."""
    lines = sorted(line_of(entry) for entry in entries)
    causes = sorted([need_id, sorted(counts.items())] for need_id, counts in unmatched.items())
    return fingerprint([lines, causes])


def concentration(counts: Iterable[int]) -> float:
    """Gini coefficient of how often each supplier stands on the list: 0 all alike, near 1 all with one."""
    ordered = sorted(counts)
    total, number = sum(ordered), len(ordered)
    if not total:
        return 0.0
    weighted = sum((position + 1) * count for position, count in enumerate(ordered))
    return (2 * weighted) / (number * total) - (number + 1) / number
