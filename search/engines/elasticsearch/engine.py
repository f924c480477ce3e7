"""The Elasticsearch engine."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from search.analysis import Analyser
from search.cursor import Cursor
from search.documents import Document, NeutralOrder, Tombstone, split_key
from search.engines.base import FACET_VALUES, EngineUnavailable, Entry, IndexState
from search.engines.candidates import IndexUnfinished, Question, Reading
from search.engines.elasticsearch import asking, mapping
from search.engines.elasticsearch import client as clients
from search.engines.elasticsearch.breaker import Breaker
from search.engines.elasticsearch.clauses import Clause, Clauses, all_of, facets
from search.engines.elasticsearch.client import translated
from search.engines.elasticsearch.names import Names
from search.engines.elasticsearch.reading import walk
from search.engines.elasticsearch.rebuilding import ElasticsearchRebuild
from search.engines.elasticsearch.store import Store
from search.engines.filters import checked_filters, no_hits, ordered_counts
from search.engines.paging import RISING, Found, Ranked, by_field, by_relevance
from search.engines.writing import Item, Report, both
from search.highlight import Marker
from search.query import Query
from search.results import Hit, Page

#: Hits of this many come with their text; of more, only those of the page fetch it.
_WITH_TEXT: Final = 200
#: The server gives no more in one answer.
_WINDOW: Final = 10_000
#: How long an index that was whole is taken to be so without asking.
_TRUSTED_SECONDS: Final = 2.0

Raw = dict[str, Any]


class ElasticsearchEngine:
    """`url` may name several nodes, parted by commas. `prefix` begins the names of all indices; two sites on one
    cluster need two. `shards`: more than one where an index outgrows a node; scores then count the same on all.
    `reading`: what a matcher reads of an offer, if it is to be given candidates. Nothing is asked of the server before
    the first question."""

    def __init__(
        self,
        url: str,
        analyser: Analyser,
        *,
        facets: tuple[str, ...],
        salt: str,
        prefix: str = "lianqiao",
        shards: int = 1,
        reading: Reading | None = None,
        query_seconds: float = clients.QUERY_SECONDS,
        index_seconds: float = clients.INDEX_SECONDS,
        **options: Any,
    ) -> None:
        self._analyser = analyser
        self._facets = ("kind", *facets)
        self._clauses = Clauses(analyser)
        self._query = clients.query_client(url, query_seconds, **options)
        self._indexing = clients.index_client(url, index_seconds, **options)
        self._breaker = Breaker()
        self._store = Store(self._indexing, analyser, NeutralOrder(salt), facets, reading)
        version = f"{analyser.version}-{mapping.fingerprint(facets, salt, shards, reading)}"
        body = {"mappings": mapping.mapping(facets, reading), "settings": mapping.settings(shards, reading)}
        self._names = Names(self._indexing, prefix, version, body)
        self.name = self._names.base
        self._guard = threading.Lock()
        self._whole_until = 0.0

    # ------------------------------------------------------------------ the state of the whole

    @property
    def needs_rebuild(self) -> bool:
        with translated():
            roles = self._names.roles()
        return roles.current is None or roles.current not in roles.complete

    def mark_complete(self) -> None:
        with translated():
            self._names.mark_complete()

    def reset(self) -> None:
        self._whole_until = 0.0
        with translated():
            self._names.reset()

    def rebuild(self) -> ElasticsearchRebuild:
        with translated():
            index = self._names.begin()
        return ElasticsearchRebuild(self._indexing, self._names, self._store, index)

    def roll_back(self) -> None:
        self._whole_until = 0.0
        with translated():
            self._names.roll_back()

    def state(self) -> IndexState:
        with translated():
            server, roles = clients.server_version(self._indexing), self._names.roles()
        current = roles.current
        return IndexState(
            engine="elasticsearch",
            server=f"Elasticsearch {server}",
            index=current or self.name,
            documents=self._store.count(current) if current else 0,
            tombstones=self._store.tombstone_count(current) if current else 0,
            complete=current in roles.complete,
            rebuilding=roles.building is not None,
            can_roll_back=roles.previous is not None,
        )

    # ------------------------------------------------------------------ writing

    def write(self, documents: Iterable[Document], tombstones: Iterable[Tombstone] = ()) -> Report:
        """To both indices while one is being built. Which ones is asked first: a rebuild that begins later reads
        its rows later too, and finds in them what this write knows."""
        with translated():
            roles = self._names.roles()
            current, beside = roles.current or self._names.current(), roles.building
        items: list[Item] = [*documents, *tombstones]
        reports = self._store.write([current, *([beside] if beside else [])], items)
        return reports[0] if len(reports) == 1 else both(*reports)

    def refresh(self) -> None:
        with translated():
            self._indexing.indices.refresh(index=f"{self.name}-g*")

    def purge(self, before: date) -> int:
        current = self._current()
        return self._store.purge(current, before) if current else 0

    # ------------------------------------------------------------------ reading

    def search(self, query: Query, *, visible: frozenset[str], as_of: date) -> Page:
        filters = checked_filters(query, self._facets)
        cursor = Cursor.unpack(query.cursor, query.order)
        with self._breaker.asking():
            whole = self._whole()
            if not visible:
                return no_hits(self._facets, complete=whole)
            asked = self._clauses.asked(query, visible, as_of.toordinal())
            question = _Question(self._query, self.name, asked, self._aggregations(filters), facets(filters))
            with translated():
                found = question.page(query, cursor)
                texts = question.texts([hit for _, hit in found.hits])
                counts = self._counts(question.counted, filters)
        marker = Marker.of(query.wanted, self._analyser)
        scored = zip(found.hits, texts, strict=True)
        hits = tuple(_hit(str(raw["_id"]), text, score, marker) for (score, raw), text in scored)
        return Page(hits, question.total, counts, found.next_cursor, whole)

    def candidates(self, questions: Sequence[Question], *, as_of: date, most: int) -> list[list[int]]:
        """See `CandidateSource`. Patient: a worker asks, and no reader waits."""
        with self._breaker.asking():
            if not self._whole():
                raise IndexUnfinished("the index is being written")
            return list(asking.ask(self._indexing, self.name, questions, as_of.toordinal(), most))

    def export(self, query: Query, *, visible: frozenset[str], as_of: date) -> Iterator[str]:
        filters = checked_filters(query, self._facets)
        if not visible:
            return
        asked = all_of([self._clauses.asked(query, visible, as_of.toordinal()), *facets(filters)])
        for hit in walk(self._indexing, self.name, asked, ["facet_kind", "number"], ()):
            yield str(hit["_id"])

    def count(self) -> int:
        current = self._current()
        return self._store.count(current) if current else 0

    def entries(self, kind: str) -> Iterator[Entry]:
        if current := self._current():
            yield from self._store.entries(current, kind)

    def _current(self) -> str | None:
        with translated():
            return self._names.roles().current

    def _whole(self) -> bool:
        """Whether the index that answers is complete. Raises EngineUnavailable when there is none: an index that
        somebody deleted holds no answer, least of all "nothing found"."""
        if time.monotonic() < self._whole_until:
            return True
        with translated():
            answer = self._query.indices.get_alias(index=f"{self.name}-g*", expand_wildcards="open")
            aliases = [set(about["aliases"]) for about in answer.body.values()]
        answering = [names for names in aliases if self.name in names]
        if not answering:
            raise EngineUnavailable("there is no index yet, or it is gone")
        whole = self._names.alias("complete") in answering[0]
        self._whole_until = time.monotonic() + _TRUSTED_SECONDS if whole else 0.0
        return whole

    def _aggregations(self, filters: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        """Each facet counted under the filters of all others; those without a filter of their own share one."""
        counted: dict[str, Any] = {}
        for name in self._facets:
            others = facets(filters, name)
            terms = {"terms": {"field": mapping.facet_field(name), "size": FACET_VALUES}}
            shared = "free" if not filters.get(name) else name
            group = counted.setdefault(shared, {"filter": all_of(others), "aggs": {}})
            group["aggs"][name] = terms
        return counted

    def _counts(
        self, answered: Mapping[str, Any], filters: Mapping[str, tuple[str, ...]]
    ) -> dict[str, dict[str, int]]:
        counts = {}
        for name in self._facets:
            buckets = answered[name if filters.get(name) else "free"][name]["buckets"]
            found = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
            counts[name] = ordered_counts(found, filters.get(name, ()))
        return counts


class _Question:
    """One search, which may take several requests; counts and total come with the first."""

    def __init__(
        self, client: Any, index: str, asked: Clause, aggregations: dict[str, Any], chosen: list[Clause]
    ) -> None:
        self._client = client
        self._index = index
        self._asked = asked
        self._aggregations: dict[str, Any] | None = aggregations
        self._chosen = all_of(chosen) if chosen else None
        self.total = 0
        self.counted: Mapping[str, Any] = {}

    def page(self, query: Query, cursor: Cursor | None) -> Found[Raw]:
        if query.order == "relevance":
            return by_relevance(self._best, query.page_size, cursor)
        name = query.order
        after = [cursor.after[0]] if cursor else None
        sort: list[Raw] = [{name: "asc" if RISING[name] else "desc"}]
        hits = self._ask(sort, query.page_size + 1, after)
        return by_field([(int(hit["sort"][0]), hit) for hit in hits], name, query.page_size, cursor)

    def _best(self, limit: int) -> list[Ranked[Raw]]:
        hits = self._ask([{"_score": "desc"}, {"neutral": "asc"}], min(limit, _WINDOW))
        return [Ranked(float(hit["sort"][0]), int(hit["sort"][1]), hit) for hit in hits]

    def _ask(self, sort: list[Raw], size: int, after: list[int] | None = None) -> list[Raw]:
        answer = self._client.search(
            index=self._index, query=self._asked, post_filter=self._chosen, aggs=self._aggregations, sort=sort,
            search_after=after, size=size, source=list(mapping.SHOWN) if size <= _WITH_TEXT else False,
            track_total_hits=True, allow_partial_search_results=False, search_type="dfs_query_then_fetch",
        )  # fmt: skip
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise EngineUnavailable("the server answered in part only")
        if self._aggregations is not None:
            self.counted, self._aggregations = answer["aggregations"], None
            self.total = int(answer["hits"]["total"]["value"])
        hits: list[Raw] = answer["hits"]["hits"]
        return hits

    def texts(self, hits: list[Raw]) -> list[Raw]:
        """Title, subtitle and body of each hit; one that went meanwhile keeps its place with an empty text."""
        if all("_source" in hit for hit in hits):
            return [hit["_source"] for hit in hits]
        names = list(mapping.SHOWN)
        got = self._client.mget(index=self._index, ids=[hit["_id"] for hit in hits], source_includes=names)
        return [document.get("_source", {}) for document in got["docs"]]


def _hit(key: str, text: Raw, score: float, marker: Marker) -> Hit:
    kind, number = split_key(key)
    title, subtitle, body = (str(text.get(name) or "") for name in mapping.SHOWN)
    return Hit(kind, number, marker.title(title), subtitle, marker.snippet(body), score)
