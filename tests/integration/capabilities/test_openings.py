"""Who opens and who asks: rights by party, the fields of a type, and what few may read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.capabilities import queries, service
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.models import Capability, CapabilityTerm
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.terms import TermContent
from marketplace.discovery.documents import capability_documents, need_documents
from marketplace.needs import presenting as need_pages
from marketplace.needs import queries as need_queries
from marketplace.needs import rules as need_rules
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.needs.models import NeedTerm, NeedVersion
from marketplace.proposals.evidence import readable_by
from marketplace.proposals.profiles import capability_profiles, need_profiles
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy import service as lists
from tests.integration.capabilities.house import MACHINE, NOW, TODAY, firm, member

AMOUNT = Decimal(3_000_000)
LOAN = NeedContent(
    type_key="finance",
    title="凭订单融资",
    description="备料用，按回款还。",
    visibility="public",
    valid_until=TODAY + timedelta(days=60),
    terms=(
        TermContent("purpose", text="orders"),
        TermContent("amount", number=AMOUNT),
        TermContent("security", text="receivables"),
        TermContent("security", text="ip"),
    ),
)
OFFER = CapabilityContent(
    nature="opening",
    product="订单贷",
    types=("finance",),
    terms=(
        TermContent("purpose", text="orders"),
        TermContent("amount_high", number=Decimal(5_000_000)),
        TermContent("entrance", text="示例支行二楼，0375-0000000"),
    ),
)


@pytest.fixture(autouse=True)
def reference(session: Session) -> None:
    lists.import_seeds(session, MACHINE, paths.SEEDS, NOW)


def refused(change: object) -> dict[str | None, str]:
    with pytest.raises(Refusal) as caught:
        change()  # type: ignore[operator]
    return {problem.field: problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("kind", "leader", "nature", "type_key", "may"),
    [
        ("financial_institution", False, "opening", "finance", True),
        ("financial_institution", False, "opening", "platform", False),
        ("enterprise", False, "opening", "finance", False),
        ("enterprise", True, "opening", "finance", True),
        ("enterprise", True, "capability", "procurement", True),
        ("university", False, "opening", "platform", True),
        ("university", False, "capability", "procurement", False),
        ("public_buyer", False, "opening", "first_use", True),
        ("public_buyer", False, "opening", "co_brand", False),
    ],
)
def test_a_party_offers_what_the_list_lets_it(
    session: Session, kind: str, leader: bool, nature: str, type_key: str, may: bool
) -> None:
    owner = firm(session, 1, party_kind=kind, chain_leader=leader)
    content = CapabilityContent(nature=nature, product="示例", types=(type_key,))
    actor = member(session, owner.id)
    if may:
        assert service.create(session, actor, owner.id, content, now=NOW).nature == nature
    else:
        assert refused(lambda: service.create(session, actor, owner.id, content, now=NOW)) == {
            "types": "entries.not_posted"
        }


def test_a_bank_does_not_ask_for_a_joint_brand(session: Session) -> None:
    bank = firm(session, 1, party_kind="financial_institution")
    content = NeedContent(type_key="co_brand", title="联合品牌")
    assert refused(lambda: needs.create(session, member(session, bank.id), bank.id, content, now=NOW)) == {
        "type_key": "entries.not_posted"
    }


def test_terms_are_rows_versions_and_steps(session: Session) -> None:
    owner = firm(session, 1)
    actor = member(session, owner.id)
    need = needs.create(session, actor, owner.id, LOAN, now=NOW)
    session.expire_all()
    assert need_queries.content_of_need(need).terms == LOAN.terms
    over = select(NeedTerm.need_id).where(NeedTerm.key == "amount", NeedTerm.number >= AMOUNT)
    assert session.scalars(over).all() == [need.id], "a column that can be asked"
    needs.save(session, actor, need.id, LOAN, now=NOW)
    assert need.version == 1, "the same again is no step"
    other = replace(LOAN, terms=(*LOAN.terms[:1], TermContent("amount", number=Decimal(2_000_000))))
    needs.save(session, actor, need.id, other, now=NOW)
    needs.submit(session, actor, need.id, now=NOW)
    kept = session.scalars(select(NeedVersion)).one().content["terms"]
    assert need.version == 2 and [row["key"] for row in kept] == ["purpose", "amount"]
    assert Decimal(kept[1]["number"]) == 2_000_000


@pytest.mark.parametrize(
    ("term", "code"),
    [
        (TermContent("purpose", text="gambling"), "entries.choice"),
        (TermContent("amount", number=Decimal(-1)), "entries.negative"),
        (TermContent("amount", text="三百万"), "entries.number_missing"),
        (TermContent("equipment", text="中试线"), "entries.other_type"),
        (TermContent("loan_months", number=Decimal(10**10)), "entries.too_large"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(session: Session, term: TermContent, code: str) -> None:
    owner = firm(session, 1)
    content = replace(LOAN, terms=(term,))
    found = refused(lambda: needs.create(session, member(session, owner.id), owner.id, content, now=NOW))
    assert found == {f"term_{term.key}": code}


def test_what_a_type_must_say_is_asked_when_submitted(session: Session) -> None:
    owner = firm(session, 1)
    actor = member(session, owner.id)
    need = needs.create(session, actor, owner.id, replace(LOAN, terms=()), now=NOW)
    assert refused(lambda: needs.submit(session, actor, need.id, now=NOW)) == {
        "term_purpose": "entries.missing",
        "term_amount": "entries.missing",
    }
    bank = firm(session, 2, party_kind="financial_institution")
    teller = member(session, bank.id)
    bare = service.create(session, teller, bank.id, replace(OFFER, types=(), terms=()), now=NOW)
    assert refused(lambda: service.submit(session, teller, bare.id, now=NOW)) == {
        "types": "capabilities.type_missing"
    }


def test_an_opening_stays_one(session: Session) -> None:
    bank = firm(session, 2, party_kind="financial_institution")
    teller = member(session, bank.id)
    made = service.create(session, teller, bank.id, OFFER, now=NOW)
    service.save(session, teller, made.id, replace(OFFER, nature="capability", sentence="当周答复"), now=NOW)
    assert (made.nature, made.sentence) == ("opening", "当周答复")
    assert session.scalars(select(CapabilityTerm.key).order_by(CapabilityTerm.position)).all() == [
        "purpose",
        "amount_high",
        "entrance",
    ]


def published_loan(session: Session) -> int:
    owner = firm(session, 1)
    need = needs.create(session, member(session, owner.id), owner.id, LOAN, now=NOW)
    needs.submit(session, MACHINE, need.id, now=NOW)
    needs.publish(session, MACHINE, need.id, now=NOW)
    return need.id


def test_amounts_reach_neither_strangers_nor_the_index(session: Session) -> None:
    need_id = published_loan(session)
    stranger = member(session, firm(session, 2).id)
    need = need_queries.need_or_none(session, stranger, need_id, TODAY)
    assert need is not None
    view = need_queries.view_of(session, need, TODAY)
    content = need_queries.content_of_need(need)
    owner = Actor(account_id=99, name="业主", firm_roles={need.firm_id: "owner"}, verified=True)
    for actor, seen in (
        (stranger, {"purpose"}),
        (owner, {"purpose", "amount", "security"}),
    ):
        closed_too = need_rules.may_see_closed_terms(actor, view)
        facts = need_pages.term_facts(session, content, "zh", closed_too=closed_too)
        assert {fact["key"] for fact in facts} == seen
    document = need_documents(session, [need_id], NOW)[0]
    assert "300" not in document.body and "应收账款质押" not in document.body
    assert "订单与应收账款" in document.body, "what everybody reads is found"


def test_where_to_apply_is_not_indexed(session: Session) -> None:
    bank = firm(session, 2, party_kind="financial_institution")
    made = service.create(session, MACHINE, bank.id, OFFER, source="staff", now=NOW)
    service.submit(session, MACHINE, made.id, now=NOW)
    service.publish(session, MACHINE, made.id, now=NOW)
    document = capability_documents(session, [made.id], NOW)[0]
    assert "0375" not in document.body and document.facets["direction"] == ("open",)


def test_a_matched_pair_tells_the_bank_no_amount(session: Session) -> None:
    from marketplace.proposals.matcher import units
    from matching.terms import check

    need = session.get_one(need_queries.Need, published_loan(session))
    bank = firm(session, 2, party_kind="financial_institution")
    made = service.create(session, MACHINE, bank.id, OFFER, source="staff", now=NOW)
    offer = session.scalars(
        select(Capability).where(Capability.id == made.id).options(*queries._whole())
    ).one()
    evidence = check(need_profiles(session, [need])[0], capability_profiles(session, [offer])[0], units())
    stored = [[finding.code, dict(finding.params)] for finding in evidence.reasons]
    amounts = [row for row in stored if row[1]["term"] == "amount"]
    assert amounts[0][1]["wanted"] == "300 万元"
    told = [row for row in readable_by(stored, "supplier") if row[1]["term"] == "amount"]
    assert told == [["term_met_closed", {"term": "amount"}]]
    assert taxonomy.type_fields(session), "read from the lists"
