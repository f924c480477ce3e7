"""The other assembly point: which handler looks after which outbox kind and which job.

One process, one loop: drain the outbox, carry out one job, sleep when there was nothing. Every handler re-reads the
rows it is told of, so running twice, late or in another order gives the same end.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from marketplace.core import clock, jobs, outbox
from marketplace.core.context import JobHandler, OutboxHandler, Progress, WorkContext
from marketplace.core.errors import Refusal
from marketplace.core.jobs import JobClaim

log = structlog.get_logger()
IDLE_SECONDS = 0.5


class Worker:
    """Carries out what the site put off. ``step()`` does one round and says whether there was anything to do."""

    def __init__(
        self,
        context: WorkContext,
        outbox_handlers: Mapping[str, OutboxHandler],
        job_handlers: Mapping[str, JobHandler],
        clock_: Callable[[], datetime] = clock.utc_now,
    ) -> None:
        self.context = context
        self.outbox_handlers = outbox_handlers
        self.job_handlers = job_handlers
        self.now = clock_

    def step(self) -> bool:
        drained = self.drain()
        return self.work_one_job() or drained > 0

    def drain(self) -> int:
        """Look at every due outbox row once; returns how many were looked at."""
        looked_at = 0
        for kind, handler in self.outbox_handlers.items():
            with self.context.database.unit_of_work() as session:
                claims = outbox.claim(session, [kind], self.now())
            if claims:
                looked_at += len(claims)
                self._handle(kind, handler, claims)
        return looked_at

    def drain_all(self) -> None:
        """Drain until nothing due is left: for the demo, tests and maintenance."""
        while self.drain():
            pass

    def _handle(self, kind: str, handler: OutboxHandler, claims: Sequence[outbox.Claim]) -> None:
        try:
            failures = handler(self.context, [claim.key for claim in claims], self.now())
        except Exception as error:  # a handler's fault must not stop the others
            log.error("outbox handler failed", kind=kind, exc_info=error)
            failures = {claim.key: repr(error) for claim in claims}
        with self.context.database.unit_of_work() as session:
            outbox.settle(session, [claim for claim in claims if claim.key not in failures])
            for claim in claims:
                if claim.key in failures:
                    outbox.postpone(session, claim, failures[claim.key], self.now())

    def work_one_job(self) -> bool:
        with self.context.database.unit_of_work() as session:
            claim = jobs.claim_next(session, list(self.job_handlers), self.now())
        if claim is None:
            return False
        try:
            result = self.job_handlers[claim.kind](self.context, claim, self._progress_of(claim))
        except Refusal as refusal:
            problem = refusal.problems[0]
            self._fail(claim, problem.code, problem.params, repr(refusal))
        except Exception as error:
            log.error("job failed", job=claim.id, kind=claim.kind, exc_info=error)
            self._fail(claim, "core.job_failed", {}, repr(error))
        else:
            with self.context.database.unit_of_work() as session:
                jobs.finish(session, claim, result, self.now())
        return True

    def _fail(self, claim: JobClaim, code: str, params: Mapping[str, object], error: str) -> None:
        with self.context.database.unit_of_work() as session:
            jobs.fail(session, claim, {"code": code, "params": dict(params)}, error, self.now())

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

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; the step under way is finished first."""
        while not stop.is_set():
            try:
                busy = self.step()
            except Exception as error:  # the database may be away for a moment; the rows wait
                log.error("worker step failed", exc_info=error)
                busy = False
            if not busy:
                stop.wait(IDLE_SECONDS)


def run_forever(worker: Worker) -> None:
    """The worker as a process of its own: ends cleanly on Ctrl-C and on SIGTERM."""
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())
    worker.run(stop)
