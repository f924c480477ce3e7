"""What is read once per need and once per capability, so that a pair costs only its comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from matching.explain import Wording, tokens_only, wording
from matching.profiles import CapabilityProfile, NeedProfile, SpecRow
from matching.reading import body_text, field_texts
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
    def title(self) -> Wording:
        return wording(self.need.title, self.analyser)

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
    def prose(self) -> str:
        capability = self.capability
        return "\n".join(
            part for part in (capability.title, capability.summary, capability.description) if part
        )

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
