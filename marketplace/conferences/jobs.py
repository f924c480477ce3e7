"""Long work of conferences: drafting a list is a job with progress, because fitting and explaining take seconds."""

from __future__ import annotations

from typing import Any

from marketplace.conferences import lists
from marketplace.core.actor import Actor
from marketplace.core.clock import utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.jobs import JobClaim
from marketplace.core.work_as import actor_of_job

GENERATE = "conference.generate"
RECOMPUTE = "match_list.recompute"


def generate(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Draft the next edition for ``conference_id``."""
    progress("conferences.step.matching", 0, 1)
    with context.database.unit_of_work() as session:
        actor: Actor = actor_of_job(claim)
        match_list = lists.generate(session, actor, claim.params["conference_id"], now=utc_now())
        result = {"list_id": match_list.id, "edition": match_list.edition}
    progress("conferences.step.matching", 1, 1)
    return result


def recompute(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Compute ``list_id`` again and say whether it came out equal."""
    progress("conferences.step.recomputing", 0, 1)
    with context.database.unit_of_work() as session:
        comparison = lists.recompute(session, actor_of_job(claim), claim.params["list_id"], now=utc_now())
    progress("conferences.step.recomputing", 1, 1)
    return {
        "list_id": claim.params["list_id"],
        "equal": comparison.equal,
        "changed_version": comparison.changed_version,
        "then": comparison.then,
        "now": comparison.now,
    }
