"""Which half of a firm's near misses its page opens with."""

from __future__ import annotations

import pytest

from marketplace.nearly.rules import tab_to_open


@pytest.mark.parametrize(
    ("asked", "missed", "listed", "opened"),
    [
        (None, 2, 1, "missed"),
        (None, 0, 1, "listed"),
        (None, 0, 0, "missed"),
        ("missed", 0, 3, "missed"),
        ("listed", 2, 0, "listed"),
        ("no such tab", 0, 1, "listed"),
    ],
)
def test_a_page_opens_where_there_is_something(
    asked: str | None, missed: int, listed: int, opened: str
) -> None:
    assert tab_to_open(asked, {"missed": missed, "listed": listed}) == opened
