"""What the matcher makes of a conference: computed from stored inputs, so that it can be computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.conferences.rules import ENTRIES_PER_NEED, machine_hash
from marketplace.core.analysis import analyser
from marketplace.proposals.evidence import columns_of
from marketplace.proposals.matcher import units
from marketplace.proposals.snapshots import capability_of, need_of
from matching import Matcher, StatisticsMismatch


@dataclass(frozen=True)
class Computed:
    """A list as the machine gives it: entries as columns, needs without a match with counts by cause."""

    entries: list[dict[str, Any]]
    unmatched: dict[int, dict[str, int]]
    method: str

    @property
    def hash(self) -> str:
        return machine_hash(self.entries, self.unmatched)


@dataclass(frozen=True)
class Comparison:
    """What computing a list again gave: equal, or which version has changed since."""

    equal: bool
    changed_version: str | None = None
    then: str = ""
    now: str = ""


def matcher_of(inputs: Mapping[str, Any], statistics: Mapping[str, Any]) -> Matcher:
    """The matcher as it was; raises StatisticsMismatch under other versions."""
    return Matcher.from_statistics(
        statistics,
        [capability_of(stored) for stored in inputs["capabilities"]],
        analyser(),
        units=units(),
        links=frozenset((upstream, downstream) for upstream, downstream in inputs["links"]),
    )


def compute(inputs: Mapping[str, Any], statistics: Mapping[str, Any]) -> Computed:
    """The list that these inputs give; deterministic, on any machine under the same versions."""
    matcher = matcher_of(inputs, statistics)
    as_of = date.fromisoformat(inputs["as_of"])
    entries: list[dict[str, Any]] = []
    unmatched: dict[int, dict[str, int]] = {}
    for stored in inputs["needs"]:
        need = need_of(stored)
        matches = matcher.match(need, top=ENTRIES_PER_NEED, as_of=as_of)
        if not matches:
            unmatched[int(need.id)] = matcher.unmatched_causes(need, as_of)
        for rank, match in enumerate(matches, 1):
            entries.append(
                {
                    "need_id": int(need.id),
                    "capability_id": int(match.capability_id),
                    "buyer_id": int(need.firm_id),
                    "supplier_id": int(match.firm_id),
                    "rank": rank,
                    "already_partners": match.current_supplier,
                    **columns_of(match),
                }
            )
    return Computed(entries, unmatched, matcher.method)


def compare(inputs: Mapping[str, Any], statistics: Mapping[str, Any], stored_hash: str) -> Comparison:
    """Compute again and hold it against the stored fingerprint."""
    try:
        again = compute(inputs, statistics)
    except StatisticsMismatch as mismatch:
        return Comparison(False, changed_version=mismatch.part, then=mismatch.frozen, now=mismatch.present)
    return Comparison(again.hash == stored_hash)
