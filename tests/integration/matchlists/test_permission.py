"""Who may see a proposal or a conference is told twice, in Python and in SQL: the two agree for every actor and state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.capabilities.models import Capability
from marketplace.conferences import queries as conferences
from marketplace.conferences import rules as conference_rules
from marketplace.conferences import service as conference_service
from marketplace.conferences.models import Conference, Participant
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.proposals import queries, rules
from marketplace.proposals.models import Proposal
from marketplace.proposals.service import answer
from tests.integration.matchlists.conftest import MACHINE, NOW, District

ANSWERED = (None, "yes", "later")


def town(session: Session, name: str, division: str) -> int:
    return offices.create_office(session, MACHINE, kind="town", name=name, division_code=division, now=NOW).id


def cast(district: District, account: int, bureau: int, near: int, far: int) -> dict[str, Actor]:
    """Everybody who could stand before a pair of the buyer's and the spinner's; ``near`` looks after the buyer."""
    buyer, supplier, third = district.buyer, district.spinner, district.turner
    near_town = Actor(account_id=account, office_id=near, office_kind="town")
    far_town = Actor(account_id=account, office_id=far, office_kind="town")
    roles = {
        f"{name} {role}": Actor(account_id=account, firm_roles={firm_id: role})
        for (name, firm_id), role in product(
            (("buyer", buyer), ("supplier", supplier), ("third", third)), ("owner", "editor", "viewer")
        )
    }
    return {
        "anonymous": ANONYMOUS,
        "newcomer": Actor(account_id=account),
        "machine": MACHINE,
        "administrator": Actor(account_id=account, administrator=True),
        "bureau": Actor(account_id=account, office_id=bureau, office_kind="bureau"),
        "near town": near_town,
        "far town": far_town,
        "filling in for the buyer": replace(far_town, acting_for=buyer),
        "filling in for the supplier": replace(far_town, acting_for=supplier),
        "filling in for a third": replace(far_town, acting_for=third),
        "nobody filling in": Actor(account_id=account, acting_for=buyer),
        "both sides": Actor(account_id=account, firm_roles={buyer: "owner", supplier: "viewer"}),
        "unchecked supplier": Actor(
            account_id=account, firm_roles={supplier: "owner"}, unchecked_firms=frozenset({supplier})
        ),
        **roles,
    }


@pytest.fixture
def people(district: District) -> dict[str, Actor]:
    with district.database.unit_of_work() as session:
        near, far = town(session, "示例近镇", "410472"), town(session, "示例远镇", "410473")
        session.get_one(Firm, district.buyer).office_id = near
        bureau = session.get_one(Conference, district.conference).office_id
        account = create_account(session, MACHINE, name="示例", email="cast@lianqiao.example", now=NOW).id
    return cast(district, account, bureau, near, far)


def every_proposal(session: Session, district: District) -> list[int]:
    """One pair in each state: answers of both sides, gone or not, anonymous or not."""
    made = []
    for buyer, supplier, gone, anonymous in product(ANSWERED, ANSWERED, (False, True), (False, True)):
        need = Need(
            firm_id=district.buyer, title=f"{buyer} {supplier} {gone}", anonymous=anonymous,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        capability = Capability(
            firm_id=district.spinner, product=f"{buyer} {supplier} {gone}", created_at=NOW, updated_at=NOW
        )
        session.add_all([need, capability])
        session.flush()
        proposal = Proposal(
            need_id=need.id, capability_id=capability.id, buyer_id=district.buyer, supplier_id=district.spinner,
            proposed_at=NOW, refreshed_at=NOW, withdrawn_at=NOW if gone else None,
            buyer_answer=buyer, supplier_answer=supplier,
            mutual_at=NOW if buyer == supplier == "yes" else None,
            score=0.5, label="possible", method="test", signals={}, reasons=[], unproven=[], gaps=[],
        )  # fmt: skip
        session.add(proposal)
        session.flush()
        made.append(proposal.id)
    return made


def test_rule_and_sql_agree_on_proposals(district: District, people: dict[str, Actor]) -> None:
    with district.database.unit_of_work() as session:
        made = every_proposal(session, district)
    seen: dict[str, int] = {}
    named: dict[str, int] = {}
    with district.database.reading() as session:
        everything = session.scalars(queries.visible_proposals(MACHINE)).unique().all()
        assert {proposal.id for proposal in everything} == set(made)
        for who, actor in people.items():
            shown = {proposal.id for proposal in session.scalars(queries.visible_proposals(actor)).unique()}
            views = {proposal.id: queries.view_of(proposal) for proposal in everything}
            assert shown == {number for number, view in views.items() if rules.may_see(actor, view)}, who
            counted = queries.tab_counts(session, actor, ("waiting", "yes", "later", "no", "mutual"))
            mine = session.scalars(queries.visible_proposals(actor).where(queries.under_mine(actor))).unique()
            assert {proposal.id for proposal in mine} <= shown, who
            assert all(number <= len(shown) for number in counted.values()), who
            seen[who] = len(shown)
            named[who] = sum(rules.may_name_buyer(actor, views[number]) for number in shown)
    every = len(made)
    for who in ("machine", "administrator", "bureau", "near town"):
        assert (seen[who], named[who]) == (every, every), who
    for who in (
        "anonymous",
        "newcomer",
        "far town",
        "nobody filling in",
        "filling in for a third",
        "unchecked supplier",
    ):
        assert seen[who] == 0, who
    assert {seen[f"third {role}"] for role in ("owner", "editor", "viewer")} == {0}
    # Of the pairs that are gone a side sees those that it has answered: two answers in three.
    own_side = every // 2 + every // 3
    for who in ("buyer owner", "buyer viewer", "filling in for the buyer"):
        assert (seen[who], named[who]) == (own_side, own_side), who
    # The supplier learns the name of half (not anonymous), and of the anonymous ones with two yeses: one, and one gone.
    for who in ("supplier owner", "supplier viewer", "filling in for the supplier"):
        assert (seen[who], named[who]) == (own_side, own_side // 2 + 2), who
    assert every > seen["both sides"] > own_side


def test_who_answers_which_side_in_which_state(district: District, people: dict[str, Actor]) -> None:
    """The service takes an answer exactly where the rules say so, for every role, side and state."""
    with district.database.unit_of_work() as session:
        made = every_proposal(session, district)
    taken: dict[str, int] = {}
    for (who, actor), side in product(people.items(), rules.SIDES):
        with district.database.writing_session() as session:
            for proposal_id in made:
                view = queries.view_of(session.get_one(Proposal, proposal_id))
                said = queries.answer_of(session.get_one(Proposal, proposal_id), side)
                by_staff = rules.answers_as_staff(actor, view, side)
                seen, speaks = rules.may_see(actor, view), rules.may_answer(actor, view, side)
                gone = view.withdrawn and bool(rules.sides_of(actor, view))
                if not seen:
                    expected: type[Exception] | None = Refusal if gone else NotFound
                elif not speaks:
                    expected = Forbidden
                elif by_staff and said.word is not None:
                    expected = Refusal
                else:
                    expected = None if "later" in rules.open_answers(view, said, by_staff) else Refusal
                found: type[Exception] | None = None
                try:
                    answer(session, actor, proposal_id, side=side, answer="later", note="示例来电", now=NOW)
                except (NotFound, Forbidden, Refusal) as error:
                    found = type(error)
                assert found is expected, (who, side, proposal_id)
                taken[who] = taken.get(who, 0) + (found is None)
            session.rollback()
    speakers = {who for who, number in taken.items() if number}
    assert speakers == {
        "buyer owner", "buyer editor", "supplier owner", "supplier editor", "both sides",
        "filling in for the buyer", "filling in for the supplier",
    }  # fmt: skip


def test_rule_and_sql_agree_on_conferences(district: District, people: dict[str, Actor]) -> None:
    takes_part = (None, "buyer", "supplier", "withdrawn")
    near, far = people["near town"].office_id, people["far town"].office_id
    with district.database.unit_of_work() as session:
        for office_id, announced, cancelled, side in product(
            (near, far), (False, True), (False, True), takes_part
        ):
            conference = Conference(
                name="示例对接会", host="示例", venue="示例", office_id=office_id,
                starts_at=NOW, ends_at=NOW + timedelta(hours=2), created_at=NOW,
                announced_at=NOW if announced else None, cancelled_at=NOW if cancelled else None,
            )  # fmt: skip
            session.add(conference)
            session.flush()
            if side is not None:
                firm_id = district.buyer if side == "buyer" else district.spinner
                session.add(
                    Participant(
                        conference_id=conference.id, firm_id=firm_id, invited_at=NOW,
                        side="supplier" if side == "withdrawn" else side,
                        withdrawn_at=NOW if side == "withdrawn" else None,
                    )
                )  # fmt: skip
    seen: dict[str, int] = {}
    with district.database.reading() as session:
        everything = session.scalars(select(Conference)).all()
        views = {
            one.id: conference_rules.ConferenceView(
                one.office_id, one.announced_at is not None, one.cancelled_at is not None,
                frozenset(row.firm_id for row in conferences.participants(session, one.id)),
            )
            for one in everything
        }  # fmt: skip
        for who, actor in people.items():
            shown = set(session.scalars(select(Conference.id).where(conferences.visible_to(actor))))
            assert shown == {
                number for number, view in views.items() if conference_rules.may_see(actor, view)
            }, who
            seen[who] = len(shown)
            for number, view in views.items():
                runs = conference_rules.may_run(actor, view.office_id)
                if number in shown and runs:
                    assert conference_service.to_run(session, actor, number).id == number
                else:
                    with pytest.raises(Forbidden if number in shown else NotFound):
                        conference_service.to_run(session, actor, number)
    assert seen["machine"] == seen["administrator"] == seen["bureau"] == len(everything) == 33
    assert seen["near town"] == seen["far town"] == 16
    for who in ("anonymous", "newcomer", "nobody filling in", "third owner", "unchecked supplier"):
        assert seen[who] == 0, who
    # Announced, not cancelled, and not withdrawn: one of either office.
    assert seen["buyer owner"] == seen["supplier viewer"] == 2
    assert seen["both sides"] == 4
    assert seen["filling in for the buyer"] == 16 + 1
