"""What is read once per need and once per capability, so that a pair costs only its comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from matching.explain import Wording, tokens_only, wording
from matching.findings import Finding
from matching.profiles import CapabilityProfile, NeedProfile
from matching.reading import asked_title, body_text, field_texts
from matching.refusals import Refusal, offer_refusals, without
from matching.refused import Denial, denials_of, denied, named_words, unwanted, unwanted_things
from matching.requirements import Demands, Offer
from matching.spec_reading import read_specs, traces
from matching.specs import Offered, by_parameter, resolve
from matching.standards import Standard, read_standards
from matching.units import UnitTable, fold, squeezed
from search.analysis import Analyser

if TYPE_CHECKING:
    from matching.shelf import Shelf


@dataclass
class PreparedNeed:
    need: NeedProfile
    units: UnitTable
    analyser: Analyser

    @cached_property
    def _prose(self) -> str:
        return "\n".join((self.need.title, self.need.use, self.need.description))

    @cached_property
    def demands(self) -> Demands:
        """Stated rows, rows in the prose for parameters not stated, and standards quoted anywhere."""
        stated = self.need.specs
        named = {resolve(row, self.units).key for row in stated}
        prose = tuple(
            replace(row, must=False)
            for row in read_specs(self._prose, self.units, known_only=True)
            if resolve(row, self.units).key not in named
        )
        quoted = " ".join((self._prose, *(f"{row.standard} {row.value}" for row in stated)))
        return Demands.of(self.units, stated, prose, read_standards(quoted))

    @cached_property
    def _sought(self) -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]:
        """What tells of a demanded parameter in prose: keys of names, patterns of bare units and grades."""
        names: list[str] = []
        patterns: list[re.Pattern[str]] = []
        for wanted in (*self.demands.stated, *self.demands.prose):
            parameter = self.units.parameter(wanted.row.parameter)
            if parameter is not None:
                its_names, pattern = traces(parameter, self.units)
                names += its_names
                patterns += [pattern] if pattern else []
        return tuple(dict.fromkeys(names)), tuple(dict.fromkeys(patterns))

    def offered_by(self, capability: PreparedCapability) -> Offer:
        """What of the capability these demands can be held against. Prose that names none of them is not read:
        it could give no row that anything is compared with."""
        names, patterns = self._sought
        worth = any(name in capability.prose_key for name in names) or any(
            pattern.search(capability.folded_prose) for pattern in patterns
        )
        return Offer(
            capability.stated_specs,
            capability.prose_specs if worth else {},
            capability.standards if self.demands.standards else (),
        )

    @cached_property
    def _asked_words(self) -> frozenset[str]:
        return frozenset(self.analyser.words(asked_title(self.need)))

    @cached_property
    def _refuses(self) -> dict[str, frozenset[str]]:
        """Things short enough to be names that the need does not take; a condition on what it asks for is none."""
        return unwanted_things(self._prose, self._asked_words, self.analyser)

    def refused_between(self, capability: PreparedCapability) -> tuple[Finding, ...]:
        """What the prose of one side refuses the other."""
        told = unwanted(self._refuses, capability.named) if self._refuses else ()
        return *denied(self._asked_words, capability.denials), *told

    @cached_property
    def title(self) -> Wording:
        return wording(asked_title(self.need), self.analyser)

    @cached_property
    def body(self) -> Wording:
        return wording(body_text(self.need), self.analyser)


@dataclass
class PreparedCapability:
    capability: CapabilityProfile
    units: UnitTable
    analyser: Analyser

    def read(self) -> None:
        """What judging asks of every pair; needs that refuse something ask more, and so does explaining, of few."""
        _ = self.denials, self.prose_key, self.stated_specs, self.prose_specs, self.standards

    @cached_property
    def fields(self) -> dict[str, str]:
        return field_texts(self.capability).fields

    @cached_property
    def _running(self) -> str:
        return "\n".join(part for part in (self.capability.summary, self.capability.description) if part)

    @cached_property
    def _refusals(self) -> tuple[Refusal, ...]:
        return offer_refusals(self._running)

    @cached_property
    def prose(self) -> str:
        """What it says of itself, without what it refuses."""
        affirmed = without(self._running, self._refusals)
        return "\n".join(part for part in (self.capability.title, affirmed) if part)

    @cached_property
    def denials(self) -> tuple[Denial, ...]:
        if not self._refusals:
            return ()
        return denials_of(self._refusals, "\n".join(self.fields.values()), self.analyser)

    @cached_property
    def folded_prose(self) -> str:
        return fold(self.prose)

    @cached_property
    def prose_key(self) -> str:
        return squeezed(self.folded_prose)

    @cached_property
    def stated_specs(self) -> Offered:
        return by_parameter(self.capability.specs, self.units)

    @cached_property
    def prose_specs(self) -> Offered:
        return by_parameter(read_specs(self.prose, self.units, known_only=True), self.units)

    @cached_property
    def standards(self) -> tuple[Standard, ...]:
        rows = " ".join(row.standard for row in self.capability.specs)
        return read_standards("\n".join((*self.capability.standards, rows, self.prose)))

    @cached_property
    def named(self) -> frozenset[str]:
        """Words of title and summary, without those that it says itself to be free of."""
        return named_words(self._heading, self.analyser)

    @cached_property
    def _heading(self) -> str:
        return "\n".join((self.fields["title"], self.fields["summary"]))

    @cached_property
    def head(self) -> Wording:
        return wording(self._heading, self.analyser)

    @cached_property
    def body(self) -> Wording:
        return tokens_only("\n".join((self.fields["description"], self.fields["specs"])), self.analyser)


@dataclass
class Readings:
    """Capabilities as they were read, of a matcher and of those that were made of it; and where reading ahead goes on,
    which all of them have to know, as any of them may let all readings go."""

    kept: dict[str, PreparedCapability] = field(default_factory=dict)
    shelf: Shelf | None = None  # whose rows are counted
    read_to: int = 0

    def place_on(self, shelf: Shelf) -> int:
        """The row of a shelf at which to go on: the first where the rows of another were counted."""
        if self.shelf is not shelf:
            self.shelf, self.read_to = shelf, 0
        return self.read_to

    def follow(self, old: Shelf, new: Shelf) -> None:
        """Count on another shelf from where the old one was left."""
        self.shelf, self.read_to = new, min(self.place_on(old), new.newest)

    def let_go(self) -> None:
        self.kept.clear()
        self.read_to = 0
