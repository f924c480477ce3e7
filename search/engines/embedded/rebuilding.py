"""A folder that grows beside the one that answers."""

from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

import tantivy

from search.documents import Document, Tombstone
from search.engines.base import EngineError, RebuildLost, Verdict
from search.engines.embedded.shelf import Shelf
from search.engines.embedded.store import Store
from search.engines.writing import DONE, STALE, Item, Outcome, Report, newest

#: So many documents go in with one commit: each commit waits for the disk, and for the merging it gives rise to.
HELD: Final = 8_000
#: Room for all of them in one segment, because every question is put to each segment anew.
HEAP: Final = 100_000_000


class EmbeddedRebuild:
    def __init__(self, shelf: Shelf, generation: str, store: Store, current: Store) -> None:
        self._shelf = shelf
        self._generation = generation
        self._store = store
        self._current = current
        self._held: dict[str, tuple[Item, tantivy.Document]] = {}
        self._good = False
        self._over = False

    def write(self, documents: Iterable[Document], tombstones: Iterable[Tombstone] = ()) -> Report:
        self._still_ours()
        self._good = False
        items: list[Item] = [*documents, *tombstones]
        stored = self._store.revisions(item.key for item in items)
        outcomes = {item.key: self._hold(item, stored.get(item.key, 0)) for item in newest(items)}
        if len(self._held) >= HELD:
            self._hand_over()
        return Report(outcomes)

    def _hold(self, item: Item, stored: int) -> Outcome:
        """Texts are cut here, while live writes have the writer to themselves."""
        if refusal := self._store.refusal(item):
            return refusal
        held = self._held.get(item.key)
        if item.rev < max(stored, held[0].rev if held else 0):
            return STALE
        self._held[item.key] = item, self._store.fill(item)
        return DONE

    def _hand_over(self) -> None:
        if self._held:
            self._store.write(
                [item for item, _ in self._held.values()], lambda item: self._held[item.key][1], heap=HEAP
            )
            self._held = {}

    def verify(self, expected: int, sample: Iterable[Document]) -> Verdict:
        self._still_ours()
        self._hand_over()
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
