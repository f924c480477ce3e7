"""Who sees a capability is written twice, as a rule and as SQL: they agree on every actor, relation and state."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from types import MappingProxyType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities import queries, rules
from marketplace.capabilities.models import Capability
from marketplace.core.actor import ANONYMOUS, FIRM_ROLES, Actor, system_actor
from marketplace.core.lifecycle import State, state_of

from .house import NOW, TODAY, capability, firm, office

# Every state, by the timestamps that make it; valid_until is inherited from listings and may be past.
_BEFORE = NOW - timedelta(days=2)
STATES: dict[State, dict[str, object]] = {
    State.DRAFT: {"submitted_at": None},
    State.SUBMITTED: {},
    State.RETURNED: {"submitted_at": None, "returned_at": _BEFORE},
    State.PUBLISHED: {"published_at": _BEFORE},
    State.PAUSED: {"published_at": _BEFORE, "paused_at": _BEFORE},
    State.EXPIRED: {"published_at": _BEFORE, "valid_until": TODAY - timedelta(days=1)},
    State.CLOSED: {"published_at": _BEFORE, "closed_at": _BEFORE},
}


def actors(firm_ids: list[int], towns: list[int], bureau: int) -> list[Actor]:
    found = [ANONYMOUS, system_actor(), Actor(account_id=1), Actor(account_id=1, administrator=True)]
    for role, mine in product(FIRM_ROLES, ([firm_ids[0]], firm_ids[1:3], firm_ids)):
        found.append(Actor(account_id=1, firm_roles=MappingProxyType(dict.fromkeys(mine, role))))
    offices = [(bureau, "bureau"), *((town, "town") for town in towns)]
    for (office_id, kind), acting in product(offices, [None, *firm_ids]):
        found.append(Actor(account_id=1, office_id=office_id, office_kind=kind, acting_for=acting))
    # A member whose session claims to act for a firm: only staff can.
    found += [Actor(account_id=1, acting_for=firm_id) for firm_id in firm_ids]
    return found


@pytest.fixture
def world(session: Session) -> tuple[list[Capability], list[Actor]]:
    towns = [office(session, "town", name) for name in ("东镇", "西镇")]
    bureau = office(session, "bureau", "区局")
    listed, firm_ids = [], []
    for number, (checked, suspended, place) in enumerate(
        product((True, False), (True, False), (None, towns[0]))
    ):
        owner = firm(session, number, checked=checked, office_id=place)
        owner.suspended_at = NOW if suspended else None
        firm_ids.append(owner.id)
        for stamps, visibility in product(STATES.values(), rules.VISIBILITIES):
            made = capability(session, owner.id)
            made.visibility = visibility
            for name, value in stamps.items():
                setattr(made, name, value)
            listed.append(made)
    session.flush()
    return listed, actors(firm_ids, towns, bureau)


def test_the_rule_and_the_query_agree(session: Session, world: tuple[list[Capability], list[Actor]]) -> None:
    listed, everybody = world
    assert {state_of(one, TODAY) for one in listed} == set(State)
    counts = set()
    for actor in everybody:
        statement = select(Capability.id).join(Capability.firm).where(queries.visible_to(actor, TODAY))
        by_query = set(session.scalars(statement))
        by_rule = {one.id for one in listed if rules.may_see(actor, queries.view_of(one, TODAY))}
        assert by_query == by_rule, actor
        counts.add(len(by_rule))
    # Nobody sees public open ones of two checked firms, the bureau everything: else this test says nothing.
    assert {2, len(listed)} < counts


def test_who_edits_and_who_reads_the_record_sees_it(world: tuple[list[Capability], list[Actor]]) -> None:
    listed, everybody = world
    for actor, one in product(everybody, listed):
        view = queries.view_of(one, TODAY)
        if rules.may_edit(actor, view) or rules.may_see_record(actor, view):
            assert rules.may_see(actor, view)
        if not actor.staff and one.firm_id not in actor.firm_roles:
            assert not rules.may_edit(actor, view)
            assert not rules.may_see_record(actor, view)


def test_a_viewer_may_look_and_not_edit(world: tuple[list[Capability], list[Actor]]) -> None:
    listed, _everybody = world
    viewer = Actor(account_id=1, firm_roles=MappingProxyType({listed[0].firm_id: "viewer"}))
    view = queries.view_of(listed[0], TODAY)
    assert rules.may_see(viewer, view) and not rules.may_edit(viewer, view)


def test_open_ones_for_the_index_are_those_that_a_known_reader_sees(
    session: Session, world: tuple[list[Capability], list[Actor]]
) -> None:
    listed, _everybody = world
    found = {one.id for one in session.scalars(queries.open_capabilities(TODAY))}
    assert found == {one.id for one in listed if queries.view_of(one, TODAY).open}
    assert len(found) == 4
