"""Two people at the same moment: one saves, the other is told; one firm, one code."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.firms import service
from marketplace.firms.models import Firm
from tests.unit.firms.house import NOW, facts, firm, member, somebody

Act = Callable[[Session], object]


def first_then_second(database: Database, first: Act, second: Act) -> str:
    """``first`` is done and not yet committed when ``second`` begins. What the second was told."""
    done, begun = Event(), Event()

    def slow() -> None:
        with database.unit_of_work() as session:
            first(session)
            session.flush()
            done.set()
            begun.wait(10)
            # The second is now under way: it waits for this transaction, in whichever way its database lets it.
            Event().wait(0.3)

    def late() -> str:
        done.wait(10)
        begun.set()
        try:
            with database.unit_of_work() as session:
                second(session)
        except Refusal as refusal:
            return refusal.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        slower, told = pool.submit(slow), pool.submit(late)
        slower.result()
        return told.result()


def test_who_saves_second_is_told_even_before_the_first_has_committed(database_url: str) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        firm_id = firm(session).id
        owner, editor = member(session, firm_id), member(session, firm_id, "editor")
    told = first_then_second(
        database,
        lambda s: service.update_firm(s, owner, firm_id, facts(1, profile="先"), expected_version=1, now=NOW),
        lambda s: service.update_firm(
            s, editor, firm_id, facts(1, profile="后"), expected_version=1, now=NOW
        ),
    )
    assert told == "core.stale"
    with database.reading() as session:
        found = session.get_one(Firm, firm_id)
        assert (found.profile, found.version) == ("先", 2)
    database.dispose()


def test_one_firm_registered_twice_at_once_is_there_once(database_url: str) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        people = [somebody(session, f"person-{number}") for number in range(2)]
    told = first_then_second(
        database,
        lambda s: service.register_firm(s, people[0], facts(1), now=NOW),
        lambda s: service.register_firm(s, people[1], facts(1, legal_name="抢注"), now=NOW),
    )
    assert told == "firms.code_taken"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Firm)) == 1
    database.dispose()
