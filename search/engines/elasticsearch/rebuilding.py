"""An index that grows beside the one that answers."""

from collections.abc import Iterable
from itertools import chain
from types import TracebackType
from typing import Self

from elasticsearch import Elasticsearch

from search.documents import Document, Tombstone
from search.engines.base import EngineError, EngineUnavailable, RebuildLost, Verdict
from search.engines.elasticsearch.client import translated
from search.engines.elasticsearch.names import Names
from search.engines.elasticsearch.store import Store
from search.engines.writing import Report


class ElasticsearchRebuild:
    def __init__(self, client: Elasticsearch, names: Names, store: Store, index: str) -> None:
        self._client = client
        self._names = names
        self._store = store
        self._index = index
        self._good = False
        self._over = False

    def write(self, documents: Iterable[Document], tombstones: Iterable[Tombstone] = ()) -> Report:
        self._still_ours()
        self._good = False
        return self._store.write([self._index], chain(documents, tombstones))[0]

    def verify(self, expected: int, sample: Iterable[Document]) -> Verdict:
        self._still_ours()
        with translated():
            self._client.indices.refresh(index=self._index)
        wanted = {document.key: document.digest for document in sample}
        held = self._store.digests(self._index, wanted)
        wrong = tuple(key for key, digest in wanted.items() if held.get(key) != digest)
        verdict = Verdict(expected, self._store.count(self._index), wrong)
        self._good = verdict.good
        return verdict

    def swap(self) -> None:
        current = self._still_ours()
        if not self._good:
            raise EngineError("an index that was not found whole must not answer")
        if current:
            # A write that was under way when its row went may still come: the graves move with the house.
            with translated():
                self._client.indices.refresh(index=current)
            graves = list(self._store.tombstones(current))
            if graves and self._store.write([self._index], graves)[0].retry:
                raise EngineUnavailable("the tombstones could not be moved")
        with translated():
            self._client.indices.refresh(index=self._index)
            self._names.swap(self._index)
        self._over = True

    def abort(self) -> None:
        if not self._over:
            self._over = True
            with translated():
                self._names.drop(self._index)

    def _still_ours(self) -> str | None:
        """The index that answers now. Raises RebuildLost."""
        if not self._over:
            with translated():
                roles = self._names.roles()
            if roles.building == self._index:
                return roles.current
        raise RebuildLost("this rebuild is over, or another one took its place")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()
