"""Time: UTC inside, Asia/Shanghai at the edge.

Rules take ``now`` (aware, UTC) or ``as_of`` (a Chinese calendar day) as arguments; only the edges read the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic, sleep
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on a Chinese wall clock."""
    return moment.astimezone(SHANGHAI)


def day_of(moment: datetime) -> date:
    """The Chinese calendar day of a moment: what ``as_of`` means everywhere."""
    return local(moment).date()


def start_of(day: date) -> datetime:
    """The first moment of a Chinese calendar day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after a Chinese calendar day, in UTC: validity is ``now < end_of(last_day)``."""
    return start_of(day + timedelta(days=1))


def comes_true(asked: Callable[[], object], within: float) -> bool:
    """Wait for it, at most so many seconds; False where it did not."""
    end = monotonic() + within
    while not asked():
        if monotonic() > end:
            return False
        sleep(0.02)
    return True
