"""What rings after a commit, and what never does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from marketplace.core import jobs, outbox
from marketplace.core.actor import Actor
from marketplace.core.bells import Bells
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.settings import Settings

SOMEBODY = Actor(account_id=7, name="甲")


class Ears:
    """Hears which bells ring, and whether what they ring for can be seen by then."""

    def __init__(self, url: str) -> None:
        self.heard: list[set[str]] = []
        self.seen: list[dict[str, int]] = []
        self.database = Database(url, self)

    def ring(self, names: Iterable[str]) -> None:
        self.heard.append(set(names))
        with self.database.reading() as session:
            self.seen.append(outbox.depth(session))

    def close(self) -> None:
        self.heard.append({"closed"})


@pytest.fixture
def ears(database_url: str) -> Iterator[Ears]:
    ears = Ears(database_url)
    yield ears
    ears.database.dispose()


def test_a_bell_rings_once_and_after_the_commit(ears: Ears) -> None:
    with ears.database.unit_of_work() as session:
        for key in range(3):
            outbox.enqueue(session, "mail", key, utc_now())
        assert ears.heard == []
    assert (ears.heard, ears.seen) == ([{"outbox"}], [{"mail": 3}])


def test_wishes_that_are_gathered_ring_too(ears: Ears) -> None:
    with ears.database.unit_of_work() as session, outbox.gathered(session):
        outbox.enqueue(session, "mail", 1, utc_now())
    assert (ears.heard, ears.seen) == ([{"outbox"}], [{"mail": 1}])


def test_a_job_rings_for_jobs(ears: Ears) -> None:
    with ears.database.unit_of_work() as session:
        jobs.submit(session, SOMEBODY, "count", {}, utc_now())
    with ears.database.unit_of_work() as session:
        assert jobs.claim_next(session, ["count"], utc_now()) is not None
    with ears.database.unit_of_work() as session:
        assert jobs.claim_next(session, ["count"], utc_now()) is None
    assert ears.heard == [{"jobs"}, {"jobs"}]  # submitted; taken, so that another may look for the next


def test_what_is_rolled_back_or_only_looked_at_rings_nothing(ears: Ears) -> None:
    with pytest.raises(RuntimeError), ears.database.unit_of_work() as session:
        outbox.enqueue(session, "mail", 1, utc_now())
        raise RuntimeError
    with ears.database.unit_of_work() as session:
        assert outbox.claim(session, ["mail"], utc_now()) == []
    assert ears.heard == []


def test_whoever_takes_all_that_it_can_carry_rings_for_the_rest(ears: Ears) -> None:
    with ears.database.unit_of_work() as session:
        for key in range(3):
            outbox.enqueue(session, "mail", key, utc_now())
    for expected in ([{"outbox"}], []):
        ears.heard.clear()
        with ears.database.unit_of_work() as session:
            outbox.claim(session, ["mail"], utc_now(), most=2)
        assert ears.heard == expected


def test_what_is_tried_again_by_hand_rings(ears: Ears) -> None:
    with ears.database.unit_of_work() as session:
        outbox.enqueue(session, "mail", 1, utc_now())
    with ears.database.unit_of_work() as session:
        held = outbox.claim(session, ["mail"], utc_now())
        outbox.postpone(session, [(held[0], outbox.Trouble("no", "refused"))], utc_now())
    ears.heard.clear()
    with ears.database.unit_of_work() as session:
        assert outbox.revive(session, [held[0].id], utc_now()) == 1
    assert ears.heard == [{"outbox"}]


def test_a_queue_that_is_away_fails_no_change(database_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="a key for tests", queue="redis://127.0.0.1:9/0")
    database = Database(database_url, Bells(settings))
    with capture_logs() as logs, database.unit_of_work() as session:
        outbox.enqueue(session, "mail", 1, utc_now())
    with database.reading() as session:
        assert outbox.depth(session) == {"mail": 1}
    assert [log["event"] for log in logs] == ["bell did not ring"]
    database.dispose()
