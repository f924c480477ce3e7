"""All or nothing: whatever goes wrong at whatever point, nothing of it stays. Savepoints hold on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import structlog
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from marketplace.core import audit, jobs, outbox
from marketplace.core.actor import Actor, system_actor
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.core.jobs import Job
from marketplace.core.logs import configure_logs
from marketplace.core.outbox import OutboxEntry

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
ACTOR = system_actor("test")


def change(session: Session, stop: Callable[[int], None]) -> None:
    """What a service does: a row, its audit row, two outbox rows; ``stop`` is asked before, between and after."""
    stop(0)
    job = jobs.submit(session, ACTOR, "count", {}, NOW)
    stop(1)
    audit.record(session, ACTOR, "job.submit", "job", job.id, NOW)
    stop(2)
    outbox.enqueue(session, "index", f"job:{job.id}", NOW)
    stop(3)
    session.flush()
    stop(4)
    outbox.enqueue(session, "match", f"job:{job.id}", NOW)
    stop(5)


def counts(database: Database) -> tuple[int, ...]:
    with database.reading() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Job, AuditEntry, OutboxEntry)
        )


@pytest.mark.parametrize("point", range(6))
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, Refusal])
def test_an_error_at_any_point_leaves_nothing(
    database: Database, point: int, error: type[BaseException]
) -> None:
    def stop(at: int) -> None:
        if at == point:
            raise error("core.stale")

    with pytest.raises(error), database.unit_of_work() as session:
        change(session, stop)
    assert counts(database) == (0, 0, 0)
    with database.unit_of_work() as session:  # and the next one finds everything in order
        change(session, lambda _: None)
    assert counts(database) == (1, 1, 2)


def test_a_commit_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises((IntegrityError, StatementError)), database.unit_of_work() as session:
        change(session, lambda _: None)
        session.add(Job(kind=None, params={}, created_at=NOW))
    assert counts(database) == (0, 0, 0)


def test_what_was_committed_can_still_be_read_by_its_maker(database: Database) -> None:
    with database.unit_of_work() as session:
        job = jobs.submit(session, ACTOR, "count", {"a": 1}, NOW)
    assert (job.kind, job.params["a"], job.created_at) == ("count", 1, NOW)


def test_a_reading_session_keeps_nothing(database: Database) -> None:
    with database.reading() as session:
        jobs.submit(session, ACTOR, "count", {}, NOW)
    assert counts(database) == (0, 0, 0)


def test_a_reader_sees_nothing_of_an_unfinished_change(database: Database) -> None:
    with database.unit_of_work() as session:
        change(session, lambda _: None)
        assert counts(database) == (0, 0, 0)
    assert counts(database) == (1, 1, 2)


def test_a_savepoint_takes_back_only_what_came_after_it(database: Database) -> None:
    """pysqlite's own BEGIN would break this: the rows before the savepoint would go, or those after it stay."""
    with database.unit_of_work() as session:
        jobs.submit(session, ACTOR, "kept", {}, NOW)
        with pytest.raises(RuntimeError), session.begin_nested():
            jobs.submit(session, ACTOR, "dropped", {}, NOW)
            raise RuntimeError
        with session.begin_nested():
            jobs.submit(session, ACTOR, "kept too", {}, NOW)
    with database.reading() as session:
        assert set(session.scalars(select(Job.kind))) == {"kept", "kept too"}


def test_the_test_session_gives_back_even_what_it_committed(session: Session, shared_engine: object) -> None:
    jobs.submit(session, ACTOR, "count", {}, NOW)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Job)) == 1
    with shared_engine.connect() as other:  # type: ignore[attr-defined]
        assert other.execute(text("SELECT count(*) FROM jobs")).scalar() == 0


def test_the_log_of_a_failed_statement_does_not_tell_what_it_held(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    with pytest.raises((IntegrityError, StatementError)) as failed, database.unit_of_work() as session:
        session.add(Job(kind=None, params={"secret": "canary-4711"}, created_at=NOW))
    structlog.get_logger().error("it failed", exc_info=failed.value)
    told = json.loads(capsys.readouterr().err)
    assert told["event"] == "it failed"
    assert "IntegrityError" in told["exception"]
    assert "canary-4711" not in told["exception"]


def test_foreign_keys_count_on_both_databases(database: Database) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(
            text("INSERT INTO firm_chains (firm_id, chain_key) VALUES (:firm, 'nylon')"), {"firm": 4711}
        )


# ---------------------------------------------------------------- audit


def test_an_audit_row_says_who_what_when_and_for_whom(session: Session) -> None:
    staff = Actor(account_id=5, name="某" * 300, office_id=2, office_kind="bureau", acting_for=9)
    audit.record(session, staff, "need.publish", "need", 12, NOW, version=3)
    session.flush()
    session.expire_all()
    (row,) = audit.history_of(session, "need", 12)
    assert (row.at, row.actor_kind, row.account_id, row.acting_for) == (NOW, "organiser", 5, 9)
    assert (row.action, row.subject_kind, row.subject_id, row.details) == (
        "need.publish",
        "need",
        12,
        {"version": 3},
    )
    assert len(row.actor_name) == 120


def test_the_history_is_of_one_thing_newest_first_and_bounded(session: Session) -> None:
    for number in range(5):
        audit.record(session, ACTOR, f"need.step{number}", "need", 1, NOW)
    audit.record(session, ACTOR, "need.step", "need", 2, NOW)
    audit.record(session, ACTOR, "capability.step", "capability", 1, NOW)
    session.flush()
    found = audit.history_of(session, "need", 1, most=3)
    assert [row.action for row in found] == ["need.step4", "need.step3", "need.step2"]
