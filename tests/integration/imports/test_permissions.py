"""Who may see an import: the rule and its SQL give the same answer for every role."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.service import create_account
from marketplace.core.actor import ANONYMOUS, Actor, system_actor
from marketplace.imports import queries, rules
from marketplace.imports.models import SheetMatch

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("office", [None, "bureau", "town"])
@pytest.mark.parametrize("administrator", [False, True])
@pytest.mark.parametrize("owner", [False, True])
def test_rule_and_sql_agree(session: Session, office: str | None, administrator: bool, owner: bool) -> None:
    machine = system_actor("test")
    ids = [
        create_account(session, machine, name=name, email=f"{name}@lianqiao.example", now=NOW).id
        for name in ("one", "two")
    ]
    match = SheetMatch(account_id=ids[0], created_at=NOW, counts={})
    session.add(match)
    session.flush()
    actor = Actor(
        account_id=ids[0] if owner else ids[1],
        office_id=1 if office else None,
        office_kind=office,
        administrator=administrator,
    )
    for who in (actor, ANONYMOUS, machine):
        expected = rules.may_see(who, rules.ImportView(ids[0]))
        assert (session.scalar(select(SheetMatch.id).where(queries.visible_to(who))) is not None) is expected
    assert rules.may_see(actor, rules.ImportView(ids[0])) is (administrator or (office is not None and owner))
    assert rules.may_keep(actor) is (administrator or office == "bureau")
