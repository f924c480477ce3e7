"""The bells between whoever commits and the worker.

A bell says "look", and nothing else: what there is to do stands in the tables. So one that rings too often costs an empty
look, and one that is lost, with its process or its queue, costs at most the minute until the worker looks unasked.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from marketplace.settings import Settings

if TYPE_CHECKING:
    from marketplace.core.queues import Queue

log = structlog.get_logger()
# A queue that is away is not asked again before this, in seconds: nobody's request waits for it twice.
REST = 10.0


def ear_of(settings: Settings) -> str:
    """A fingerprint of where one listens and with which key: who has another hears nothing that is rung here. Neither
    address nor key can be read out of it."""
    kind, _, rest = settings.queue.partition("://")
    place = str(Path(rest[1:]).resolve()) if kind == "sqlite" else settings.queue
    return hmac.new(settings.secret_key.encode(), place.encode(), hashlib.sha256).hexdigest()[:24]


class Bells:
    """Rings the queues that the settings name; opens each when it is first rung."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._queues: dict[str, Queue] = {}
        self._opening = threading.Lock()
        self._rests_until = 0.0

    def ring(self, names: Iterable[str]) -> None:
        """Never raises: the commit is done, and the worker looks at the tables by itself as well."""
        if time.monotonic() < self._rests_until:
            return
        try:
            for name in names:
                self._queue(name).ring()
        except Exception as error:  # whatever keeps a queue from being rung
            self._rests_until = time.monotonic() + REST
            log.warning("bell did not ring", error=repr(error))

    def close(self) -> None:
        with self._opening:
            for queue in self._queues.values():
                queue.storage.close()
            self._queues.clear()

    def _queue(self, name: str) -> Queue:
        with self._opening:
            if name not in self._queues:
                # Late: a site that starts has nothing to ring for yet, and huey can wait.
                from marketplace.core.queues import Queue

                self._queues[name] = Queue(self.settings, name)
            return self._queues[name]
