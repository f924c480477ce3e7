"""A few firms of two towns that are asked for needs and capabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace import paths, words
from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.calls import service as calls
from marketplace.calls.choosing import Chosen
from marketplace.calls.models import Call
from marketplace.calls.rules import CallFacts
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.core.actor import Actor, system_actor
from marketplace.firms import people
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.taxonomy.service import import_seeds
from tests.integration.core.district import (
    district,
    district_site,
    district_template,
    own_district,
    own_site,
)

__all__ = ["district", "district_site", "district_template", "own_district", "own_site"]

# Ten in the morning of 23 November in Shanghai.
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = date(2026, 11, 30)
MACHINE = system_actor("test")


@dataclass(frozen=True)
class House:
    """Offices, firms and people by short names."""

    session: Session
    bureau: int
    near: int
    far: int
    firms: dict[str, int]
    people: dict[str, Actor]

    def open(self, chosen: Chosen | None = None, who: str = "bureau", **facts: Any) -> Call:
        said: dict[str, Any] = {"title": "四季度征集（示例）", "due_on": DUE, **facts}
        return calls.open_call(
            self.session, self.people[who], CallFacts(**said), chosen or Chosen(everyone=True), now=NOW
        )

    def hand_in_need(self, firm: str, at: datetime) -> int:
        content = NeedContent(title="尼龙66工业丝", description="帘布用。", valid_until=date(2027, 2, 1))
        need = needs.create(self.session, MACHINE, self.firms[firm], content, source="staff", now=at)
        needs.submit(self.session, MACHINE, need.id, now=at)
        return need.id

    def hand_in_capability(self, firm: str, at: datetime) -> int:
        content = CapabilityContent(product="尼龙66工业丝", sentence="帘布用。", confirmed_on=at.date())
        made = capabilities.create(self.session, MACHINE, self.firms[firm], content, source="staff", now=at)
        capabilities.submit(self.session, MACHINE, made.id, now=at)
        return made.id


@pytest.fixture
def house(session: Session) -> Iterator[House]:
    words.register_all()
    import_seeds(session, MACHINE, paths.SEEDS, NOW)
    bureau, near, far = (
        offices.create_office(session, MACHINE, kind=kind, name=f"示例{name}", now=NOW).id
        for kind, name in (("bureau", "区局"), ("town", "近镇"), ("town", "远镇"))
    )
    ids, actors = {}, {}
    for name, office, chain, leader in (
        ("alpha", near, "nylon", True),
        ("beta", near, "special-steel", False),
        ("gamma", far, "nylon", False),
        ("delta", None, "nylon", False),
    ):
        facts = FirmFacts(
            f"示例{name}有限公司",
            is_buyer=True,
            chain_leader=leader,
            office_id=office,
            chains=((chain, None),),
            business_phone="0375-0000000" if name == "beta" else None,
        )
        ids[name] = firms.create_for(session, MACHINE, facts, now=NOW).id
        account = create_account(
            session, MACHINE, name=name, email=f"{name}@lianqiao.example", verified=True, now=NOW
        )
        if name != "beta":  # nobody has claimed it yet
            people.add_member(session, MACHINE, ids[name], account.id, "owner", now=NOW)
        actors[name] = Actor(account_id=account.id, name=name, firm_roles={ids[name]: "owner"}, verified=True)
    for name, office, kind in (("bureau", bureau, "bureau"), ("near", near, "town"), ("far", far, "town")):
        officer = create_account(
            session, MACHINE, name=name, email=f"{name}-office@lianqiao.example", verified=True, now=NOW
        )
        offices.join_office(session, MACHINE, officer.id, office, now=NOW)
        actors[name] = Actor(
            account_id=officer.id, name=name, office_id=office, office_kind=kind, verified=True
        )
    yield House(session, bureau, near, far, ids, actors)
