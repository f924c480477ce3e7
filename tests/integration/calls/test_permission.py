"""Who may see, run, remind and answer: rule and SQL told as one, and what the services do with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.calls import queries, reminding, rules, service
from marketplace.calls.choosing import Chosen
from marketplace.calls.models import Call, CallFirm
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.errors import Forbidden, NotFound
from marketplace.firms.models import Firm
from tests.integration.calls.conftest import MACHINE, NOW, House

LATER = NOW + timedelta(hours=1)


def cast(house: House) -> dict[str, Actor]:
    account = house.people["bureau"].account_id
    alpha = house.firms["alpha"]
    return {
        **house.people,
        "anonymous": ANONYMOUS,
        "newcomer": Actor(account_id=account),
        "machine": MACHINE,
        "administrator": Actor(account_id=account, administrator=True),
        "viewer": Actor(account_id=account, firm_roles={alpha: "viewer"}),
        "editor": Actor(account_id=account, firm_roles={alpha: "editor"}),
        "far filling in": replace(house.people["far"], acting_for=alpha),
        "nobody filling in": Actor(account_id=account, acting_for=alpha),
    }


def every_call(house: House) -> list[Call]:
    """The bureau's and a town's, of one firm, of a town, of all; running and cancelled."""
    made = []
    for cancelled in (False, True):
        for who, chosen in (
            ("bureau", Chosen(everyone=True)),
            ("bureau", Chosen(leaders=True)),
            ("bureau", Chosen(office_id=house.far)),
            ("near", Chosen(everyone=True)),
            ("far", Chosen(everyone=True)),
        ):
            call = house.open(chosen, who)
            if cancelled:
                service.cancel(house.session, house.people["bureau"], call.id, reason="示例", now=LATER)
            made.append(call)
    house.session.flush()
    return made


def view_of(house: House, call: Call) -> rules.CallView:
    rows = house.session.execute(
        select(Firm.id, Firm.office_id)
        .join(CallFirm, CallFirm.firm_id == Firm.id)
        .where(CallFirm.call_id == call.id)
    ).all()
    offices = frozenset(row.office_id for row in rows if row.office_id is not None)
    return rules.CallView(
        call.office_id, call.cancelled_at is not None, frozenset(row.id for row in rows), offices
    )


def test_rule_and_sql_agree_on_who_sees(house: House) -> None:
    made = every_call(house)
    views = {call.id: view_of(house, call) for call in made}
    seen = {}
    for who, actor in cast(house).items():
        shown = set(house.session.scalars(select(Call.id).where(queries.visible_to(actor))))
        assert shown == {number for number, view in views.items() if rules.may_see(actor, view)}, who
        seen[who] = len(shown)
    assert seen["bureau"] == seen["administrator"] == seen["machine"] == len(made) == 10
    assert seen["anonymous"] == seen["newcomer"] == seen["nobody filling in"] == 0
    # All, the leaders (alpha is one) and its own; cancelled ones as well, for it may have told its firms.
    assert seen["near"] == 6
    assert seen["far"] == 6
    # A firm sees the running calls that ask it.
    assert seen["alpha"] == seen["viewer"] == seen["editor"] == 3
    assert seen["beta"] == 2
    assert seen["gamma"] == 3
    assert seen["delta"] == 1
    assert seen["far filling in"] == 6 + 2


def attempt(step, *arguments, **more) -> str:  # type: ignore[no-untyped-def]
    try:
        step(*arguments, **more)
    except (NotFound, Forbidden) as error:
        return type(error).__name__
    return "done"


def test_who_runs_reminds_and_answers(house: House) -> None:
    call = house.open(Chosen(office_id=house.near))
    alpha = house.firms["alpha"]
    ran, reminded, answered = {}, {}, {}
    for who, actor in cast(house).items():
        with house.session.begin_nested() as nested:
            ran[who] = attempt(service.close, house.session, actor, call.id, now=LATER)
            nested.rollback()
        with house.session.begin_nested() as nested:
            reminded[who] = attempt(
                reminding.note_call, house.session, actor, call.id, alpha, outcome="reached", now=LATER
            )
            nested.rollback()
        with house.session.begin_nested() as nested:
            answered[who] = attempt(
                service.declare_none, house.session, actor, call.id, alpha, "needs", reason="none_now", now=LATER
            )  # fmt: skip
            nested.rollback()
    assert {who for who, said in ran.items() if said == "done"} == {"bureau", "administrator", "machine"}
    assert ran["near"] == ran["alpha"] == "Forbidden"
    assert ran["gamma"] == ran["far"] == ran["anonymous"] == "NotFound"
    assert {who for who, said in reminded.items() if said == "done"} == {
        "bureau", "administrator", "machine", "near",
    }  # fmt: skip
    assert reminded["alpha"] == "Forbidden"
    assert {who for who, said in answered.items() if said == "done"} == {"alpha", "editor", "far filling in"}
    assert answered["viewer"] == "Forbidden"
    assert answered["beta"] == answered["near"] == answered["bureau"] == "NotFound"


def test_a_town_reminds_its_own_firms_in_the_bureaus_call(house: House) -> None:
    call = house.open()
    near = house.people["near"]
    reminding.note_call(house.session, near, call.id, house.firms["beta"], outcome="reached", now=LATER)
    with pytest.raises(NotFound):
        reminding.note_call(house.session, near, call.id, house.firms["gamma"], outcome="reached", now=LATER)
    shown = queries.standings(house.session, call, queries.reach_of(near))
    assert {row.firm_id for row in shown} == {house.firms["alpha"], house.firms["beta"]}
    # Naming another town in the address opens nothing.
    assert queries.standings(house.session, call, queries.reach_of(near, house.far)) == []
    assert reminding.note_group(house.session, near, call.id, house.far, now=LATER) == 0
    assert reminding.note_group(house.session, near, call.id, None, now=LATER) == 2
