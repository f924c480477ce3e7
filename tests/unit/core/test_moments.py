"""A moment without a zone is a mistake and never reaches the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from marketplace.core.db import UtcDateTime
from marketplace.core.errors import NotFound

COLUMN = UtcDateTime()
DIALECTS = [sqlite.dialect(), postgresql.dialect()]
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_naive_moment_is_refused(dialect: object) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        COLUMN.process_bind_param(datetime(2026, 11, 23, 12), dialect)  # type: ignore[arg-type]
    assert COLUMN.process_bind_param(None, dialect) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(moment=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=ZONES))
def test_what_comes_back_is_the_same_moment_in_utc(dialect: object, moment: datetime) -> None:
    stored = COLUMN.process_bind_param(moment, dialect)  # type: ignore[arg-type]
    back = COLUMN.process_result_value(stored, dialect)  # type: ignore[arg-type]
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-8))),
    ],
)
def test_a_moment_that_utc_does_not_reach_is_not_found(dialect: object, moment: datetime) -> None:
    """An address may name any moment; no row stands at this one."""
    with pytest.raises(NotFound):
        COLUMN.process_bind_param(moment, dialect)  # type: ignore[arg-type]
