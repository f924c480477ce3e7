"""The queue in a file, and the bells that ring it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from huey.storage import RedisStorage
from structlog.testing import capture_logs

from marketplace.core import bells
from marketplace.core.bells import Bells
from marketplace.core.queues import Queue, QueueTables
from marketplace.settings import Settings

KEY = "a key for tests"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, secret_key=KEY)


def heard(queue: Queue) -> list[Any]:
    """Takes every bell that hangs."""
    taken = []
    while (task := queue.dequeue()) is not None:
        taken.append(task)
    return taken


def test_one_bell_hangs_at_a_time_and_says_nothing(settings: Settings) -> None:
    site, worker = Queue(settings, "outbox"), Queue(settings, "outbox")
    for _ in range(1000):
        site.ring()
    (bell,) = heard(worker)
    assert bell.data == ((), {})
    site.ring()
    assert len(heard(worker)) == 1
    for queue in (site, worker):
        queue.storage.close()


def test_what_the_worker_hears_is_its_look(settings: Settings) -> None:
    looks: list[int] = []
    site, worker = Queue(settings, "outbox"), Queue(settings, "outbox", lambda: looks.append(1))
    site.ring()
    for bell in heard(worker):
        worker.execute(bell)
    assert looks == [1]
    for queue in (site, worker):
        queue.storage.close()


def test_the_two_queues_of_a_file_are_apart(settings: Settings) -> None:
    outbox, jobs = Queue(settings, "outbox"), Queue(settings, "jobs")
    outbox.ring()
    assert (len(heard(jobs)), len(heard(outbox))) == (0, 1)
    for queue in (outbox, jobs):
        queue.storage.close()


def test_an_alarm_rings_when_its_moment_has_come(settings: Settings) -> None:
    queue = Queue(settings, "outbox")
    now = datetime.now(UTC)
    queue.ring_at(now + timedelta(seconds=10))
    naive = now.replace(tzinfo=None)
    assert queue.read_schedule(naive + timedelta(seconds=9)) == []
    assert len(queue.read_schedule(naive + timedelta(seconds=11))) == 1
    assert heard(queue) == []
    queue.storage.close()


def test_nobody_without_the_sites_key_puts_anything_into_the_worker(settings: Settings) -> None:
    """What lies in a queue is unpickled, which runs what it says."""
    stranger = Queue(settings.model_copy(update={"secret_key": "another key altogether"}), "outbox")
    worker = Queue(settings, "outbox")
    stranger.ring()
    with pytest.raises(ValueError, match="mismatch"):
        worker.dequeue()
    for queue in (stranger, worker):
        queue.storage.close()


def test_a_bell_that_cannot_ring_is_logged_once_and_raises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    settings = Settings(data_dir=tmp_path, secret_key=KEY, queue=f"sqlite:///{tmp_path}/a file/queue.sqlite3")
    ringer = Bells(settings)
    with capture_logs() as logs:
        for _ in range(3):
            ringer.ring(["outbox", "jobs"])
    assert [log["event"] for log in logs] == ["bell did not ring"]
    (tmp_path / "a file").unlink()
    later = time.monotonic() + bells.REST + 1
    monkeypatch.setattr(bells.time, "monotonic", lambda: later)
    with capture_logs() as logs:
        ringer.ring(["outbox", "jobs"])
    assert logs == []
    for name in ("outbox", "jobs"):
        queue = Queue(settings, name)
        assert len(heard(queue)) == 1
        queue.storage.close()
    ringer.close()


def test_an_unreadable_file_costs_one_bell(settings: Settings) -> None:
    ringer = Bells(settings)
    ringer.ring(["outbox"])
    ringer.close()
    (settings.data_dir / "queue.sqlite3").write_bytes(b"no database " * 1000)
    queue = Queue(settings, "outbox")
    with pytest.raises(Exception, match="not a database"):
        queue.ring()
    queue.ring()
    assert len(heard(queue)) == 1
    queue.storage.close()


@pytest.mark.parametrize(
    ("address", "storage"),
    [
        ("redis://127.0.0.1:9/0", RedisStorage),
        ("rediss://user:secret@127.0.0.1:9/0", RedisStorage),
        ("postgresql://nobody@127.0.0.1:9/none", QueueTables),
    ],
)
def test_a_server_that_is_away_is_noticed_when_it_is_rung_and_not_before(
    settings: Settings, address: str, storage: type
) -> None:
    queue = Queue(settings.model_copy(update={"queue": address}), "outbox")
    assert isinstance(queue.storage, storage)
    with pytest.raises(Exception, match=r"(?i)connect"):
        queue.ring()
