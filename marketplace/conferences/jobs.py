"""Long work of conferences: drafting a list is a job with progress, because fitting and explaining take seconds."""

from __future__ import annotations

from typing import Any

import structlog

from marketplace.conferences import adding, drafting, lists, weights
from marketplace.core import jobs
from marketplace.core.clock import day_of, utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.jobs import JobClaim
from marketplace.proposals.proposing import Outdated
from marketplace.proposals.supply import supply

log = structlog.get_logger()
GENERATE = "conference.generate"
RECOMPUTE = "match_list.recompute"
REWEIGH = "match_list.reweigh"
ADD = "match_list.add"
KINDS = (GENERATE, RECOMPUTE, REWEIGH, ADD)
MATCHING = "conferences.step.matching"


def generate(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Draft the next edition for ``conference_id``. While the matcher works, nobody waits for the database; where the
    conference is changed meanwhile, it is drafted once more."""
    while True:
        drafted = _drafted(context, claim, progress)
        try:
            return _kept(context, claim, drafted)
        except Outdated:
            log.info("conference has changed while it was drafted", conference=drafted.conference_id)


def _drafted(context: WorkContext, claim: JobClaim, progress: Progress) -> drafting.Draft:
    progress(MATCHING, 0, 0)
    with context.database.reading() as session:
        source = context.candidate_source(context.settings)
        return drafting.draft(
            session,
            context.actor_of_job(session, claim),
            claim.params["conference_id"],
            now=utc_now(),
            told=lambda done, total: progress(MATCHING, done, total),
            way=supply(session, context.settings, source, day_of(utc_now())),
        )


def _kept(context: WorkContext, claim: JobClaim, drafted: drafting.Draft) -> dict[str, Any]:
    """Edition and end of the job in one: as long as it is under way, whatever is changed still comes into it."""
    with context.database.unit_of_work() as session:
        match_list = drafting.keep(session, context.actor_of_job(session, claim), drafted, now=utc_now())
        made = {"list_id": match_list.id, "edition": match_list.edition}
        jobs.finish(session, claim, made, utc_now())
        return made


def reweigh(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Make ``list_id``, or what other weights have made of it meanwhile, the next edition under ``steps``; matched while
    nobody waits for the database."""
    progress(MATCHING, 0, 0)
    list_id, steps = claim.params["list_id"], claim.params["steps"]
    with context.database.reading() as session:
        drafted = weights.reweighed(
            session,
            context.actor_of_job(session, claim),
            list_id,
            steps,
            lambda done, total: progress(MATCHING, done, total),
            now=utc_now(),
        )
    with context.database.unit_of_work() as session:
        made = weights.adopt(
            session, context.actor_of_job(session, claim), list_id, steps, drafted, now=utc_now()
        )
        return {"list_id": made.id, "edition": made.edition}


def add(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Put ``need_id`` and ``capability_id`` on ``list_id`` for ``reason``, with the evidence there is."""
    progress("conferences.step.comparing", 0, 0)
    list_id, asked = claim.params["list_id"], claim.params
    with context.database.reading() as session:
        actor = context.actor_of_job(session, claim)
        found = adding.evidence(
            session, actor, list_id, asked["need_id"], asked["capability_id"], now=utc_now()
        )
    with context.database.unit_of_work() as session:
        actor = context.actor_of_job(session, claim)
        entry = adding.add(session, actor, list_id, found, reason=asked["reason"], now=utc_now())
        return {"list_id": list_id, "need_id": entry.need_id, "entry_id": entry.id}


def recompute(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Compute ``list_id`` again and say whether it came out equal."""
    progress("conferences.step.recomputing", 0, 0)
    list_id = claim.params["list_id"]
    with context.database.reading() as session:
        comparison = lists.prove(session, context.actor_of_job(session, claim), list_id)
    with context.database.unit_of_work() as session:
        lists.record_proof(session, context.actor_of_job(session, claim), list_id, comparison, now=utc_now())
    return {
        "list_id": list_id,
        "equal": comparison.equal,
        "changed_version": comparison.changed_version,
        "then": comparison.then,
        "now": comparison.now,
        "altered": comparison.altered,
    }
