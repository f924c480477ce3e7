"""The worker: a bad row takes no good one with it, a fault stops nothing, a job's end reaches whoever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from marketplace import worker
from marketplace.core import jobs, outbox
from marketplace.core.actor import Actor
from marketplace.core.bells import ear_of
from marketplace.core.context import Progress, WorkContext
from marketplace.core.errors import Refusal
from marketplace.core.i18n import render
from marketplace.core.jobs import Job, JobClaim
from marketplace.core.outbox import MAX_ATTEMPTS, OutboxEntry, Trouble
from marketplace.worker import Worker
from tests.integration.worker.conftest import NOW, Clock

SOMEBODY = Actor(account_id=7, name="甲")


def wish(context: WorkContext, *keys: str, kind: str = "index") -> None:
    with context.database.unit_of_work() as session:
        for key in keys:
            outbox.enqueue(session, kind, key, NOW)


def left(context: WorkContext) -> list[OutboxEntry]:
    with context.database.reading() as session:
        return list(session.scalars(select(OutboxEntry).order_by(OutboxEntry.id)))


class Handler:
    """Remembers its calls; raises for keys that begin with ``bad``, reports those that begin with ``no``."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.done: list[str] = []

    def __call__(self, context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        self.calls.append(list(keys))
        if any(key.startswith("bad") for key in keys):
            raise RuntimeError("it broke")
        self.done += [key for key in keys if not key.startswith("no")]
        return {key: "not now" for key in keys if key.startswith("no")}


def test_what_is_done_goes_and_what_failed_stays(context: WorkContext, clock: Clock) -> None:
    handler = Handler()
    wish(context, "a", "no-1", "b")
    worker = Worker(context, {"index": handler}, {}, clock)
    assert worker.step()
    assert handler.calls == [["a", "no-1", "b"]]
    (row,) = left(context)
    assert (row.key, row.attempts, row.last_error, row.leased_until) == ("no-1", 1, "not now", None)
    assert not worker.step()
    clock.wait(seconds=2)
    assert worker.step()


def test_a_bad_row_takes_no_good_one_with_it(context: WorkContext, clock: Clock) -> None:
    handler = Handler()
    wish(context, "a", "bad-1", "b", "no-1")
    with capture_logs() as logs:
        Worker(context, {"index": handler}, {}, clock).drain()
    assert handler.done == ["a", "b"]
    assert {row.key: row.last_error for row in left(context)} == {
        "bad-1": "RuntimeError('it broke')",
        "no-1": "not now",
    }
    assert [log["key"] for log in logs if log["event"] == "outbox handler failed"] == ["bad-1"]


def test_a_row_that_never_succeeds_rests_and_stays_to_be_seen(context: WorkContext, clock: Clock) -> None:
    handler = Handler()
    wish(context, "bad-1")
    worker = Worker(context, {"index": handler}, {}, clock)
    with capture_logs():
        for _ in range(2 * MAX_ATTEMPTS):
            worker.drain()
            clock.wait(hours=1)
    assert len(handler.calls) == MAX_ATTEMPTS
    (row,) = left(context)
    assert row.dead_at is not None


def test_one_kinds_fault_does_not_stop_another(context: WorkContext, clock: Clock) -> None:
    broken, sound = Handler(), Handler()
    wish(context, "bad-1")
    wish(context, "a", kind="mail")
    with capture_logs():
        Worker(context, {"index": broken, "mail": sound}, {}, clock).step()
    assert sound.done == ["a"]


def test_a_wish_made_during_the_work_is_seen_to_next(context: WorkContext, clock: Clock) -> None:
    seen = []

    def handler(context_: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        seen.append(list(keys))
        if len(seen) == 1:
            wish(context_, "a")
        return {}

    wish(context, "a")
    Worker(context, {"index": handler}, {}, clock).drain_all()
    assert seen == [["a"], ["a"]]
    assert left(context) == []


def test_a_worker_that_died_with_rows_in_hand_is_succeeded(context: WorkContext, clock: Clock) -> None:
    class Died(BaseException):
        pass

    def dies(context_: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        raise Died

    wish(context, "a")
    with pytest.raises(Died):
        Worker(context, {"index": dies}, {}, clock).step()
    handler = Handler()
    heir = Worker(context, {"index": handler}, {}, clock)
    assert not heir.step()
    clock.wait(minutes=6)
    assert heir.step()
    assert handler.done == ["a"]


def test_a_batch_that_takes_longer_than_a_lease_is_nobody_elses(
    context: WorkContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the rows are handed over one by one: those that wait for their turn are held as well."""
    monkeypatch.setattr(worker, "HELD_AGAIN", 0.01)
    other = Handler()

    def slow(context_: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        if len(keys) > 1:
            raise RuntimeError("one by one, then")
        clock.wait(seconds=outbox.LEASE.total_seconds() + 1)
        until = threading.Event()
        for _ in range(1000):
            if all(row.leased_until is None or row.leased_until > clock.now for row in left(context_)):
                break
            until.wait(0.01)
        Worker(context_, {"index": other}, {}, clock).drain()
        return {"a": "not now"} if keys == ["a"] else {}

    wish(context, "a", "b", "c")
    Worker(context, {"index": slow}, {}, clock).drain()
    # What was given back is anybody's again, and held for nobody by those who once had it.
    assert other.done == ["a"]
    assert left(context) == []
    assert [one for one in threading.enumerate() if one.name == "hold index"] == []


def test_rows_are_closed_in_the_order_in_which_they_are_wished_for(
    context: WorkContext, clock: Clock
) -> None:
    """Else who closes and who wishes would wait for each other crosswise."""
    handled, wished = threading.Event(), threading.Event()

    def handler(context_: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        handled.set()
        assert wished.wait(30)
        return {}

    wish(context, "b", "a")
    with ThreadPoolExecutor(1) as pool:
        drained = pool.submit(Worker(context, {"index": handler}, {}, clock).drain)
        assert handled.wait(30)
        with context.database.unit_of_work() as session:
            outbox.enqueue(session, "index", "a", NOW)
            wished.set()
            wait([drained], 0.5)
            outbox.enqueue(session, "index", "b", NOW)
        assert drained.result() == 2
    assert [(row.key, row.revision, row.leased_until) for row in left(context)] == [
        ("b", 2, None),
        ("a", 2, None),
    ]


def test_only_a_bell_answers_who_asks_whether_one_is_heard(context: WorkContext, clock: Clock) -> None:
    """The minute's look comes by itself, and says nothing of bells."""
    at_work = Worker(context, {"index": Handler()}, {}, clock)
    with context.database.unit_of_work() as session:
        ear = ear_of(context.settings)
        asked, other = outbox.call(session, ear, NOW), outbox.call(session, ear, NOW)
        outbox.hang_up(session, other)
    at_work.step()
    clock.wait(days=2)
    at_work.step()
    with context.database.reading() as session:
        assert not outbox.answered(session, asked)
        assert outbox.answered(session, other)
    at_work.answer()
    with context.database.reading() as session:
        assert outbox.answered(session, asked)


@pytest.mark.parametrize(
    "changes", [{"queue": "sqlite:////elsewhere/queue.sqlite3"}, {"secret_key": "another key for tests"}]
)
def test_a_worker_answers_nobody_who_rings_at_another_queue_or_with_another_key(
    context: WorkContext, clock: Clock, changes: dict[str, str]
) -> None:
    """It hears the bells of its own queue, and would say of this one that it is heard."""
    elsewhere = replace(context, settings=context.settings.model_copy(update=changes))
    with context.database.unit_of_work() as session:
        asked = outbox.call(session, ear_of(context.settings), NOW)
    assert context.settings.secret_key not in asked and len(asked) <= 80
    Worker(elsewhere, {}, {}, clock).answer()
    with context.database.reading() as session:
        assert not outbox.answered(session, asked)
    clock.wait(days=2)  # whoever asked was killed: nothing of the question stays for ever
    Worker(elsewhere, {}, {}, clock).answer()
    with context.database.reading() as session:
        assert outbox.answered(session, asked)


def test_two_ways_of_writing_the_same_queue_file_are_one_queue(context: WorkContext) -> None:
    def written(address: str) -> str:
        return ear_of(context.settings.model_copy(update={"queue": address}))

    folder = context.settings.data_dir
    assert written(f"sqlite:///{folder}/queue.sqlite3") == written(f"sqlite:///{folder}/x/../queue.sqlite3")
    assert written(f"sqlite:///{folder}/queue.sqlite3") != written(f"sqlite:///{folder}/other.sqlite3")


# ---------------------------------------------------------------- jobs


def submit(context: WorkContext, kind: str = "count") -> int:
    with context.database.unit_of_work() as session:
        return jobs.submit(session, SOMEBODY, kind, {}, NOW).id


def job_of(context: WorkContext, job_id: int) -> Job:
    with context.database.reading() as session:
        return session.get_one(Job, job_id)


def test_a_job_reports_and_ends_with_its_result(context: WorkContext, clock: Clock) -> None:
    def count(context_: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
        progress("counting", 1, 2)
        assert job_of(context_, claim.id).done == 1
        progress("counting", 2, 2)
        return {"sum": 3}

    job_id = submit(context)
    assert Worker(context, {}, {"count": count}, clock).step()
    job = job_of(context, job_id)
    assert (job.state, job.result, job.done, job.total) == ("done", {"sum": 3}, 2, 2)


@pytest.mark.parametrize("error", [RuntimeError("canary-4711"), Refusal("core.stale"), KeyError("x")])
def test_a_job_that_fails_says_so_in_words(context: WorkContext, clock: Clock, error: Exception) -> None:
    def fail(context_: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
        raise error

    job_id = submit(context)
    with capture_logs():
        assert Worker(context, {}, {"count": fail}, clock).step()
    job = job_of(context, job_id)
    assert job.state == "failed"
    assert job.failure is not None
    sentence = render(job.failure["code"], job.failure["params"], "zh")
    assert "请" in sentence
    assert "canary" not in sentence
    assert type(error).__name__ in (job.error or "")


def test_a_refusal_with_a_day_in_it_reaches_the_reader(context: WorkContext, clock: Clock) -> None:
    def fail(context_: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
        raise Refusal("lifecycle.validity_past", valid_until=date(2026, 11, 22))

    job_id = submit(context)
    Worker(context, {}, {"count": fail}, clock).step()
    failure = job_of(context, job_id).failure
    assert failure is not None
    assert "2026-11-22" in render(failure["code"], failure["params"], "zh")


def test_a_job_that_says_nothing_for_longer_than_a_lease_is_nobody_elses(
    context: WorkContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HELD_AGAIN", 0.01)
    held = threading.Event()
    hold = jobs.hold

    def noticed(session: Session, claim: JobClaim, now: datetime) -> None:
        hold(session, claim, now)
        if now > NOW:
            session.commit()
            held.set()

    monkeypatch.setattr(jobs, "hold", noticed)
    other: list[bool] = []

    def silent(context_: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
        clock.wait(seconds=jobs.LEASE.total_seconds() + 1)
        assert held.wait(60)
        other.append(Worker(context, {}, {"silent": silent}, clock).work_one_job())
        return {"once": True}

    job_id = submit(context, "silent")
    assert Worker(context, {}, {"silent": silent}, clock).work_one_job()
    assert (other, job_of(context, job_id).result, job_of(context, job_id).attempt) == (
        [False],
        {"once": True},
        1,
    )
    assert [one for one in threading.enumerate() if one.name == f"hold job {job_id}"] == []


def test_what_waits_for_something_that_is_away_is_looked_at_when_its_kind_has_rested(
    context: WorkContext, clock: Clock
) -> None:
    def away(context_: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, Trouble]:
        wish(
            context_, *keys
        )  # somebody asks once more meanwhile: due at once, and not before the kind has rested
        return {key: Trouble("no answer", "away") for key in keys}

    wish(context, "a")
    at_work = Worker(context, {"index": away}, {}, clock)
    at_work.drain()
    (row,) = left(context)
    assert row.due_at <= NOW and at_work.drain() == 0
    assert at_work.next_due() == NOW + worker.REST
    clock.wait(seconds=worker.REST.total_seconds())
    assert at_work.next_due() is None and at_work.drain() == 1


def test_a_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it(
    context: WorkContext, clock: Clock
) -> None:
    job_id = submit(context, "unheard")
    assert not Worker(context, {}, {"count": lambda *_: {}}, clock).step()
    assert job_of(context, job_id).state == "queued"
