"""Who sees a firm is written twice, as a rule and as SQL: here they agree on every actor, relation and state."""

from __future__ import annotations

from itertools import product
from types import MappingProxyType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.actor import ANONYMOUS, FIRM_ROLES, Actor, system_actor
from marketplace.firms import queries, rules, service
from marketplace.firms.models import Firm
from tests.unit.firms.house import NOW, facts, office


def actors(firm_ids: list[int], towns: list[int], bureau: int) -> list[Actor]:
    found = [ANONYMOUS, system_actor(), Actor(account_id=1), Actor(account_id=1, administrator=True)]
    for role, count in product(FIRM_ROLES, (1, 2, len(firm_ids))):
        for start in range(0, len(firm_ids), count):
            mine = dict.fromkeys(firm_ids[start : start + count], role)
            found.append(Actor(account_id=1, firm_roles=MappingProxyType(mine)))
    places = [(bureau, "bureau"), *((town, "town") for town in towns)]
    for (office_id, kind), acting in product(places, [None, *firm_ids]):
        found.append(Actor(account_id=1, office_id=office_id, office_kind=kind, acting_for=acting))
        own = MappingProxyType({firm_ids[0]: "viewer"})
        found.append(
            Actor(account_id=1, office_id=office_id, office_kind=kind, acting_for=acting, firm_roles=own)
        )
    # A member whose session claims to act for a firm: only staff can.
    found += [Actor(account_id=1, acting_for=firm_id) for firm_id in firm_ids]
    return found


@pytest.fixture
def world(session: Session) -> tuple[list[Firm], list[Actor]]:
    towns = [office(session, "town", name) for name in ("东镇", "西镇")]
    bureau = office(session, "bureau", "区局")
    firms = []
    for number, (checked, suspended, place) in enumerate(product((0, 1), (0, 1), (None, *towns))):
        firm = service.create_for(session, system_actor(), facts(number, office_id=place), now=NOW)
        firm.verified_at, firm.suspended_at = (NOW if checked else None), (NOW if suspended else None)
        firms.append(firm)
    session.flush()
    return firms, actors([firm.id for firm in firms], towns, bureau)


def test_the_rule_and_the_query_agree(session: Session, world: tuple[list[Firm], list[Actor]]) -> None:
    firms, everybody = world
    answers = set()
    for actor in everybody:
        by_query = set(session.scalars(select(Firm.id).where(queries.visible_to(actor))))
        by_rule = {firm.id for firm in firms if rules.may_see(actor, queries.view_of(firm))}
        assert by_query == by_rule, actor
        answers.add(len(by_rule))
    assert {3, len(firms)} < answers, "the actors must differ in what they see, or this test says nothing"


def test_who_edits_sees_and_figures_are_for_insiders_alone(world: tuple[list[Firm], list[Actor]]) -> None:
    firms, everybody = world
    for actor, firm in product(everybody, firms):
        view = queries.view_of(firm)
        if rules.may_edit(actor, view) or rules.may_see_figures(actor, view):
            assert rules.may_see(actor, view)
        if not actor.staff and firm.id not in actor.firm_roles:
            assert not rules.may_see_figures(actor, view)
            assert not rules.may_edit(actor, view)


def test_a_town_lists_its_own_firms_only(session: Session, world: tuple[list[Firm], list[Actor]]) -> None:
    firms, everybody = world
    for actor in everybody:
        if not actor.staff or actor.firm_roles or actor.acting_for:
            continue
        listed = set(
            session.scalars(queries.firms_for_staff(actor, queries.FirmFilter()).with_only_columns(Firm.id))
        )
        expected = {firm.id for firm in firms if actor.bureau or firm.office_id == actor.office_id}
        assert listed == expected
