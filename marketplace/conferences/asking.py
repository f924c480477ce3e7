"""What takes seconds is a job, and its page is followed: by who asked for it, and by whoever else runs its conference."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.conferences import lists, service
from marketplace.conferences.jobs import GENERATE, KINDS
from marketplace.core import jobs
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.jobs import Job


def asked_once(
    session: Session, actor: Actor, kind: str, params: dict[str, Any], now: datetime, *about: str
) -> int:
    """The number of the job to follow. Whoever asks for what is under way already, a colleague included, follows that
    one; ``about`` names the parameters that tell. Another choice about the same thing is a job of its own."""
    return jobs.submit_once(session, actor, kind, params, now, about=about).id


def drafted_once(session: Session, actor: Actor, conference_id: int, now: datetime) -> int:
    """The number of the draft to follow. One under way holds whatever has been changed about the conference by now: it ends
    with its edition, and that is drafted anew where it was made of something else (:func:`drafting.keep`)."""
    # An edition that is just being kept was not made of what is changed behind it: its job is over when this goes on.
    service.held_to_run(session, actor, conference_id)
    return asked_once(session, actor, GENERATE, {"conference_id": conference_id}, now, "conference_id")


def followed(session: Session, actor: Actor, job_id: int) -> Job:
    """A job of a conference, for those who run it. Anyone else's is not found."""
    job = session.get(Job, job_id)
    if job is None or job.kind not in KINDS:
        raise NotFound
    try:
        if "list_id" in job.params:
            lists.known_list(session, actor, job.params["list_id"])
        else:
            service.to_run(session, actor, job.params["conference_id"])
    except Forbidden:
        raise NotFound from None
    return job
