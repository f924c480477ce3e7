"""What is read once per need and once per capability, so that a pair costs only its comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from matching.explain import Wording, tokens_only, wording
from matching.findings import Finding
from matching.profiles import CapabilityProfile, NeedProfile, SpecRow
from matching.reading import asked_title, body_text, field_texts
from matching.refusals import affirmed_by_offer
from matching.refused import Denial, denials_of, denied, unwanted, unwanted_things
from matching.requirements import Demands, Offer
from matching.spec_reading import read_specs
from matching.specs import resolve
from matching.standards import Standard, read_standards
from matching.units import UnitTable, fold, parameter_key, squeezed
from search.analysis import Analyser


@dataclass
class PreparedNeed:
    need: NeedProfile
    units: UnitTable
    analyser: Analyser

    @cached_property
    def demands(self) -> Demands:
        """Stated rows, rows in the prose for parameters not stated, and standards quoted anywhere."""
        stated = self.need.specs
        prose_text = "\n".join((self.need.title, self.need.use, self.need.description))
        named = {resolve(row, self.units).key for row in stated}
        prose = tuple(
            replace(row, must=False)
            for row in read_specs(prose_text, self.units, known_only=True)
            if resolve(row, self.units).key not in named
        )
        quoted = " ".join((prose_text, *(f"{row.standard} {row.value}" for row in stated)))
        return Demands(stated, prose, read_standards(quoted))

    @cached_property
    def _sought(self) -> tuple[str, ...] | None:
        """Keys of every name that a demanded parameter may go by in prose; None where a bare unit or grade may do."""
        names: list[str] = []
        for row in (*self.demands.stated, *self.demands.prose):
            parameter = self.units.parameter(row.parameter)
            if parameter is not None and parameter.bare:
                return None
            if parameter is not None:
                names.extend(parameter_key(name) for name in (parameter.name, *parameter.synonyms))
        return tuple(dict.fromkeys(names))

    def offered_by(self, capability: PreparedCapability) -> Offer:
        """What of the capability these demands can be held against. Prose that names none of them is not read:
        it could give no row that anything is compared with."""
        sought = self._sought
        worth = sought is None or any(name in capability.prose_key for name in sought)
        return Offer(
            capability.capability.specs,
            capability.prose_specs if worth else (),
            capability.standards if self.demands.standards else (),
        )

    @cached_property
    def _asked_words(self) -> frozenset[str]:
        return frozenset(self.analyser.words(asked_title(self.need)))

    @cached_property
    def _refuses(self) -> dict[str, frozenset[str]]:
        """Things short enough to be names that the need does not take; a condition on what it asks for is none."""
        prose = "\n".join((self.need.title, self.need.use, self.need.description))
        return unwanted_things(prose, self._asked_words, self.analyser)

    def refused_between(self, capability: PreparedCapability) -> tuple[Finding, ...]:
        """What the prose of one side refuses the other."""
        if not (capability.denials or self._refuses):
            return ()
        return (
            *denied(self._asked_words, capability.denials),
            *(unwanted(self._refuses, capability.head.surfaces.keys()) if self._refuses else ()),
        )

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

    @cached_property
    def fields(self) -> dict[str, str]:
        return field_texts(self.capability).fields

    @cached_property
    def _running(self) -> str:
        return "\n".join(part for part in (self.capability.summary, self.capability.description) if part)

    @cached_property
    def prose(self) -> str:
        """What it says of itself, without what it refuses."""
        return "\n".join(part for part in (self.capability.title, affirmed_by_offer(self._running)) if part)

    @cached_property
    def denials(self) -> tuple[Denial, ...]:
        return denials_of(self._running, "\n".join(self.fields.values()), self.analyser)

    @cached_property
    def folded_prose(self) -> str:
        return fold(self.prose)

    @cached_property
    def prose_key(self) -> str:
        return squeezed(self.prose)

    @cached_property
    def prose_specs(self) -> tuple[SpecRow, ...]:
        return read_specs(self.prose, self.units, known_only=True)

    @cached_property
    def standards(self) -> tuple[Standard, ...]:
        rows = " ".join(row.standard for row in self.capability.specs)
        return read_standards("\n".join((*self.capability.standards, rows, self.prose)))

    @cached_property
    def head(self) -> Wording:
        return wording("\n".join((self.fields["title"], self.fields["summary"])), self.analyser)

    @cached_property
    def body(self) -> Wording:
        return tokens_only("\n".join((self.fields["description"], self.fields["specs"])), self.analyser)
