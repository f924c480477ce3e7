"""The worker as a process: huey hears the bells and lets the worker look at the tables.

Two queues, for a match list that takes minutes holds up no mail and no index: each has a consumer of one thread. Once a
minute each looks unasked, so a bell that was lost loses nothing.
"""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from datetime import datetime
from typing import Any

from huey.consumer import Consumer

from marketplace.core import jobs, outbox
from marketplace.core.queues import Queue
from marketplace.worker import MINUTE, Worker

# How often a queue that cannot wake us is asked whether a bell hangs there, in seconds.
POLL = 0.2
# How long, at most, a queue that does not answer is left alone, in seconds.
LONGEST_PAUSE = 30.0


class Consumers:
    """``run()`` works until a signal or ``stop()``; what is under way is finished first."""

    def __init__(self, worker: Worker) -> None:
        settings = worker.context.settings
        self.worker = worker
        self._alarm: datetime | None = None
        self._outbox = Queue(settings, outbox.BELL, self._look)
        self._outbox.every_minute(self._look_unasked)
        self._jobs = Queue(settings, jobs.BELL, worker.work_one_job)
        self._jobs.every_minute(worker.work_one_job)
        self._beside = _Consumer(self._jobs)
        self._leader = _Leader(self._outbox, self._beside)

    def run(self) -> None:
        """In the main thread: SIGTERM or Ctrl-C ends it well, a second one at once."""
        beside = threading.Thread(target=self._run_beside, name="jobs", daemon=True)
        beside.start()
        both = (self._leader, self._beside)
        try:
            with suppress(KeyboardInterrupt):  # as which huey raises the second signal
                self._leader.run()
                for consumer in both:
                    consumer.finish()
                for consumer in both:
                    consumer.huey.storage.close()
        finally:
            self.stop()

    def stop(self) -> None:
        """From another thread: ``run()`` then comes to its end."""
        self._beside.stop_flag.set()
        self._leader.stop_flag.set()

    def _run_beside(self) -> None:
        try:
            self._beside.run()
        finally:
            # A process in which nobody carries out jobs any more must not look well: it ends, and is started anew.
            self._leader.stop_flag.set()

    def _look(self) -> None:
        self.worker.answer()
        self.worker.drain()
        self._set_alarm()

    def _look_unasked(self) -> None:
        self.worker.look_round()
        self._set_alarm()

    def _set_alarm(self) -> None:
        """For the next row that falls due before the minute's look: what failed is tried again in seconds."""
        due, now = self.worker.next_due(), self.worker.now()
        if due is None or due > now + MINUTE:
            return
        if self._alarm is not None and now < self._alarm <= due:
            return  # whoever hears that one asks again
        self._outbox.ring_at(due)
        self._alarm = due


class _Consumer(Consumer):
    """One of two in a process: signals are for the other."""

    def __init__(self, queue: Queue, **options: Any) -> None:
        # Each thread that listens to PostgreSQL does so on a connection of its own, and hangs up itself.
        queue.on_shutdown(name="hang up")(queue.storage.close)
        # A queue that wakes us sleeps here only when it is away.
        longest, backoff = (LONGEST_PAUSE, 2.0) if queue.storage.blocking else (POLL, 1.0)
        super().__init__(queue, workers=1, initial_delay=POLL, max_delay=longest, backoff=backoff, **options)

    def finish(self) -> None:
        """Wait for what is under way; after ``stop_flag`` nothing new is begun."""
        for thread in (*(thread for _, thread in self.worker_threads), self.scheduler):
            while thread.is_alive():
                # Not for ever: a signal that comes as the waiting begins is heard when it ends.
                thread.join(timeout=0.5)

    def _set_signal_handlers(self) -> None:
        pass


class _Leader(_Consumer):
    """The one that hears signals, and takes the other along when it stops."""

    _signal_actions: dict[int, tuple[bool, bool]]

    def __init__(self, queue: Queue, beside: Consumer) -> None:
        super().__init__(queue, graceful_signal="TERM")
        self._beside = beside
        # Ctrl-C stays Python's own, which huey answers in the same way.
        self._signal_actions = {signal.SIGTERM: self._signal_actions[signal.SIGTERM]}

    def _set_signal_handlers(self) -> None:
        if threading.current_thread() is threading.main_thread():
            Consumer._set_signal_handlers(self)

    def stop(self, graceful: bool = False) -> None:
        """Nothing new is begun, here and beside; who runs both waits for what is under way."""
        self._beside.stop_flag.set()
        self.stop_flag.set()
