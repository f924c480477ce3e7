"""The step that a first page offers first is the one that this role came for, and leads to a page that it may see."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from marketplace.core.actor import Actor
from marketplace.home.steps import steps_for
from marketplace.navigation import places_for

FIRM = MappingProxyType({1: "owner"})
ROLES = {
    "newcomer": (Actor(account_id=1), "firms.claim"),
    "buyer": (Actor(account_id=1, firm_roles=FIRM, buys=True), "needs.new"),
    "supplier": (Actor(account_id=1, firm_roles=FIRM, supplies=True), "capabilities.new"),
    "both": (Actor(account_id=1, firm_roles=FIRM, buys=True, supplies=True), "needs.new"),
    "bureau": (Actor(account_id=1, office_id=1, office_kind="bureau"), "moderation.desk"),
    "town": (Actor(account_id=1, office_id=1, office_kind="town"), "firms.index"),
    "administrator": (Actor(account_id=1, administrator=True), "moderation.desk"),
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_offered_its_own_first_step(role: str) -> None:
    actor, first = ROLES[role]
    assert steps_for(actor)[0].endpoint == first


def endpoints(actor: Actor) -> list[str]:
    return [place.endpoint for place in places_for(actor)]


def test_the_bar_offers_the_sides_that_the_persons_firms_have() -> None:
    assert "capabilities.mine" not in endpoints(ROLES["buyer"][0])
    assert "needs.mine" in endpoints(ROLES["buyer"][0])
    assert "needs.mine" not in endpoints(ROLES["supplier"][0])
    assert "capabilities.mine" in endpoints(ROLES["supplier"][0])
    assert {"needs.mine", "capabilities.mine"} <= set(endpoints(ROLES["both"][0]))


def test_what_each_role_needs_daily_is_among_the_four_that_a_phone_shows() -> None:
    assert endpoints(ROLES["buyer"][0])[:2] == ["discovery.capabilities", "needs.mine"]
    assert endpoints(ROLES["supplier"][0])[:2] == ["discovery.needs", "capabilities.mine"]
    assert endpoints(ROLES["bureau"][0])[0] == "moderation.desk"
    assert "moderation.desk" not in endpoints(ROLES["town"][0])
    for actor, _ in ROLES.values():
        assert len(endpoints(actor)) == len(set(endpoints(actor)))


def test_a_stranger_browses() -> None:
    assert endpoints(Actor()) == ["discovery.needs", "discovery.capabilities"]
