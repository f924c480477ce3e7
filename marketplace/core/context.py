"""What the worker hands to those who do its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from marketplace.core.db import Database
from marketplace.core.files import FileStore
from marketplace.core.jobs import JobClaim
from marketplace.settings import Settings

# (step code, done, total)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class WorkContext:
    """The places that handlers work on. They open their own units of work."""

    settings: Settings
    database: Database

    @property
    def files(self) -> FileStore:
        return FileStore(self.settings.data_dir / "files")


class OutboxHandler(Protocol):
    """Looks again at each key. Returns the keys that failed with the error; what is not in it is done."""

    def __call__(self, context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]: ...


class JobHandler(Protocol):
    """Carries out one job and returns its result (JSON). Raises Refusal for what the person can mend."""

    def __call__(self, context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]: ...
