"""Which handler looks after which outbox kind and which job: the worker's assembly."""

from __future__ import annotations

from marketplace import words
from marketplace.conferences import jobs as conference_jobs
from marketplace.core.context import JobHandler, OutboxHandler, WorkContext
from marketplace.core.db import Database
from marketplace.core.logs import configure_logs
from marketplace.discovery.indexing import index_keys
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


def build_worker(settings: Settings) -> Worker:
    """A worker for these settings, with every room's handlers."""
    configure_logs()
    words.register_all()
    return Worker(WorkContext(settings, Database(settings.database_url)), OUTBOX, JOBS)
