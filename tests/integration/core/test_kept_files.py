"""Bytes lie on the disk before the change that names them, and do not stay where it came to nothing."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from marketplace.core import files
from marketplace.core.actor import system_actor
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.core.files import FileStore, StoredFile
from tests.integration.core.broken_disk import bytes_stay

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
BYTES, OTHER = b"%PDF-1.7 one", b"%PDF-1.7 two"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def keep(session: Session, store: FileStore, content: bytes = BYTES) -> StoredFile:
    actor = system_actor("test")
    return files.keep(session, actor, store, "a.pdf", content, "application/pdf", "attachment", NOW)


def here(store: FileStore) -> set[bytes]:
    return {path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(StoredFile)) or 0


def test_bytes_of_a_change_that_was_refused_go_again(database: Database, store: FileStore) -> None:
    with pytest.raises(Refusal), files.laid_down(database, store, BYTES, OTHER):
        assert here(store) == {BYTES, OTHER}
        with database.unit_of_work() as session:
            keep(session, store)
            raise Refusal("core.stale")
    assert (rows(database), here(store)) == (0, set())


def test_bytes_that_somebody_else_keeps_as_well_stay(database: Database, store: FileStore) -> None:
    with files.laid_down(database, store, BYTES), database.unit_of_work() as session:
        keep(session, store)
    with pytest.raises(KeyboardInterrupt), files.laid_down(database, store, BYTES, OTHER):
        raise KeyboardInterrupt
    assert (rows(database), here(store)) == (1, {BYTES})


def test_bytes_swept_before_they_were_kept_are_written_again(database: Database, store: FileStore) -> None:
    with files.laid_down(database, store, BYTES):
        with pytest.raises(Refusal), files.laid_down(database, store, BYTES):  # the same file, sent twice
            raise Refusal("core.stale")
        assert here(store) == set()
        with database.unit_of_work() as session:
            keep(session, store)
    assert (rows(database), here(store)) == (1, {BYTES})


def test_bytes_kept_anew_after_their_last_row_went_are_not_swept(
    database: Database, store: FileStore
) -> None:
    with files.laid_down(database, store, BYTES, OTHER), database.unit_of_work() as session:
        gone = [keep(session, store).id, keep(session, store, OTHER).id]
    with database.unit_of_work() as session:
        unused = files.forget(session, gone)
    assert sorted(unused) == sorted(map(files.hash_of, (BYTES, OTHER)))
    with database.unit_of_work() as session:
        keep(session, store)
    files.sweep(database, store, unused)
    assert (rows(database), here(store)) == (1, {BYTES})


def test_what_cannot_be_swept_does_not_hide_what_went_wrong(
    database: Database, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    bytes_stay(monkeypatch)
    with pytest.raises(Refusal), files.laid_down(database, store, BYTES):
        raise Refusal("core.stale")


def test_a_change_stands_whose_bytes_cannot_be_swept_and_the_log_says_which(
    database: Database, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with files.laid_down(database, store, BYTES), database.unit_of_work() as session:
        kept = keep(session, store).id
    with database.unit_of_work() as session:
        unused = files.forget(session, [kept])
    bytes_stay(monkeypatch)
    with capture_logs() as logs:
        files.sweep(database, store, unused)
    assert [(log["event"], log["hashes"]) for log in logs] == [("bytes that nothing names stay", unused)]
    assert rows(database) == 0


def test_bytes_go_again_where_others_beside_them_cannot_be_written(
    database: Database, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = FileStore.put

    def full(self: FileStore, content: bytes, sha256: str | None = None) -> str:
        if content == OTHER:
            raise OSError("no space left")
        return put(self, content, sha256)

    monkeypatch.setattr(FileStore, "put", full)
    with pytest.raises(OSError, match="no space"), files.laid_down(database, store, BYTES, OTHER):
        keep(None, store)  # type: ignore[arg-type]  # never: nothing is kept of what does not lie there
    assert here(store) == set()


def test_bytes_that_were_found_there_are_not_swept_before_their_row_is(
    database: Database, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at on the disk, and swept by somebody else before the row is written: it would name nothing."""
    store.put(BYTES)
    put, sweeping = FileStore.put, list[Future[None]]()

    def found(self: FileStore, content: bytes, sha256: str | None = None) -> str:
        digest = put(self, content, sha256)
        sweeping.append(pool.submit(files.sweep, database, store, [digest]))
        wait(sweeping, 0.5)
        return digest

    monkeypatch.setattr(FileStore, "put", found)
    with ThreadPoolExecutor(1) as pool:
        with database.unit_of_work() as session:
            keep(session, store)
        sweeping[0].result()
    assert (rows(database), here(store)) == (1, {BYTES})
