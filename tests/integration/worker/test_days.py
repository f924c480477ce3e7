"""What midnight changes: once per Chinese day, for every day since the last time, and for no firm that it did not touch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from marketplace.capabilities.models import Capability
from marketplace.certifications.models import Certification
from marketplace.core import clock as wall
from marketplace.core import outbox
from marketplace.core.context import WorkContext
from marketplace.core.outbox import OutboxEntry
from marketplace.discovery.daily import certificates_turned, listings_expired
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.worker import DAILY, Worker
from search.engines.base import EngineUnavailable
from tests.integration.worker.conftest import NOW, Clock

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


class Days:
    """A chore that remembers which days it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[date, date]] = []

    def __call__(self, session: Session, first: date, last: date, now: datetime) -> None:
        self.asked.append((first, last))


def rows(context: WorkContext) -> list[OutboxEntry]:
    """What waits, but the worker's own sign of life."""
    with context.database.reading() as session:
        waiting = select(OutboxEntry).where(OutboxEntry.kind != outbox.ALIVE)
        return list(session.scalars(waiting.order_by(OutboxEntry.id)))


def worker(context: WorkContext, clock: Clock, chore: Days) -> Worker:
    return Worker(context, {}, {}, clock, daily=(chore,))


def test_a_day_is_seen_to_once_and_the_next_is_planned(context: WorkContext, clock: Clock) -> None:
    chore = Days()
    one, other = worker(context, clock, chore), worker(context, clock, chore)
    for _ in range(3):
        one.step()
        other.step()
        clock.wait(minutes=2)
    assert chore.asked == [(TODAY, TODAY)]
    (planned,) = rows(context)
    assert (planned.kind, planned.key, planned.due_at) == (DAILY, "2026-11-24", wall.start_of(TODAY + DAY))


def test_a_worker_pushes_its_sign_of_life_ahead_of_itself(context: WorkContext, clock: Clock) -> None:
    at_work = worker(context, clock, Days())
    for _ in range(4):
        at_work.step()
        with context.database.reading() as session:
            (sign,) = session.scalars(select(OutboxEntry).where(OutboxEntry.kind == outbox.ALIVE))
            assert timedelta(minutes=1) < sign.due_at - clock.now <= timedelta(minutes=2)
        clock.wait(seconds=59)


def test_the_second_before_and_the_second_after_midnight_in_china(context: WorkContext, clock: Clock) -> None:
    chore = Days()
    at_work = worker(context, clock, chore)
    at_work.step()
    clock.now = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    at_work.step()
    assert chore.asked == [(TODAY, TODAY)]
    clock.now = datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC)
    at_work.step()
    assert chore.asked == [(TODAY, TODAY), (TODAY + DAY, TODAY + DAY)]


def test_days_that_no_worker_saw_are_made_up_for(context: WorkContext, clock: Clock) -> None:
    chore = Days()
    worker(context, clock, chore).step()
    clock.wait(days=4)
    worker(context, clock, chore).step()
    assert chore.asked == [(TODAY, TODAY), (TODAY + DAY, TODAY + 4 * DAY)]


def test_a_day_that_failed_is_tried_again_and_nothing_of_it_stays(context: WorkContext, clock: Clock) -> None:
    def half(session: Session, first: date, last: date, now: datetime) -> None:
        outbox.enqueue(session, "index", "firm:1", now)
        raise RuntimeError

    with capture_logs():
        Worker(context, {}, {}, clock, daily=(half,)).step()
    assert [(row.kind, row.attempts) for row in rows(context)] == [(DAILY, 1)]
    chore = Days()
    clock.wait(minutes=10)
    worker(context, clock, chore).step()
    assert chore.asked == [(TODAY, TODAY)]


def test_a_day_that_was_given_up_is_asked_for_anew(context: WorkContext, clock: Clock) -> None:
    with context.database.unit_of_work() as session:
        outbox.enqueue(session, DAILY, TODAY, NOW)
        session.execute(OutboxEntry.__table__.update().values(dead_at=NOW, attempts=8))
    chore = Days()
    worker(context, clock, chore).step()
    assert chore.asked == [(TODAY, TODAY)]


def test_a_clock_that_jumps_back_asks_for_no_day_backwards(context: WorkContext, clock: Clock) -> None:
    chore = Days()
    worker(context, clock, chore).step()
    clock.wait(days=-2)
    worker(context, clock, chore).step()
    clock.wait(days=5)
    worker(context, clock, chore).step()
    assert all(first <= last for first, last in chore.asked)
    assert chore.asked[-1][1] == TODAY + 3 * DAY


def test_upkeep_is_asked_at_each_minutes_look_and_its_fault_stops_nothing(
    context: WorkContext, clock: Clock
) -> None:
    asked = []

    def look(context_: WorkContext, now: datetime) -> None:
        asked.append(now)
        raise RuntimeError

    chore = Days()
    at_work = Worker(context, {}, {}, clock, daily=(chore,), upkeep=(look,))
    with capture_logs() as logs:
        for _ in range(3):
            clock.wait(minutes=1)
            at_work.look_round()
            at_work.drain()  # as a bell does
    assert asked == [NOW + timedelta(minutes=minute) for minute in (1, 2, 3)]
    assert {log["event"] for log in logs} == {"upkeep failed"}
    assert chore.asked == [(TODAY, TODAY)]


def test_a_search_server_that_is_away_is_one_line_a_minute_and_no_fault(
    context: WorkContext, clock: Clock
) -> None:
    def look(context_: WorkContext, now: datetime) -> None:
        raise EngineUnavailable("ConnectionError: refused")

    with capture_logs() as logs:
        Worker(context, {}, {}, clock, upkeep=(look,)).step()
    (line,) = logs
    assert (line["log_level"], line["error"]) == ("warning", "ConnectionError: refused")
    assert "exc_info" not in line


# ---------------------------------------------------------------- the chores themselves


@pytest.fixture
def firm(session: Session) -> Firm:
    firm = Firm(legal_name="示例", created_at=NOW, updated_at=NOW, verified_at=NOW)
    session.add(firm)
    session.flush()
    return firm


def touched(session: Session, chore: object, first: date, last: date) -> set[tuple[str, str]]:
    session.execute(delete(OutboxEntry))
    chore(session, first, last, NOW)  # type: ignore[operator]
    return {(kind, key) for kind, key in session.execute(select(OutboxEntry.kind, OutboxEntry.key))}


@pytest.mark.parametrize(
    ("dates", "turns_on"),
    [
        ({"valid_until": TODAY}, TODAY + DAY),  # its last day is whole: it lapses when the next begins
        ({"valid_from": TODAY}, TODAY),
        ({"revoked_on": TODAY, "valid_until": TODAY + 99 * DAY}, TODAY),
    ],
)
def test_a_firm_is_looked_at_on_the_day_its_certificate_turns(
    session: Session, firm: Firm, dates: dict[str, date], turns_on: date
) -> None:
    session.add(Certification(firm_id=firm.id, kind_key="iso-9001", created_at=NOW, **dates))
    session.flush()
    both = {("index", f"firm:{firm.id}"), ("match", f"firm:{firm.id}")}
    assert touched(session, certificates_turned, turns_on, turns_on) == both
    for other in (turns_on - DAY, turns_on + DAY):
        assert touched(session, certificates_turned, other, other) == set()
    assert touched(session, certificates_turned, turns_on - 3 * DAY, turns_on + 3 * DAY) == both


def test_a_certificate_that_was_removed_turns_nothing(session: Session, firm: Firm) -> None:
    session.add(
        Certification(firm_id=firm.id, kind_key="iso-9001", valid_until=TODAY, removed_at=NOW, created_at=NOW)
    )
    session.flush()
    assert touched(session, certificates_turned, TODAY - 9 * DAY, TODAY + 9 * DAY) == set()


def test_listings_are_looked_at_on_the_day_after_their_last(session: Session, firm: Firm) -> None:
    common = {"firm_id": firm.id, "created_at": NOW, "updated_at": NOW, "valid_until": TODAY}
    need = Need(title="甲", published_at=NOW, **common)
    offer = Capability(product="乙", published_at=NOW, **common)
    draft, closed = Need(title="草稿", **common), Need(title="丙", published_at=NOW, closed_at=NOW, **common)
    session.add_all([need, offer, draft, closed])
    session.flush()
    wanted = {
        (work, key) for work in ("index", "match") for key in (f"need:{need.id}", f"capability:{offer.id}")
    }
    assert touched(session, listings_expired, TODAY, TODAY) == set()
    assert touched(session, listings_expired, TODAY + DAY, TODAY + DAY) == wanted
    assert touched(session, listings_expired, TODAY + 2 * DAY, TODAY + 9 * DAY) == set()
