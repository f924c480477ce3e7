"""Matching of the district at work: what its worker is asked for, what still waits for it, and what it proposes or drafts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.conferences import asking
from marketplace.conferences.jobs import GENERATE
from marketplace.core import jobs, outbox
from marketplace.core.context import WorkContext
from marketplace.core.outbox import OutboxEntry
from marketplace.proposals import refreshing
from marketplace.proposals.models import Proposal
from marketplace.settings import Settings
from marketplace.worker import Worker
from tests.integration.matchlists.conftest import NOW, District


class Matching:
    """The district with a worker of its own, and the time that it is there."""

    def __init__(self, district: District, folder: Path) -> None:
        self.district, self.now = district, NOW
        settings = Settings(data_dir=folder, secret_key="a key for tests")
        self.worker = Worker(
            WorkContext(settings, district.database), {"match": refreshing.refresh}, {}, lambda: self.now
        )

    def ask(self, *keys: str) -> None:
        with self.district.database.unit_of_work() as session:
            for key in keys:
                outbox.enqueue(session, "match", key, self.now)

    def waiting(self) -> dict[str, int]:
        """How often each key that is still asked for has been tried."""
        rows = select(OutboxEntry).where(OutboxEntry.kind == "match")
        with self.district.database.reading() as session:
            return {row.key: row.attempts for row in session.scalars(rows)}

    def proposed(self, need_id: int) -> set[int]:
        holds = select(Proposal.capability_id).where(
            Proposal.need_id == need_id, Proposal.withdrawn_at.is_(None)
        )
        with self.district.database.reading() as session:
            return set(session.scalars(holds))


def ask_for_draft(session: Session, district: District) -> int:
    """The job that the organiser then follows."""
    return asking.drafted_once(session, district.people["organiser"], district.conference, NOW)


def begin_draft(district: District) -> jobs.JobClaim:
    """A worker takes the draft that was asked for first."""
    with district.database.unit_of_work() as session:
        claim = jobs.claim_next(session, [GENERATE], NOW)
    assert claim is not None
    return claim
