"""huey runs the worker: a bell is acted on at once, one that is lost loses nothing, and a slow job holds up no mail.

Whoever waits here waits longer than a bell takes and shorter than the minute after which the worker looks unasked.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from huey.consumer import Scheduler
from sqlalchemy import func, select

from marketplace.consumers import Consumers
from marketplace.core import jobs, outbox
from marketplace.core.bells import Bells
from marketplace.core.clock import comes_true, utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.db import Database
from marketplace.core.jobs import Job, JobClaim
from marketplace.core.outbox import OutboxEntry
from marketplace.core.queues import Queue
from marketplace.settings import Settings
from marketplace.worker import Worker
from run import ROOT, clean_environment
from tests.integration.worker.test_working import SOMEBODY

KEY = "a key for tests"
# Seconds. The unasked look comes after sixty.
SOON = 25
eventually = partial(comes_true, within=SOON)


class Place:
    """A site's database and its worker, each with bells of its own as in two processes."""

    def __init__(self, database_url: str, queue: str, folder: Path) -> None:
        self.settings = Settings(data_dir=folder, database_url=database_url, queue=queue, secret_key=KEY)
        self.site = Database(database_url, Bells(self.settings))
        self.context = WorkContext(self.settings, Database(database_url, Bells(self.settings)))
        self.done: list[str] = []
        self.threads: list[tuple[Consumers, threading.Thread]] = []

    def note(self, context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        self.done += keys
        return {}

    def begin(self, worker: Worker | None = None) -> Consumers:
        """The worker runs, and its first look, which nobody rang for, is over."""
        consumers = Consumers(worker or Worker(self.context, {"mail": self.note}, {}))
        thread = threading.Thread(target=consumers.run)
        thread.start()
        self.threads.append((consumers, thread))
        with self.site.unit_of_work() as session:
            outbox.enqueue(session, "mail", "first", utc_now())
        assert eventually(lambda: "first" in self.done)
        return consumers

    def wish(self, *keys: str, database: Database | None = None) -> None:
        with (database or self.site).unit_of_work() as session:
            for key in keys:
                outbox.enqueue(session, "mail", key, utc_now())

    def submit(self, kind: str) -> int:
        with self.site.unit_of_work() as session:
            return jobs.submit(session, SOMEBODY, kind, {}, utc_now()).id

    def job(self, job_id: int) -> Job:
        with self.site.reading() as session:
            return session.get_one(Job, job_id)

    def left(self) -> int:
        with self.site.reading() as session:
            waiting = select(func.count()).select_from(OutboxEntry).where(OutboxEntry.kind == "mail")
            return session.scalar(waiting) or 0

    def close(self) -> None:
        for consumers, thread in self.threads:
            consumers.stop()
            thread.join(timeout=SOON)
            assert not thread.is_alive()
        for name in (outbox.BELL, jobs.BELL):
            queue = Queue(self.settings, name)
            with suppress(Exception):  # a test took it away
                queue.flush()
            queue.storage.close()
        self.site.dispose()
        self.context.database.dispose()


@pytest.fixture(
    params=[
        "file",
        pytest.param("tables", marks=pytest.mark.postgres),
        pytest.param("redis", marks=pytest.mark.redis),
    ]
)
def queue_address(request: pytest.FixtureRequest) -> str:
    """Each kind of queue that there is; the empty address is a file in the data folder."""
    if request.param == "file":
        return ""
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def place(database_url: str, queue_address: str, tmp_path: Path) -> Iterator[Place]:
    place = Place(database_url, queue_address, tmp_path)
    yield place
    place.close()


@pytest.fixture
def beside_a_file(database_url: str, tmp_path: Path) -> Iterator[Place]:
    place = Place(database_url, "", tmp_path)
    yield place
    place.close()


@pytest.fixture
def a_minute_is_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scheduler, "periodic_task_seconds", 1)


# ---------------------------------------------------------------- bells that ring


def test_what_is_committed_is_looked_at_at_once(place: Place) -> None:
    place.begin()
    for key in ("a", "b", "c"):
        place.wish(key)
        assert eventually(lambda key=key: key in place.done)
    assert eventually(lambda: place.left() == 0)


def test_a_job_is_carried_out_at_once_and_holds_up_no_mail(place: Place) -> None:
    mail_went = threading.Event()

    def slow(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
        return {"mail_went_meanwhile": mail_went.wait(timeout=SOON)}

    worker = Worker(place.context, {"mail": place.note}, {"slow": slow})
    place.begin(worker)
    job_id = place.submit("slow")
    assert eventually(lambda: place.job(job_id).state == "running")
    place.wish("meanwhile")
    assert eventually(lambda: "meanwhile" in place.done)
    assert place.job(job_id).state == "running"
    mail_went.set()
    assert eventually(lambda: place.job(job_id).state == "done")
    assert place.job(job_id).result == {"mail_went_meanwhile": True}


def test_jobs_that_wait_together_are_all_carried_out(place: Place) -> None:
    begun: list[int] = []

    def quick(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
        begun.append(claim.id)
        return {}

    place.begin(Worker(place.context, {"mail": place.note}, {"quick": quick}))
    submitted = [place.submit("quick") for _ in range(5)]
    assert eventually(lambda: begun == submitted)


def test_more_than_one_round_takes(place: Place) -> None:
    place.begin(Worker(place.context, {"mail": place.note}, {}, at_once={"mail": 2}))
    place.wish(*"abcdefg")
    assert eventually(lambda: place.left() == 0)
    assert sorted(place.done) == sorted(["first", *"abcdefg"])


def test_two_workers_carry_out_each_row_once(place: Place) -> None:
    place.begin(Worker(place.context, {"mail": place.note}, {}, at_once={"mail": 5}))
    place.begin(Worker(place.context, {"mail": place.note}, {}, at_once={"mail": 5}))
    place.wish(*(str(number) for number in range(100)))
    assert eventually(lambda: place.left() == 0)
    assert sorted(key for key in place.done if key != "first") == sorted(map(str, range(100)))


def test_what_failed_is_tried_again_in_seconds(beside_a_file: Place) -> None:
    place = beside_a_file

    def mail(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        again = "late" in place.done
        place.done += keys
        return {"late": "not now"} if "late" in keys and not again else {}

    place.begin(Worker(place.context, {"mail": mail}, {}))
    place.wish("late")
    assert eventually(lambda: place.left() == 0)
    assert place.done.count("late") == 2


# ---------------------------------------------------------------- bells that do not


def test_a_process_that_dies_between_its_commit_and_its_bell(
    beside_a_file: Place, a_minute_is_a_second: None
) -> None:
    place = beside_a_file
    place.begin()
    dies = """
import os, sys
from marketplace.core import jobs, outbox
from marketplace.core.actor import system_actor
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
class Dies:
    def ring(self, names):
        os._exit(9)
    def close(self): ...
with Database(sys.argv[1], Dies()).unit_of_work() as session:
    outbox.enqueue(session, "mail", "orphan", utc_now())
"""
    url = place.settings.database_url
    died = subprocess.run([sys.executable, "-c", dies, url], cwd=ROOT, env=clean_environment(), check=False)
    assert died.returncode == 9
    assert eventually(lambda: "orphan" in place.done)


def test_a_job_whose_bell_was_lost_is_found_at_the_next_start(beside_a_file: Place) -> None:
    place = beside_a_file
    silent = Database(place.settings.database_url)
    with silent.unit_of_work() as session:
        job_id = jobs.submit(session, SOMEBODY, "quick", {}, utc_now()).id
    place.begin(Worker(place.context, {"mail": place.note}, {"quick": lambda *_: {}}))
    assert eventually(lambda: place.job(job_id).state == "done")
    silent.dispose()


@pytest.mark.parametrize("left_behind", [(), ("-wal", "-shm")])
def test_a_queue_file_that_is_deleted_is_made_anew_and_everything_is_done(
    beside_a_file: Place, left_behind: tuple[str, ...]
) -> None:
    place = beside_a_file
    place.begin()
    file = place.settings.data_dir / "queue.sqlite3"
    for key in ("a", "b"):
        for end in {"", "-wal", "-shm"} - set(left_behind):
            Path(f"{file}{end}").unlink(missing_ok=True)
        place.wish(key)
        assert eventually(lambda key=key: key in place.done)
        assert file.exists()
    assert eventually(lambda: place.left() == 0)


def test_a_queue_file_that_cannot_be_read_is_thrown_away(
    beside_a_file: Place, capfd: pytest.CaptureFixture[str], a_minute_is_a_second: None
) -> None:
    place = beside_a_file
    file = place.settings.data_dir / "queue.sqlite3"
    file.write_bytes(b"no database " * 1000)
    place.begin()
    place.wish("a")
    assert eventually(lambda: "a" in place.done)
    assert file.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("address", ["redis://127.0.0.1:{}/0", "postgresql://nobody@127.0.0.1:{}/none"])
def test_a_queue_that_is_away_takes_the_speed_and_not_the_work(
    database_url: str,
    tmp_path: Path,
    a_minute_is_a_second: None,
    address: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can answer there
        place = Place(database_url, address.format(held.getsockname()[1]), tmp_path)
        worker = Worker(place.context, {"mail": place.note}, {"quick": lambda *_: {}})
        place.begin(worker)
        job_id = place.submit("quick")
        assert eventually(lambda: place.job(job_id).state == "done")
        place.close()


def test_the_worker_outlives_a_database_that_is_away(
    beside_a_file: Place, a_minute_is_a_second: None, capfd: pytest.CaptureFixture[str]
) -> None:
    place = beside_a_file

    class Unlucky(Worker):
        unlucky = 2

        def drain(self, kinds: Any = ()) -> int:
            if "first" in place.done and self.unlucky:
                self.unlucky -= 1
                raise ConnectionError("away")
            return super().drain(kinds)

    worker = Unlucky(place.context, {"mail": place.note}, {})
    place.begin(worker)
    place.wish("a")
    assert eventually(lambda: "a" in place.done)
    assert worker.unlucky == 0
