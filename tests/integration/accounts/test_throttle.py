"""Limits: every row of the table at the limit, one past it, and after the window; and tries sent all at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts import service, throttle
from marketplace.accounts.rules import LIMITS
from marketplace.core.db import Database
from marketplace.core.errors import Refusal

from .conftest import MACHINE, NOW, PASSWORD

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("kind", LIMITS)
def test_every_limit_holds_at_its_edge_and_ends_with_its_window(session: Session, kind: str) -> None:
    limit = LIMITS[kind]
    for _try in range(limit.most):
        throttle.check(session, kind, "someone", NOW)
        throttle.note(session, kind, "someone", NOW, succeeded=False)
    with pytest.raises(Refusal) as refused:
        throttle.check(session, kind, "someone", NOW)
    assert refused.value.code == "core.too_many"
    assert refused.value.problems[0].params == {"minutes": limit.window.total_seconds() / 60}
    throttle.check(session, kind, "somebody else", NOW)
    with pytest.raises(Refusal):
        throttle.check(session, kind, "someone", NOW + limit.window - SECOND)
    throttle.check(session, kind, "someone", NOW + limit.window)


def test_a_success_clears_the_count(session: Session) -> None:
    for _try in range(4):
        throttle.note(session, "sign_in", "someone", NOW, succeeded=False)
    throttle.note(session, "sign_in", "someone", NOW, succeeded=True)
    for _try in range(4):
        throttle.note(session, "sign_in", "someone", NOW, succeeded=False)
    throttle.check(session, "sign_in", "someone", NOW)
    throttle.note(session, "sign_in", "someone", NOW, succeeded=False)
    with pytest.raises(Refusal):
        throttle.check(session, "sign_in", "someone", NOW)


def test_no_spelling_of_a_number_opens_a_new_count(session: Session) -> None:
    service.create_account(session, MACHINE, name="李芳", mobile="13800138000", password=PASSWORD, now=NOW)
    spellings = [
        "13800138000",
        "138 0013 8000",
        "+86 13800138000",
        "008613800138000",
        "１３８００１３８０００",
    ]
    for spelling in spellings:
        assert service.sign_in(session, login=spelling, password="wrong", address="a", now=NOW) is None
    with pytest.raises(Refusal) as refused:
        service.sign_in(session, login="138-0013-8000", password=PASSWORD, address="b", now=NOW)
    assert refused.value.code == "core.too_many"


def test_an_own_account_buys_no_tries_at_others(session: Session) -> None:
    service.create_account(session, MACHINE, name="李芳", email="li@example.com", password=PASSWORD, now=NOW)
    most = LIMITS["sign_in_address"].most
    for number in range(most):
        assert (
            service.sign_in(
                session, login=f"victim{number}@x.example", password="wrong", address="a", now=NOW
            )
            is None
        )
        if number % 4 == 0:
            service.sign_in(session, login="li@example.com", password=PASSWORD, address="a", now=NOW)
    with pytest.raises(Refusal):
        service.sign_in(session, login="one-more@x.example", password="wrong", address="a", now=NOW)


def test_tries_sent_at_once_are_counted_one_by_one(database: Database) -> None:
    with database.unit_of_work() as session:
        service.create_account(
            session, MACHINE, name="李芳", email="li@example.com", password=PASSWORD, now=NOW
        )

    def attempt(number: int) -> bool:
        try:
            with database.unit_of_work() as session:
                service.sign_in(
                    session, login="li@example.com", password=f"wrong {number}", address="a", now=NOW
                )
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(attempt, range(16)))
    assert sum(tried) == LIMITS["sign_in"].most
