"""One index by its name: written, counted, read in order."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final

from elasticsearch import Elasticsearch

from search.analysis import Analyser
from search.documents import NeutralOrder, Tombstone
from search.engines.base import Entry
from search.engines.candidates import Reading
from search.engines.elasticsearch.bulk import Bulk, Operation, indexing, removing
from search.engines.elasticsearch.clauses import BURIED, LIVING, all_of, facet
from search.engines.elasticsearch.client import translated
from search.engines.elasticsearch.mapping import grave, source
from search.engines.elasticsearch.names import written_through
from search.engines.elasticsearch.reading import columns_of, walk
from search.engines.writing import Item, Outcome, Report, newest, unknown_facets

_ASKED_AT_ONCE: Final = 1_000


class Store:
    """What is done to an index whatever its role."""

    def __init__(
        self,
        client: Elasticsearch,
        analyser: Analyser,
        neutral: NeutralOrder,
        facets: tuple[str, ...],
        reading: Reading | None = None,
        bulk: Callable[[Elasticsearch], Bulk] = Bulk,
    ) -> None:
        self._client = client
        self._analyser = analyser
        self._neutral = neutral
        self._facets = facets
        self._reading = reading
        self._bulk = bulk(client)

    def write(self, indices: list[str], items: Iterable[Item]) -> list[Report]:
        """To each of these indices the same, analysed once."""
        refused: dict[str, Outcome] = {}
        operations: list[Operation] = []
        for item in newest(items):
            if unknown := unknown_facets(item, self._facets):
                refused[item.key] = Outcome("refused", f"unknown facets: {', '.join(unknown)}")
            else:
                operations.append(indexing(item.key, item.rev, self._source(item)))
        reports = []
        for index in indices:
            sent = self._bulk.send(written_through(index), operations)
            reports.append(Report({**sent.outcomes, **refused}))
        return reports

    def _source(self, item: Item) -> dict[str, Any]:
        if isinstance(item, Tombstone):
            return grave(item, self._neutral)
        return source(item, self._analyser, self._neutral, self._reading)

    def count(self, index: str, query: dict[str, Any] | None = None) -> int:
        with translated():
            return int(self._client.count(index=index, query=query or LIVING)["count"])

    def tombstone_count(self, index: str) -> int:
        return self.count(index, BURIED)

    def entries(self, index: str, kind: str) -> Iterator[Entry]:
        columns = ("number", "rev", "digest", "buried")
        for hit in walk(self._client, index, all_of([facet("kind", [kind])]), ["number"], columns):
            with translated():
                number, rev, digest, buried = columns_of(hit, *columns)
            yield Entry(f"{kind}:{number}", rev, "" if buried else f"{digest:016x}", bool(buried))

    def tombstones(self, index: str) -> Iterator[Tombstone]:
        for hit in walk(self._client, index, all_of([BURIED]), ["neutral"], ("rev", "buried")):
            with translated():
                rev, buried = columns_of(hit, "rev", "buried")
                key = str(hit["_id"])
            yield Tombstone(key, rev, date.fromordinal(buried))

    def digests(self, index: str, keys: Iterable[str]) -> dict[str, str]:
        """The digest of each of these keys that has a living document."""
        asked, found = list(keys), {}
        for start in range(0, len(asked), _ASKED_AT_ONCE):
            some = asked[start : start + _ASKED_AT_ONCE]
            with translated():
                answer = self._client.search(
                    index=index, query=all_of([LIVING, {"ids": {"values": some}}]), size=len(some),
                    source=False, docvalue_fields=[{"field": "digest"}],
                )  # fmt: skip
                for hit in answer["hits"]["hits"]:
                    found[str(hit["_id"])] = f"{columns_of(hit, 'digest')[0]:016x}"
        return found

    def purge(self, index: str, before: date) -> int:
        query = all_of([BURIED, {"range": {"buried": {"lt": before.toordinal()}}}])
        old = walk(self._client, index, query, ["neutral"], (), seq_no_primary_term=True)
        removals = [removing(hit["_id"], hit["_seq_no"], hit["_primary_term"]) for hit in old]
        return self._bulk.send(written_through(index), removals).written if removals else 0
