"""The worker's queues, in huey: a file of this machine, tables of PostgreSQL, or Redis.

What hangs in a queue has no content, so any queue may be deleted, emptied or changed for another at any time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, crontab
from huey.api import PeriodicTask, Task
from huey.serializer import SignedSerializer
from huey.storage import BaseStorage, PostgresStorage, RedisStorage, SqliteStorage

from marketplace.settings import Settings

log = structlog.get_logger()
# Seconds that whoever rings waits for a queue at most.
PATIENCE = 2.0
# The schema of PostgreSQL that holds the queues' tables, apart from ours.
SCHEMA = "queue"


def _nobody_here() -> None:
    """What answering means where one only rings."""


class Queue(Huey):
    """A queue of bells. ``look`` is what the worker does when it hears one; who only rings needs none."""

    def __init__(self, settings: Settings, name: str, look: Callable[[], object] = _nobody_here) -> None:
        storage, options = _storage_of(settings.queue)
        # What is taken out of a queue is unpickled: only who knows the site's key can have put it there.
        serializer = SignedSerializer(settings.secret_key, salt="lianqiao.queue")
        super().__init__(
            f"lianqiao_{name}", results=False, serializer=serializer, storage_class=storage, **options
        )

        @self.task(name="look")
        def answer() -> None:
            look()

        self._look = answer

    def ring(self) -> None:
        """One bell at most hangs at a time: whoever takes it looks after this commit. So a worker that is away for a
        week comes back to one bell. Raises what the storage raises."""
        if not self.pending_count():
            self._look()

    def ring_at(self, moment: datetime) -> None:
        """Ring when ``moment`` (aware, UTC) has come, to the second."""
        self.add_schedule(self._look.s(eta=moment))

    def every_minute(self, look: Callable[[], object]) -> None:
        @self.periodic_task(crontab(), name="every_minute")
        def unasked() -> None:
            look()

    def enqueue(self, task: Task) -> None:
        """A minute's look that the queue does not take is done all the same, where it stands: a queue that is away
        takes the speed and not the work."""
        try:
            super().enqueue(task)
        except Exception as error:
            if not isinstance(task, PeriodicTask):
                raise
            log.warning("queue is away, the worker looks once a minute", queue=self.name, error=repr(error))
            self.execute(task)

    def is_revoked(self, *_: Any, **__: Any) -> bool:
        """Nobody calls a bell back, so nobody asks the storage whether somebody did."""
        return False


def _storage_of(address: str) -> tuple[type[BaseStorage], dict[str, Any]]:
    kind, _, rest = address.partition("://")
    if kind == "sqlite":
        # Not synced: what a power cut takes from a queue is in the tables.
        return QueueFile, {"filename": rest[1:], "fsync": False, "timeout": PATIENCE, "cache_mb": 0}
    if kind == "postgresql":
        return QueueTables, {"dsn": address, "connect_timeout": round(PATIENCE)}
    # Late: an extra, which only this setting needs.
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    patience = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    pool = ConnectionPool.from_url(address, retry=Retry(NoBackoff(), 0), **patience)
    return QueueServer, {"connection_pool": pool}


class QueueFile(SqliteStorage):
    """A file that makes its tables when it is opened, notices when it was deleted, and is thrown away when it cannot be
    read: it holds nothing that the tables of the site do not."""

    _conn: sqlite3.Connection | None
    _inode = 0

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, create_tables=False, **options)

    def _create_connection(self) -> sqlite3.Connection:
        Path(self.filename).parent.mkdir(parents=True, exist_ok=True)
        connection: sqlite3.Connection = super()._create_connection()
        for statement in self.ddl:
            connection.execute(statement)
        self._inode = os.stat(self.filename).st_ino
        return connection

    @property
    def conn(self) -> sqlite3.Connection:
        if self._conn is not None and not self._is_in_its_place():
            self._conn.close()
            self._conn = None
        connection: sqlite3.Connection = super().conn
        return connection

    def _is_in_its_place(self) -> bool:
        try:
            return os.stat(self.filename).st_ino == self._inode
        except FileNotFoundError:
            return False

    @contextmanager
    def db(self, commit: bool = False, close: bool = False) -> Iterator[sqlite3.Cursor]:
        try:
            with super().db(commit, close) as cursor:
                yield cursor
        except sqlite3.OperationalError:  # busy, or the disk is full: the file is sound
            raise
        except sqlite3.DatabaseError:
            self.close()
            for end in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    os.unlink(f"{self.filename}{end}")
            raise


class QueueServer(RedisStorage):
    """Redis, which huey's own storage would never hang up on."""

    def close(self) -> None:
        self.pool.disconnect(inuse_connections=False)


class QueueTables(PostgresStorage):
    """Tables in a schema of their own, made by the first who connects; a bell is a NOTIFY, heard at once."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(
            name, create_tables=False, options=f"-c search_path={SCHEMA} -c synchronous_commit=off", **options
        )

    def _create_connection(self) -> Any:
        connection = self._connect()
        with connection.transaction():
            # Site and worker start together, and two that make the same table at once fail.
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('lianqiao.queue'))")
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            for statement in self.ddl:
                connection.execute(statement)
        return connection
