"""What the index holds of a capability for the matcher: the fields that it reads, and how a cluster weighs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from marketplace.capabilities.models import Capability
from marketplace.core.analysis import analyser
from marketplace.proposals.profiles import spec_rows
from matching import CapabilityProfile
from matching.shapes import READ, SHAPES, field_of
from search.engines.candidates import Reading, Shape


def reading() -> Reading:
    """The matcher's own fields, saturations and length norms."""
    shapes = {
        field_of(kind, name): Shape(shape.saturation, shape.length_norm)
        for kind, fields in SHAPES.items()
        for name, shape in fields.items()
    }
    return Reading(shapes, _tokens, READ)


def offered(row: Capability) -> dict[str, str]:
    """The texts of a capability as the matcher takes them: lists of search terms that nothing backs are left out."""
    # Late: loads the word cutter, which no page needs that does not search.
    from matching.reading import field_texts

    profile = CapabilityProfile(
        id=str(row.id),
        title=row.product,
        summary=row.sentence,
        description=row.description,
        specs=spec_rows(row.specs),
        standards=tuple(sorted(standard.standard for standard in row.standards)),
    )
    return {name: text for name, text in field_texts(profile).fields.items() if text}


def _tokens(texts: Mapping[str, str]) -> Iterator[tuple[str, Sequence[str]]]:
    # Late: as above.
    from matching.reading import Reader, offered_tokens

    for kind, name, tokens in offered_tokens(texts, Reader(analyser())):
        yield field_of(kind, name), tokens
