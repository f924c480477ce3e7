"""What a search gives back."""

from collections.abc import Mapping
from dataclasses import dataclass

#: A piece of original text, and whether it is a hit to be marked. Never HTML.
Segment = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    id: int
    title: tuple[Segment, ...]
    subtitle: str
    snippet: tuple[Segment, ...]
    #: For telling hits of one search apart, not for comparing searches; 0 in sorted lists.
    score: float

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Page:
    """`facets` counts, per facet and value, the hits there would be with that value alone in that facet and
    all other filters as they are; "kind" is among them. `complete` is False while the index is being
    filled: a page must then say so instead of claiming that there is nothing."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    next_cursor: str | None
    complete: bool = True
