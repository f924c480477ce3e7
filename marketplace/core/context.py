"""What the worker hands to those who do its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.core.files import FileStore
from marketplace.core.jobs import JobClaim
from marketplace.core.outbox import Trouble
from marketplace.settings import Settings
from search.engines.candidates import CandidateSource

# (step code, done, total)
Progress = Callable[[str, int, int], None]


def _no_cluster(_settings: Settings) -> None:
    return None


def _nobody(_session: Session, _claim: JobClaim) -> Actor:
    return ANONYMOUS


@dataclass(frozen=True)
class WorkContext:
    """The places that handlers work on, and how to learn for whom. They open their own units of work."""

    settings: Settings
    database: Database
    # Who asked for a job, with the reach of this moment: asked again in each unit of work, for a job takes long.
    actor_of_job: Callable[[Session, JobClaim], Actor] = _nobody
    # A search cluster that can name the matcher's candidates; None where the index is a folder of this machine.
    candidate_source: Callable[[Settings], CandidateSource | None] = _no_cluster
    # The worker's clock, for those who take so long that the moment at which they began is past.
    now: Callable[[], datetime] = utc_now

    @property
    def files(self) -> FileStore:
        return FileStore(self.settings.data_dir / "files")


# Chore(session, first, last, now): what the days from first through last changed without writing a row. It may be
# asked for a day twice.
Chore = Callable[[Session, date, date, datetime], None]


class Upkeep(Protocol):
    """Looks whether something that should be there is there, and mends it; asked once a minute."""

    __name__: str

    def __call__(self, context: WorkContext, now: datetime) -> None: ...


class OutboxHandler(Protocol):
    """Looks again at each key. Returns the keys that failed with the trouble; what is not in it is done."""

    def __call__(
        self, context: WorkContext, keys: Sequence[str], now: datetime
    ) -> Mapping[str, str | Trouble]: ...


class JobHandler(Protocol):
    """Carries out one job and returns its result (JSON). Raises Refusal for what the person can mend."""

    def __call__(self, context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]: ...
