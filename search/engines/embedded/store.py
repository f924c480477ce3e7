"""One index folder, opened: asked, written, read in order. Others may write, mend or reset it at the same time."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import tantivy

from search.analysis import Analyser
from search.documents import NeutralOrder, Tombstone
from search.engines.base import EngineBusy, EngineUnavailable, Entry
from search.engines.embedded import schema
from search.engines.embedded.clauses import Clause, Clauses
from search.engines.embedded.folder import IndexFolder, Signature, is_failure
from search.engines.embedded.paging import count_of
from search.engines.writing import DONE, STALE, Item, Outcome, Report, newest, unknown_facets

BATCH: Final = 2_000
_HEAP: Final = 50_000_000
_WAIT_FOR_WRITER: Final = 10.0
_T = TypeVar("_T")
Fill = Callable[[Item], tantivy.Document]


class Store:
    def __init__(
        self,
        path: Path,
        built: tantivy.Schema,
        analyser: Analyser,
        neutral: NeutralOrder,
        facets: tuple[str, ...],
    ) -> None:
        self._analyser = analyser
        self._neutral = neutral
        self._facets = facets
        self.clauses = Clauses(built, analyser)
        self._folder = IndexFolder(path, built)
        self._guard = threading.Lock()
        self._index: tantivy.Index | None = None
        self._seen: Signature | None = None

    @property
    def path(self) -> Path:
        return self._folder.path

    @property
    def complete(self) -> bool:
        return self._folder.complete

    def mark_complete(self) -> None:
        self.current()
        self._folder.mark_complete()

    def reset(self) -> None:
        with self._guard:
            self._index = self._folder.reset()
            self._seen = self._folder.signature()

    # ------------------------------------------------------------------ reading

    def current(self) -> tantivy.Index:
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

    def ask(self, question: Callable[[tantivy.Searcher], _T]) -> _T:
        """Ask; when the index fails, open it anew (which replaces a broken one by an empty one) and ask again."""
        for last in (False, True):
            try:
                return question(self.current().searcher())
            except BaseException as error:
                if not is_failure(error):
                    raise
                if last:
                    raise EngineUnavailable(str(error)) from error
                self._forget()
        raise AssertionError("two rounds always end")

    def count(self) -> int:
        return self.ask(lambda searcher: count_of(searcher.search(self.clauses.living(), 1)))

    def tombstone_count(self) -> int:
        return self.ask(lambda searcher: count_of(searcher.search(self.clauses.buried(), 1)))

    def entries(self, kind: str) -> Iterator[Entry]:
        for numbers, revs, digests, buried in self._in_order([self.clauses.facet("kind", [kind])]):
            for number, rev, digest, day in zip(numbers, revs, digests, buried, strict=True):
                yield Entry(f"{kind}:{number}", rev, "" if day else f"{digest:016x}", bool(day))

    def numbers(self, wanted: list[Clause]) -> Iterator[int]:
        """The ids of all that is wanted, which must be of one kind: by rising id, without end."""
        for numbers, *_ in self._in_order(wanted):
            yield from numbers

    def tombstones(self) -> Iterator[Tombstone]:
        """In no order that anybody may rely on; few, and read whole."""

        def all_of_them(searcher: tantivy.Searcher) -> list[Tombstone]:
            query = self.clauses.buried()
            found = searcher.search(query, max(1, count_of(searcher.search(query, 1))))
            addresses = [address for _, address in found.hits]
            columns = _columns(searcher, addresses, "rev", "buried")
            return [
                Tombstone(str(searcher.doc(address).get_first("key")), rev, date.fromordinal(buried))
                for address, rev, buried in zip(addresses, *columns, strict=True)
            ]

        yield from self.ask(all_of_them)

    def digests(self, keys: Iterable[str]) -> dict[str, str]:
        """The digest of each of these keys that has a living document."""
        asked = list(keys)

        def found(searcher: tantivy.Searcher) -> dict[str, str]:
            hits = searcher.search(self.clauses.keys(asked), max(1, len(asked))).hits
            addresses = [address for _, address in hits]
            columns = _columns(searcher, addresses, "digest", "buried")
            return {
                str(searcher.doc(address).get_first("key")): f"{digest:016x}"
                for address, digest, buried in zip(addresses, *columns, strict=True)
                if not buried
            }

        return self.ask(found) if asked else {}

    def revisions(self, keys: Iterable[str]) -> dict[str, int]:
        """What is stored of these keys, documents and tombstones alike."""
        asked = list(keys)
        return self.ask(lambda searcher: self._revisions(searcher, asked)) if asked else {}

    def _in_order(self, wanted: list[Clause]) -> Iterator[list[list[int]]]:
        """Batches of the columns number, rev, digest and buried, by rising number."""
        after: list[Clause] = []
        while True:
            query = tantivy.Query.boolean_query([*wanted, *after])
            batch = self.ask(partial(_batch, query=query))
            yield batch
            if len(batch[0]) < BATCH:
                return
            after = [self.clauses.beyond("number", batch[0][-1], rising=True)]

    # ------------------------------------------------------------------ writing

    def write(self, items: Iterable[Item], filled: Fill | None = None, *, heap: int = _HEAP) -> Report:
        """`filled` gives what `fill` made of each item before, so that the writer is not held while texts are cut. What
        outgrows `heap` bytes begins another segment."""
        outcomes: dict[str, Outcome] = {}
        written: dict[str, int] = {}
        with self._writer(heap) as (writer, searcher):
            rest = iter(items)
            while batch := list(islice(rest, BATCH)):
                outcomes |= self._write_batch(writer, searcher, batch, written, filled or self.fill)
        return Report(outcomes)

    def _write_batch(
        self,
        writer: tantivy.IndexWriter,
        searcher: tantivy.Searcher,
        batch: list[Item],
        written: dict[str, int],
        filled: Fill,
    ) -> dict[str, Outcome]:
        items = newest(batch)
        stored = self._revisions(searcher, [item.key for item in items])
        outcomes = {}
        for item in items:
            if refusal := self.refusal(item):
                outcomes[item.key] = refusal
            elif item.rev < max(stored.get(item.key, item.rev), written.get(item.key, item.rev)):
                outcomes[item.key] = STALE
            else:
                writer.delete_documents_by_term("key", item.key)
                writer.add_document(filled(item))
                written[item.key] = item.rev
                outcomes[item.key] = DONE
        # of a key that came in two batches the newer one counts, whichever was looked at last
        return {key: DONE if key in written else outcome for key, outcome in outcomes.items()}

    def refusal(self, item: Item) -> Outcome | None:
        """Why this will never go in, if so."""
        unknown = unknown_facets(item, self._facets)
        return Outcome("refused", f"unknown facets: {', '.join(unknown)}") if unknown else None

    def fill(self, item: Item) -> tantivy.Document:
        if isinstance(item, Tombstone):
            return schema.bury(item, self._neutral)
        return schema.fill(item, self._analyser, self._neutral)

    def _revisions(self, searcher: tantivy.Searcher, keys: list[str]) -> dict[str, int]:
        """What is stored of these keys."""
        if not searcher.num_docs:
            return {}
        hits = searcher.search(self.clauses.keys(keys), len(keys)).hits
        positions, revs = _columns(searcher, [address for _, address in hits], "neutral", "rev")
        by_position = dict(zip(positions, revs, strict=True))
        places = {key: self._neutral.position(key) for key in keys}
        return {key: by_position[place] for key, place in places.items() if place in by_position}

    def purge(self, before: date) -> int:
        with self._writer() as (writer, searcher):
            query = self.clauses.buried(before.toordinal() - 1)
            purged = count_of(searcher.search(query, 1))
            writer.delete_documents_by_query(query)
        return purged

    @contextmanager
    def _writer(self, heap: int = _HEAP) -> Iterator[tuple[tantivy.IndexWriter, tantivy.Searcher]]:
        """tantivy's one writer, held for one batch only: a commit on success, nothing at all otherwise."""
        writer, index = self._acquire(heap)
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
        self.current()

    def _acquire(self, heap: int) -> tuple[tantivy.IndexWriter, tantivy.Index]:
        give_up = time.monotonic() + _WAIT_FOR_WRITER
        while True:
            index = self.current()
            try:
                writer = index.writer(heap, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    self._forget()
                    raise EngineUnavailable(str(error)) from error
                if time.monotonic() > give_up:
                    raise EngineBusy("another process is writing the index") from error
                time.sleep(0.01)
                continue
            return writer, self.current()  # with the lock in hand: what the last holder committed


def _columns(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress], *names: str) -> list[list[int]]:
    """Numbers of these documents, a column for each name."""
    return [[int(value or 0) for value in searcher.fast_field_values(name, addresses)] for name in names]


def _batch(searcher: tantivy.Searcher, query: tantivy.Query) -> list[list[int]]:
    found = searcher.search(query, BATCH, order_by_field="number", order=tantivy.Order.Asc).hits
    return _columns(searcher, [address for _, address in found], "number", "rev", "digest", "buried")
