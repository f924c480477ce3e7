"""What the matcher makes of a conference: computed from stored inputs, so that it can be computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from marketplace.conferences.rules import ENTRIES_PER_NEED, POOLED_PER_NEED, machine_hash
from marketplace.conferences.weight_rules import reach
from marketplace.core.analysis import analyser
from marketplace.proposals.evidence import columns_of
from marketplace.proposals.matcher import units
from marketplace.proposals.runs import lock_hash
from marketplace.proposals.snapshots import FORMAT, capability_of, need_of, plain
from matching import CapabilityProfile, NeedProfile, StatisticsMismatch

if TYPE_CHECKING:
    from matching import Match, Matcher


@dataclass(frozen=True)
class Computed:
    """A list as the machine gives it: entries as columns, needs without a match with counts by cause; pools, as columns
    too, where they were asked for."""

    entries: list[dict[str, Any]]
    unmatched: dict[int, dict[str, int]]
    method: str
    pools: list[dict[str, Any]] = field(default_factory=list)

    @property
    def hash(self) -> str:
        return machine_hash(self.entries, self.unmatched)


@dataclass(frozen=True)
class Comparison:
    """What computing a list again gave: equal; or which version has changed since; or what was tampered with.

    ``changed_version``: method, analyser, units, links, libraries or profiles. ``altered``: inputs, statistics, entries
    or decisions, where what is stored no longer has its own fingerprint.
    """

    equal: bool
    changed_version: str | None = None
    then: str = ""
    now: str = ""
    altered: str | None = None


def matcher_of(inputs: Mapping[str, Any], statistics: Mapping[str, Any]) -> Matcher:
    """The matcher as it was; raises StatisticsMismatch under other versions."""
    if inputs["format"] != FORMAT:
        raise StatisticsMismatch("profiles", str(inputs["format"]), str(FORMAT))
    # Late: loads numpy.
    from matching import Matcher

    return Matcher.from_statistics(
        statistics,
        [capability_of(stored) for stored in inputs["capabilities"]],
        analyser(),
        units=units(),
        links=frozenset((upstream, downstream) for upstream, downstream in inputs["links"]),
    )


def compute(
    inputs: Mapping[str, Any],
    statistics: Mapping[str, Any],
    told: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    with_pools: bool = False,
) -> Computed:
    """The list that these inputs give; deterministic, on any machine under the same versions.

    ``told`` hears after each need how many of how many are done. ``with_pools``: also what it can be weighed anew from.
    """
    matcher = matcher_of(inputs, statistics)
    as_of = date.fromisoformat(inputs["as_of"])
    entries: list[dict[str, Any]] = []
    unmatched: dict[int, dict[str, int]] = {}
    pools: list[dict[str, Any]] = []
    for number, stored in enumerate(inputs["needs"], 1):
        need = need_of(stored)
        matches = matcher.match(need, top=ENTRIES_PER_NEED, as_of=as_of)
        if not matches:
            unmatched[int(need.id)] = matcher.unmatched_causes(need, as_of)
        entries.extend(_columns(match, need, rank) for rank, match in enumerate(matches, 1))
        if with_pools:
            pools.append(_pool(matcher, need, matches, as_of))
        told(number, len(inputs["needs"]))
    return Computed(entries, unmatched, matcher.method, pools)


def _pool(matcher: Matcher, need: NeedProfile, matches: Sequence[Match], as_of: date) -> dict[str, Any]:
    listed = [match.capability_id for match in matches]
    pool = matcher.pool(need, size=POOLED_PER_NEED, as_of=as_of, reach=reach(), listed=listed)
    return {
        "need_id": int(need.id),
        "candidates": [candidate.plain() for candidate in pool.candidates],
        "beyond": pool.beyond,
        "open_procedure": need.open_procedure,
    }


def _columns(match: Match, need: NeedProfile, rank: int) -> dict[str, Any]:
    return {
        "need_id": int(need.id),
        "capability_id": int(match.capability_id),
        "buyer_id": int(need.firm_id),
        "supplier_id": int(match.firm_id),
        "rank": rank,
        "already_partners": match.current_supplier,
        **columns_of(match),
    }


def explained(
    inputs: Mapping[str, Any],
    statistics: Mapping[str, Any],
    capabilities: Sequence[CapabilityProfile],
    pairs: Iterable[tuple[int, int]],
) -> dict[tuple[int, int], dict[str, Any]]:
    """The evidence of pairs (need id, capability id) that the machine did not list, as columns without a rank.

    What rules a pair out stands first among its gaps. Pairs of an unknown need or capability are left out.
    """
    matcher = matcher_of({**inputs, "capabilities": [plain(profile) for profile in capabilities]}, statistics)
    as_of = date.fromisoformat(inputs["as_of"])
    needs = {int(stored["id"]): stored for stored in inputs["needs"]}
    found = {}
    for need_id, capability_id in pairs:
        if need_id not in needs:
            continue
        need = need_of(needs[need_id])
        match = matcher.explain(need, str(capability_id), as_of)
        if match is None:
            continue
        columns = _columns(match, need, 0)
        if match.excluded is not None:
            columns["gaps"] = [[match.excluded.code, dict(match.excluded.params)], *columns["gaps"]]
        found[need_id, capability_id] = columns
    return found


def compare(
    inputs: Mapping[str, Any], statistics: Mapping[str, Any], stored_hash: str, stored_lock: str
) -> Comparison:
    """Compute again and hold it against the stored fingerprint; ``stored_lock`` names the libraries of the first time."""
    try:
        again = compute(inputs, statistics)
    except StatisticsMismatch as mismatch:
        if mismatch.part == "hash":
            return Comparison(False, altered="statistics")
        return Comparison(False, changed_version=mismatch.part, then=mismatch.frozen, now=mismatch.present)
    if again.hash == stored_hash:
        return Comparison(True)
    if stored_lock != lock_hash():
        return Comparison(False, changed_version="libraries", then=stored_lock[:12], now=lock_hash()[:12])
    return Comparison(False)
