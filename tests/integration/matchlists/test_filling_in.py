"""代填: staff may write down what a firm told them. It is marked as theirs, and opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import NotFound, Refusal
from marketplace.firms.models import ContactGrant
from marketplace.firms.people import view_contacts
from marketplace.proposals import queries, rules
from marketplace.proposals.models import Proposal, Verdict
from marketplace.proposals.service import answer
from tests.integration.matchlists.conftest import NOW, District
from tests.integration.matchlists.test_proposals import propose, say

NOTE = "王经理 11 月 25 日电话"


def fill_in(
    district: District, firm_id: int, proposal: Proposal, side: str, word: str, **more: str
) -> Proposal:
    clerk = replace(district.people["organiser"], acting_for=firm_id)
    with district.database.unit_of_work() as session:
        return answer(session, clerk, proposal.id, side=side, answer=word, now=NOW, **more)


def tabs_of(session: Session, actor: Actor) -> dict[str, int]:
    return {
        name: n for name, n in queries.tab_counts(session, actor, ("waiting", "yes", "mutual")).items() if n
    }


def test_what_staff_write_down_is_marked_in_row_verdict_and_audit(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    kept = fill_in(district, district.spinner, proposal, "supplier", "later", note=NOTE)
    assert (kept.supplier_answer, kept.supplier_answer_by_staff) == ("later", True)
    with district.database.reading() as session:
        verdict = session.scalars(select(Verdict)).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "proposal.answer")).one()
    assert (verdict.by_staff, verdict.note) == (True, NOTE)
    assert verdict.account_id == district.people["organiser"].account_id
    assert (entry.acting_for, entry.details["by_staff"]) == (district.spinner, True)


def test_it_has_to_say_who_said_so(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    with pytest.raises(Refusal, match=r"proposals\.filling_in_note"):
        fill_in(district, district.spinner, proposal, "supplier", "yes", note="  ")


def test_a_yes_written_down_releases_nothing_until_the_firm_confirms_it(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    say(district, "buyer", proposal, "buyer", "yes")
    assert fill_in(district, district.spinner, proposal, "supplier", "yes", note=NOTE).mutual_at is None
    with district.database.reading() as session:
        assert session.scalars(select(ContactGrant)).all() == []
        seen = session.scalars(queries.visible_proposals(district.people["spinner"])).one()
        assert not rules.may_name_buyer(district.people["spinner"], queries.view_of(seen))
        assert tabs_of(session, district.people["spinner"]) == {"waiting": 1}
        clerk = replace(district.people["organiser"], acting_for=district.spinner)
        assert tabs_of(session, clerk) == {"yes": 1}
    confirmed = say(district, "spinner", proposal, "supplier", "yes")
    assert confirmed.mutual_at is not None and not confirmed.supplier_answer_by_staff
    with district.database.reading() as session:
        assert tabs_of(session, district.people["spinner"]) == {"yes": 1, "mutual": 1}


def test_two_yeses_written_down_by_staff_bring_nobody_together(district: District) -> None:
    proposal = propose(district, district.yarn_need)[0]
    fill_in(district, district.spinner, proposal, "supplier", "yes", note=NOTE)
    assert fill_in(district, district.buyer, proposal, "buyer", "yes", note=NOTE).mutual_at is None


@pytest.mark.parametrize("word", ["yes", "later"])
def test_what_the_firm_said_itself_stands(district: District, word: str) -> None:
    proposal = propose(district, district.yarn_need)[0]
    say(district, "spinner", proposal, "supplier", word)
    with pytest.raises(Refusal, match=r"proposals\.firm_has_answered"):
        fill_in(district, district.spinner, proposal, "supplier", "no", reason="capacity", note=NOTE)


def _as_town(organiser: Actor) -> Actor:
    return replace(organiser, office_kind="town")


def _as_administrator(organiser: Actor) -> Actor:
    return replace(organiser, office_id=None, office_kind=None, administrator=True)


@pytest.mark.parametrize("role", [lambda organiser: organiser, _as_town, _as_administrator])
def test_whoever_fills_in_never_sees_what_was_released_to_the_firm(
    district: District, role: Callable[[Actor], Actor]
) -> None:
    proposal = propose(district, district.yarn_need)[0]
    say(district, "spinner", proposal, "supplier", "yes")
    say(district, "buyer", proposal, "buyer", "yes")
    clerk = replace(role(district.people["organiser"]), acting_for=district.buyer)
    with district.database.unit_of_work() as session, pytest.raises(NotFound):
        view_contacts(session, clerk, district.spinner, now=NOW)
    with district.database.unit_of_work() as session:
        assert len(view_contacts(session, district.people["buyer"], district.spinner, now=NOW)) == 1


@pytest.mark.parametrize("own_role", [None, "viewer", "editor", "owner"])
@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("acting_for", [None, 1, 2])
def test_an_answer_is_the_firms_own_when_its_own_owner_or_editor_gives_it(
    own_role: str | None, staff: bool, acting_for: int | None
) -> None:
    roles = MappingProxyType({1: own_role} if own_role else {})
    actor = Actor(
        account_id=1,
        firm_roles=roles,
        office_id=1 if staff else None,
        office_kind="bureau",
        acting_for=acting_for,
    )
    view = rules.ProposalView(buyer_id=1, supplier_id=3, buyer_office_id=None, supplier_office_id=None)
    own = own_role in ("editor", "owner")
    filling_in = staff and acting_for == 1
    assert rules.may_answer(actor, view, "buyer") is (own or filling_in)
    assert rules.answers_as_staff(actor, view, "buyer") is (filling_in and not own)
    assert not rules.may_answer(actor, view, "supplier")
