"""The embedded engine: one folder, one writer at a time, any number of readers in any process."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import tantivy

from search.analysis import Analyser
from search.cursor import Cursor
from search.documents import Document, NeutralOrder, split_key
from search.engines.base import FACET_VALUES, EngineBusy, EngineUnavailable
from search.engines.embedded import schema
from search.engines.embedded.clauses import Clause, Clauses
from search.engines.embedded.folder import IndexFolder, Signature, is_failure
from search.engines.embedded.paging import find
from search.highlight import Marker
from search.query import BadQuery, Query
from search.results import Hit, Page

_BATCH: Final = 2_000
_HEAP: Final = 50_000_000
_WAIT_FOR_WRITER: Final = 10.0
_T = TypeVar("_T")


class EmbeddedEngine:
    """`root` holds one folder per version of analyser and fields. `facets` names all facets that documents
    may carry; "kind" is always one. `salt` decides the neutral order and must stay the same."""

    def __init__(self, root: Path, analyser: Analyser, *, facets: tuple[str, ...], salt: str) -> None:
        self._analyser = analyser
        self._neutral = NeutralOrder(salt)
        self._facets = ("kind", *facets)
        self._schema = schema.build(facets)
        self._clauses = Clauses(self._schema, analyser)
        name = f"{analyser.version}-{schema.fingerprint(facets, salt)}"
        self._folder = IndexFolder(root, name, self._schema)
        self._guard = threading.Lock()
        self._index: tantivy.Index | None = None
        self._seen: Signature | None = None

    @property
    def needs_rebuild(self) -> bool:
        self._current()
        return not self._folder.complete

    def mark_complete(self) -> None:
        self._current()
        self._folder.mark_complete()

    def write(self, documents: Iterable[Document]) -> int:
        written: dict[str, int] = {}
        with self._writer() as (writer, searcher):
            rest = iter(documents)
            while batch := list(islice(rest, _BATCH)):
                for document in self._newer(searcher, batch, written):
                    if unknown := set(document.facets).difference(self._facets[1:]):
                        raise ValueError(
                            f"{document.key} has facets this engine was not told of: {sorted(unknown)}"
                        )
                    writer.delete_documents_by_term("key", document.key)
                    writer.add_document(schema.fill(document, self._analyser, self._neutral))
        return len(written)

    def delete(self, keys: Iterable[str]) -> None:
        with self._writer() as (writer, _):
            for key in keys:
                writer.delete_documents_by_term("key", key)

    def search(self, query: Query, *, visible: frozenset[str], as_of: date) -> Page:
        filters = self._filters(query)
        cursor = Cursor.unpack(query.cursor, query.order)
        if not visible:
            return Page((), 0, {name: {} for name in self._facets}, None, not self.needs_rebuild)
        readable = self._clauses.readable(visible, as_of.toordinal())
        asked = [*readable, *self._clauses.text(query.wanted)]

        def answer(searcher: tantivy.Searcher) -> Page:
            wanted = [*asked, *self._clauses.facets(filters)]
            found = find(searcher, self._clauses, wanted, query, cursor)
            marker = Marker.of(query.wanted, self._analyser)
            hits = tuple(_hit(searcher.doc(address), score, marker) for score, address in found.hits)
            counts = self._counts(searcher, asked, filters)
            return Page(hits, found.total, counts, found.next_cursor, self._folder.complete)

        return self._ask(answer)

    def count(self) -> int:
        return self._ask(lambda searcher: int(searcher.num_docs))

    def ids(self) -> Iterator[tuple[str, int]]:
        after: list[Clause] = []
        everything: Clause = (tantivy.Occur.Must, tantivy.Query.all_query())
        while True:
            query = tantivy.Query.boolean_query([everything, *after])
            rows, last = self._ask(partial(_keys, query=query))
            yield from rows
            if last is None:
                return
            after = [self._clauses.beyond("neutral", last, rising=True)]

    def reset(self) -> None:
        with self._guard:
            self._index = self._folder.reset()
            self._seen = self._folder.signature()

    # ------------------------------------------------------------------ reading

    def _current(self) -> tantivy.Index:
        """The index as it is on disk now: other processes write it, mend it and reset it."""
        signature = self._folder.signature()
        with self._guard:
            if (
                self._index is None
                or signature is None
                or self._seen is None
                or signature[0] != self._seen[0]
            ):
                self._index = self._folder.open()
                self._seen = self._folder.signature()
            elif signature != self._seen:
                try:
                    self._index.reload()
                except BaseException as error:
                    if not is_failure(error):
                        raise
                    self._index = self._folder.open()
                self._seen = signature
            return self._index

    def _forget(self) -> None:
        """Open the folder anew at the next occasion."""
        with self._guard:
            self._index = None

    def _ask(self, question: Callable[[tantivy.Searcher], _T]) -> _T:
        """Ask; when the index fails, open it anew (which replaces a broken one by an empty one) and ask again."""
        for last in (False, True):
            try:
                return question(self._current().searcher())
            except BaseException as error:
                if not is_failure(error):
                    raise
                if last:
                    raise EngineUnavailable(str(error)) from error
                self._forget()
        raise AssertionError("two rounds always end")

    def _filters(self, query: Query) -> Mapping[str, tuple[str, ...]]:
        for name in query.filters:
            if name not in self._facets[1:]:
                raise BadQuery("unknown_filter", name=name)
        return {**query.filters, "kind": query.kinds}

    def _counts(
        self, searcher: tantivy.Searcher, asked: list[Clause], filters: Mapping[str, tuple[str, ...]]
    ) -> dict[str, dict[str, int]]:
        """One pass for all facets without a filter of their own, and one for each that has one."""
        chosen = [name for name in self._facets if filters.get(name)]
        free = [name for name in self._facets if name not in chosen]
        counts: dict[str, dict[str, int]] = {}
        for names, without in [(free, ""), *(([name], name) for name in chosen)]:
            if not names:
                continue
            query = tantivy.Query.boolean_query([*asked, *self._clauses.facets(filters, without)])
            terms = {
                name: {"terms": {"field": schema.facet_field(name), "size": FACET_VALUES}} for name in names
            }
            for name, answer in searcher.aggregate(query, terms).items():
                found = {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["buckets"]}
                found |= {value: 0 for value in filters.get(name, ()) if value not in found}
                counts[name] = dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
        return {name: counts[name] for name in self._facets}

    # ------------------------------------------------------------------ writing

    def _newer(
        self, searcher: tantivy.Searcher, batch: list[Document], written: dict[str, int]
    ) -> Iterator[Document]:
        """Those that are not older than what is stored or was written just now; remembers them in `written`."""
        found = (
            searcher.search(self._clauses.keys(document.key for document in batch), len(batch))
            if searcher.num_docs
            else None
        )
        addresses = [address for _, address in found.hits] if found else []
        positions = searcher.fast_field_values("neutral", addresses)
        stored = dict(zip(positions, searcher.fast_field_values("rev", addresses), strict=True))
        for document in batch:
            known = stored.get(self._neutral.position(document.key), -1)
            if document.rev >= max(written.get(document.key, -1), int(known if known is not None else -1)):
                written[document.key] = document.rev
                yield document

    @contextmanager
    def _writer(self) -> Iterator[tuple[tantivy.IndexWriter, tantivy.Searcher]]:
        """tantivy's one writer, held for one batch only: a commit on success, nothing at all otherwise."""
        writer, index = self._acquire()
        try:
            yield writer, index.searcher()
            writer.commit()
        except BaseException as error:
            writer.rollback()
            if is_failure(error) and not isinstance(error, ValueError):
                self._forget()
                raise EngineUnavailable(str(error)) from error
            raise
        finally:
            writer.wait_merging_threads()  # also gives the lock back
        self._current()

    def _acquire(self) -> tuple[tantivy.IndexWriter, tantivy.Index]:
        give_up = time.monotonic() + _WAIT_FOR_WRITER
        while True:
            index = self._current()
            try:
                writer = index.writer(_HEAP, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    self._forget()
                    raise EngineUnavailable(str(error)) from error
                if time.monotonic() > give_up:
                    raise EngineBusy("another process is writing the index") from error
                time.sleep(0.01)
                continue
            return writer, self._current()  # with the lock in hand: what the last holder committed


def _hit(stored: tantivy.Document, score: float, marker: Marker) -> Hit:
    kind, number = split_key(_text(stored, "key"))
    title, body = _text(stored, "title"), _text(stored, "body")
    return Hit(kind, number, marker.title(title), _text(stored, "subtitle"), marker.snippet(body), score)


def _text(stored: tantivy.Document, field: str) -> str:
    return str(stored.get_first(field) or "")


def _keys(searcher: tantivy.Searcher, query: tantivy.Query) -> tuple[list[tuple[str, int]], int | None]:
    """One batch of (key, rev) in neutral order, and where it ended; None at the end of all."""
    found = searcher.search(query, _BATCH, order_by_field="neutral", order=tantivy.Order.Asc).hits
    addresses = [address for _, address in found]
    revs = searcher.fast_field_values("rev", addresses)
    rows = [
        (_text(searcher.doc(address), "key"), int(rev or 0))
        for address, rev in zip(addresses, revs, strict=True)
    ]
    return rows, int(found[-1][0]) if len(found) == _BATCH else None
