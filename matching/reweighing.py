"""A need's stored candidates weighed anew: under any weights the score, label and order that the matcher would give.

Plain Python, so that a page can show at once what other weights would change. What a pair is judged on is kept in two
parts: signals, which weights add up, and facts, which no weight touches. The matcher itself decides by `weighed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from matching.labels import WEAK, Standing, is_near, label
from matching.score import Weights, combine, text_score

SALT = "lianqiao"
DIGITS = 6  # scores equal to six digits are ties, and ties are drawn by hash


@dataclass(frozen=True)
class Facts:
    """What of a pair no weight touches. `title` and `body` as computed, not rounded as they stand among the signals;
    the rest as in `labels.Standing`."""

    title: float
    body: float | None
    evidence: float
    proven: int
    musts: int
    open_musts: int
    contradicted: int
    open_certificates: int
    covered: float | None

    def text(self, weights: Weights) -> float:
        return text_score(self.title, self.body, weights)


def weighed(signals: Mapping[str, float], facts: Facts, weights: Weights) -> tuple[float, str]:
    """Score and label of a pair."""
    score = round(combine(signals, weights), DIGITS)
    standing = Standing(
        score, facts.text(weights), facts.title, facts.evidence, facts.proven, facts.musts, facts.open_musts,
        facts.contradicted, facts.open_certificates, facts.covered,
    )  # fmt: skip
    return score, label(standing)


def drawn_lot(need_id: str, capability_id: str) -> str:
    """A neutral draw among equals: never by name or by who registered first."""
    return sha256(f"{SALT}\x1f{need_id}\x1f{capability_id}".encode()).hexdigest()


@dataclass(frozen=True)
class Candidate:
    """A pair that no stated fact excludes, as judged, before any weight."""

    capability_id: str
    signals: Mapping[str, float]
    facts: Facts

    def plain(self) -> dict[str, Any]:
        return {
            "capability_id": self.capability_id, "signals": dict(self.signals), "facts": dict(vars(self.facts)),
        }  # fmt: skip

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Candidate:
        return cls(plain["capability_id"], plain["signals"], Facts(**plain["facts"]))


@dataclass(frozen=True)
class Place:
    """Where a candidate stands on a list; `rank` from 1."""

    capability_id: str
    rank: int
    score: float
    label: str


@dataclass(frozen=True)
class Pool:
    """A need's candidates. `beyond`: no capability left out of the pool can score more; 0 where none was left out that
    could be listed. It holds for the weights that the pool was gathered for and any between them."""

    need_id: str
    candidates: tuple[Candidate, ...]
    beyond: float

    def listed(self, weights: Weights, top: int) -> list[Place]:
        """The list that these weights give: strong and possible pairs, best first, as `Matcher.match` orders them."""
        found = []
        for candidate in self.candidates:
            if not is_near(candidate.facts.text(weights)):
                continue
            score, standing = weighed(candidate.signals, candidate.facts, weights)
            if standing != WEAK:
                found.append((-score, drawn_lot(self.need_id, candidate.capability_id), candidate, standing))
        found.sort(key=lambda item: item[:2])
        return [
            Place(candidate.capability_id, rank, -negative, standing)
            for rank, (negative, _lot, candidate, standing) in enumerate(found[:top], 1)
        ]

    def is_certain(self, listed: list[Place], top: int) -> bool:
        """Whether no capability outside the pool could belong on this list."""
        return not self.beyond or (len(listed) == top and listed[-1].score > self.beyond)
