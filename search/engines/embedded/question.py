"""One question, put to the documents of one moment in the way that costs least."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import Final, NamedTuple

import tantivy

from search.cursor import Cursor
from search.engines.base import FACET_VALUES
from search.engines.embedded.clauses import Clause, Clauses
from search.engines.embedded.gathering import MOST, Counts, Gathering
from search.engines.embedded.paging import Best, Found, Scored, by_value, everything, ranked_page, turned
from search.engines.embedded.schema import facet_field
from search.query import Query

#: Passes of one question run beside each other: tantivy lets go of the interpreter meanwhile. Begun at the first question.
_THREADS: Final = ThreadPoolExecutor(os.cpu_count() or 1, "search")
#: So many documents are ranked by their numbers; more of them are sought anew under the filters.
RANKED_BY_NUMBER: Final = 80


class Answer(NamedTuple):
    """`counts` in no order, and without what was chosen and not found."""

    found: Found
    counts: Counts


class Question:
    """`readable` is what this reader may see, and `filters` what was chosen of each facet."""

    def __init__(
        self,
        searcher: tantivy.Searcher,
        clauses: Clauses,
        gathering: Gathering,
        query: Query,
        *,
        cursor: Cursor | None,
        readable: list[Clause],
        filters: Mapping[str, Sequence[str]],
    ) -> None:
        self._searcher = searcher
        self._clauses = clauses
        self._gathering = gathering
        self._query = query
        self._cursor = cursor
        self._filters = {name: values for name, values in filters.items() if values}
        self._free = [name for name in gathering.facets if name not in self._filters]
        self._readable = readable

    @cached_property
    def _sought(self) -> list[Clause]:
        return [*self._readable, *self._clauses.sought(self._query.wanted)]

    @cached_property
    def _best(self) -> Best:
        ranked = [
            *self._readable,
            *self._clauses.text(self._query.wanted),
            *self._clauses.facets(self._filters),
        ]
        return Best(self._searcher, ranked)

    def answer(self) -> Answer:
        together = self._query.among or len(self._query.wanted.alternatives) == 1
        return (together and self._gathered()) or self._pass_by_pass()

    # ------------------------------------------------------------------ out of all that has the words

    def _gathered(self) -> Answer | None:
        """Filters and counts out of all that has the words; None where that is too much."""
        if self._by_relevance and not self._filters:
            hits = self._best.first(MOST)
            if self._best.total > MOST:
                return None
            return Answer(self._page(), self._gathering.counted(self._searcher, self._free, hits))
        # What a filter takes away is not worth being ranked.
        order = "neutral" if self._by_relevance else self._query.order
        found = everything(self._searcher, self._sought, order, MOST)
        if found is None:
            return None
        left, counts = self._gathering.gather(self._searcher, found, self._filters)
        page = self._ranked_among(left) if self._by_relevance else turned(left, self._query, self._cursor)
        return Answer(page, counts)

    def _ranked_among(self, hits: list[Scored]) -> Found:
        """The page of these hits, which are all there are."""
        if len(hits) > RANKED_BY_NUMBER or len(self._query.wanted.alternatives) != 1:
            return self._page()
        among = {_place(address) for _, address in hits}
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        known = self._clauses.numbered(numbers)
        wanted = self._clauses.among_known(known, self._query.wanted.alternatives[0])
        found = Best(self._searcher, wanted).first(MOST)
        # Documents of two kinds may have one number.
        ranked = [hit for hit in found if _place(hit[1]) in among]
        return ranked_page(self._searcher, ranked, self._query.page_size, self._cursor)

    # ------------------------------------------------------------------ pass by pass

    def _pass_by_pass(self) -> Answer:
        """One pass for each facet with a filter of its own, which counts under all the others, and one for the hits;
        what has no filter is counted among these, or in a pass of its own where they are too many."""
        passes = [self._begun([name], without=name) for name in self._filters]
        counts: Counts = {}
        if self._by_relevance and self._filters and len(hits := self._best.first(MOST)) == self._best.total:
            counts = self._gathering.counted(self._searcher, self._free, hits)
        else:
            passes.append(self._begun(self._free))
        page = self._page()
        for each in passes:
            counts.update(each.result())
        return Answer(page, counts)

    def _begun(self, names: list[str], without: str = "") -> Future[Counts]:
        clauses = [*self._sought, *self._clauses.facets(self._filters, without)]
        return _THREADS.submit(_counted, self._searcher, tantivy.Query.boolean_query(clauses), names)

    def _page(self) -> Found:
        if self._by_relevance:
            return self._best.page(self._query.page_size, self._cursor)
        wanted = [*self._sought, *self._clauses.facets(self._filters)]
        return by_value(self._searcher, self._clauses, wanted, self._query, self._cursor)

    @property
    def _by_relevance(self) -> bool:
        return self._query.order == "relevance"


def _place(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc


def _counted(searcher: tantivy.Searcher, query: tantivy.Query, names: list[str]) -> Counts:
    terms = {name: {"terms": {"field": facet_field(name), "size": FACET_VALUES}} for name in names}
    if not terms:
        return {}
    return {
        name: {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["buckets"]}
        for name, answer in searcher.aggregate(query, terms).items()
    }
