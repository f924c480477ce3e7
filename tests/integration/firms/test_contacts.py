"""Contacts: nobody sees one without a grant and a consent, and every look is written down for the firm to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from types import MappingProxyType

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import people, queries, service
from marketplace.firms.models import ContactView, FirmContact
from tests.unit.firms.house import MACHINE, NOW, firm, member, office, organiser, somebody

NAME, MOBILE, EMAIL = "卡那利", "13900007777", "canary@lianqiao.example"


def add(
    session: Session, owner: Actor, firm_id: int, *, consent: bool = True, name: str = NAME
) -> FirmContact:
    return people.add_contact(
        session, owner, firm_id, name=name, title="总经理", mobile=MOBILE, email=EMAIL, consent=consent, now=NOW
    )  # fmt: skip


def grant(session: Session, firm_id: int, to_firm_id: int, reason_id: int = 1) -> None:
    people.grant_contacts(
        session, firm_id=firm_id, to_firm_id=to_firm_id, reason_kind="proposal", reason_id=reason_id, now=NOW
    )


@pytest.mark.parametrize(("granted", "consent"), list(product((True, False), repeat=2)))
def test_a_contact_is_seen_with_a_grant_and_a_consent_only(
    session: Session, granted: bool, consent: bool
) -> None:
    seller, buyer = firm(session, 1), firm(session, 2)
    add(session, member(session, seller.id), seller.id, consent=consent)
    if granted:
        grant(session, seller.id, buyer.id)
    reader = member(session, buyer.id)
    if not granted:
        with pytest.raises(NotFound):
            people.view_contacts(session, reader, seller.id, now=NOW)
        return
    seen = people.view_contacts(session, reader, seller.id, now=NOW)
    assert [contact.name for contact in seen] == ([NAME] if consent else [])
    assert session.scalar(select(func.count()).select_from(ContactView)) == len(seen)


def test_every_look_is_told_to_the_firm(session: Session) -> None:
    seller, buyer = firm(session, 1), firm(session, 2)
    owner, reader = member(session, seller.id), member(session, buyer.id, "viewer")
    add(session, owner, seller.id)
    add(session, owner, seller.id, name="第二位")
    grant(session, seller.id, buyer.id)
    for hours in (1, 2):
        people.view_contacts(session, reader, seller.id, now=NOW + timedelta(hours=hours))
    looks = queries.looks_at_contacts(session, seller.id)
    assert [(look.contact, look.person, look.firm) for look in looks[:2]] == [
        ("第二位", reader.name, buyer.legal_name),
        (NAME, reader.name, buyer.legal_name),
    ]
    assert len(looks) == 4 and looks[0].at == NOW + timedelta(hours=2)
    assert queries.looks_at_contacts(session, buyer.id) == []
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.view")).all()
    assert len(entries) == 2
    assert NAME not in str([entry.details for entry in session.scalars(select(AuditEntry))])
    assert MOBILE not in str([entry.details for entry in session.scalars(select(AuditEntry))])


def test_withdrawing_acts_at_once_on_every_grant(session: Session) -> None:
    seller, buyer = firm(session, 1), firm(session, 2)
    owner, reader = member(session, seller.id), member(session, buyer.id)
    contact = add(session, owner, seller.id)
    grant(session, seller.id, buyer.id)
    assert people.view_contacts(session, reader, seller.id, now=NOW)
    people.set_consent(session, owner, contact.id, consent=False, now=NOW)
    assert people.view_contacts(session, reader, seller.id, now=NOW) == []
    assert contact.withdrawn_at == NOW and contact.consent_version is None
    people.set_consent(session, owner, contact.id, consent=True, now=NOW)
    assert people.view_contacts(session, reader, seller.id, now=NOW) == [contact]


def test_removing_erases_the_person_and_keeps_the_looks(session: Session) -> None:
    seller, buyer = firm(session, 1), firm(session, 2)
    owner = member(session, seller.id)
    contact = add(session, owner, seller.id)
    grant(session, seller.id, buyer.id)
    people.view_contacts(session, member(session, buyer.id), seller.id, now=NOW)
    people.remove_contact(session, owner, contact.id, now=NOW)
    session.flush()
    row = session.execute(
        select(FirmContact.name, FirmContact.title, FirmContact.mobile, FirmContact.email)
    ).one()
    assert not {NAME, "总经理", MOBILE, EMAIL} & set(row)
    assert len(queries.looks_at_contacts(session, seller.id)) == 1
    with pytest.raises(NotFound):
        people.set_consent(session, owner, contact.id, consent=True, now=NOW)


def test_a_grant_opens_one_way_and_closes_again(session: Session) -> None:
    seller, buyer = firm(session, 1), firm(session, 2)
    sellers, buyers = member(session, seller.id), member(session, buyer.id)
    add(session, sellers, seller.id)
    add(session, buyers, buyer.id)
    grant(session, seller.id, buyer.id)
    with pytest.raises(NotFound):
        people.view_contacts(session, sellers, buyer.id, now=NOW)
    people.revoke_grants(session, reason_kind="proposal", reason_id=2, now=NOW)
    assert people.view_contacts(session, buyers, seller.id, now=NOW)
    people.revoke_grants(session, reason_kind="proposal", reason_id=1, now=NOW)
    with pytest.raises(NotFound):
        people.view_contacts(session, buyers, seller.id, now=NOW)
    grant(session, seller.id, buyer.id)
    assert people.view_contacts(session, buyers, seller.id, now=NOW)


@pytest.mark.parametrize("suspended", ["seller", "buyer"])
def test_what_was_released_to_or_by_a_suspended_firm_rests(session: Session, suspended: str) -> None:
    firms = {"seller": firm(session, 1), "buyer": firm(session, 2)}
    seller, buyer = firms["seller"], firms["buyer"]
    add(session, member(session, seller.id), seller.id)
    grant(session, seller.id, buyer.id)
    reader = member(session, buyer.id)
    assert people.view_contacts(session, reader, seller.id, now=NOW)
    service.suspend(session, MACHINE, firms[suspended].id, reason="冒名登记", now=NOW)
    with pytest.raises(NotFound):
        people.view_contacts(session, reader, seller.id, now=NOW)


def test_staff_see_no_contacts_and_cannot_consent_for_a_person(session: Session) -> None:
    seller, buyer = firm(session, 1), firm(session, 2)
    owner = member(session, seller.id)
    contact = add(session, owner, seller.id, consent=False)
    grant(session, seller.id, buyer.id)
    clerk = organiser(session, office(session, "bureau", "区局"), "bureau", "clerk")
    for actor in (clerk, replace(clerk, acting_for=buyer.id)):
        with pytest.raises(NotFound):
            people.view_contacts(session, actor, seller.id, now=NOW)
    acting = replace(clerk, acting_for=seller.id)
    with pytest.raises(Refusal, match=r"firms\.consent_not_by_staff"):
        people.set_consent(session, acting, contact.id, consent=True, now=NOW)
    with pytest.raises(Refusal, match=r"firms\.consent_not_by_staff"):
        add(session, acting, seller.id)
    assert add(session, acting, seller.id, consent=False).consented_at is None
    with pytest.raises(NotFound):
        people.remove_contact(session, clerk, contact.id, now=NOW)


def test_only_editors_and_owners_keep_contacts(session: Session) -> None:
    made = firm(session, 1)
    contact = add(session, member(session, made.id), made.id)
    viewer, stranger = member(session, made.id, "viewer"), somebody(session)
    for actor, refused in ((viewer, Forbidden), (stranger, NotFound), (Actor(), NotFound)):
        with pytest.raises(refused):
            add(session, actor, made.id)
        with pytest.raises(refused):
            people.set_consent(session, actor, contact.id, consent=False, now=NOW)
        with pytest.raises(refused):
            people.remove_contact(session, actor, contact.id, now=NOW)


def test_a_contact_needs_a_name_and_a_way_to_reach_them(session: Session) -> None:
    made = firm(session, 1)
    owner = member(session, made.id)
    with pytest.raises(Refusal) as refusal:
        people.add_contact(
            session, owner, made.id, name=" ", title=None, mobile=" ", email=None, consent=True, now=NOW
        )
    assert {problem.code for problem in refusal.value.problems} == {
        "firms.contact_name_missing",
        "firms.contact_unreachable",
    }


def test_a_member_of_several_firms_reads_by_any_of_them(session: Session) -> None:
    seller, buyer, other = firm(session, 1), firm(session, 2), firm(session, 3)
    add(session, member(session, seller.id), seller.id)
    grant(session, seller.id, other.id)
    reader = somebody(session, firm_roles=MappingProxyType({buyer.id: "owner", other.id: "viewer"}))
    assert people.view_contacts(session, reader, seller.id, now=NOW)
    assert queries.looks_at_contacts(session, seller.id)[0].firm == other.legal_name
