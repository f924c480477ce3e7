"""Proposals: made by the machine, answered by people, whose word always wins; contacts only on two yeses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms.models import ContactGrant, ContactView
from marketplace.firms.people import view_contacts
from marketplace.needs import service as needs
from marketplace.needs.models import NeedExclusion
from marketplace.proposals import queries, rules
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import Proposal, Verdict
from marketplace.proposals.proposing import propose_for_need
from marketplace.proposals.service import answer
from tests.integration.matchlists.conftest import MACHINE, NOW, District


def propose(district: District, need_id: int) -> list[Proposal]:
    with district.database.reading() as session:
        matcher = current_matcher(session, day_of(NOW))
    with district.database.unit_of_work() as session:
        propose_for_need(session, MACHINE, need_id, matcher, now=NOW)
    with district.database.reading() as session:
        return list(
            session.scalars(select(Proposal).where(Proposal.need_id == need_id).order_by(Proposal.id))
        )


def say(district: District, who: str, proposal: Proposal, side: str, word: str, **more: str) -> Proposal:
    with district.database.unit_of_work() as session:
        return answer(session, district.people[who], proposal.id, side=side, answer=word, now=NOW, **more)


def test_what_fits_is_proposed_with_reasons_and_nothing_else(district: District) -> None:
    found = propose(district, district.yarn_need)
    assert [(one.capability_id, one.supplier_id) for one in found] == [(district.yarn, district.spinner)]
    assert found[0].label in ("strong", "possible")
    assert any(code == "spec_met" for code, _params in found[0].reasons)


def test_what_nobody_can_do_gets_no_proposal(district: District) -> None:
    assert propose(district, district.odd_need) == []


def test_a_firm_that_the_buyer_does_not_want_gets_no_proposal_and_loses_the_one_it_had(
    district: District,
) -> None:
    assert [one.supplier_id for one in propose(district, district.yarn_need)] == [district.spinner]
    with district.database.unit_of_work() as session:
        session.add(NeedExclusion(need_id=district.yarn_need, firm_id=district.spinner))
    assert [one.withdrawn_at for one in propose(district, district.yarn_need)] == [NOW]


def test_refreshing_changes_no_answer_and_makes_nothing_twice(district: District) -> None:
    first = propose(district, district.yarn_need)[0]
    say(district, "spinner", first, "supplier", "later")
    again = propose(district, district.yarn_need)
    assert [(one.id, one.supplier_answer, one.withdrawn_at) for one in again] == [(first.id, "later", None)]


def test_two_yeses_release_contacts_and_a_no_takes_them_back(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    say(district, "spinner", proposal, "supplier", "yes")
    with district.database.unit_of_work() as session, pytest.raises(NotFound):
        view_contacts(session, district.people["buyer"], district.spinner, now=NOW)
    assert say(district, "buyer", proposal, "buyer", "yes").mutual_at is not None
    with district.database.unit_of_work() as session:
        seen = view_contacts(session, district.people["buyer"], district.spinner, now=NOW)
        assert [contact.email for contact in seen] == ["contact-spinner@lianqiao.example"]
    with district.database.reading() as session:
        assert len(session.scalars(select(ContactView)).all()) == 1
    say(district, "buyer", proposal, "buyer", "no", reason="capacity")
    with district.database.reading() as session:
        assert all(grant.revoked_at is not None for grant in session.scalars(select(ContactGrant)))
        words_said = [verdict.answer for verdict in session.scalars(select(Verdict).order_by(Verdict.id))]
        assert words_said == ["yes", "yes", "no"]
    with district.database.unit_of_work() as session, pytest.raises(NotFound):
        view_contacts(session, district.people["buyer"], district.spinner, now=NOW)


def test_a_no_needs_its_reason_and_other_needs_words(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    with pytest.raises(Refusal, match=r"proposals\.reason_missing"):
        say(district, "spinner", proposal, "supplier", "no")
    with pytest.raises(Refusal, match=r"proposals\.note_missing"):
        say(district, "spinner", proposal, "supplier", "no", reason="other")


def test_nobody_answers_for_another_firm(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    with pytest.raises(NotFound):
        say(district, "turner", proposal, "supplier", "yes")
    with pytest.raises(Forbidden):
        say(district, "spinner", proposal, "buyer", "yes")


def test_an_anonymous_buyer_is_named_to_the_supplier_only_after_two_yeses(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    supplier = district.people["spinner"]
    with district.database.reading() as session:
        seen = session.scalars(queries.visible_proposals(supplier)).one()
        assert not rules.may_name_buyer(supplier, queries.view_of(seen))
        assert rules.may_name_buyer(district.people["buyer"], queries.view_of(seen))
    say(district, "spinner", proposal, "supplier", "yes")
    say(district, "buyer", proposal, "buyer", "yes")
    with district.database.reading() as session:
        seen = session.scalars(queries.visible_proposals(supplier)).one()
        assert rules.may_name_buyer(supplier, queries.view_of(seen))


def test_a_paused_need_keeps_only_what_was_answered(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    with district.database.unit_of_work() as session:
        needs.pause(session, MACHINE, district.yarn_need, now=NOW + timedelta(minutes=1))
    assert propose(district, district.yarn_need)[0].withdrawn_at is not None
    with district.database.reading() as session:
        assert session.scalars(queries.visible_proposals(district.people["spinner"])).all() == []
    with district.database.unit_of_work() as session:
        needs.resume(session, MACHINE, district.yarn_need, now=NOW + timedelta(minutes=2))
    assert propose(district, district.yarn_need)[0].withdrawn_at is None
    assert proposal.id
