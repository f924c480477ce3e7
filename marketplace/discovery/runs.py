"""The book of runs: each rebuild, comparison and return is written down when it begins and closed when it ends. One that
was never closed is of a process that was killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.core.clock import utc_now
from marketplace.core.context import WorkContext
from marketplace.discovery.models import IndexRun

KEPT = 200
# The outbox kind of saved searches, and the one name in it: look at whatever has changed.
ALERT = "alert"
CHANGED = "changed"


@contextmanager
def noted(context: WorkContext, task: str, now: datetime) -> Iterator[IndexRun]:
    """A run on record, to be filled in; what is raised stands in it as its error, and goes on."""
    run = IndexRun(
        task=task, begun_at=now, index_name="", checked=0, missing=0, differing=0, surplus=0, error=None
    )
    with context.database.unit_of_work() as session:
        session.add(run)
        session.flush()
        session.execute(delete(IndexRun).where(IndexRun.id <= run.id - KEPT))
    try:
        yield run
    except BaseException as error:
        run.error = repr(error)[:2000]
        raise
    finally:
        run.finished_at = utc_now()
        with context.database.unit_of_work() as session:
            session.add(run)


def look_for_hits(session: Session, now: datetime) -> None:
    """Have saved searches asked of whatever has changed."""
    outbox.enqueue(session, ALERT, CHANGED, now)


def latest(session: Session, task: str, *, good: bool = False) -> IndexRun | None:
    """The last one that came to its end."""
    statement = select(IndexRun).where(IndexRun.task == task, IndexRun.finished_at.is_not(None))
    if good:
        statement = statement.where(IndexRun.error.is_(None))
    return session.scalar(statement.order_by(IndexRun.id.desc()).limit(1))
