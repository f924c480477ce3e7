"""A circuit breaker: who does not answer is not asked for a while, and readers are not kept waiting for it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from search.engines.base import EngineUnavailable

FAILURES: Final = 5
PAUSE: Final = 5.0

_log = logging.getLogger(__name__)


class Breaker:
    """Open after `failures` in a row; after `pause` seconds one caller may try, and decides for all."""

    def __init__(
        self,
        failures: int = FAILURES,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._guard = threading.Lock()
        self._failed = 0
        self._closed_until: float | None = None

    @property
    def is_open(self) -> bool:
        return self._closed_until is not None

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Raises EngineUnavailable at once while open. Only EngineUnavailable counts as a failure."""
        self._let_in()
        try:
            yield
        except EngineUnavailable:
            self._failure()
            raise
        except BaseException:
            self._success()  # it answered; what came of it is another matter
            raise
        self._success()

    def _let_in(self) -> None:
        with self._guard:
            if self._closed_until is None:
                return
            if self._clock() < self._closed_until:
                raise EngineUnavailable("the search server has failed repeatedly and is given a pause")
            self._closed_until = self._clock() + self._pause  # the others wait for this one's answer

    def _failure(self) -> None:
        with self._guard:
            self._failed += 1
            if self._failed >= self._most:
                if self._closed_until is None:
                    _log.warning(
                        "the search server has failed %d times in a row and is given a pause", self._failed
                    )
                self._closed_until = self._clock() + self._pause

    def _success(self) -> None:
        with self._guard:
            if self._closed_until is not None:
                _log.warning("the search server answers again")
            self._failed = 0
            self._closed_until = None
