"""What nobody should send and somebody will: places that no list has."""

from __future__ import annotations

from itertools import product

from sqlalchemy.orm import Session

from marketplace.imports import queries as imports
from tests.integration.rosters.conftest import Desk, code, roster

BEYOND = (2**31, -(2**31) - 1, 2**63, 10**40, -(10**40))


def test_a_page_from_a_place_that_no_list_has_is_empty_or_the_first(desk: Desk) -> None:
    desk.bring(roster(f"甲示例机械有限公司,{code(1)},齿轮箱,,,,,,,,"))
    for number, place in product(BEYOND, ("after", "before")):
        answer = desk.client.get(desk.address, query_string={place: number})
        assert answer.status_code == 200, (number, place)
        assert ("这一类没有行" in answer.text) is ((number > 0) is (place == "after")), (number, place)


def test_two_sheets_have_no_need_at_such_a_place(session: Session) -> None:
    for number, matched in product(BEYOND, (True, False)):
        assert imports.needs_of(session, 1, matched=matched, after=number) == []
        assert imports.needs_of(session, 1, matched=matched, before=number) == []
        assert imports.need_of(session, 1, number) is None
