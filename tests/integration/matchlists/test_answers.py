"""Every answer in every state: what may be said, what it brings about, and what it must never bring about."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms.models import ContactGrant
from marketplace.proposals import queries, rules
from marketplace.proposals.models import Proposal, Verdict
from marketplace.proposals.service import answer
from tests.integration.matchlists.conftest import NOW, District
from tests.integration.matchlists.test_proposals import propose

SAID = (None, *rules.ANSWERS)
STATES = list(product(SAID, SAID, (False, True)))
ACTIONS = list(product(rules.SIDES, rules.ANSWERS))


def put(session: Session, proposal_id: int, buyer: str | None, supplier: str | None, gone: bool) -> None:
    """The proposal as if these answers had been given before, whatever came before them."""
    session.execute(delete(Verdict))
    session.execute(delete(ContactGrant))
    mutual = buyer == supplier == "yes"
    session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(
            buyer_answer=buyer, supplier_answer=supplier, buyer_reason=None, supplier_reason=None,
            buyer_answer_by_staff=False, supplier_answer_by_staff=False,
            withdrawn_at=NOW if gone else None, mutual_at=NOW if mutual else None,
        )
    )  # fmt: skip
    session.expire_all()


def test_every_answer_in_every_state(district: District) -> None:
    proposal_id = propose(district, district.yarn_need)[0].id
    seen: dict[str, int] = {"taken": 0, "refused": 0}
    for (buyer, supplier, gone), (side, word) in product(STATES, ACTIONS):
        actor = district.people["buyer" if side == "buyer" else "spinner"]
        own, other = (buyer, supplier) if side == "buyer" else (supplier, buyer)
        with district.database.writing_session() as session:
            put(session, proposal_id, buyer, supplier, gone)
            case = f"{buyer}/{supplier} gone={gone}: {side} says {word}"
            allowed = not gone or (own is not None and (word != "yes" or own == "yes"))
            reason = "other" if word == "no" else None
            try:
                said = answer(
                    session, actor, proposal_id, side=side, answer=word, reason=reason, note="示例", now=NOW
                )
            except Refusal as refusal:
                assert not allowed, case
                assert refusal.problems[0].code == "proposals.no_longer_matches", case
                stored = session.get_one(Proposal, proposal_id)
                assert (stored.buyer_answer, stored.supplier_answer) == (buyer, supplier), case
                assert session.scalars(select(Verdict)).all() == [], case
                seen["refused"] += 1
            else:
                assert allowed, case
                assert getattr(said, f"{side}_answer") == word, case
                mutual = word == other == "yes"
                assert (said.mutual_at is not None) == mutual, case
                grants = session.scalars(select(ContactGrant)).all()
                released = mutual and not (buyer == supplier == "yes")
                assert len(grants) == (2 if released else 0), case
                assert (said.withdrawn_at is not None) == gone, case
                seen["taken"] += 1
            session.rollback()
    # Of 16 states of a pair that holds every action is taken; of the others none is for the side that said nothing.
    assert seen == {"taken": 96 + 2 * (4 * 3 + 8 * 2), "refused": 2 * (4 * 3 + 8 * 1)}


def test_the_side_that_had_said_nothing_is_told_and_the_stranger_is_not(district: District) -> None:
    proposal_id = propose(district, district.yarn_need)[0].id
    with district.database.unit_of_work() as session:
        put(session, proposal_id, "yes", None, True)
    for who, side, error in (("spinner", "supplier", Refusal), ("turner", "supplier", NotFound)):
        with district.database.unit_of_work() as session, pytest.raises(error):
            answer(session, district.people[who], proposal_id, side=side, answer="yes", now=NOW)


def test_a_new_match_asks_both_sides_again(district: District) -> None:
    proposal_id = propose(district, district.yarn_need)[0].id
    with district.database.unit_of_work() as session:
        put(session, proposal_id, "yes", None, True)
    assert propose(district, district.yarn_need)[0].withdrawn_at is None
    with district.database.unit_of_work() as session:
        said = answer(
            session, district.people["spinner"], proposal_id, side="supplier", answer="yes", now=NOW
        )
        assert said.mutual_at == NOW


def test_a_yes_that_staff_wrote_down_is_not_confirmed_once_the_pair_is_gone() -> None:
    view = rules.ProposalView(1, 2, None, None, withdrawn=True, answered_sides=frozenset({"buyer"}))
    written = rules.Answer("yes", by_staff=True)
    assert rules.open_answers(view, written, by_staff=False) == ("no", "later")
    assert rules.open_answers(view, written, by_staff=True) == rules.ANSWERS


def test_answering_for_the_other_side_is_forbidden_in_every_state(district: District) -> None:
    proposal_id = propose(district, district.yarn_need)[0].id
    for buyer, supplier, gone in STATES:
        with district.database.writing_session() as session:
            put(session, proposal_id, buyer, supplier, gone)
            visible = queries.proposal_or_none(session, district.people["spinner"], proposal_id)
            with pytest.raises(Forbidden if visible is not None else Refusal):
                answer(session, district.people["spinner"], proposal_id, side="buyer", answer="yes", now=NOW)
            session.rollback()
