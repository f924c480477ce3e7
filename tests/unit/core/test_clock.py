"""A Chinese day begins at 16:00 UTC of the day before; the second before and the second after differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import clock

DAYS = st.dates(date(1992, 1, 1), date(2400, 1, 1))  # China has kept one offset since 1992
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2028, 2, 29), date(2027, 1, 1)])
def test_midnight_in_shanghai_parts_two_days(day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    assert clock.start_of(day) == midnight
    assert clock.day_of(midnight - SECOND) == day - timedelta(days=1)
    assert clock.day_of(midnight) == clock.day_of(midnight + SECOND) == day


@given(DAYS)
def test_a_day_ends_where_the_next_begins(day: date) -> None:
    start, end = clock.start_of(day), clock.end_of(day)
    assert end == clock.start_of(day + timedelta(days=1))
    assert end - start == timedelta(days=1)
    assert start.tzinfo is UTC
    assert clock.day_of(start) == clock.day_of(end - SECOND) == day


def test_now_is_aware_and_in_utc() -> None:
    assert clock.utc_now().utcoffset() == timedelta(0)


def test_a_wall_clock_shows_eight_hours_more() -> None:
    assert f"{clock.local(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)):%d %H:%M}" == "24 00:30"
