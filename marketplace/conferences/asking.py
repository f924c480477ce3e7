"""What takes seconds is a job, and its page is followed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.actor import Actor
from marketplace.core.jobs import Job


def asked_once(
    session: Session, actor: Actor, kind: str, about: str, params: dict[str, Any], now: datetime
) -> int:
    """The number of the job to follow. Asking again for what one's own job under way is about follows that one;
    ``about`` names the parameter that tells."""
    waiting = select(Job).where(
        Job.kind == kind, Job.account_id == actor.account_id, Job.finished_at.is_(None)
    )
    for job in session.scalars(waiting):
        if job.params.get(about) == params[about]:
            return job.id
    return jobs.submit(session, actor, kind, params, now).id
