"""The embedded engine: folders on one shelf, one writer at a time, any number of readers in any process."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import tantivy

from search.analysis import Analyser
from search.cursor import Cursor
from search.documents import Document, NeutralOrder, Tombstone, split_key
from search.engines.base import Entry, IndexState
from search.engines.embedded import schema
from search.engines.embedded.gathering import Gathering
from search.engines.embedded.question import Question
from search.engines.embedded.rebuilding import EmbeddedRebuild
from search.engines.embedded.shelf import Shelf
from search.engines.embedded.store import Store
from search.engines.filters import checked_filters, no_hits, ordered_counts
from search.engines.writing import Item, Report, both
from search.highlight import Marker
from search.query import Query
from search.results import Hit, Page


class EmbeddedEngine:
    """`root` holds a shelf of folders per version of analyser and fields. `facets` names all facets that documents
    may carry; "kind" is always one. `salt` decides the neutral order and must stay the same."""

    def __init__(self, root: Path, analyser: Analyser, *, facets: tuple[str, ...], salt: str) -> None:
        self._analyser = analyser
        self._neutral = NeutralOrder(salt)
        self._facets = ("kind", *facets)
        self._schema = schema.build(facets)
        self.name = f"{analyser.version}-{schema.fingerprint(facets, salt)}"
        self._gathering = Gathering(self._facets)
        self._shelf = Shelf(root, self.name)
        self._guard = threading.Lock()
        self._stores: dict[str, Store] = {}
        self._mark: object = None
        self._answers = ""

    # ------------------------------------------------------------------ the state of the whole

    @property
    def needs_rebuild(self) -> bool:
        store = self._current()
        store.current()
        return not store.complete

    def mark_complete(self) -> None:
        self._current().mark_complete()
        self._shelf.tidy()

    def reset(self) -> None:
        self._current().reset()

    def rebuild(self) -> EmbeddedRebuild:
        generation = self._shelf.begin()
        return EmbeddedRebuild(self._shelf, generation, self._store(generation), self._current())

    def roll_back(self) -> None:
        self._shelf.roll_back()

    def state(self) -> IndexState:
        store = self._current()
        before = self._shelf.named("previous")
        return IndexState(
            engine="embedded",
            server=f"tantivy {version('tantivy')}",
            index=f"{self.name}/{store.path.name}",
            documents=store.count(),
            tombstones=store.tombstone_count(),
            complete=store.complete,
            rebuilding=self._shelf.beside() is not None,
            can_roll_back=before not in (None, store.path.name),
        )

    def _current(self) -> Store:
        """The folder that answers, as all processes see it now."""
        mark = self._shelf.mark()
        with self._guard:
            if mark is None or mark != self._mark:
                self._answers = self._shelf.current()
                self._mark = self._shelf.mark()
            generation = self._answers
        return self._store(generation)

    def _store(self, generation: str) -> Store:
        with self._guard:
            if generation not in self._stores:
                path = self._shelf.folder(generation)
                opened = Store(path, self._schema, self._analyser, self._neutral, self._facets[1:])
                kept = {self._answers, generation}
                self._stores = {
                    **{name: store for name, store in self._stores.items() if name in kept},
                    generation: opened,
                }
            return self._stores[generation]

    # ------------------------------------------------------------------ writing

    def write(self, documents: Iterable[Document], tombstones: Iterable[Tombstone] = ()) -> Report:
        """To both folders while one is being built. Which ones is asked first: a rebuild that begins later reads
        its rows later too, and finds in them what this write knows."""
        store, beside = self._current(), self._shelf.beside()
        if not beside or beside == store.path.name:
            return store.write(chain(documents, tombstones))
        items: list[Item] = [*documents, *tombstones]
        return both(store.write(items), self._store(beside).write(items))

    def refresh(self) -> None:
        """A write is seen as soon as it returns."""

    def purge(self, before: date) -> int:
        return self._current().purge(before)

    # ------------------------------------------------------------------ reading

    def search(self, query: Query, *, visible: frozenset[str], as_of: date) -> Page:
        filters = checked_filters(query, self._facets)
        cursor = Cursor.unpack(query.cursor, query.order)
        store = self._current()
        if not visible:
            return no_hits(self._facets, complete=not self.needs_rebuild)
        readable = [*store.clauses.readable(visible, as_of.toordinal()), *store.clauses.among(query.among)]
        marker = Marker.of(query.wanted, self._analyser)

        def answer(searcher: tantivy.Searcher) -> Page:
            found, counted = Question(
                searcher,
                store.clauses,
                self._gathering,
                query,
                cursor=cursor,
                readable=readable,
                filters=filters,
            ).answer()
            hits = tuple(_hit(searcher.doc(address), score, marker) for score, address in found.hits)
            counts = {name: ordered_counts(counted[name], filters.get(name, ())) for name in self._facets}
            return Page(hits, found.total, counts, found.next_cursor, store.complete)

        return store.ask(answer)

    def export(self, query: Query, *, visible: frozenset[str], as_of: date) -> Iterator[str]:
        filters = checked_filters(query, self._facets)
        if not visible:
            return
        page = replace(query, page_size=1, sort="neutral", cursor="")
        kinds = self.search(page, visible=visible, as_of=as_of).facets["kind"]
        store = self._current()
        readable = store.clauses.readable(visible, as_of.toordinal())
        only = store.clauses.among(query.among)
        wanted = [*readable, *only, *store.clauses.sought(query.wanted), *store.clauses.facets(filters)]
        for kind in sorted(set(query.kinds) or kinds):
            for number in store.numbers([*wanted, store.clauses.facet("kind", [kind])]):
                yield f"{kind}:{number}"

    def count(self) -> int:
        return self._current().count()

    def entries(self, kind: str) -> Iterator[Entry]:
        return self._current().entries(kind)


def _hit(stored: tantivy.Document, score: float, marker: Marker) -> Hit:
    kind, number = split_key(str(stored.get_first("key")))
    title, subtitle, body = (schema.read(stored, name) for name in schema.STORED_FIELDS)
    return Hit(kind, number, marker.title(title), subtitle, marker.snippet(body), score)
