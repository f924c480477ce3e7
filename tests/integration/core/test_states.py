"""The state machine in Python and as SQL are one rule: every combination of timestamps, on the days around the last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.lifecycle import State, state_of
from marketplace.core.listing import is_open, state_expression
from marketplace.firms.models import Firm
from marketplace.needs.models import Need

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
LAST_DAY = date(2026, 11, 23)


def test_both_give_the_same_state_for_every_combination(session: Session) -> None:
    firm = Firm(legal_name="示例", created_at=NOW, updated_at=NOW)
    session.add(firm)
    session.flush()
    stamps = ("submitted_at", "published_at", "returned_at", "paused_at", "closed_at")
    needs = [
        Need(
            firm_id=firm.id,
            created_at=NOW,
            updated_at=NOW,
            valid_until=until,
            **{name: NOW if is_set else None for name, is_set in zip(stamps, chosen, strict=True)},
        )
        for chosen in product((False, True), repeat=len(stamps))
        for until in (None, LAST_DAY)
    ]
    session.add_all(needs)
    session.flush()
    met = set()
    for as_of in (LAST_DAY - timedelta(days=1), LAST_DAY, LAST_DAY + timedelta(days=1)):
        rows = session.execute(
            select(Need, state_expression(Need, as_of), is_open(Need, as_of)).where(Need.firm_id == firm.id)
        ).all()
        assert len(rows) == len(needs)
        for need, state, is_open_now in rows:
            assert state_of(need, as_of) == state
            assert bool(is_open_now) == (state == State.PUBLISHED)
            met.add(state)
    assert met == set(State)
