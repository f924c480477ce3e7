"""Pages of offices and invitations: who sees them, and an invitation from mail to desk."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import invitations, offices, service
from marketplace.accounts.models import Account
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import Database

from .conftest import MACHINE, PASSWORD, People, Visitor, link_in, mails, watched


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("member", (403, 403, 404)),
        ("town", (403, 403, 403)),
        ("bureau", (200, 403, 200)),
        ("administrator", (200, 200, 200)),
    ],
)
def test_who_sees_the_offices(
    visitor: Visitor, people: People, role: str, seen: tuple[int, int, int]
) -> None:
    visitor.sign_in(f"{role}@lianqiao.example")
    paths = ("/offices", "/offices/new", f"/offices/{people.offices['town']}")
    assert tuple(visitor.get(path).status_code for path in paths) == seen


def test_the_list_of_offices_asks_as_often_for_three_as_for_one(
    site: Flask, database: Database, people: People
) -> None:
    visitor, at = Visitor(site), clock.utc_now()
    visitor.sign_in("administrator@lianqiao.example")
    visitor.get("/offices")
    counts = []
    for number in range(3):
        with database.unit_of_work() as session:
            office = offices.create_office(session, MACHINE, kind="town", name=f"街道{number}", now=at)
            for name in (f"a{number}", f"b{number}"):
                person = service.create_account(
                    session, MACHINE, name=name, email=f"{name}@x.example", now=at
                )
                offices.join_office(session, MACHINE, person.id, office.id, now=at)
        with watched(site) as asked:
            assert f"b{number}" in visitor.get("/offices").text
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_inviting_an_organiser_from_mail_to_desk(site: Flask, people: People, database: Database) -> None:
    boss, guest = Visitor(site), Visitor(site)
    boss.sign_in("bureau@lianqiao.example")
    office = f"/offices/{people.offices['town']}"
    boss.get(office)
    assert boss.post(f"{office}/invitations", email="not an address").status_code == 422
    assert boss.post(f"{office}/invitations", email="Zhao.Min@shahe.example").location == office
    [mail] = mails(database, "invitation")
    assert mail.recipient == "zhao.min@shahe.example"
    assert "沙河街道办事处" in mail.text
    path = link_in(mail)
    page = guest.get(path)
    assert "加入沙河街道办事处" in page.text and "zhao.min@shahe.example" in page.text
    assert guest.post(path, name="赵敏", password=PASSWORD).status_code == 422
    assert guest.post(path, name="赵敏", password=PASSWORD, agreed="y").location == "/"
    guest.token = ""
    assert guest.signed_in
    assert "赵敏" in boss.get(office).text
    assert guest.get(path).status_code == 410
    leave = f"{office}/people/{_id_of(database, 'zhao.min@shahe.example')}/leave"
    elsewhere = leave.replace(office, f"/offices/{people.offices['bureau']}")
    assert boss.post(elsewhere).status_code == 404
    assert boss.post(leave).location == office
    assert not guest.signed_in


def test_an_invitation_meets_whoever_opens_it(site: Flask, people: People, database: Database) -> None:
    with database.unit_of_work() as session:
        _invitation, token = invitations.invite(
            session, MACHINE, email="member@lianqiao.example", role="organiser",
            office_id=people.offices["town"], now=clock.utc_now(),
        )  # fmt: skip
    path = f"/invitation/{token}"
    visitor = Visitor(site)
    anonymous = visitor.get(path)
    assert f"/sign-in?next={path}" in anonymous.text and "member@" not in anonymous.text
    visitor.sign_in("bureau@lianqiao.example")
    other = visitor.get(path)
    assert "me***@lianqiao.example" in other.text and "接受邀请" not in other.text
    assert visitor.post(path).status_code == 422
    assert visitor.post("/sign-out", next=path).location == path
    visitor.token = ""
    assert visitor.sign_in("member@lianqiao.example", next=path).location == path
    visitor.get(path)
    assert visitor.post(path).location == "/"
    assert visitor.get(path).status_code == 410


def test_an_invitation_taken_back_is_dead(site: Flask, people: People, database: Database) -> None:
    boss = Visitor(site)
    boss.sign_in("administrator@lianqiao.example")
    office = f"/offices/{people.offices['town']}"
    boss.get(office)
    boss.post(f"{office}/invitations", email="zhao.min@shahe.example")
    [path] = set(re.findall(r'action="(/invitations/\d+/revoke)"', boss.get(office).text))
    member = Visitor(site)
    member.sign_in("member@lianqiao.example")
    member.get("/me")
    assert member.post(path).status_code == 404
    assert boss.post(path, next=office).location == office
    assert Visitor(site).get(link_in(mails(database, "invitation")[0])).status_code == 410


def test_a_firms_invitation_goes_on_to_the_firms_own_page(
    site: Flask, people: People, database: Database
) -> None:
    with database.unit_of_work() as session:
        firm_id = _some_firm(session)
        owner = Actor(account_id=people.ids["member"], firm_roles={firm_id: "owner"})
        _invitation, token = invitations.invite(
            session, owner, email="qian@firm.example", role="editor", firm_id=firm_id, now=clock.utc_now()
        )
    path, visitor = f"/invitation/{token}", Visitor(site)
    assert "加入企业账号" in visitor.get(path).text
    joined = visitor.post(path, name="钱进", password="lantern by river", agreed="y")
    assert joined.status_code == 302 and token in joined.location and joined.location != path
    visitor.token = ""
    assert visitor.signed_in
    assert visitor.get(path).location == joined.location
    with database.reading() as session:
        invitations.open_invitation(session, token, clock.utc_now())


def _some_firm(session: Session) -> int:
    from marketplace.firms.models import Firm  # a higher room's table: only to have a row to point at

    firm = Firm(legal_name="示例特种管业有限公司", created_at=clock.utc_now(), updated_at=clock.utc_now())
    session.add(firm)
    session.flush()
    return firm.id


def _id_of(database: Database, email: str) -> int:
    with database.reading() as session:
        return session.scalars(select(Account.id).where(Account.email == email)).one()
