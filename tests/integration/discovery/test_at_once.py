"""Who follows a search writes the same records as the worker beside it: they wait for each other, never crosswise."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import event, select, update

from marketplace.discovery.models import IndexRecord
from marketplace.discovery.records import confirm
from tests.integration.discovery.conftest import NOW, House
from tests.integration.discovery.test_saved_searches import Follower


@pytest.fixture
def unplanned(house: House) -> House:
    """PostgreSQL may read a table along an index, or as its rows lie there: here it does the second, always."""
    engine = house.context.database.engine
    if engine.dialect.name == "postgresql":
        house.session.commit()
        engine.dispose()
        event.listen(engine, "connect", _as_rows_lie)
    return house


def _as_rows_lie(connection: Any, _record: object) -> None:
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        connection.execute(f"SET enable_{way} = off")
    connection.commit()


def follow(house: House) -> None:
    Follower(house).save()


def confirmed(house: House) -> None:
    with house.context.database.unit_of_work() as session:
        confirm(session, {"need:2": 2, "need:1": 2})


@pytest.mark.parametrize(("act", "ends"), [(follow, (1, 1)), (confirmed, (2, 0))])
def test_records_are_taken_by_number(
    unplanned: House, act: Callable[[House], None], ends: tuple[int, int]
) -> None:
    house = unplanned
    for number in (2, 1):  # as they lie in the table
        house.session.add(
            IndexRecord(
                kind="need", item_id=number, rev=2, digest="", changed_at=NOW, written_rev=1, matched_rev=0
            )
        )
        house.session.commit()

    with ThreadPoolExecutor(1) as pool:
        with house.context.database.unit_of_work() as session:
            for number in (1, 2):
                session.execute(
                    update(IndexRecord).where(IndexRecord.item_id == number).values(digest="anew")
                )
                if number == 1:
                    beside = pool.submit(act, house)
                    wait([beside], 1)
        beside.result()
    with house.context.database.reading() as session:
        for record in session.scalars(select(IndexRecord)):
            assert (record.digest, record.written_rev, record.matched_rev) == ("anew", *ends)
