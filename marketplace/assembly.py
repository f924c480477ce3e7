"""Which handler looks after which outbox kind, which job, and which passing day: the worker's assembly."""

from __future__ import annotations

from marketplace import words
from marketplace.actors import actor_of, actor_of_job
from marketplace.calls import jobs as call_jobs
from marketplace.capabilities import photos
from marketplace.conferences import jobs as conference_jobs
from marketplace.core import analysis
from marketplace.core.bells import Bells
from marketplace.core.context import Chore, JobHandler, OutboxHandler, Upkeep, WorkContext
from marketplace.core.db import Database
from marketplace.core.logs import configure_logs
from marketplace.discovery import jobs as index_jobs
from marketplace.discovery.alerts import finder
from marketplace.discovery.daily import certificates_turned, listings_expired
from marketplace.discovery.engine import candidate_source
from marketplace.discovery.indexing import INDEX, index_keys, keep_whole
from marketplace.discovery.reconciling import RECONCILE, keep_equal
from marketplace.discovery.runs import ALERT
from marketplace.imports import jobs as import_jobs
from marketplace.mail.sending import send_due
from marketplace.proposals.matcher import read_ahead
from marketplace.proposals.refreshing import refresh
from marketplace.rosters import jobs as roster_jobs
from marketplace.settings import Settings
from marketplace.vocabulary import service as vocabulary
from marketplace.vocabulary import weighing
from marketplace.worker import Worker

OUTBOX: dict[str, OutboxHandler] = {
    "mail": send_due,
    "match": refresh,
    INDEX: index_keys,
    ALERT: finder(actor_of),
}
JOBS: dict[str, JobHandler] = {
    call_jobs.REMIND: call_jobs.remind,
    photos.SHRINK: photos.shrink,
    conference_jobs.GENERATE: conference_jobs.generate,
    conference_jobs.RECOMPUTE: conference_jobs.recompute,
    conference_jobs.REWEIGH: conference_jobs.reweigh,
    conference_jobs.ADD: conference_jobs.add,
    RECONCILE: index_jobs.reconcile,
    index_jobs.REBUILD: index_jobs.rebuild,
    index_jobs.EXPORT: index_jobs.export,
    import_jobs.READ: import_jobs.read,
    import_jobs.MATCH: import_jobs.match,
    import_jobs.KEEP: import_jobs.keep,
    vocabulary.WEIGH: weighing.weigh,
    roster_jobs.COMPARE: roster_jobs.compare_roster,
    roster_jobs.WRITE: roster_jobs.write,
    roster_jobs.UNDO: roster_jobs.undo,
}
# Once per Chinese day, for every day since the last time.
DAILY: tuple[Chore, ...] = (certificates_turned, listings_expired)
# Once a minute.
UPKEEP: tuple[Upkeep, ...] = (keep_whole, keep_equal, read_ahead)
# Documents are written by the bulk, and the next are built meanwhile; many changes reach the same needs, and those matched
# together are matched once.
AT_ONCE = {INDEX: 3000, "match": 1000}


def build_worker(settings: Settings) -> Worker:
    """A worker for these settings, with every room's handlers."""
    configure_logs()
    words.register_all()
    database = Database(settings.database_url, Bells(settings))
    analysis.watch(database)
    context = WorkContext(settings, database, actor_of_job, candidate_source)
    return Worker(context, OUTBOX, JOBS, daily=DAILY, upkeep=UPKEEP, at_once=AT_ONCE)
