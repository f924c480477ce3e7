"""What the worker does when it looks: it drains the outbox, carries out a job, and sees to what nobody asked for. When it
looks is huey's affair (`consumers.py`).

Every handler re-reads the rows it is told of, so running twice, late or in another order gives the same end. Once per
Chinese day it sees to what time alone changed: a certificate that lapsed at midnight wrote no row that anybody watches.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from marketplace.core import clock, jobs, outbox
from marketplace.core.bells import ear_of
from marketplace.core.context import Chore, JobHandler, OutboxHandler, Progress, Upkeep, WorkContext
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.core.jobs import JobClaim
from marketplace.core.outbox import Trouble
from search.engines.base import EngineUnavailable

log = structlog.get_logger()
MINUTE = timedelta(minutes=1)
# How often the lease of what is under way is renewed, in seconds: the shorter one outlasts several tries.
HELD_AGAIN = min(jobs.LEASE, outbox.LEASE).total_seconds() / 4
# A kind whose rows found away what they need is not asked again before this.
REST = timedelta(seconds=outbox.AWAY / 2)
# The outbox kind of the daily chores; its key is the first day that was not yet seen to.
DAILY = "daily"


class _Hold(Protocol):
    """Renews the lease of what is under way."""

    def __call__(self, session: Session, *, now: datetime) -> None: ...


class Worker:
    """Carries out what the site put off. ``step()`` does one round and says whether there was anything to do."""

    def __init__(
        self,
        context: WorkContext,
        outbox_handlers: Mapping[str, OutboxHandler],
        job_handlers: Mapping[str, JobHandler],
        clock_: Callable[[], datetime] = clock.utc_now,
        *,
        daily: Sequence[Chore] = (),
        upkeep: Sequence[Upkeep] = (),
        at_once: Mapping[str, int] | None = None,
    ) -> None:
        """``at_once``: how many rows of a kind are handed over together, where it is not the usual number."""
        self.context = replace(context, now=clock_)
        self.outbox_handlers = {**outbox_handlers, DAILY: self._see_to_days} if daily else outbox_handlers
        self.job_handlers = job_handlers
        self.now = clock_
        self.daily = daily
        self.upkeep = upkeep
        self.at_once = at_once or {}
        self._resting: dict[str, datetime] = {}

    def step(self) -> bool:
        """A minute's look and one job, for who steps it by hand."""
        looked = self.look_round()
        return self.work_one_job() or looked

    def look_round(self) -> bool:
        """What a minute's look does, asked for or not."""
        self.keep_up()
        return self.drain() > 0

    def answer(self) -> None:
        """A bell was heard: whoever asked at this queue, with this key, whether one is may know it."""
        with self.context.database.reading() as session:
            asked = outbox.called(session, ear_of(self.context.settings), self.now())
        if asked:
            with self.context.database.unit_of_work() as session:
                for name in asked:
                    outbox.hang_up(session, name)

    # ---------------------------------------------------------------- what nobody asked for

    def keep_up(self) -> None:
        """Each minute: is the index whole, and is the next day's row of chores there?"""
        now = self.now()
        for look in self.upkeep:
            try:
                look(self.context, now)
            except EngineUnavailable as error:  # a server that is away is known to be; one line says so
                log.warning("upkeep waits for the search engine", upkeep=look.__name__, error=str(error))
            except Exception as error:  # what cannot be mended now is tried again in a minute
                log.error("upkeep failed", upkeep=look.__name__, exc_info=error)
        if not self.daily:
            return
        with self.context.database.unit_of_work() as session:
            outbox.tell_alive(session, now, now + 2 * MINUTE)
        with self.context.database.reading() as session:
            planned = outbox.waits(session, DAILY)
        if not planned:
            with self.context.database.unit_of_work() as session:
                outbox.enqueue(session, DAILY, clock.day_of(now), now)

    def _see_to_days(self, context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
        """Every chore for the days from the key through today, and a row for tomorrow, in one unit of work."""
        first, today = min(date.fromisoformat(key) for key in keys), clock.day_of(now)
        with context.database.unit_of_work() as session:
            with outbox.gathered(session):  # on the last day of a year a whole cohort's certificates end
                for chore in self.daily:
                    chore(session, min(first, today), today, now)
            tomorrow = today + timedelta(days=1)
            outbox.enqueue(session, DAILY, tomorrow, now, due=clock.start_of(tomorrow))
        return {}

    # ---------------------------------------------------------------- the outbox

    def drain(self, kinds: Collection[str] = ()) -> int:
        """Look at every due outbox row once, or at those of some kinds; returns how many were looked at."""
        looked_at = 0
        for kind, handler in self.outbox_handlers.items():
            if self._rests(kind) or (kinds and kind not in kinds):
                continue
            with self.context.database.unit_of_work() as session:
                claims = outbox.claim(session, [kind], self.now(), self.at_once.get(kind, outbox.AT_ONCE))
            if claims:
                looked_at += len(claims)
                with self._holding(outbox.Hand(claims).hold, kind):
                    self._handle(kind, handler, claims)
        return looked_at

    def _rests(self, kind: str) -> bool:
        """Rows that wait for something that is away are counted in thousands; asking once is enough to know."""
        until = self._resting.get(kind)
        return until is not None and until - REST <= self.now() < until

    def next_due(self) -> datetime | None:
        """When there will be something to look at that there is not yet: a row falls due, or a kind has rested."""
        now = self.now()
        with self.context.database.reading() as session:
            due = outbox.next_due(session, self.outbox_handlers.keys(), now)
        rested = (until for kind, until in list(self._resting.items()) if self._rests(kind))
        return min(filter(None, (due, *rested)), default=None)

    def drain_all(self) -> None:
        """Drain until nothing due is left: for the demo, tests and maintenance."""
        self.drain_kinds(())

    def drain_kinds(self, kinds: Collection[str]) -> int:
        """The same for some kinds; returns how many rows were looked at."""
        total = 0
        while looked_at := self.drain(kinds):
            total += looked_at
        return total

    def _handle(self, kind: str, handler: OutboxHandler, claims: Sequence[outbox.Claim]) -> None:
        """Hand the keys over together; when that raises, one by one, so that a bad row takes no good one with it."""
        try:
            failures = handler(self.context, [claim.key for claim in claims], self.now())
        except Exception as error:  # a handler's fault must not stop the others
            if len(claims) > 1:
                for claim in claims:
                    self._handle(kind, handler, [claim])
                return
            log.error("outbox handler failed", kind=kind, key=claims[0].key, exc_info=error)
            failures = {claims[0].key: repr(error)}
        if any(isinstance(trouble, Trouble) and trouble.verdict == "away" for trouble in failures.values()):
            self._resting[kind] = self.now() + REST
        with self.context.database.unit_of_work() as session:
            outbox.take(session, [claim.id for claim in claims])
            outbox.settle(session, [claim for claim in claims if claim.key not in failures])
            failed = [(claim, failures[claim.key]) for claim in claims if claim.key in failures]
            outbox.postpone(session, failed, self.now())

    # ---------------------------------------------------------------- jobs

    def work_one_job(self) -> bool:
        with self.context.database.unit_of_work() as session:
            claim = jobs.claim_next(session, list(self.job_handlers), self.now())
        if claim is None:
            return False
        try:
            with self._holding(partial(jobs.hold, claim=claim), f"job {claim.id}"):
                result = self.job_handlers[claim.kind](self.context, claim, self._progress_of(claim))
        except Refusal as refusal:
            self._fail(claim, refusal.problems[0], repr(refusal))
        except (Forbidden, NotFound) as error:  # who asked may no longer, or what it was about is gone
            self._fail(claim, Problem("core.job_right_ended"), repr(error))
        except Exception as error:
            log.error("job failed", job=claim.id, kind=claim.kind, exc_info=error)
            self._fail(claim, Problem("core.job_failed"), repr(error))
        else:
            with self.context.database.unit_of_work() as session:
                jobs.finish(session, claim, result, self.now())
        return True

    def _fail(self, claim: JobClaim, problem: Problem, error: str) -> None:
        with self.context.database.unit_of_work() as session:
            jobs.fail(session, claim, jobs.failure_of(problem), error, self.now())

    def _progress_of(self, claim: JobClaim) -> Progress:
        """Reports at most twice a second, so that telling costs nothing beside doing."""
        last = 0.0

        def report(step: str, done: int, total: int) -> None:
            nonlocal last
            if done < total and time.monotonic() - last < 0.5:
                return
            last = time.monotonic()
            with self.context.database.unit_of_work() as session:
                jobs.report(session, claim, step, done, total, self.now())

        return report

    # ---------------------------------------------------------------- what is under way

    @contextmanager
    def _holding(self, hold: _Hold, name: str) -> Iterator[None]:
        """What is claimed is this process's for as long as it works on it, however long it says nothing: reading a
        register, or matching a batch of needs, takes longer than a lease, and another worker would begin it once more."""
        done = threading.Event()

        def hold_on() -> None:
            while not done.wait(HELD_AGAIN):
                try:
                    with self.context.database.unit_of_work() as session:
                        hold(session, now=self.now())
                except Exception as error:  # a busy database: the lease outlasts several tries
                    log.warning("work under way could not be held", work=name, error=repr(error))

        holding = threading.Thread(target=hold_on, name=f"hold {name}", daemon=True)
        holding.start()
        try:
            yield
        finally:
            done.set()
            holding.join()
