"""Listings in parts: one large index as fitted, small ones for what came since. Never changed, only replaced.

Under frozen statistics a listing's numbers depend on nothing but itself, so parts score it as one index would. Small
parts are merged as they meet their like, so there are few; the large one is left alone until the matcher is fitted anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.mix import TextMix
from matching.profiles import CapabilityProfile
from matching.statistics import Statistics
from matching.text import NeedText, TextIndex, TextScores

MERGED_BELOW = 4  # a part less than this many times as long as the next is merged with it

Indexing = Callable[[Sequence[CapabilityProfile]], TextIndex]


@dataclass(frozen=True)
class Part:
    """`gone`: rows that were removed or replaced since."""

    capabilities: Sequence[CapabilityProfile]
    index: TextIndex
    gone: frozenset[int] = frozenset()

    @cached_property
    def rows(self) -> dict[str, int]:
        return {capability.id: row for row, capability in enumerate(self.capabilities)}

    def without(self, ids: Collection[str]) -> Part:
        gone = {self.rows[key] for key in ids if key in self.rows} - self.gone
        if not gone:
            return self
        # The table of rows is carried over: the capabilities are the same.
        part = replace(self, gone=self.gone | gone)
        part.__dict__["rows"] = self.rows
        return part

    def kept(self) -> list[CapabilityProfile]:
        return [
            capability for row, capability in enumerate(self.capabilities) if row not in self.gone
        ]  # fmt: skip


class Shelf:
    """Rows are numbered through all parts, the removed ones included."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self._firsts: list[int] = np.cumsum([0, *(len(part.capabilities) for part in self.parts)]).tolist()

    @property
    def statistics(self) -> Statistics:
        return self.parts[0].index.statistics

    @property
    def mix(self) -> TextMix:
        return self.parts[0].index.mix

    def __len__(self) -> int:
        return sum(len(part.capabilities) - len(part.gone) for part in self.parts)

    def __getitem__(self, row: int) -> CapabilityProfile:
        place = bisect_right(self._firsts, row) - 1
        return self.parts[place].capabilities[row - self._firsts[place]]

    def rows(self, start: int = 0) -> Iterator[int]:
        """Those that have not been removed, from this one on."""
        for first, part in zip(self._firsts, self.parts, strict=False):
            ahead = range(max(start - first, 0), len(part.capabilities))
            yield from (first + row for row in ahead if row not in part.gone)

    @property
    def newest(self) -> int:
        """Where the last part begins. Rows before it have the numbers that they had before it came."""
        return self._firsts[-2] if self.parts else 0

    @property
    def worn(self) -> float:
        """Share of the fitted listings that came or went since: what the statistics do not know."""
        came = sum(len(part.capabilities) for part in self.parts[1:])
        return (came + len(self.parts[0].gone)) / max(len(self.parts[0].capabilities), 1)

    def scores(self, need: NeedText) -> TextScores:
        scored = [_scored(part, need) for part in self.parts]
        if len(scored) == 1:
            return scored[0]
        bodies = [scores.body for scores in scored if scores.body is not None]
        return TextScores(
            np.concatenate([scores.title for scores in scored]), np.concatenate(bodies) if bodies else None,
            np.concatenate([scores.evidence for scores in scored]),
        )  # fmt: skip

    def find(self, capability_id: str) -> tuple[int, Part, int] | None:
        """Its row, its part and its row in there."""
        for first, part in zip(self._firsts, self.parts, strict=False):
            row = part.rows.get(capability_id)
            if row is not None and row not in part.gone:
                return first + row, part, row
        return None

    def changed(
        self, added: Sequence[CapabilityProfile], removed: Iterable[str], indexing: Indexing
    ) -> Shelf:
        """Another shelf with these listings in place of those of the same id, and without the removed ones."""
        ids = {*removed, *(capability.id for capability in added)}
        parts = [part.without(ids) for part in self.parts]
        fresh = list(added)
        while len(parts) > 1 and len(parts[-1].capabilities) < MERGED_BELOW * max(len(fresh), 1):
            fresh = parts.pop().kept() + fresh
        return Shelf([*parts, Part(fresh, indexing(fresh))] if fresh else parts)


def _scored(part: Part, need: NeedText) -> TextScores:
    scores = part.index.scores(need)
    if part.gone:
        gone = np.fromiter(part.gone, np.int64, len(part.gone))
        for values in (scores.title, scores.body, scores.evidence):
            _clear(values, gone)
    return scores


def _clear(values: NDArray[np.float32] | None, rows: NDArray[np.int64]) -> None:
    if values is not None:
        values[rows] = 0.0
