"""The folder of an index: made, checked, replaced when broken, and shared by several processes."""

import shutil
import uuid
from pathlib import Path
from typing import Final

import tantivy

from search.engines.embedded.lock import locked

_COMPLETE: Final = "complete"

Signature = tuple[int, int, int, int]


def is_failure(error: BaseException) -> bool:
    """Whether tantivy failed: its errors are plain ValueErrors, and a panic is not even an Exception."""
    return isinstance(error, ValueError | OSError | RuntimeError | SystemError) or (
        type(error).__name__ == "PanicException"
    )


class IndexFolder:
    def __init__(self, path: Path, schema: tantivy.Schema) -> None:
        self.path = path
        self._schema = schema

    def open(self) -> tantivy.Index:
        """The index, empty if it was missing or broken. A new one is built aside and renamed into place, so
        that no process ever sees half of it."""
        index = self._sound()
        if index is not None:
            return index
        with locked(self.path):
            index = self._sound()  # another process may have mended it meanwhile
            return index if index is not None else self._replace()

    def reset(self) -> tantivy.Index:
        with locked(self.path):
            return self._replace()

    def signature(self) -> Signature | None:
        """Changes with every commit and with the folder itself; None while there is none."""
        try:
            folder, meta = self.path.stat(), (self.path / "meta.json").stat()
        except OSError:
            return None
        return folder.st_ino, meta.st_ino, meta.st_mtime_ns, meta.st_size

    @property
    def complete(self) -> bool:
        return (self.path / _COMPLETE).exists()

    def mark_complete(self) -> None:
        (self.path / _COMPLETE).touch()

    def sound(self, index: tantivy.Index) -> bool:
        """Whether every field can be read: opening alone leaves much of a broken index unseen."""
        try:
            searcher = index.searcher()
            everything = tantivy.Query.all_query()
            found = searcher.search(everything, 1, order_by_field="neutral")
            for _, address in found.hits:
                searcher.doc(address)
            searcher.aggregate(everything, {"kind": {"terms": {"field": "facet_kind"}}})
            for field in ("tokens", "title_tokens", "bigrams"):
                searcher.search(tantivy.Query.term_query(self._schema, field, "a", "freq"), 1)
        except BaseException as error:
            if not is_failure(error):
                raise
            return False
        return True

    def _sound(self) -> tantivy.Index | None:
        if not (self.path / "meta.json").exists():
            return None
        try:
            index = tantivy.Index(self._schema, path=str(self.path))
            index.config_reader("manual")  # `signature` tells when to reload; no watching thread
        except BaseException as error:
            if not is_failure(error):
                raise
            return None
        return index if self.sound(index) else None

    def _replace(self) -> tantivy.Index:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.parent / f".{self.path.name}.{uuid.uuid4().hex}"
        fresh = aside.with_suffix(".new")
        fresh.mkdir()
        tantivy.Index(self._schema, path=str(fresh))
        if self.path.exists():
            self.path.rename(aside)
        fresh.rename(self.path)
        shutil.rmtree(aside, ignore_errors=True)
        index = tantivy.Index(self._schema, path=str(self.path))
        index.config_reader("manual")
        return index
