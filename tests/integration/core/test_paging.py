"""Walking through pages, forwards and back, gives every row once; rows that arrive meanwhile shift nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from marketplace.core.db import LARGEST_ID
from marketplace.core.jobs import Job
from marketplace.core.paging import Slice, newest_first

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def add(session: Session, ids: list[int]) -> None:
    session.add_all([Job(id=number, kind="x", params={}, created_at=NOW) for number in ids])
    session.flush()


def page(session: Session, size: int, **place: int | None) -> Slice[Job]:
    return newest_first(session, select(Job), Job.id, size=size, **place)  # type: ignore[arg-type]


def ids_of(found: Slice[Job]) -> list[int]:
    return [job.id for job in found.items]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ids=st.sets(st.integers(1, 500), max_size=40),
    size=st.integers(1, 7),
    newcomers=st.sets(st.integers(501, 600)),
)
def test_every_row_once_forwards_and_back(
    session: Session, ids: set[int], size: int, newcomers: set[int]
) -> None:
    session.execute(delete(Job))
    session.expunge_all()
    add(session, sorted(ids))
    walked: list[int] = []
    pages = [page(session, size)]
    add(session, sorted(newcomers))
    while True:
        walked += ids_of(pages[-1])
        assert len(pages[-1].items) <= size
        if pages[-1].older is None:
            break
        pages.append(page(session, size, before=pages[-1].older))
    assert walked == sorted(ids, reverse=True)
    back: list[int] = []
    here = pages[-1] if len(pages) > 1 else page(session, size, after=max(ids, default=0))
    if len(pages) > 1:
        back = ids_of(here)[::-1]
    else:
        back = ids_of(here)[::-1]
    while here.newer is not None:
        here = page(session, size, after=here.newer)
        back += ids_of(here)[::-1]
    everything = sorted(ids | newcomers)
    start = everything.index(back[0]) if back else len(everything)
    assert back == everything[start:]


def test_an_end_leads_back_even_when_its_rows_are_gone(session: Session) -> None:
    session.execute(delete(Job))
    add(session, [10, 20, 30])
    beyond = page(session, 2, before=5)
    assert (ids_of(beyond), beyond.older) == ([], None)
    assert ids_of(page(session, 2, after=beyond.newer)) == [20, 10]
    above = page(session, 2, after=99)
    assert (ids_of(above), above.newer) == ([], None)
    assert ids_of(page(session, 2, before=above.older)) == [30, 20]


@pytest.mark.parametrize("place", [{"before": 10**30}, {"after": -(10**30)}, {"before": LARGEST_ID}])
def test_no_number_in_an_address_is_an_error(session: Session, place: dict[str, int]) -> None:
    session.execute(delete(Job))
    add(session, [1, 2])
    assert set(ids_of(page(session, 5, **place))) == {1, 2}


def test_a_page_is_one_query_wherever_it_is(session: Session) -> None:
    session.execute(delete(Job))
    add(session, list(range(1, 60)))
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for place in ({}, {"before": 50}, {"after": 10}):
        asked.clear()
        page(session, 5, **place)
        assert len(asked) == 1
        assert "OFFSET" not in asked[0].upper().replace("LIMIT ? OFFSET ?", "")
