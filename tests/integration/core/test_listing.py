"""The state of a listing is told twice, in Python and in SQL: the two agree on both databases, whatever was stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.lifecycle import Action, State, state_of
from marketplace.core.listing import is_open, state_expression
from marketplace.core.listing_steps import check_version, step
from marketplace.firms.models import Firm
from marketplace.needs.models import Need

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
STAMPS = ("submitted_at", "published_at", "returned_at", "paused_at", "closed_at")
DAYS = (None, *(TODAY + timedelta(days=days) for days in (-366, -1, 0, 1, 366)))


@pytest.fixture
def firm(session: Session) -> Firm:
    found = Firm(legal_name="示例轮胎", is_buyer=True, created_at=NOW, updated_at=NOW)
    session.add(found)
    session.flush()
    return found


@pytest.mark.parametrize("model", [Need, Capability])
def test_python_and_sql_agree_on_every_combination(session: Session, firm: Firm, model: type[Any]) -> None:
    for stamps, day in product(product((None, NOW), repeat=len(STAMPS)), DAYS):
        session.add(
            model(
                firm_id=firm.id,
                created_at=NOW,
                updated_at=NOW,
                valid_until=day,
                **dict(zip(STAMPS, stamps, strict=True)),
            )
        )
    session.flush()
    seen: set[str] = set()
    for as_of in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
        rows = session.execute(select(model, state_expression(model, as_of), is_open(model, as_of))).all()
        assert len(rows) == 2 ** len(STAMPS) * len(DAYS)
        for listing, state, open_now in rows:
            expected = state_of(listing, as_of)
            assert state == expected
            assert bool(open_now) == (expected is State.PUBLISHED)
            seen.add(state)
    assert seen == set(State), "every state occurred"


def test_a_step_leaves_one_audit_row_and_asks_for_what_others_see(session: Session, firm: Firm) -> None:
    need = Need(firm_id=firm.id, created_at=NOW, updated_at=NOW, title="帘子布", valid_until=TODAY)
    session.add(need)
    session.flush()
    actor = Actor(account_id=7, name="王明", firm_roles={firm.id: "editor"})
    later = NOW + timedelta(hours=1)

    def asked() -> set[tuple[str, str]]:
        rows = session.execute(select(outbox.OutboxEntry.kind, outbox.OutboxEntry.key))
        return {(kind, key) for kind, key in rows}

    assert step(session, actor, "need", need, Action.SUBMIT, later) is State.SUBMITTED
    assert asked() == set(), "a draft that is submitted is nobody else's business yet"
    assert step(session, actor, "need", need, Action.PUBLISH, later) is State.PUBLISHED
    assert asked() == {("index", f"need:{need.id}"), ("match", f"need:{need.id}")}
    assert need.updated_at == later
    session.flush()
    rows = audit.history_of(session, "need", need.id)
    assert [(row.action, row.account_id, row.actor_name) for row in rows] == [
        ("need.publish", 7, "王明"),
        ("need.submit", 7, "王明"),
    ]
    assert rows[0].details == {"version": 1}


def test_a_refused_step_leaves_nothing_behind(session: Session, firm: Firm) -> None:
    need = Need(firm_id=firm.id, created_at=NOW, updated_at=NOW)
    session.add(need)
    session.flush()
    with pytest.raises(Refusal) as refused:
        step(session, Actor(account_id=7), "need", need, Action.PAUSE, NOW + timedelta(hours=1))
    assert refused.value.code == "lifecycle.step"
    session.flush()
    assert audit.history_of(session, "need", need.id) == []
    assert need.updated_at == NOW
    assert session.scalars(select(outbox.OutboxEntry.id)).all() == []


@pytest.mark.parametrize(
    "action",
    [Action.PAUSE, Action.RENEW, Action.REVISE, Action.CLOSE],
)
def test_what_others_see_is_looked_at_again_after(session: Session, firm: Firm, action: Action) -> None:
    need = Need(firm_id=firm.id, created_at=NOW, updated_at=NOW, submitted_at=NOW, published_at=NOW)
    session.add(need)
    session.flush()
    step(session, Actor(account_id=7), "need", need, action, NOW, close_reason="met")
    assert set(session.scalars(select(outbox.OutboxEntry.kind))) == {"index", "match"}


def test_a_version_that_was_not_seen_is_stale() -> None:
    need = Need(version=4)
    check_version(need, None)
    check_version(need, 4)
    for seen in (3, 5, 0):
        with pytest.raises(Refusal) as refused:
            check_version(need, seen)
        assert refused.value.code == "core.stale"
