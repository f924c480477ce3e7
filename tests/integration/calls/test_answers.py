"""应报, 已报, 未报: computed from what firms handed in and declared, on the day, by town and by chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import event, func, select, true

from marketplace.calls import queries, rules, service
from marketplace.calls.choosing import Chosen, how_many
from marketplace.calls.models import Call, CallFirm
from marketplace.calls.queries import Tally
from marketplace.calls.rules import Answer, Phase
from marketplace.core.audit import AuditEntry
from marketplace.core.clock import day_of, end_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms.models import Firm
from marketplace.needs import service as needs
from tests.integration.calls.conftest import DUE, MACHINE, NOW, House

LATER = NOW + timedelta(hours=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def asked(house: House, call_id: int) -> set[str]:
    ids = set(house.session.scalars(select(CallFirm.firm_id).where(CallFirm.call_id == call_id)))
    return {name for name, firm_id in house.firms.items() if firm_id in ids}


def answer(house: House, call: Call, firm: str) -> Answer:
    house.session.flush()
    standing = queries.standing_of(house.session, call, house.firms[firm])
    assert standing is not None
    return standing.answer


def declare(house: House, call: Call, firm: str, kind: str, reason: str = "none_now") -> None:
    service.declare_none(
        house.session, house.people[firm], call.id, house.firms[firm], kind, reason=reason, now=LATER
    )


@pytest.mark.parametrize(
    ("who", "chosen", "expected"),
    [
        ("bureau", {"everyone": True}, {"alpha", "beta", "gamma", "delta"}),
        ("bureau", {"chain_key": "nylon"}, {"alpha", "gamma", "delta"}),
        ("bureau", {"chain_key": "nylon", "leaders": True}, {"alpha"}),
        ("bureau", {"leaders": True}, {"alpha"}),
        ("near", {"everyone": True}, {"alpha", "beta"}),
        ("near", {"chain_key": "special-steel"}, {"beta"}),
    ],
)
def test_filters_narrow_and_a_town_asks_its_own(
    house: House, who: str, chosen: dict[str, object], expected: set[str]
) -> None:
    wanted = Chosen(**chosen)  # type: ignore[arg-type]
    assert how_many(house.session, house.people[who], wanted, day_of(NOW)) == len(expected)
    assert asked(house, house.open(wanted, who).id) == expected


def test_a_town_in_the_filter_is_that_towns_firms(house: House) -> None:
    assert asked(house, house.open(Chosen(office_id=house.far)).id) == {"gamma"}
    with pytest.raises(Refusal, match=r"calls\.no_firm_fits"):
        house.open(Chosen(office_id=house.far), "near")


def test_nobody_is_asked_by_an_empty_form(house: House) -> None:
    with pytest.raises(Refusal, match=r"calls\.nobody_chosen"):
        house.open(Chosen())
    with pytest.raises(Refusal, match=r"calls\.due_past"):
        house.open(due_on=day_of(NOW) - DAY)
    with pytest.raises(Refusal, match=r"calls\.asks_nothing"):
        house.open(asks_needs=False, asks_capabilities=False)
    with pytest.raises(Forbidden):
        house.open(who="alpha")


def test_asking_more_leaves_alone_who_was_asked(house: House) -> None:
    call, bureau = house.open(Chosen(chain_key="special-steel")), house.people["bureau"]
    everyone = Chosen(everyone=True)
    assert service.ask_more(house.session, bureau, call.id, everyone, now=LATER) == 3
    assert len(asked(house, call.id)) == 4
    with pytest.raises(Refusal) as refused:
        service.ask_more(house.session, bureau, call.id, everyone, now=LATER)
    assert refused.value.problems[0].code == "calls.nobody_further"
    assert call.chosen["chain_key"] == "special-steel"
    assert [further["everyone"] for further in call.chosen["more"]] == [True]
    assert how_many(house.session, bureau, everyone, LATER.date(), call.id) == 0


def test_the_numbers_follow_from_the_facts(house: House) -> None:
    call = house.open()
    assert queries.tally_of(house.session, call, true()) == Tally(4, 0, 0, 0, 0, 4)
    house.hand_in_need("alpha", LATER)
    house.hand_in_capability("alpha", LATER)
    house.hand_in_need("gamma", LATER)
    for kind in rules.KINDS:
        declare(house, call, "delta", kind)
    tally = queries.tally_of(house.session, call, true())
    assert tally == Tally(asked=4, reported=1, late=0, none=1, partial=1, missing=1)
    assert tally.unanswered == 2
    towns = {
        office.name if office else "": numbers
        for office, numbers in queries.by_office(house.session, call, true())
    }
    assert towns == {
        "示例近镇": Tally(2, 1, 0, 0, 0, 1),
        "示例远镇": Tally(1, 0, 0, 0, 1, 0),
        "": Tally(1, 0, 0, 1, 0, 0),
    }
    assert dict(queries.by_chain(house.session, call, true())) == {
        "nylon": Tally(3, 1, 0, 1, 1, 0),
        "special-steel": Tally(1, 0, 0, 0, 0, 1),
    }
    near = queries.reach_of(house.people["near"])
    assert queries.tally_of(house.session, call, near) == Tally(2, 1, 0, 0, 0, 1)


def test_what_was_handed_in_before_the_call_is_no_answer_to_it(house: House) -> None:
    house.hand_in_need("alpha", NOW - SECOND)
    call = house.open(asks_capabilities=False)
    assert answer(house, call, "alpha") is Answer.MISSING
    house.hand_in_need("beta", NOW)
    assert answer(house, call, "beta") is Answer.REPORTED


def test_a_need_that_is_taken_back_or_returned_is_none(house: House) -> None:
    call = house.open(asks_capabilities=False)
    need = house.hand_in_need("alpha", LATER)
    assert answer(house, call, "alpha") is Answer.REPORTED
    needs.withdraw(house.session, MACHINE, need, now=LATER)
    assert answer(house, call, "alpha") is Answer.MISSING
    needs.submit(house.session, MACHINE, need, now=LATER + SECOND)
    assert answer(house, call, "alpha") is Answer.REPORTED
    needs.return_(house.session, MACHINE, need, now=LATER + SECOND)
    assert answer(house, call, "alpha") is Answer.MISSING


def test_something_handed_in_outweighs_an_earlier_none_and_the_none_can_be_taken_back(house: House) -> None:
    call = house.open(asks_capabilities=False)
    alpha, firm_id = house.people["alpha"], house.firms["alpha"]
    declare(house, call, "alpha", "needs")
    assert answer(house, call, "alpha") is Answer.NONE
    declare(house, call, "alpha", "needs", "unchanged")
    assert [row.reason for row in queries.declarations_of(house.session, call.id, firm_id)] == ["unchanged"]
    house.hand_in_need("alpha", LATER)
    assert answer(house, call, "alpha") is Answer.REPORTED
    service.take_back(house.session, alpha, call.id, firm_id, "needs", now=LATER)
    assert queries.declarations_of(house.session, call.id, firm_id) == []
    for kind, reason in (("capabilities", "none_now"), ("needs", "tired")):
        with pytest.raises(Refusal):
            declare(house, call, "alpha", kind, reason)


def test_the_last_day_is_in_time_to_its_last_second(house: House) -> None:
    call = house.open(asks_capabilities=False)
    end = end_of(DUE)
    house.hand_in_need("alpha", end - SECOND)
    house.hand_in_need("gamma", end)
    assert queries.tally_of(house.session, call, true()) == Tally(4, 2, 1, 0, 0, 2)
    late = {row.firm_id: row.late_in(call) for row in queries.standings(house.session, call, true())}
    assert late[house.firms["alpha"]] is False
    assert late[house.firms["gamma"]] is True
    for day, phase in ((DUE - DAY, Phase.OPEN), (DUE, Phase.OPEN), (DUE + DAY, Phase.OVERDUE)):
        assert rules.phase_of(call.closed_at, call.cancelled_at, call.due_on, day) is phase


def test_what_comes_after_the_close_no_longer_counts(house: House) -> None:
    call = house.open(asks_capabilities=False)
    house.hand_in_need("alpha", LATER)
    service.close(house.session, house.people["bureau"], call.id, now=LATER + SECOND)
    house.hand_in_need("gamma", LATER + 2 * SECOND)
    assert queries.tally_of(house.session, call, true()).reported == 1


# ---------------------------------------------------------------- the walk through its states
STEPS = ("extend", "close", "cancel", "ask_more", "declare")


def take(house: House, call: Call, step: str) -> None:
    bureau, call_id = house.people["bureau"], call.id
    match step:
        case "extend":
            service.extend(house.session, bureau, call_id, DUE + timedelta(days=7), now=LATER)
        case "close":
            service.close(house.session, bureau, call_id, now=LATER)
        case "cancel":
            service.cancel(house.session, bureau, call_id, reason="重复", now=LATER)
        case "ask_more":
            service.ask_more(house.session, bureau, call_id, Chosen(everyone=True), now=LATER)
        case "declare":
            declare(house, call, "alpha", "needs")


@pytest.mark.parametrize(("first", "step"), list(product((None, "close", "cancel"), STEPS)))
def test_what_has_ended_stays_as_it_is(house: House, first: str | None, step: str) -> None:
    call = house.open(Chosen(chain_key="nylon"))
    if first is None:
        take(house, call, step)
        return
    take(house, call, first)
    # A cancelled call is not found by the firm; for the bureau it is there and has ended.
    gone = first == "cancel" and step == "declare"
    with pytest.raises(NotFound if gone else Refusal):
        take(house, call, step)
    ended = Phase.CLOSED if first == "close" else Phase.CANCELLED
    assert rules.phase_of(call.closed_at, call.cancelled_at, call.due_on, DUE) is ended


def test_a_last_day_only_moves_later_and_a_cancel_says_why(house: House) -> None:
    call, bureau = house.open(), house.people["bureau"]
    for wrong in (DUE, DUE - DAY):
        with pytest.raises(Refusal, match=r"calls\.due_not_later"):
            service.extend(house.session, bureau, call.id, wrong, now=LATER)
    with pytest.raises(Refusal, match=r"calls\.reason_missing"):
        service.cancel(house.session, bureau, call.id, reason="  ", now=LATER)


def test_each_step_leaves_its_row(house: House) -> None:
    call = house.open(Chosen(chain_key="nylon"))
    for step in ("extend", "ask_more", "declare", "close"):
        take(house, call, step)
    found = house.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "call", AuditEntry.subject_id == call.id)
    )
    assert set(found) == {"call.open", "call.extend", "call.ask_more", "call.declare_none", "call.close"}


# ---------------------------------------------------------------- rule and SQL, pages by key
@pytest.mark.parametrize("sides", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("asks", [(True, True), (True, False), (False, True)])
def test_rule_and_sql_agree_on_every_answer(
    house: House, asks: tuple[bool, bool], sides: tuple[bool, bool]
) -> None:
    """Every mixture of handed in and declared, for one firm after the other, whatever its sides."""
    take_sides(house, *sides)
    call = house.open(asks_needs=asks[0], asks_capabilities=asks[1])
    wanted = rules.asked_kinds(*asks)
    owed = rules.expected_kinds(*asks, is_buyer=sides[0], is_supplier=sides[1])
    seen = set()
    for name, given in zip(house.firms, product((True, False), repeat=2), strict=True):
        if given[0]:
            house.hand_in_need(name, LATER)
        if given[1]:
            house.hand_in_capability(name, LATER)
        handed_in = [kind for kind, handed in zip(rules.KINDS, given, strict=True) if handed]
        for number in range(len(wanted) + 1):
            if number:
                declare(house, call, name, wanted[number - 1])
            expected = rules.answer_of(wanted, owed, handed_in, wanted[:number])
            assert answer(house, call, name) is expected, (name, handed_in, number)
            seen.add(expected)
    assert seen == (set(Answer) if len(wanted) == 2 else set(Answer) - {Answer.PARTIAL})


def take_sides(house: House, is_buyer: bool, is_supplier: bool) -> None:
    for firm_id in house.firms.values():
        firm = house.session.get_one(Firm, firm_id)
        firm.is_buyer, firm.is_supplier = is_buyer, is_supplier
    house.session.flush()


def test_a_firm_that_only_supplies_owes_no_needs(house: House) -> None:
    take_sides(house, False, True)
    both, needs_alone = house.open(), house.open(asks_capabilities=False)
    house.hand_in_capability("alpha", LATER)
    standing = queries.standing_of(house.session, both, house.firms["alpha"])
    assert standing is not None
    assert (standing.answer, standing.missing_of(both)) == (Answer.REPORTED, ())
    house.hand_in_need("beta", LATER)
    standing = queries.standing_of(house.session, both, house.firms["beta"])
    assert standing is not None
    assert (standing.answer, standing.missing_of(both)) == (Answer.PARTIAL, ("capabilities",))
    # Asked for needs alone, it owes an answer like everybody.
    assert answer(house, needs_alone, "alpha") is Answer.MISSING
    assert answer(house, needs_alone, "beta") is Answer.REPORTED


def test_what_a_firm_need_not_hand_in_makes_nobody_late(house: House) -> None:
    take_sides(house, False, True)
    call = house.open()
    house.hand_in_capability("alpha", LATER)
    house.hand_in_need("alpha", datetime(2026, 12, 20, tzinfo=UTC))
    assert queries.tally_of(house.session, call, true()) == Tally(4, 1, 0, 0, 0, 3)
    standing = queries.standing_of(house.session, call, house.firms["alpha"])
    assert standing is not None
    assert not standing.late_in(call)


def test_pages_by_key_meet_each_firm_once(house: House) -> None:
    call = house.open()
    house.hand_in_need("beta", LATER)
    met: list[int] = []
    after = 0
    while page := queries.standings(house.session, call, true(), rules.UNANSWERED, after=after, size=1):
        met += [row.firm_id for row in page]
        after = met[-1]
    assert met == sorted(house.firms.values())
    assert queries.standings(house.session, call, true(), (Answer.REPORTED,)) == []


def statements_of(house: House, ask: Callable[[], object]) -> int:
    """How many statements something takes."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = house.session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    ask()
    event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def test_a_firms_first_page_asks_the_same_for_one_call_and_for_three(house: House) -> None:
    alpha = frozenset({house.firms["alpha"]})
    counts = []
    for more in (1, 2):
        for _ in range(more):
            house.open()
        house.session.flush()
        counts.append(statements_of(house, lambda: queries.waiting_for(house.session, alpha)))
    assert counts == [2, 2]
    assert len(queries.waiting_for(house.session, alpha)) == 3
    assert house.session.scalar(select(func.count()).select_from(CallFirm)) == 12
