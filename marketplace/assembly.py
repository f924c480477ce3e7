"""Which handler looks after which outbox kind, which job, and which passing day: the worker's assembly."""

from __future__ import annotations

from marketplace import words
from marketplace.actors import actor_of_job
from marketplace.conferences import jobs as conference_jobs
from marketplace.core.context import Chore, JobHandler, OutboxHandler, Upkeep, WorkContext
from marketplace.core.db import Database
from marketplace.core.logs import configure_logs
from marketplace.discovery.daily import certificates_turned, listings_expired
from marketplace.discovery.indexing import index_keys, keep_whole
from marketplace.imports import jobs as import_jobs
from marketplace.mail.sending import send_due
from marketplace.proposals.refreshing import refresh
from marketplace.settings import Settings
from marketplace.worker import Worker

OUTBOX: dict[str, OutboxHandler] = {
    "mail": send_due,
    "match": refresh,
    "index": index_keys,
}
JOBS: dict[str, JobHandler] = {
    conference_jobs.GENERATE: conference_jobs.generate,
    conference_jobs.RECOMPUTE: conference_jobs.recompute,
    import_jobs.READ: import_jobs.read,
    import_jobs.MATCH: import_jobs.match,
    import_jobs.KEEP: import_jobs.keep,
}
# Once per Chinese day, for every day since the last time.
DAILY: tuple[Chore, ...] = (certificates_turned, listings_expired)
# Once a minute.
UPKEEP: tuple[Upkeep, ...] = (keep_whole,)


def build_worker(settings: Settings) -> Worker:
    """A worker for these settings, with every room's handlers."""
    configure_logs()
    words.register_all()
    context = WorkContext(settings, Database(settings.database_url), actor_of_job)
    return Worker(context, OUTBOX, JOBS, daily=DAILY, upkeep=UPKEEP)
