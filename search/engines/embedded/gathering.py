"""All hits of a question at once, where they are few enough: the words are sought in one pass, and filters and counts
come out of what was found. To seek anew under each filter costs the same words again and again."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import compress
from operator import and_
from typing import Final, NamedTuple

import tantivy

from search.engines.base import FACET_VALUES
from search.engines.embedded.paging import Scored
from search.engines.embedded.schema import facet_field, set_field
from search.engines.filters import ordered_counts

#: Above this many hits a pass for each chosen facet is the cheaper way.
MOST: Final = 4_000
#: Sets of values that are remembered.
_MOST_SETS: Final = 50_000

Known = dict[int | None, tuple[str, ...]]
#: Of each facet how many documents have which value.
Counts = dict[str, dict[str, int]]
#: One byte a document, 0 or 1, as one number: of some thousand documents "both" is then a single step.
Mask = int


class Column(NamedTuple):
    """Of each document the number of its set of values in one facet, None where it has none; and which ones occur."""

    numbers: list[int | None]
    distinct: frozenset[int | None]


class Gathered(NamedTuple):
    """What passes all filters, in the order in which it came, and the counts of every facet under all others."""

    hits: list[Scored]
    counts: Counts


class Gathering:
    """Remembers which values stand behind the number of a set. They follow from the number (`schema.set_number`), so
    what was learnt once stays true whatever is written."""

    def __init__(self, facets: tuple[str, ...]) -> None:
        self.facets = facets
        self._known: Known = {None: ()}

    def gather(
        self, searcher: tantivy.Searcher, hits: list[Scored], filters: Mapping[str, Sequence[str]]
    ) -> Gathered:
        known = self._remembered()
        addresses = [address for _, address in hits]
        columns = {name: _column(searcher, name, addresses, known) for name in filters}
        passed = {name: _passing(column, filters[name], known) for name, column in columns.items()}
        left = list(compress(hits, _bytes(_all(passed.values(), len(hits)), len(hits))))
        # What has no filter of its own counts what is left, mostly little.
        counts = self.counted(searcher, [name for name in self.facets if name not in filters], left)
        for name, column in columns.items():
            others = _all([mask for other, mask in passed.items() if other != name], len(hits))
            counts[name] = _counted(compress(column.numbers, _bytes(others, len(hits))), known)
        return Gathered(left, counts)

    def counted(self, searcher: tantivy.Searcher, names: Iterable[str], hits: list[Scored]) -> Counts:
        """How many of `hits` have which value of these facets."""
        known = self._remembered()
        addresses = [address for _, address in hits]
        return {name: _counted(_column(searcher, name, addresses, known).numbers, known) for name in names}

    def _remembered(self) -> Known:
        """Threads may learn the same side by side: what follows from a number is true whoever wrote it down."""
        if len(self._known) > _MOST_SETS:
            self._known = {None: ()}
        return self._known


def _column(
    searcher: tantivy.Searcher, name: str, addresses: list[tantivy.DocAddress], known: Known
) -> Column:
    """All that occur are known afterwards."""
    numbers: list[int | None] = searcher.fast_field_values(set_field(name), addresses)  # type: ignore[assignment]  # of integers
    distinct = frozenset(numbers)
    for number in distinct.difference(known):
        stored = searcher.doc(addresses[numbers.index(number)])
        known[number] = tuple(map(str, stored.get_all(facet_field(name))))
    return Column(numbers, distinct)


def _passing(column: Column, values: Iterable[str], known: Known) -> Mask:
    """Of each document, whether it has one of these values."""
    wanted = frozenset(values)
    having = frozenset(number for number in column.distinct if not wanted.isdisjoint(known[number]))
    return int.from_bytes(map(having.__contains__, column.numbers), "little")


def _all(masks: Collection[Mask], count: int) -> Mask:
    return reduce(and_, masks, int.from_bytes(b"\1" * count, "little"))


def _bytes(mask: Mask, count: int) -> bytes:
    return mask.to_bytes(count, "little")


def _counted(numbers: Iterable[int | None], known: Known) -> dict[str, int]:
    """The most frequent values; equals by name, as everywhere."""
    found: Counter[str] = Counter()
    for number, count in Counter(numbers).items():
        for value in known[number]:
            found[value] += count
    return dict(list(ordered_counts(found, ()).items())[:FACET_VALUES])
