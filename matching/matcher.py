"""The engine: capabilities are fitted once, each need gets its exact best list with reasons.

Exact without scoring every pair in full: a score never exceeds its text part, so capabilities are taken by falling text
until no later one can enter the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from heapq import heappush, heappushpop
from itertools import chain as chained
from itertools import islice
from typing import Any

import numpy as np

from matching import capacity, certificates, chain, criteria, requirements, terms
from matching import findings as codes
from matching.asking import Asked, asked
from matching.evidence import Evidence
from matching.freshness import freshness
from matching.gates import is_current_supplier, relation_gate
from matching.judged import Judged, Match, Near, comes_near, told
from matching.labels import METHOD, METHOD_NAME, WEAK, is_near
from matching.latent import LatentSpace
from matching.mix import DEFAULT_MIX, TextMix
from matching.nearly import MOST_LOOKED_AT, NearMiss, nearest
from matching.payment import check_payment
from matching.prepared import PreparedCapability, PreparedNeed, Readings
from matching.profiles import CapabilityProfile, NeedProfile
from matching.reading import Reader, field_texts
from matching.reweighing import DIGITS, Candidate, Facts, Pool, drawn_lot, weighed
from matching.score import DEFAULT_WEIGHTS, Weights, text_score
from matching.shelf import Part, Shelf
from matching.statistics import Statistics, StatisticsMismatch, fingerprint, links_hash
from matching.text import ListingText, NeedText, TextIndex, TextScores, need_text
from matching.units import UnitTable, default_units
from search.analysis import Analyser

_NOISE = 1e-6  # text is summed in 32 bits
MOST_PREPARED = 200_000
"""Capabilities whose readings are kept, some 3 kB each; a province's, not a country's register."""


class Matcher:
    """Build with `fit` or, to repeat a frozen list, with `from_statistics`."""

    def __init__(
        self, analyser: Analyser, units: UnitTable, weights: Weights, links: Set[tuple[str, str]], shelf: Shelf,
        readings: Readings,
    ) -> None:  # fmt: skip
        self.weights = weights
        self.analyser = analyser
        self.units = units
        self.links = frozenset(links)
        self._reader = Reader(analyser)
        self._shelf = shelf
        self._readings = readings

    @classmethod
    def fit(
        cls, capabilities: Sequence[CapabilityProfile], analyser: Analyser, *, units: UnitTable | None = None,
        weights: Weights = DEFAULT_WEIGHTS, links: Set[tuple[str, str]] = frozenset(), mix: TextMix = DEFAULT_MIX,
    ) -> Matcher:  # fmt: skip
        """Learn term frequencies and field lengths from these capabilities. `links`: (upstream, downstream) pairs."""
        index = TextIndex(map(field_texts, capabilities), Reader(analyser), None, mix)
        shelf = Shelf([Part(capabilities, index)])
        return cls(analyser, units or default_units(), weights, links, shelf, Readings())

    @classmethod
    def from_statistics(
        cls, statistics: Mapping[str, Any], capabilities: Sequence[CapabilityProfile], analyser: Analyser, *,
        units: UnitTable | None = None, links: Set[tuple[str, str]] = frozenset(),
    ) -> Matcher:  # fmt: skip
        """A matcher that scores as the exporting one did; raises StatisticsMismatch where method, dictionary, unit
        table or the numbers themselves are not the frozen ones. `links` must be those of the first run."""
        units = units or default_units()
        present = {
            "method": METHOD,
            "analyser": analyser.version,
            "units": units.version,
            "links": links_hash(links),
        }
        for part, version in present.items():
            if statistics.get(part) != version:
                raise StatisticsMismatch(part, str(statistics.get(part)), version)
        if fingerprint(statistics) != statistics.get("hash"):
            raise StatisticsMismatch("hash", str(statistics.get("hash")), fingerprint(statistics))
        fitted, mix = Statistics.of(statistics), TextMix.of(statistics["mix"])
        index = TextIndex(map(field_texts, capabilities), Reader(analyser), fitted, mix)
        shelf = Shelf([Part(capabilities, index)])
        return cls(analyser, units, Weights(**statistics["weights"]), links, shelf, Readings())

    def changed(self, added: Sequence[CapabilityProfile], removed: Iterable[str] = ()) -> Matcher:
        """A matcher that also knows these listings (those of a known id take its place) and no longer the removed ones.

        Statistics stay: it scores as one built from scratch under them would, at the cost of the new listings alone.
        """
        shelf = self._shelf.changed(added, removed, self._indexed)
        self._readings.follow(self._shelf, shelf)
        return Matcher(self.analyser, self.units, self.weights, self.links, shelf, self._readings)

    def narrowed(self, capabilities: Sequence[CapabilityProfile]) -> Matcher:
        """A matcher that knows these listings alone and scores each as this one does."""
        shelf = Shelf([Part(capabilities, self._indexed(capabilities))])
        return Matcher(self.analyser, self.units, self.weights, self.links, shelf, Readings())

    def reweighed(self, weights: Weights) -> Matcher:
        """The same listings under the same statistics, scored with other weights."""
        return Matcher(self.analyser, self.units, weights, self.links, self._shelf, self._readings)

    def asks(self, need: NeedProfile) -> tuple[Asked, ...]:
        """What an index elsewhere is asked, to name this need's candidates: then `narrowed` to those, `match` judges."""
        return asked(self.read(need), self._shelf.statistics, self._shelf.mix, self.weights)

    def read(self, need: NeedProfile) -> NeedText:
        """A need's texts as weighed under these statistics."""
        return need_text(need, self._reader, self._shelf.statistics)

    @property
    def mix(self) -> TextMix:
        return self._shelf.mix

    @property
    def space(self) -> LatentSpace:
        return self._shelf.statistics.latent

    def listings(self) -> Iterator[ListingText]:
        """What it knows as questions to needs (`reverse.py`); for one that was narrowed to what has just come."""
        return chained.from_iterable(part.index.listings() for part in self._shelf.parts)

    def parts(self) -> tuple[Weights, tuple[Part, ...]]:
        """What `of_parts` makes the same matcher of."""
        return self.weights, self._shelf.parts

    @classmethod
    def of_parts(
        cls, parts: tuple[Weights, tuple[Part, ...]], analyser: Analyser, units: UnitTable, links: Set[tuple[str, str]]
    ) -> Matcher:  # fmt: skip
        return cls(analyser, units, parts[0], links, Shelf(parts[1]), Readings())

    @property
    def capabilities(self) -> Iterator[CapabilityProfile]:
        """All that it knows, in no order."""
        return chained.from_iterable(part.kept() for part in self._shelf.parts)

    def _indexed(self, capabilities: Sequence[CapabilityProfile]) -> TextIndex:
        shelf = self._shelf
        return TextIndex(map(field_texts, capabilities), self._reader, shelf.statistics, shelf.mix)

    @property
    def worn(self) -> float:
        """Share of the listings that came, changed or went since the statistics were fitted."""
        return self._shelf.worn

    def __len__(self) -> int:
        return len(self._shelf)

    def statistics(self) -> dict[str, Any]:
        """Everything fitted or chosen, JSON-able, with its `hash`: store it beside a frozen list."""
        plain: dict[str, Any] = {
            "method": METHOD, "analyser": self.analyser.version, "units": self.units.version,
            "links": links_hash(self.links), "weights": self.weights.plain(),
            "mix": self._shelf.mix.plain(), **self._shelf.statistics.plain(),
        }  # fmt: skip
        return {**plain, "hash": fingerprint(plain)}

    @property
    def fingerprint(self) -> str:
        """The `hash` of `statistics()`."""
        beside = self.weights, self._shelf.mix, self.links, self.analyser.version, self.units.version
        known = self._shelf.statistics.fingerprints
        if beside not in known:
            known[beside] = self.statistics()["hash"]
        return known[beside]

    @property
    def method(self) -> str:
        """Method and versions in one short string, stored with every proposal."""
        return f"{METHOD_NAME}/{self.analyser.version[:6]}/{self.units.version[:6]}"

    def match(
        self, need: NeedProfile, *, top: int = 20, as_of: date, include_weak: bool = False, include_current: bool = True,
    ) -> list[Match]:  # fmt: skip
        """The best capabilities, best first. `top=0`: every pair that shares any evidence, weak ones included.

        Excluded pairs are never here (see `excluded`); weak ones only on request: nothing pads a list. Current
        suppliers are marked; `include_current=False` leaves them out before the list is cut.
        """
        weak_too = include_weak or top == 0
        prepared = PreparedNeed(need, self.units, self.analyser)
        found: list[Judged] = []
        leading: list[float] = []  # the `top` highest scores so far, as a heap: the lowest first
        for row, scores in self._candidates(need, near=not weak_too):
            if top and len(leading) == top and scores.text < leading[0] - _NOISE:
                break
            capability = self._shelf[row]
            if not weak_too and not is_near(scores.text):
                continue
            if not include_current and is_current_supplier(need, capability):
                continue
            judged = self._judge(prepared, row, scores, as_of)
            if judged.excluded is None and (weak_too or judged.label != WEAK):
                found.append(judged)
                if len(leading) < top:
                    heappush(leading, judged.score)
                elif top:
                    heappushpop(leading, judged.score)
        found.sort(key=lambda item: (-item.score, self._lot(need.id, item.row)))
        return [self._explained(prepared, judged) for judged in (found[:top] if top else found)]

    def pool(
        self, need: NeedProfile, *, size: int, as_of: date, reach: Sequence[Weights], listed: Iterable[str] = (),
    ) -> Pool:  # fmt: skip
        """What a page needs to weigh a need's list anew: the `size` nearest capabilities that no fact excludes, by the
        highest text that any of the weights in `reach` gives them, and those `listed` besides."""
        prepared = PreparedNeed(need, self.units, self.analyser)
        scores = self._shelf.scores(self.read(need))
        ceiling = np.max([self._texts(scores, weights) for weights in reach], axis=0)
        rows = np.flatnonzero(is_near(ceiling + np.float32(_NOISE)))
        kept: dict[int, Judged] = {}
        beyond = 0.0
        for row in rows[np.argsort(-ceiling[rows], kind="stable")].tolist():
            if len(kept) == size:
                beyond = float(ceiling[row]) + _NOISE
                break
            judged = self._judge(prepared, row, self._at(scores, row), as_of)
            if judged.excluded is None:
                kept[row] = judged
        for row, _part, _place in filter(None, map(self._shelf.find, listed)):
            kept[row] = kept.get(row) or self._judge(prepared, row, self._at(scores, row), as_of)
        found = (Candidate(self._shelf[row].id, one.signals, one.facts) for row, one in kept.items())
        return Pool(need.id, tuple(found), beyond)

    def excluded(self, need: NeedProfile, as_of: date) -> list[Match]:
        """Pairs near enough to be listed that a stated fact rules out, nearest first, each with its cause."""
        prepared = PreparedNeed(need, self.units, self.analyser)
        found = []
        for row, scores in self._candidates(need, near=True):
            if is_near(scores.text):
                judged = self._judge(prepared, row, scores, as_of)
                if judged.excluded is not None and comes_near(scores, judged):
                    found.append(judged)
        found.sort(key=lambda item: (-item.score, self._lot(need.id, item.row)))
        return [self._explained(prepared, judged) for judged in found]

    def nearly(
        self, need: NeedProfile, *, most: int = 20, as_of: date, firms: Set[str] | None = None
    ) -> list[tuple[Match, NearMiss]]:
        """差一点: pairs that one or two mended things would bring onto the list, or lift on it; nearest first, the more
        so the nearer once mended. Of the nearest `MOST_LOOKED_AT` pairs by text, at most `most`; `firms`: only these."""
        prepared = PreparedNeed(need, self.units, self.analyser)
        candidates = (
            (row, scores)
            for row, scores in self._candidates(need, near=True)
            if is_near(scores.text) and (firms is None or self._shelf[row].firm_id in firms)
        )
        judged = (self._judge(prepared, *near, as_of) for near in islice(candidates, MOST_LOOKED_AT))
        found = nearest(judged, most, self.weights, lambda row: self._lot(need.id, row))
        return [(self._explained(prepared, pair), near) for pair, near in found]

    def unmatched_causes(self, need: NeedProfile, as_of: date) -> dict[str, int]:
        """Why a need stays without a list: capabilities by cause. `no_capability`: how many share nothing with it,
        given only where none comes near; `text_too_weak`: share words but not the thing."""
        prepared = PreparedNeed(need, self.units, self.analyser)
        causes: Counter[str] = Counter()
        near = seen = 0
        for row, scores in self._candidates(need, near=False):
            seen += 1
            judged = None
            if is_near(scores.text):
                judged = self._judge(prepared, row, scores, as_of)
            if judged is None or not comes_near(scores, judged):
                causes[codes.TEXT_TOO_WEAK] += 1
                continue
            near += 1
            if judged.excluded is not None:
                causes[judged.excluded.code] += 1
        if not near:
            causes[codes.NO_CAPABILITY] = len(self._shelf) - seen
        return {code: causes[code] for code in codes.CAUSES if causes[code]}

    def explain(self, need: NeedProfile, capability_id: str, as_of: date) -> Match | None:
        """One pair in full, whatever its rank, label or exclusion; None for an unknown capability."""
        prepared = PreparedNeed(need, self.units, self.analyser)
        found = self._shelf.find(capability_id)
        if found is None:
            return None
        row, part, place = found
        scores = part.index.scores(self.read(need))
        return self._explained(prepared, self._judge(prepared, row, self._at(scores, place), as_of))

    def _candidates(self, need: NeedProfile, *, near: bool) -> Iterator[tuple[int, Near]]:
        """Rows by falling text, with their text signals; made as they are asked for, as most never are. `near`: without
        most of those that no other signal could lift above weak."""
        scores = self._shelf.scores(self.read(need))
        text = self._texts(scores, self.weights)
        wanted = text > 1e-9
        if near:
            wanted &= is_near(text + np.float32(_NOISE))
        rows = np.flatnonzero(wanted)
        ordered = rows[np.argsort(-text[rows], kind="stable")]
        return ((row, self._at(scores, row)) for row in map(int, ordered))

    def _texts(self, scores: TextScores, weights: Weights) -> Any:
        if scores.body is None or weights.title + weights.body <= 0:
            return scores.title
        return (weights.title * scores.title + weights.body * scores.body) / (weights.title + weights.body)

    def _at(self, scores: TextScores, row: int) -> Near:
        title = float(scores.title[row])
        body = float(scores.body[row]) if scores.body is not None else None
        return Near(text_score(title, body, self.weights), title, body, float(scores.evidence[row]))

    def read_ahead(self, most: int) -> int:
        """Reads up to `most` capabilities that no need has come near yet, so that the first that does waits for none of
        them; returns how many. Answers stay the same."""
        readings = self._readings
        wanted, read = min(most, MOST_PREPARED - len(readings.kept)), 0
        for row in self._shelf.rows(readings.place_on(self._shelf)):
            if read >= wanted:
                break
            if self._shelf[row].id not in readings.kept:
                self._offer(row).read()
                read += 1
            readings.read_to = row + 1
        return read

    def _offer(self, row: int) -> PreparedCapability:
        """The capability as read for judging; what nobody has read ahead is read when it comes near a need."""
        capability = self._shelf[row]
        kept = self._readings.kept
        offer = kept.get(capability.id)
        if offer is None or offer.capability is not capability:
            if len(kept) >= MOST_PREPARED:
                self._readings.let_go()
            offer = PreparedCapability(capability, self.units, self.analyser)
            kept[capability.id] = offer
        return offer

    def _judge(self, prepared: PreparedNeed, row: int, near: Near, as_of: date) -> Judged:
        need, offer = prepared.need, self._offer(row)
        capability = offer.capability
        refused = prepared.refused_between(offer)
        specs = requirements.check(prepared.demands, prepared.offered_by(offer), refused)
        papers = Evidence()
        if need.certificates_required:
            papers = certificates.check(need, capability, as_of, offer.folded_prose)
        quantity = capacity.check_quantity(need, capability, as_of, self.units)
        of_type = terms.check(need, capability, self.units)
        parts = {
            "specs": specs, "terms": of_type, "certificates": papers, "capacity": quantity,
            "lead_time": capacity.check_lead_time(need, capability, as_of), "payment": check_payment(need, capability),
            "industry": chain.check_industry(need, capability),
            "chain": chain.check_chain(need, capability, self.links),
            **criteria.switchable(need, capability, as_of),
        }  # fmt: skip
        signals = {"title": round(near.title, DIGITS)}
        if near.body is not None:
            signals["body"] = round(near.body, DIGITS)
        signals.update(
            (name, round(part.value, DIGITS)) for name, part in parts.items() if part.value is not None
        )
        signals["freshness"] = freshness(capability, as_of)
        open_musts = sum(1 for finding in specs.unproven if finding.code.startswith("spec_"))
        facts = Facts(
            near.title, near.body, near.evidence, len(specs.reasons), len(need.specs), open_musts, len(specs.gaps),
            len(papers.unproven) - certificates.settled(papers), quantity.value if quantity.gaps else None,
        )  # fmt: skip
        score, standing = weighed(signals, facts, self.weights)
        excluded = (
            relation_gate(need, capability)
            or of_type.excluded or papers.excluded or specs.excluded or quantity.excluded
        )  # fmt: skip
        return Judged(row, score, standing, signals, facts, parts, excluded)

    def _explained(self, need: PreparedNeed, judged: Judged) -> Match:
        return told(need, self._offer(judged.row), judged, self.method)

    def _lot(self, need_id: str, row: int) -> str:
        return drawn_lot(need_id, self._shelf[row].id)
