"""Two sides to pairs with reasons: fit the capabilities once, then one need after the other, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from marketplace import paths
from marketplace.core.analysis import analyser
from marketplace.imports.profiles import Row, capability_profile, need_profile
from marketplace.imports.vocabulary import Vocabulary
from marketplace.taxonomy.lists import SeedLists
from matching import CapabilityProfile, NeedProfile, UnitTable, read_units

if TYPE_CHECKING:
    from matching import Match, Matcher


@dataclass(frozen=True)
class Paired:
    """One line of the list: the need, its rank among that need's matches, and the capability with the reasons."""

    need: NeedProfile
    rank: int
    match: Match
    capability: CapabilityProfile


@dataclass(frozen=True)
class Unmatched:
    """A need for which nothing suits, and how many capabilities fell out by which cause."""

    need: NeedProfile
    causes: dict[str, int]


@dataclass
class Pairing:
    """Prepared once; ``pairs`` streams the list and fills ``unmatched`` and ``pair_count`` on its way."""

    needs: list[NeedProfile]
    capabilities: dict[str, CapabilityProfile]
    matcher: Matcher
    as_of: date
    unmatched: list[Unmatched] = field(default_factory=list)
    pair_count: int = 0
    labels: dict[str, int] = field(default_factory=dict)

    def of_need(self, need: NeedProfile, top: int) -> list[Paired]:
        """The need's pairs, best first; ``top`` 0 gives every pair that shares any evidence."""
        matches, causes = self.found(need, top)
        if causes is not None:
            self.unmatched.append(Unmatched(need, causes))
        return self.paired(need, matches)

    def found(self, need: NeedProfile, top: int) -> tuple[list[Match], dict[str, int] | None]:
        """The matches, and the causes where none of them is better than weak. Changes nothing here."""
        matches = self.matcher.match(need, top=top, as_of=self.as_of)
        if any(match.label != "weak" for match in matches):
            return matches, None
        return matches, self.matcher.unmatched_causes(need, self.as_of)

    def paired(self, need: NeedProfile, matches: list[Match]) -> list[Paired]:
        """The matches with both sides beside them; counts them."""
        self.pair_count += len(matches)
        for match in matches:
            self.labels[match.label] = self.labels.get(match.label, 0) + 1
        return [
            Paired(need, rank, match, self.capabilities[match.capability_id])
            for rank, match in enumerate(matches, 1)
        ]

    def pairs(self, top: int) -> Iterator[Paired]:
        for need in self.needs:
            yield from self.of_need(need, top)


def prepare(needs: list[Row], capabilities: list[Row], lists: SeedLists, as_of: date) -> Pairing:
    """Profiles of all rows and a matcher fitted over the capabilities."""
    units = unit_table()
    vocabulary = Vocabulary(lists)
    offered = [capability_profile(row, vocabulary, units) for row in capabilities]
    wanted = [need_profile(row, vocabulary, units) for row in needs]
    edges = frozenset((edge.upstream, edge.downstream) for edge in lists.edges)
    # Late: loads numpy.
    from matching import Matcher

    matcher = Matcher.fit(offered, analyser(), units=units, links=edges)
    return Pairing(wanted, {profile.id: profile for profile in offered}, matcher, as_of)


def unit_table() -> UnitTable:
    return read_units(paths.SEEDS / "units")
