"""A conference's kind decides whom it invites and which types its list is drafted from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.capabilities.content import CapabilityContent
from marketplace.conferences import drafting, queries, service
from marketplace.conferences.models import Conference
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.terms import TermContent
from marketplace.needs import service as needs
from marketplace.taxonomy import service as taxonomy
from tests.integration.capabilities.house import MACHINE, NOW, TODAY, capability, firm, need, officer

LOAN = (TermContent("purpose", text="orders"),)


def offer(session: Session, owner: int, type_: str, product: str, *terms: TermContent) -> None:
    content = CapabilityContent(
        nature="opening", product=product, sentence=product, types=(type_,), terms=terms
    )
    capability(session, owner, content, upto="published")


@pytest.fixture
def people(session: Session) -> dict[str, int]:
    """A bank, a university, two firms: one asks for money, the other for parts; a leader that opens both."""
    taxonomy.import_seeds(session, MACHINE, paths.SEEDS, NOW)
    made = {
        "bank": firm(session, 1, party_kind="financial_institution", is_buyer=False).id,
        "university": firm(session, 2, party_kind="university", is_buyer=False).id,
        "asker": firm(session, 3, is_buyer=False).id,
        "buyer": firm(session, 4).id,
        "leader": firm(session, 5, chain_leader=True).id,
    }
    wanted = need(
        session, made["asker"], type_key="finance", title="订单融资", description="凭订单融资",
        specs=(), terms=(*LOAN, TermContent("amount", number=3_000_000)),
    )  # fmt: skip
    bought = need(session, made["buyer"], title="订单融资系统采购", specs=())
    for one in (wanted, bought):
        needs.publish(session, MACHINE, one.id, now=NOW)
    entrance = TermContent("entrance", text="示例支行")
    offer(session, made["leader"], "finance", "订单融资", *LOAN, entrance)
    offer(session, made["leader"], "platform", "订单融资检测平台", TermContent("equipment", text="检测"))
    return made


def conference(session: Session, actor: Actor, kind: str) -> Conference:
    facts = ConferenceFacts(
        name="示例专场", host="示例局", venue="示例厅", starts_at=NOW + timedelta(days=20),
        ends_at=NOW + timedelta(days=20, hours=3), kind=kind,
    )  # fmt: skip
    assert actor.office_id is not None
    return service.create(session, actor, facts, office_id=actor.office_id, now=NOW)


@pytest.mark.parametrize(
    ("kind", "side", "expected"),
    [
        ("bank_enterprise", "buyer", {"asker"}),
        ("bank_enterprise", "supplier", {"bank", "leader"}),
        ("industry_research", "supplier", {"university", "leader"}),
        ("industry_research", "buyer", set()),
        ("first_use", "supplier", {"leader"}),
        ("chain", "buyer", {"buyer", "leader"}),
    ],
)
def test_whom_a_kind_invites(
    session: Session, people: dict[str, int], kind: str, side: str, expected: set[str]
) -> None:
    held = conference(session, officer(session), kind)
    found = {one.id for one in queries.invitable(session, held, side, "", None, TODAY)}
    assert {name for name, number in people.items() if number in found} == expected


def test_a_list_is_drafted_from_the_kinds_types_alone(session: Session, people: dict[str, int]) -> None:
    actor = officer(session)
    held = conference(session, actor, "bank_enterprise")
    for side in ("buyer", "supplier"):
        service.add_participants(session, actor, held.id, people.values(), side, now=NOW)
    drafted = drafting.draft(session, actor, held.id, now=NOW)
    assert [row["title"] for row in drafted.inputs["needs"]] == ["订单融资"]
    assert [(row["title"], row["types"]) for row in drafted.inputs["capabilities"]] == [
        ("订单融资", ["finance"])
    ]
    assert drafted.inputs["needs"][0]["terms"], "frozen with what the type asks"
    assert drafted.computed.entries[0]["reasons"]


def test_a_conference_without_a_need_of_its_types(session: Session, people: dict[str, int]) -> None:
    actor = officer(session)
    held = conference(session, actor, "industry_research")
    service.add_participants(session, actor, held.id, people.values(), "buyer", now=NOW)
    with pytest.raises(Refusal) as refused:
        drafting.draft(session, actor, held.id, now=NOW)
    assert refused.value.code == "conferences.no_needs"
