"""A lock between processes for changes that take milliseconds."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from search.engines.base import EngineBusy

_STALE: Final = 30.0
_WAIT: Final = 10.0


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Held beside `path`. A lock older than half a minute belonged to a process that died."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.parent / f".{path.name}.lock"
    give_up = time.monotonic() + _WAIT
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > _STALE:
                    lock.unlink(missing_ok=True)
                    continue
            if time.monotonic() > give_up:
                raise EngineBusy(f"{lock} is held by another process") from None
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
