"""Long work with a progress that a page can show: a row that the worker claims, carries out and closes.

``kind`` names a handler that worker.py assembles. A claim is fenced by its attempt number: a worker that fell asleep
and wakes after its lease cannot report over the one that took its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, Text, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.actor import Actor
from marketplace.core.db import Base, IdType, Pk, ring_after_commit, take_turn
from marketplace.core.errors import NotFound, Problem

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 3
# Rings after each commit that left a job to carry out.
BELL = "jobs"


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[Pk]
    kind: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]]
    account_id: Mapped[int | None] = mapped_column(IdType, index=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    # Progress: a code for the step (rendered for the reader) and how far it is.
    step: Mapped[str | None] = mapped_column(String(60))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    # A code with parameters for the reader; the technical error is for staff only.
    failure: Mapped[dict[str, Any] | None]
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def state(self) -> str:
        if self.finished_at is not None:
            return "failed" if self.failure is not None else "done"
        return "queued" if self.started_at is None else "running"


@dataclass(frozen=True)
class JobClaim:
    id: int
    kind: str
    params: dict[str, Any]
    account_id: int | None
    attempt: int


def submit(session: Session, actor: Actor, kind: str, params: dict[str, Any], now: datetime) -> Job:
    """A wish, with who asked for it: the account, its language, and the firm it fills in for. Never what it may do:
    that is asked anew when the job runs."""
    asked_by = {"locale": actor.locale, "acting_for": actor.acting_for}
    job = Job(kind=kind, params={**params, "asked_by": asked_by}, account_id=actor.account_id, created_at=now)
    session.add(job)
    session.flush()
    ring_after_commit(session, BELL)
    return job


def submit_once(
    session: Session,
    actor: Actor,
    kind: str,
    params: dict[str, Any],
    now: datetime,
    *,
    about: Sequence[str] = (),
    own: bool = False,
) -> Job:
    """The job under way that does the same (:func:`under_way`), else a new one."""
    found = under_way(session, kind, params, about=about, account_id=actor.account_id if own else None)
    return found or submit(session, actor, kind, params, now)


def under_way(
    session: Session,
    kind: str,
    params: Mapping[str, Any],
    *,
    about: Sequence[str] = (),
    account_id: int | None = None,
) -> Job | None:
    """The last job under way about the same thing, where it was asked for the same; whoever asks at the same moment
    waits here and finds it.

    ``about`` names the parameters that say what it is about. Only the last one counts: a choice that was changed and
    changed back is a third wish. ``account_id``: only among the jobs of this account.
    """
    take_turn(session, f"job {kind}")
    open_jobs = select(Job).where(Job.kind == kind, Job.finished_at.is_(None)).order_by(Job.id.desc())
    if account_id is not None:
        open_jobs = open_jobs.where(Job.account_id == account_id)
    alike = (
        job
        for job in session.scalars(open_jobs)
        if all(job.params.get(name) == params[name] for name in about)
    )
    last = next(alike, None)
    if last is None or any(last.params.get(name) != value for name, value in params.items()):
        return None
    return last


def own_job(session: Session, actor: Actor, job_id: int) -> Job:
    """The actor's own job; anyone else's is not found. The machine's have no account, and neither has a stranger."""
    job = session.get(Job, job_id)
    if job is None or not (actor.administrator or (actor.signed_in and job.account_id == actor.account_id)):
        raise NotFound
    return job


def claim_next(session: Session, kinds: list[str], now: datetime) -> JobClaim | None:
    """Take the oldest waiting job, or one whose worker went silent; None when there is nothing to do.

    A job that outlived its worker :data:`MAX_ATTEMPTS` times is closed as failed: nobody waits for ever.
    """
    _close_hopeless(session, now)
    waiting = Job.started_at.is_(None)
    abandoned = and_(Job.leased_until < now, Job.attempt < MAX_ATTEMPTS)
    job = session.scalar(
        select(Job)
        .where(Job.kind.in_(kinds), Job.finished_at.is_(None), or_(waiting, abandoned))
        .order_by(Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    ring_after_commit(session, BELL)  # the next may be waiting: for this worker, or for another at once
    job.started_at, job.leased_until, job.attempt = now, now + LEASE, job.attempt + 1
    session.flush()
    return JobClaim(job.id, job.kind, job.params, job.account_id, job.attempt)


def _close_hopeless(session: Session, now: datetime) -> None:
    session.execute(
        update(Job)
        .where(Job.finished_at.is_(None), Job.leased_until < now, Job.attempt >= MAX_ATTEMPTS)
        .values(
            finished_at=now,
            failure={"code": "core.job_failed", "params": {}},
            error="its worker went silent each time",
        )
    )


def hold(session: Session, claim: JobClaim, now: datetime) -> None:
    """Stay alive, with nothing to say."""
    _update(session, claim, leased_until=now + LEASE)


def report(session: Session, claim: JobClaim, step: str, done: int, total: int, now: datetime) -> None:
    """Say how far it is, and stay alive."""
    _update(session, claim, step=step, done=done, total=total, leased_until=now + LEASE)


def finish(session: Session, claim: JobClaim, result: dict[str, Any], now: datetime) -> None:
    _update(session, claim, finished_at=now, result=result)


def fail(session: Session, claim: JobClaim, failure: dict[str, Any], error: str, now: datetime) -> None:
    _update(session, claim, finished_at=now, failure=failure, error=error[:4000])


def failure_of(problem: Problem) -> dict[str, Any]:
    """A problem as the ``failure`` column keeps it: code and parameters, in what JSON can hold."""
    return {"code": problem.code, "params": {name: _kept(value) for name, value in problem.params.items()}}


def _kept(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _kept(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_kept(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _update(session: Session, claim: JobClaim, **values: Any) -> None:
    session.execute(update(Job).where(Job.id == claim.id, Job.attempt == claim.attempt).values(**values))
