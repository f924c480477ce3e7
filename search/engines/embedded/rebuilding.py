"""A folder that grows beside the one that answers."""

from collections.abc import Iterable
from itertools import chain
from types import TracebackType
from typing import Self

from search.documents import Document, Tombstone
from search.engines.base import EngineError, RebuildLost, Verdict
from search.engines.embedded.shelf import Shelf
from search.engines.embedded.store import Store
from search.engines.writing import Report


class EmbeddedRebuild:
    def __init__(self, shelf: Shelf, generation: str, store: Store, current: Store) -> None:
        self._shelf = shelf
        self._generation = generation
        self._store = store
        self._current = current
        self._good = False
        self._over = False

    def write(self, documents: Iterable[Document], tombstones: Iterable[Tombstone] = ()) -> Report:
        self._still_ours()
        self._good = False
        return self._store.write(chain(documents, tombstones))

    def verify(self, expected: int, sample: Iterable[Document]) -> Verdict:
        self._still_ours()
        wanted = {document.key: document.digest for document in sample}
        held = self._store.digests(wanted)
        wrong = tuple(key for key, digest in wanted.items() if held.get(key) != digest)
        verdict = Verdict(expected, self._store.count(), wrong)
        self._good = verdict.good
        return verdict

    def swap(self) -> None:
        self._still_ours()
        if not self._good:
            raise EngineError("an index that was not found whole must not answer")
        # A write that was under way when its row went may still come: the graves move with the house.
        self._store.write(self._current.tombstones())
        self._store.mark_complete()
        self._shelf.swap(self._generation)
        self._over = True

    def abort(self) -> None:
        if not self._over:
            self._over = True
            self._shelf.give_up(self._generation)

    def _still_ours(self) -> None:
        if self._over or self._shelf.named("building") != self._generation:
            raise RebuildLost("this rebuild is over, or another one took its place")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()
