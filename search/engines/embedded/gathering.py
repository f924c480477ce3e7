"""All hits of a question at once, where they are few enough: the words are sought in one pass, and filters and counts
come out of what was found. To seek anew under each filter costs the same words again and again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, repeat
from operator import and_
from typing import Final, NamedTuple

import tantivy

from search.engines.base import FACET_VALUES
from search.engines.embedded.paging import Scored
from search.engines.embedded.schema import facet_field, set_field
from search.engines.filters import ordered_counts

#: Above this many hits a pass for each chosen facet is the cheaper way.
MOST: Final = 2_000
#: Sets of values that are remembered.
_MOST_SETS: Final = 50_000

#: A document without a value in some facet has no number there either.
Column = list[int | None]
Known = dict[int | None, tuple[str, ...]]


class Gathered(NamedTuple):
    """What passes all filters, in the order in which it came, and the counts of every facet."""

    hits: list[Scored]
    counts: dict[str, dict[str, int]]


class Gathering:
    """Remembers which values stand behind the number of a set. They follow from the number (`schema.set_number`), so
    what was learnt once stays true whatever is written."""

    def __init__(self, facets: tuple[str, ...]) -> None:
        self._facets = facets
        self._known: Known = {None: ()}

    def gather(
        self, searcher: tantivy.Searcher, hits: list[Scored], filters: Mapping[str, Sequence[str]]
    ) -> Gathered:
        known = self._known = self._known if len(self._known) < _MOST_SETS else {None: ()}
        addresses = [address for _, address in hits]
        columns = {
            name: _column(searcher, name, addresses, known) for name, values in filters.items() if values
        }
        passed = {name: _passing(column, filters[name], known) for name, column in columns.items()}
        everything = _all_of(passed.values(), len(hits))
        left = list(compress(hits, everything))
        counts = {}
        counted: Iterable[int | None]
        for name in self._facets:
            if name in columns:
                others = _all_of((each for other, each in passed.items() if other != name), len(hits))
                counted = compress(columns[name], others)
            else:  # what has no filter of its own counts what is left, mostly little
                counted = _column(searcher, name, [address for _, address in left], known)
            counts[name] = _counted(counted, filters.get(name, ()), known)
        return Gathered(left, counts)


def _column(
    searcher: tantivy.Searcher, name: str, addresses: list[tantivy.DocAddress], known: Known
) -> Column:
    """The number of each document's set of values; all of them are known afterwards."""
    column: Column = searcher.fast_field_values(set_field(name), addresses)  # type: ignore[assignment]  # of integers
    for number in set(column).difference(known):
        stored = searcher.doc(addresses[column.index(number)])
        known[number] = tuple(map(str, stored.get_all(facet_field(name))))
    return column


def _passing(column: Column, values: Iterable[str], known: Known) -> list[bool]:
    """Of each document, whether it has one of these values."""
    wanted = frozenset(values)
    having = {number for number in set(column) if not wanted.isdisjoint(known[number])}
    return [number in having for number in column]


def _all_of(passed: Iterable[list[bool]], count: int) -> list[bool]:
    both: Iterable[bool] = repeat(True, count)
    for each in passed:
        both = map(and_, both, each)
    return list(both)


def _counted(column: Iterable[int | None], chosen: Iterable[str], known: Known) -> dict[str, int]:
    found: Counter[str] = Counter()
    for number, count in Counter(column).items():
        for value in known[number]:
            found[value] += count
    counts = ordered_counts(found, ())
    if len(counts) > FACET_VALUES:
        counts = dict(list(counts.items())[:FACET_VALUES])
    return ordered_counts(counts, chosen)
