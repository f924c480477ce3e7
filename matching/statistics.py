"""What a corpus teaches the matcher: how many listings hold a term, how long a field is. Nothing else is fitted.

Frozen statistics make a match list repeatable: the same numbers, whatever was listed since.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from matching.latent import LatentSpace

KINDS = ("words", "bigrams", "characters", "titles")
FIELDS = ("title", "summary", "description", "specs")


class StatisticsMismatch(ValueError):
    """Frozen statistics meet another method, dictionary or unit table; `part` names which."""

    def __init__(self, part: str, frozen: str, present: str) -> None:
        super().__init__(f"{part}: frozen {frozen!r}, present {present!r}")
        self.part, self.frozen, self.present = part, frozen, present


@dataclass
class Statistics:
    """`frequency[kind][term]` = listings (for titles: titles) that hold it; `lengths[kind][field]` = mean tokens;
    `lesson` = the characters of the titles that taught the latent space."""

    listings: int
    titles: int
    frequency: dict[str, dict[str, int]]
    lengths: dict[str, dict[str, float]]
    lesson: tuple[str, ...]
    _idf: dict[str, dict[str, float]] = field(
        default_factory=lambda: {kind: {} for kind in KINDS}, repr=False
    )
    fingerprints: dict[object, str] = field(default_factory=dict, repr=False)
    """By whatever else a matcher's fingerprint covers: computed once for all matchers that share these statistics."""

    def idf(self, kind: str, term: str) -> float:
        """Robertson's idf, never negative; an unseen term counts like one seen once: rarity beyond is noise."""
        known = self._idf[kind].get(term)
        if known is None:
            total = self.titles if kind == "titles" else self.listings
            seen = max(1, self.frequency[kind].get(term, 0))
            known = math.log(1.0 + (max(total, 1) - min(seen, total) + 0.5) / (seen + 0.5)) + 0.25
            self._idf[kind][term] = known
        return known

    @cached_property
    def latent(self) -> LatentSpace:
        """Learnt again from the lesson on first use."""
        # Late: loads numpy, which pages that only name these statistics never need.
        from matching.latent import LatentSpace

        return LatentSpace(self.lesson)

    def plain(self) -> dict[str, Any]:
        return {
            "listings": self.listings, "titles": self.titles, "lengths": self.lengths,
            "lesson": list(self.lesson),
            "frequency": {kind: dict(sorted(self.frequency[kind].items())) for kind in KINDS},
        }  # fmt: skip

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Statistics:
        frequency = {
            kind: {str(term): int(count) for term, count in plain["frequency"][kind].items()}
            for kind in KINDS
        }
        lengths = cast("dict[str, dict[str, float]]", plain["lengths"])
        return cls(
            int(plain["listings"]),
            int(plain["titles"]),
            frequency,
            {kind: dict(lengths[kind]) for kind in lengths},
            tuple(plain["lesson"]),
        )


def fingerprint(plain: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON form, `hash` itself left out."""
    kept = {key: value for key, value in plain.items() if key != "hash"}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def links_hash(links: Set[tuple[str, str]]) -> str:
    return sha256(repr(sorted(links)).encode()).hexdigest()[:12]
