"""The demonstration happened before it is looked at: nothing in it is dated ahead, and nothing of it still waits."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from marketplace.core.audit import AuditEntry
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.core.outbox import OutboxEntry
from marketplace.doctor.findings import Patient
from marketplace.doctor.looks import clock
from tests.integration.core.district import Place


@pytest.fixture
def database(district: Place) -> Database:
    return Database(district.url)


def test_the_doctor_finds_no_clock_that_went_back(district: Place, database: Database) -> None:
    found = clock(Patient(district.settings(), database, utc_now()))
    assert [finding.code for finding in found] == ["clock"]
    database.dispose()


def test_what_was_published_is_indexed_and_matched_at_once(database: Database) -> None:
    with database.reading() as session:
        assert (session.scalar(select(func.max(AuditEntry.at))) or utc_now()) <= utc_now()
        waits = select(OutboxEntry.kind, OutboxEntry.key).where(OutboxEntry.kind.in_(["index", "match"]))
        assert list(session.execute(waits)) == []
    database.dispose()
