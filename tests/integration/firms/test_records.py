"""A firm's record: brought in, changed, checked, suspended, and who said which field."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.outbox import OutboxEntry
from marketplace.firms import queries, service
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.taxonomy.service import import_seeds
from tests.integration.capabilities.house import Counter
from tests.unit.firms.house import MACHINE, NOW, credit_code, facts, firm, member, office, organiser, somebody

LATER = NOW + timedelta(hours=1)


def sources(found: Firm) -> dict[str, str]:
    return {entry.field: entry.source for entry in found.provenance}


def problems(refusal: pytest.ExceptionInfo[Refusal]) -> set[tuple[str, str | None]]:
    return {(problem.code, problem.field) for problem in refusal.value.problems}


def test_who_registers_a_firm_owns_it_and_waits_for_the_check(session: Session) -> None:
    person = somebody(session)
    made = service.register_firm(session, person, facts(1, employees=12), now=NOW)
    assert made.verified_at is None and made.source == "self" and made.claimed_at == NOW
    assert [(m.account_id, m.role) for m in queries.members_of(session, made.id)] == [
        (person.account_id, "owner")
    ]
    assert queries.firm_or_none(session, Actor(account_id=999), made.id) is None
    assert sources(made)["employees"] == "self"


def test_a_member_cannot_set_what_is_the_bureaus(session: Session) -> None:
    town = office(session, "town", "东镇")
    forged = facts(1, chain_leader=True, chain_leader_document="平链办〔2026〕1号", office_id=town)
    made = service.register_firm(session, somebody(session), forged, now=NOW)
    assert (made.chain_leader, made.chain_leader_document, made.office_id) == (False, None, None)
    assert not {"chain_leader", "chain_leader_document", "office_id"} & {
        name for name, source in sources(made).items() if source == "self" and getattr(made, name)
    }
    owner = Actor(
        account_id=queries.members_of(session, made.id)[0].account_id, firm_roles={made.id: "owner"}
    )
    service.update_firm(session, owner, made.id, replace(forged, profile="我们做耐磨锻件"), now=LATER)
    assert (made.chain_leader, made.chain_leader_document, made.office_id) == (False, None, None)
    assert made.profile == "我们做耐磨锻件"


def test_what_the_bureau_recognised_stays_when_the_firm_saves(session: Session) -> None:
    town = office(session, "town", "东镇")
    made = firm(session, 1, chain_leader=True, chain_leader_document="平链办〔2026〕1号", office_id=town)
    service.update_firm(
        session, member(session, made.id), made.id, facts(1, website="https://lianqiao.example"), now=LATER
    )
    assert (made.chain_leader, made.chain_leader_document, made.office_id) == (
        True,
        "平链办〔2026〕1号",
        town,
    )


def test_a_town_brings_in_firms_of_its_own_and_recognises_none(session: Session) -> None:
    east, west = office(session, "town", "东镇"), office(session, "town", "西镇")
    clerk = organiser(session, east, "town", "clerk")
    made = service.create_for(session, clerk, facts(1, office_id=west, chain_leader=True), now=NOW)
    assert (made.office_id, made.chain_leader, made.source) == (east, False, "staff")
    service.update_firm(
        session, clerk, made.id, facts(1, office_id=west, chain_leader=True, profile="代填"), now=LATER
    )
    assert (made.office_id, made.chain_leader, made.profile) == (east, False, "代填")
    elsewhere = firm(session, 2, office_id=west)
    with pytest.raises(Forbidden):
        service.update_firm(session, clerk, elsewhere.id, facts(2, profile="越界"), now=LATER)
    hidden = firm(session, 3, office_id=west)
    hidden.verified_at = None
    with pytest.raises(NotFound):
        service.update_firm(session, clerk, hidden.id, facts(3, profile="越界"), now=LATER)


def test_each_field_remembers_who_said_it(session: Session) -> None:
    made = firm(session, 1, profile="镇里代填", employees=10)
    owner = member(session, made.id)
    service.update_firm(session, owner, made.id, facts(1, profile="镇里代填", employees=25), now=LATER)
    assert (sources(made)["profile"], sources(made)["employees"]) == ("staff", "self")
    assert {e.field: e.at for e in made.provenance}["employees"] == LATER
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "firm.update")).one()
    assert entry.details == {"fields": ["employees"]}
    service.verify(session, MACHINE, made.id, now=LATER)
    assert (sources(made)["legal_name"], sources(made)["credit_code"]) == ("verified", "verified")
    assert sources(made)["employees"] == "self"


def test_a_stale_page_is_refused_and_changes_nothing(session: Session) -> None:
    made = firm(session, 1)
    owner = member(session, made.id)
    service.update_firm(session, owner, made.id, facts(1, profile="第一"), expected_version=1, now=LATER)
    with pytest.raises(Refusal, match=r"core\.stale"):
        service.update_firm(session, owner, made.id, facts(1, profile="第二"), expected_version=1, now=LATER)
    assert (made.profile, made.version) == ("第一", 2)
    with pytest.raises(Refusal, match=r"core\.stale"):
        service.verify(session, MACHINE, made.id, expected_version=1, now=LATER)


def test_saving_the_same_raises_no_version_and_asks_for_no_work(session: Session) -> None:
    made = firm(session, 1, chains=(("nylon", None),))
    session.execute(OutboxEntry.__table__.delete())
    service.update_firm(
        session, member(session, made.id), made.id, facts(1, chains=(("nylon", None),)), now=LATER
    )
    assert made.version == 1 and session.scalars(select(OutboxEntry)).all() == []


def test_a_change_is_indexed_and_matched_anew(session: Session) -> None:
    made = firm(session, 1)
    session.execute(OutboxEntry.__table__.delete())
    service.update_firm(
        session, member(session, made.id), made.id, facts(1, legal_name="示例锻造有限公司"), now=LATER
    )
    assert {(row.kind, row.key) for row in session.scalars(select(OutboxEntry))} == {
        ("index", f"firm:{made.id}"),
        ("match", f"firm:{made.id}"),
    }


def test_a_firm_that_changes_its_name_or_code_waits_for_another_check(session: Session) -> None:
    made = firm(session, 1)
    owner = member(session, made.id)
    service.update_firm(session, owner, made.id, facts(1, profile="简介"), now=LATER)
    assert made.verified_at is not None
    service.update_firm(
        session, owner, made.id, facts(1, legal_name="另一家有限公司", profile="简介"), now=LATER
    )
    assert made.verified_at is None and sources(made)["legal_name"] == "self"
    service.verify(session, MACHINE, made.id, now=LATER)
    service.update_firm(session, MACHINE, made.id, facts(1, profile="主办单位改的名"), now=LATER)
    assert made.verified_at is not None


def test_places_on_chains_change_one_by_one(session: Session) -> None:
    """A place that stays must not be inserted a second time before the old row goes: the pair is unique."""
    made = firm(session, 1, chains=(("nylon", "pa66"), ("steel", None)))
    kept = {(c.chain_key, c.link_key): c.id for c in made.chains}
    service.update_firm(
        session, MACHINE, made.id, facts(1, chains=(("nylon", "pa66"), ("nylon", "fibre"))), now=LATER
    )
    session.expire_all()
    found = queries.firm_or_none(session, MACHINE, made.id)
    assert found is not None
    assert {(c.chain_key, c.link_key) for c in found.chains} == {("nylon", "pa66"), ("nylon", "fibre")}
    assert {c.id for c in found.chains} >= {kept["nylon", "pa66"]}


def test_every_problem_is_named_at_once(session: Session) -> None:
    import_seeds(session, MACHINE, paths.SEEDS, NOW)
    firm(session, 1)
    wrong = FirmFacts(
        legal_name="x" * 121, credit_code=credit_code(1), party_kind="club", is_buyer=False, is_supplier=False,
        registered_division="999999", industry_code="0000", employees=-1, revenue=Decimal(10) ** 17,
        figures_year=26, website="javascript:alert(1)", chains=(("nylon", "no-such-link"),),
    )  # fmt: skip
    with pytest.raises(Refusal) as refusal:
        service.register_firm(session, somebody(session), wrong, now=NOW)
    assert problems(refusal) == {
        ("firms.too_long", "legal_name"), ("firms.code_taken", "credit_code"), ("firms.kind_unknown", "party_kind"),
        ("firms.side_missing", "is_supplier"), ("firms.division_unknown", "registered_division"),
        ("firms.industry_unknown", "industry_code"), ("firms.figure_negative", "employees"),
        ("firms.figure_large", "revenue"), ("firms.year_form", "figures_year"), ("firms.website_form", "website"),
        ("firms.chain_unknown", "chains"),
    }  # fmt: skip


def test_zone_codes_are_accepted(session: Session) -> None:
    import_seeds(session, MACHINE, paths.SEEDS, NOW)
    assert (
        firm(session, 1, registered_division="410472", production_division="410402").registered_division
        == "410472"
    )


def test_codes_are_folded_and_a_second_firm_with_one_is_refused(session: Session) -> None:
    typed = " ".join(credit_code(1).lower())
    assert firm(session, 1, credit_code=typed).credit_code == credit_code(1)
    with pytest.raises(Refusal, match=r"firms\.code_taken"):
        service.register_firm(session, somebody(session), facts(1), now=NOW)


def test_only_a_sheet_of_the_bureau_may_lack_a_code(session: Session) -> None:
    assert firm(session, 1, credit_code=None).credit_code is None
    assert firm(session, 2, credit_code=" ").credit_code is None
    with pytest.raises(Refusal, match=r"firms\.code_missing"):
        service.register_firm(session, somebody(session), facts(3, credit_code=None), now=NOW)


def test_checking_and_suspending_are_the_bureaus(session: Session) -> None:
    town = office(session, "town", "东镇")
    made = firm(session, 1, office_id=town)
    clerk, owner = organiser(session, town, "town", "clerk"), member(session, made.id)
    for actor, refused in ((clerk, Forbidden), (owner, NotFound), (Actor(), NotFound)):
        with pytest.raises(refused):
            service.verify(session, actor, made.id, now=LATER)
        with pytest.raises(refused):
            service.suspend(session, actor, made.id, reason="冒名", now=LATER)
    with pytest.raises(Refusal, match=r"firms\.reason_missing"):
        service.suspend(session, MACHINE, made.id, reason="  ", now=LATER)
    service.suspend(session, MACHINE, made.id, reason="冒名登记", now=LATER)
    assert queries.firm_or_none(session, Actor(), made.id) is None
    assert queries.firm_or_none(session, owner, made.id) is not None
    service.verify(session, MACHINE, made.id, now=LATER)
    assert queries.firm_or_none(session, Actor(), made.id) is not None


def test_current_suppliers_are_replaced_as_a_whole_or_not_at_all(session: Session) -> None:
    buyer = firm(session, 1, is_buyer=True)
    owner, stranger = member(session, buyer.id), somebody(session)
    codes = [credit_code(5), credit_code(6).lower(), credit_code(5), " "]
    assert service.mark_current_suppliers(session, owner, buyer.id, codes, now=NOW) == 2
    with pytest.raises(Refusal) as refusal:
        service.mark_current_suppliers(session, owner, buyer.id, [credit_code(7), "9135"], now=NOW)
    assert refusal.value.problems[0].params == {"count": 1, "codes": ["9135"]}
    assert queries.current_supplier_codes(session, [buyer.id]) == {buyer.id: {credit_code(5), credit_code(6)}}
    with pytest.raises(NotFound):
        service.mark_current_suppliers(session, stranger, buyer.id, [], now=NOW)
    viewer = member(session, buyer.id, "viewer")
    with pytest.raises(Forbidden):
        service.mark_current_suppliers(session, viewer, buyer.id, [], now=NOW)
    assert service.mark_current_suppliers(session, owner, buyer.id, [], now=NOW) == 0


def test_names_of_suppliers_are_told_only_of_firms_that_are_public(session: Session) -> None:
    buyer, known, hidden = firm(session, 1, is_buyer=True), firm(session, 2), firm(session, 3)
    hidden.verified_at = None
    owner = member(session, buyer.id)
    service.mark_current_suppliers(session, owner, buyer.id, [credit_code(n) for n in (2, 3, 4)], now=NOW)
    assert dict(queries.suppliers_of(session, buyer.id)) == {
        credit_code(2): known.legal_name,
        credit_code(3): None,
        credit_code(4): None,
    }


def test_many_firms_are_checked_with_the_questions_of_one(session: Session) -> None:
    """And with the same rows left behind as one by one."""
    clerk = organiser(session, office(session, "bureau", "区局"), "bureau", "bureau")
    made = [firm(session, number) for number in range(1, 9)]
    for one in made:
        one.verified_at = None
    session.execute(OutboxEntry.__table__.delete())
    one_by_one, two, five = made[0], made[1:3], made[3:]
    service.verify(session, clerk, one_by_one.id, now=LATER)
    asked = []
    for many in (two, five):
        session.flush()
        session.expunge_all()
        with Counter(session.connection().engine) as seen:
            checked = service.verify_all(session, clerk, [one.id for one in many], now=LATER)
            session.flush()
        assert [one.id for one in checked] == [one.id for one in many]
        asked.append(len(seen))
    assert asked[0] == asked[1], f"{asked[0]} statements for two firms, {asked[1]} for five"
    for one in made:
        found = session.get_one(Firm, one.id)
        assert found.verified_at == LATER and sources(found)["legal_name"] == "verified"
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "firm.verify")).all()
    assert sorted((row.subject_id, row.account_id, row.at) for row in rows) == [
        (one.id, clerk.account_id, LATER) for one in made
    ]
    assert {(row.kind, row.key) for row in session.scalars(select(OutboxEntry))} == {
        (kind, f"firm:{one.id}") for kind in ("index", "match") for one in made
    }


def test_one_firm_that_is_not_there_keeps_all_from_being_checked(session: Session) -> None:
    made = firm(session, 1)
    made.verified_at = None
    with pytest.raises(NotFound):
        service.verify_all(session, MACHINE, [made.id, 999], now=LATER)
    assert made.verified_at is None
    for actor, refused in (
        (member(session, made.id), NotFound),
        (organiser(session, office(session, "town", "东镇"), "town", "clerk"), Forbidden),
    ):
        with pytest.raises(refused):
            service.verify_all(session, actor, [made.id], now=LATER)
