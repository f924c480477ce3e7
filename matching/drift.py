"""What frozen statistics cost: how far the lists of a matcher fitted anew differ from those of the one that it follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matching.matcher import Matcher
from matching.profiles import NeedProfile

REFIT_SHARE = 0.08  # of the listings changed since: lists then differ in about one place of a hundred


def overlap(one: Matcher, other: Matcher, needs: Iterable[NeedProfile], as_of: date, top: int = 20) -> float:
    """Mean share of the places that both lists give to the same listings; 1 where neither lists anything."""
    shares = []
    for need in needs:
        ours, theirs = (
            {match.capability_id for match in each.match(need, top=top, as_of=as_of, include_weak=True)}
            for each in (one, other)
        )
        if ours or theirs:
            shares.append(len(ours & theirs) / max(len(ours), len(theirs)))
    return sum(shares) / len(shares) if shares else 1.0
