"""What engines do alike with filters and the counts beside them."""

from collections.abc import Iterable, Mapping

from search.query import BadQuery, Query
from search.results import Page


def checked_filters(query: Query, facets: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """The filters of a query, kinds among them. `facets` begins with "kind", which has a place of its own in a
    query and is no filter. Raises BadQuery for a facet that the engine was not told of."""
    for name in query.filters:
        if name not in facets[1:]:
            raise BadQuery("unknown_filter", name=name)
    return {**query.filters, "kind": query.kinds}


def ordered_counts(found: Mapping[str, int], chosen: Iterable[str]) -> dict[str, int]:
    """The most frequent first, equals by name; what was chosen stands there even without a hit."""
    counts = {**dict.fromkeys(chosen, 0), **found}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def no_hits(facets: tuple[str, ...], *, complete: bool) -> Page:
    return Page((), 0, {name: {} for name in facets}, None, complete)
