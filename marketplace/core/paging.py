"""Pages by key, never by offset: the thousandth page costs what the first does, and new rows shift nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.core.db import LARGEST_ID

PAGE_SIZE = 25
LARGEST_PLACE = 2**31 - 1
Row = TypeVar("Row")


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One page. ``older`` and ``newer`` are the keys to ask for next, or None at an end."""

    items: Sequence[Row]
    older: int | None
    newer: int | None


def newest_first(
    session: Session,
    statement: Select[Row],
    key: InstrumentedAttribute[int],
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE_SIZE,
) -> Slice[Row]:
    """Rows ordered by a unique integer key, newest first.

    ``before`` goes on to older rows, ``after`` back to newer ones; with neither, the newest page. One query a page.
    """
    before, after = _within(before), _within(after)
    if after is not None:
        rows = list(session.scalars(statement.where(key > after).order_by(key).limit(size + 1)).unique())
        more = len(rows) > size
        page = rows[:size][::-1]
        # Nothing newer: the way back leads to the row that was asked for.
        back = _key_of(page[-1], key) if page else after + 1
        return Slice(page, back, _key_of(page[0], key) if more else None)
    asked = statement if before is None else statement.where(key < before)
    rows = list(session.scalars(asked.order_by(key.desc()).limit(size + 1)).unique())
    page = rows[:size]
    older = _key_of(page[-1], key) if len(rows) > size else None
    newer = None
    if before is not None:
        newer = _key_of(page[0], key) if page else before - 1
    return Slice(page, older, newer)


def _within(key: int | None) -> int | None:
    """A key from an address may be any number; the database knows 64 bits."""
    return None if key is None else max(-LARGEST_ID, min(key, LARGEST_ID))


def within_places(place: int) -> int:
    """The same for a place in a list, which is a column of 32 bits."""
    return max(-LARGEST_PLACE, min(place, LARGEST_PLACE))


def _key_of(row: Any, key: InstrumentedAttribute[int]) -> int:
    value: int = getattr(row, key.key)
    return value
