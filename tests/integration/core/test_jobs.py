"""Jobs: claimed once, fenced by their attempt, taken over from the dead, and closed when all hope is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.actor import Actor, system_actor
from marketplace.core.db import Database
from marketplace.core.errors import NotFound, Problem
from marketplace.core.i18n import render
from marketplace.core.jobs import LEASE, MAX_ATTEMPTS, Job

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SOMEBODY = Actor(account_id=7, name="甲")


def submitted(session: Session, kind: str = "count") -> Job:
    return jobs.submit(session, SOMEBODY, kind, {"to": 3}, NOW)


def test_a_job_goes_from_queued_to_done(session: Session) -> None:
    job = submitted(session)
    assert job.state == "queued"
    claim = jobs.claim_next(session, ["count"], NOW)
    assert claim is not None
    asked_by = {"locale": "zh", "acting_for": None}
    assert (claim.params, claim.account_id, claim.attempt) == ({"to": 3, "asked_by": asked_by}, 7, 1)
    assert job.state == "running"
    jobs.report(session, claim, "job.step", 2, 3, NOW)
    jobs.finish(session, claim, {"sum": 6}, NOW)
    session.refresh(job)
    assert (job.state, job.done, job.total, job.result) == ("done", 2, 3, {"sum": 6})


def test_the_oldest_of_the_kinds_that_are_known_comes_first(session: Session) -> None:
    submitted(session, "unheard")
    first, _second = submitted(session), submitted(session)
    claim = jobs.claim_next(session, ["count"], NOW)
    assert claim is not None
    assert claim.id == first.id


def test_a_job_in_hand_is_nobody_elses(session: Session) -> None:
    submitted(session)
    assert jobs.claim_next(session, ["count"], NOW) is not None
    assert jobs.claim_next(session, ["count"], NOW + LEASE) is None


def test_an_abandoned_job_is_taken_over_and_the_sleeper_cannot_report(session: Session) -> None:
    job = submitted(session)
    sleeper = jobs.claim_next(session, ["count"], NOW)
    later = NOW + LEASE + SECOND
    heir = jobs.claim_next(session, ["count"], later)
    assert sleeper is not None
    assert heir is not None
    assert (heir.id, heir.attempt) == (sleeper.id, 2)
    jobs.report(session, sleeper, "job.step", 99, 99, later)
    jobs.finish(session, sleeper, {"by": "sleeper"}, later)
    jobs.fail(session, sleeper, {"code": "core.job_failed", "params": {}}, "late", later)
    session.refresh(job)
    assert (job.state, job.done, job.result, job.failure) == ("running", 0, None, None)
    jobs.finish(session, heir, {"by": "heir"}, later)
    session.refresh(job)
    assert job.result == {"by": "heir"}


def test_reporting_keeps_a_long_job_ones_own(session: Session) -> None:
    submitted(session)
    claim = jobs.claim_next(session, ["count"], NOW)
    assert claim is not None
    jobs.report(session, claim, "job.step", 1, 9, NOW + LEASE)
    assert jobs.claim_next(session, ["count"], NOW + LEASE + SECOND) is None
    assert jobs.claim_next(session, ["count"], NOW + 2 * LEASE + SECOND) is not None


def test_a_job_that_kills_its_workers_is_closed_as_failed(session: Session) -> None:
    job = submitted(session)
    moment = NOW
    for _ in range(MAX_ATTEMPTS):
        assert jobs.claim_next(session, ["count"], moment) is not None
        moment += LEASE + SECOND
    assert jobs.claim_next(session, ["count"], moment) is None
    session.refresh(job)
    assert job.state == "failed"
    assert job.failure == {"code": "core.job_failed", "params": {}}
    assert render(job.failure["code"], job.failure["params"], "zh")


def test_a_failure_keeps_its_code_and_can_be_said_in_both_languages(session: Session) -> None:
    job = submitted(session)
    claim = jobs.claim_next(session, ["count"], NOW)
    assert claim is not None
    problem = Problem(
        "lifecycle.step",
        params={"state": ("lifecycle.state.draft", {}), "action": ("lifecycle.action.publish", {})},
    )
    jobs.fail(session, claim, jobs.failure_of(problem), "x" * 9000, NOW)
    session.expire_all()
    assert job.state == "failed"
    assert job.failure is not None
    assert len(job.error or "") == 4000
    assert "草稿" in render(job.failure["code"], job.failure["params"], "zh")
    assert "draft" in render(job.failure["code"], job.failure["params"], "en").lower()


def test_a_failure_may_hold_days_amounts_and_sets(session: Session) -> None:
    job = submitted(session)
    claim = jobs.claim_next(session, ["count"], NOW)
    assert claim is not None
    params = {"on": date(2026, 11, 23), "yuan": Decimal("1.50"), "kinds": frozenset({"a"}), "none": None}
    jobs.fail(session, claim, jobs.failure_of(Problem("core.stale", params=params)), "", NOW)
    session.expire_all()
    assert job.failure is not None
    assert job.failure["params"] == {"on": "2026-11-23", "yuan": "1.50", "kinds": ["a"], "none": None}


def test_a_job_is_its_owners_and_the_administrators(session: Session) -> None:
    job = submitted(session)
    assert jobs.own_job(session, SOMEBODY, job.id) is job
    assert jobs.own_job(session, Actor(account_id=1, administrator=True), job.id) is job
    machines = jobs.submit(session, system_actor(), "count", {}, NOW)
    for other in (Actor(), replace(SOMEBODY, account_id=8), Actor(account_id=9, office_id=1)):
        for foreign in (job, machines):
            with pytest.raises(NotFound):
                jobs.own_job(session, other, foreign.id)


def test_two_workers_never_hold_one_job(database: Database) -> None:
    with database.unit_of_work() as session:
        submitted(session)
    with database.unit_of_work() as first:
        assert jobs.claim_next(first, ["count"], NOW) is not None
        if database.engine.dialect.name != "sqlite":
            with database.unit_of_work() as second:
                assert jobs.claim_next(second, ["count"], NOW) is None
    with database.unit_of_work() as third:
        assert jobs.claim_next(third, ["count"], NOW) is None
