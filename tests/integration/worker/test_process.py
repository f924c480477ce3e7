"""The worker as a process: told to stop, it finishes what is under way; told twice, it ends at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from marketplace.consumers import Consumers
from marketplace.worker import Worker
from run import ROOT, clean_environment
from tests.integration.worker.test_consumers import KEY, SOON, Place, beside_a_file

__all__ = ["beside_a_file"]


AT_WORK = """
import signal, sys, threading
from pathlib import Path
from marketplace.consumers import Consumers
from marketplace.core.bells import Bells
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.logs import configure_logs
from marketplace.settings import Settings
from marketplace.worker import Worker
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by who was started in the background
configure_logs()
settings = Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2], secret_key=sys.argv[3])
def told(*_):
    print("begun", flush=True)
    for consumer in (consumers._leader, consumers._beside):
        consumer.stop_flag.wait()
    print("told", flush=True)
def job(context, claim, progress):
    told()
    return {"finished": True}
def endless(context, keys, now):
    told()
    threading.Event().wait()
worker = Worker(WorkContext(settings, Database(settings.database_url, Bells(settings))), {"mail": endless}, {"job": job, "endless": endless})
consumers = Consumers(worker)
consumers.run()
print("ended", flush=True)
"""


@contextmanager
def at_work(place: Place) -> Iterator[subprocess.Popen[str]]:
    """A worker that is a process of its own, and has begun what lay there."""
    command = [sys.executable, "-c", AT_WORK, str(place.settings.data_dir), place.settings.database_url, KEY]
    with subprocess.Popen(
        command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "begun\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_finishes_what_is_under_way(
    beside_a_file: Place, told: signal.Signals
) -> None:
    place = beside_a_file
    job_id, never_begun = place.submit("job"), place.submit("job")
    with at_work(place) as process:
        os.kill(process.pid, told)
        said, complained = process.communicate(timeout=SOON)
    assert (process.returncode, said) == (0, "told\nended\n"), complained
    assert [json.loads(line) for line in complained.splitlines() if "error" in line] == []
    assert place.job(job_id).result == {"finished": True}
    assert place.job(never_begun).state == "queued"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("under_way", ["mail", "job"])
def test_told_twice_it_ends_at_once(beside_a_file: Place, told: signal.Signals, under_way: str) -> None:
    place = beside_a_file
    if under_way == "job":
        place.submit("endless")
    else:
        place.wish("a")
    with at_work(place) as process:
        os.kill(process.pid, told)
        assert process.stdout is not None and process.stdout.readline() == "told\n"
        os.kill(process.pid, told)
        said, complained = process.communicate(timeout=SOON)
    assert (process.returncode, said) == (0, "ended\n"), complained


def test_a_process_that_carries_out_no_jobs_any_more_ends(
    beside_a_file: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumers = Consumers(Worker(beside_a_file.context, {"mail": beside_a_file.note}, {}))
    monkeypatch.setattr(consumers._beside, "run", lambda: None)  # as a thread ends without a word
    running = threading.Thread(target=consumers.run)
    running.start()
    running.join(timeout=SOON)
    assert not running.is_alive()
