"""The outbox on both databases: no wish is lost, none is done by two at once, a failure waits and in the end rests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.core.db import Database
from marketplace.core.outbox import LEASE, MAX_ATTEMPTS, Claim, OutboxEntry

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def rows(session: Session) -> list[OutboxEntry]:
    return list(session.scalars(select(OutboxEntry).order_by(OutboxEntry.id)))


def wish(database: Database, *keys: str, now: datetime = NOW, due: datetime | None = None) -> None:
    with database.unit_of_work() as session:
        for key in keys:
            outbox.enqueue(session, "index", key, now, due)


def take(database: Database, now: datetime = NOW, most: int = 200) -> list[Claim]:
    with database.unit_of_work() as session:
        return outbox.claim(session, ["index"], now, most)


def test_asking_twice_is_one_row_with_a_higher_revision(session: Session) -> None:
    outbox.enqueue(session, "index", "need:1", NOW)
    outbox.enqueue(session, "index", "need:1", NOW + SECOND)
    outbox.enqueue(session, "match", "need:1", NOW)
    assert [(row.kind, row.key, row.revision) for row in rows(session)] == [
        ("index", "need:1", 2),
        ("match", "need:1", 1),
    ]
    assert outbox.depth(session) == {"index": 1, "match": 1}


def test_gathered_wishes_are_written_once_each_at_the_end(session: Session) -> None:
    outbox.enqueue(session, "index", "firm:2", NOW)
    with outbox.gathered(session):
        for key in ("firm:2", "firm:1", "firm:2"):
            outbox.enqueue(session, "index", key, NOW + SECOND)
        assert [(row.key, row.revision) for row in rows(session)] == [("firm:2", 1)]
    session.expire_all()
    assert [(row.key, row.revision) for row in rows(session)] == [("firm:2", 2), ("firm:1", 1)]
    outbox.enqueue(session, "index", "firm:3", NOW)
    assert outbox.depth(session) == {"index": 3}


def test_gathered_wishes_of_what_failed_are_nobodys(session: Session) -> None:
    with pytest.raises(RuntimeError), outbox.gathered(session):
        outbox.enqueue(session, "index", "firm:1", NOW)
        raise RuntimeError
    outbox.enqueue(session, "index", "firm:2", NOW)
    assert [row.key for row in rows(session)] == ["firm:2"]


def test_only_the_kinds_asked_for_and_only_what_is_due(database: Database) -> None:
    wish(database, "a")
    wish(database, "later", due=NOW + timedelta(hours=1))
    with database.unit_of_work() as session:
        outbox.enqueue(session, "mail", "1", NOW)
    claims = take(database)
    assert [claim.key for claim in claims] == ["a"]
    with database.unit_of_work() as session:
        outbox.settle(session, claims)
    assert take(database, NOW + timedelta(hours=1) - SECOND) == []
    assert [claim.key for claim in take(database, NOW + timedelta(hours=1))] == ["later"]


def test_what_is_done_is_gone(database: Database) -> None:
    wish(database, "a", "b")
    with database.unit_of_work() as session:
        outbox.settle(session, outbox.claim(session, ["index"], NOW))
    with database.reading() as session:
        assert rows(session) == []


def test_a_newer_wish_is_never_removed_by_older_work(database: Database) -> None:
    wish(database, "a")
    claims = take(database)
    wish(database, "a")  # while the work is under way
    with database.unit_of_work() as session:
        outbox.settle(session, claims)
    again = take(database)
    assert [(claim.key, claim.revision) for claim in again] == [("a", 2)]


def test_an_older_failure_neither_delays_nor_kills_a_newer_wish(database: Database) -> None:
    wish(database, "a")
    for attempt in range(MAX_ATTEMPTS - 1):
        moment = NOW + timedelta(hours=attempt)
        (claim,) = take(database, moment)
        with database.unit_of_work() as session:
            outbox.postpone(session, [(claim, "refused")], moment)
    last = NOW + timedelta(days=1)
    (claim,) = take(database, last)
    assert claim.attempts == MAX_ATTEMPTS - 1
    wish(database, "a", now=last)
    with database.unit_of_work() as session:
        outbox.postpone(session, [(claim, "refused")], last)
    (fresh,) = take(database, last)
    assert (fresh.attempts, fresh.revision) == (0, 2)
    with database.reading() as session:
        assert rows(session)[0].last_error is None


def test_a_lease_keeps_others_away_until_it_ends(database: Database) -> None:
    wish(database, "a")
    assert len(take(database)) == 1
    assert take(database, NOW + LEASE) == []
    assert len(take(database, NOW + LEASE + SECOND)) == 1


def test_what_is_held_stays_in_hand_and_what_was_given_back_does_not(database: Database) -> None:
    wish(database, "a", "b", "c")
    claims = take(database)
    with database.unit_of_work() as session:
        outbox.postpone(session, [(claims[0], "refused")], NOW)
        outbox.settle(session, claims[2:])
        outbox.Hand(claims).hold(session, NOW + LEASE)
    assert [claim.key for claim in take(database, NOW + LEASE + SECOND)] == ["a"]
    assert [claim.key for claim in take(database, NOW + 2 * LEASE + SECOND)] == ["b"]


def test_what_another_worker_took_over_is_not_held_for_it(database: Database) -> None:
    wish(database, "a")
    sleeper = outbox.Hand(take(database))
    assert len(take(database, NOW + LEASE + SECOND)) == 1
    with database.unit_of_work() as session:
        sleeper.hold(session, NOW + 2 * LEASE)
    assert len(take(database, NOW + 2 * LEASE + 2 * SECOND)) == 1


def test_what_is_held_again_and_again_stays_in_hand_also_after_a_commit_that_broke(
    database: Database,
) -> None:
    wish(database, "a")
    hand, moment = outbox.Hand(take(database)), NOW
    for _ in range(3):
        moment += LEASE - 2 * SECOND
        with pytest.raises(RuntimeError), database.unit_of_work() as session:
            hand.hold(session, moment)
            raise RuntimeError
        with database.unit_of_work() as session:
            hand.hold(session, moment + SECOND)
        assert take(database, moment + LEASE) == []
    assert len(take(database, moment + LEASE + 2 * SECOND)) == 1


def test_who_holds_and_who_wishes_never_wait_crosswise(database: Database) -> None:
    wish(database, "b", "a")
    hand = outbox.Hand(take(database))

    def hold() -> None:
        with database.unit_of_work() as session:
            hand.hold(session, NOW + SECOND)

    with ThreadPoolExecutor(1) as pool:
        with database.unit_of_work() as session:
            outbox.enqueue(session, "index", "a", NOW)
            held = pool.submit(hold)
            wait([held], 0.5)
            outbox.enqueue(session, "index", "b", NOW)
        held.result()
    assert take(database, NOW + LEASE + SECOND) == []


def test_a_worker_in_the_middle_of_claiming_is_passed_by(database: Database) -> None:
    """On PostgreSQL rows locked by another claim are skipped; on SQLite the second one waits for its turn."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    wish(database, "a", "b", "c")
    with database.unit_of_work() as first:
        assert [claim.key for claim in outbox.claim(first, ["index"], NOW, 2)] == ["a", "b"]
        with database.unit_of_work() as second:
            assert [claim.key for claim in outbox.claim(second, ["index"], NOW)] == ["c"]


def test_each_failure_waits_twice_as_long_and_the_eighth_is_the_last(database: Database) -> None:
    wish(database, "a")
    moment, waits = NOW, []
    for _ in range(MAX_ATTEMPTS):
        (claim,) = take(database, moment)
        with database.unit_of_work() as session:
            outbox.postpone(session, [(claim, "x" * 5000)], moment)
            (row,) = rows(session)
            session.refresh(row)
            waits.append((row.due_at - moment).total_seconds())
            assert row.leased_until is None
            assert len(row.last_error or "") == 2000
        assert take(database, row.due_at - SECOND) == []
        moment = row.due_at
    for attempt, waited in enumerate(waits, 1):  # with a little chance in it
        assert 0.75 * 2**attempt <= waited <= 2**attempt
    assert row.dead_at is not None
    assert take(database, NOW + timedelta(days=365)) == []
    with database.reading() as session:
        assert not outbox.waits(session, "index")
    wish(database, "a", now=moment)  # somebody asks anew
    (claim,) = take(database, moment)
    assert claim.attempts == 0


def test_rows_that_commit_late_are_not_passed_over(database: Database) -> None:
    """A sequence number is no watermark: the lower number may commit after the higher was taken."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time: rows commit in order")
    early = database.writing_session()
    outbox.enqueue(early, "index", "slow", NOW)
    early.flush()
    wish(database, "quick")
    with database.unit_of_work() as session:
        claims = outbox.claim(session, ["index"], NOW)
        assert [claim.key for claim in claims] == ["quick"]
        outbox.settle(session, claims)
    early.commit()
    early.close()
    assert [claim.key for claim in take(database)] == ["slow"]


def test_a_wish_of_a_change_that_failed_was_never_made(database: Database) -> None:
    with pytest.raises(RuntimeError), database.unit_of_work() as session:
        outbox.enqueue(session, "index", "a", NOW)
        raise RuntimeError
    assert take(database) == []


KEYS = st.sampled_from("abc")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wish"), KEYS),
        st.tuples(st.just("claim"), st.integers(0, 1)),
        st.tuples(st.just("settle"), st.integers(0, 1)),
        st.tuples(st.just("fail"), st.integers(0, 1)),
        st.tuples(st.just("wait"), st.sampled_from([1, 3, 90, 301])),
    ),
    max_size=30,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_workers_do_every_wish_is_looked_at_after_it_was_made(
    session: Session, steps: list[tuple[str, object]]
) -> None:
    """Two workers claim, finish, fail and fall asleep in any order; then one honest worker drains the rest."""
    session.execute(delete(OutboxEntry))
    moment = NOW
    made: dict[str, int] = {}  # how many wishes there were
    seen: dict[str, int] = {}  # how many of them the last finished look knew of
    hands: dict[object, list[tuple[Claim, int]]] = {0: [], 1: []}
    failed: dict[str, int] = {}
    for what, who in steps:
        if what == "wish":
            made[str(who)] = made.get(str(who), 0) + 1
            outbox.enqueue(session, "index", who, moment)
        elif what == "claim":
            hands[who] += [(claim, made[claim.key]) for claim in outbox.claim(session, ["index"], moment)]
        elif what == "settle":
            outbox.settle(session, [claim for claim, _ in hands[who]])
            for claim, known in hands[who]:
                seen[claim.key] = max(seen.get(claim.key, 0), known)
            hands[who] = []
        elif what == "fail":
            for claim, _ in hands[who]:
                outbox.postpone(session, [(claim, "no")], moment)
                failed[claim.key] = failed.get(claim.key, 0) + 1
            hands[who] = []
        else:
            moment += timedelta(seconds=float(str(who)))
    moment += timedelta(days=1)
    while claims := outbox.claim(session, ["index"], moment):
        outbox.settle(session, claims)
        seen.update({claim.key: made[claim.key] for claim in claims})
    left = rows(session)
    assert all(row.dead_at is not None and failed[row.key] >= MAX_ATTEMPTS for row in left)
    dead = {row.key for row in left}
    assert {key: seen.get(key) for key in made if key not in dead} == {
        key: count for key, count in made.items() if key not in dead
    }


def test_the_table_itself_refuses_a_second_row_for_one_name(session: Session) -> None:
    outbox.enqueue(session, "index", "a", NOW)
    session.flush()
    statement = text(
        "INSERT INTO outbox (kind, key, revision, enqueued_at, due_at, attempts) "
        "SELECT kind, key, revision, enqueued_at, due_at, attempts FROM outbox"
    )
    with pytest.raises(Exception, match=r"(?i)unique"), session.begin_nested():
        session.execute(statement)


def test_what_is_away_costs_no_attempt_however_long_it_lasts(database: Database) -> None:
    wish(database, "a")
    moment = NOW
    for _ in range(3 * MAX_ATTEMPTS):
        (claim,) = take(database, moment)
        with database.unit_of_work() as session:
            outbox.postpone(session, [(claim, outbox.Trouble("no answer", "away"))], moment)
            (row,) = rows(session)
            session.refresh(row)
            assert (row.attempts, row.dead_at, row.last_error) == (0, None, "no answer")
            assert row.due_at - moment <= timedelta(seconds=outbox.AWAY)
        moment = row.due_at


def test_what_is_refused_is_dead_at_once_and_lives_again_when_staff_say_so(database: Database) -> None:
    wish(database, "a", "b")
    claims = take(database, NOW)
    with database.unit_of_work() as session:
        outbox.postpone(session, [(claims[0], outbox.Trouble("unknown facet", "refused"))], NOW)
        outbox.settle(session, claims[1:])
    assert take(database, NOW + timedelta(days=365)) == []
    with database.reading() as session:
        (dead,) = outbox.dead_rows(session)
        assert (dead.key, dead.last_error) == ("a", "unknown facet")
        assert outbox.backlog(session, NOW) == [outbox.Backlog("index", 0, 0, 1, None)]
    with database.unit_of_work() as session:
        assert outbox.revive(session, [dead.id, 999_999], NOW) == 1
    (again,) = take(database, NOW)
    assert (again.key, again.attempts) == ("a", 0)


def test_the_backlog_tells_what_is_due_from_what_has_time(database: Database) -> None:
    wish(database, "a")
    wish(database, "b", now=NOW + SECOND)
    with database.unit_of_work() as session:
        outbox.enqueue(session, "daily", "2026-11-24", NOW, due=NOW + timedelta(days=1))
    with database.reading() as session:
        assert outbox.backlog(session, NOW + SECOND) == [
            outbox.Backlog("daily", 0, 1, 0, None),
            outbox.Backlog("index", 2, 0, 0, NOW),
        ]
