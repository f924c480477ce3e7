"""Invitations in every state, and who may do what with an office."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import invitations, offices, queries, service
from marketplace.accounts.models import Account, Invitation, OfficeMember
from marketplace.accounts.rules import INVITATION_VALID, hashed
from marketplace.accounts.signed_in import SignedIn, account_of
from marketplace.core.actor import Actor
from marketplace.core.db import Database
from marketplace.core.errors import Forbidden, NotFound, Refusal

from .conftest import MACHINE, NOW, PASSWORD, People, actor_of

SECOND = timedelta(seconds=1)
GUEST = "zhao.min@shahe.example"
ROLES = ("anonymous", "member", "town", "bureau", "administrator")
F, N, OK = "Forbidden", "NotFound", "done"
#                       anonymous member town bureau administrator
MATRIX = {
    "create": ((F, F, F, F, OK)),
    "invite to the town": ((N, N, F, OK, OK)),
    "invite to the own bureau": ((N, N, F, OK, OK)),
    "invite to another bureau": ((N, N, F, F, OK)),
    "invite to no office": ((N, N, N, N, N)),
    "put into the town": ((N, N, F, OK, OK)),
    "let a town's person go": ((N, N, F, OK, OK)),
    "let another bureau's person go": ((N, N, F, F, OK)),
    "let go who belongs to none": ((N, N, N, N, N)),
    "revoke a town's invitation": ((N, N, F, OK, OK)),
    "revoke another bureau's invitation": ((N, N, F, F, OK)),
}


@pytest.fixture
def guests(database: Database, people: People) -> People:
    """Two more people without an office, one in each of two offices, and two invitations."""
    with database.unit_of_work() as session:
        for key, office in (("free", None), ("clerk", "town"), ("officer", "other_bureau")):
            account = service.create_account(session, MACHINE, name=key, email=f"{key}@x.example", now=NOW)
            people.ids[key] = account.id
            if office:
                offices.join_office(session, MACHINE, account.id, people.offices[office], now=NOW)
        for key in ("town", "other_bureau"):
            invitation, _token = invitations.invite(
                session, MACHINE, email=GUEST, role="organiser", office_id=people.offices[key], now=NOW
            )
            people.ids[f"invitation to {key}"] = invitation.id
    return people


class Undone(Exception):
    """Ends a unit of work whose result the next question must not meet."""


def outcome(database: Database, act: Callable[[Session], object]) -> str:
    try:
        with database.unit_of_work() as session:
            act(session)
            raise Undone
    except Undone:
        return OK
    except (Forbidden, NotFound) as error:
        return type(error).__name__


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what_with_offices(database: Database, guests: People, role: str) -> None:
    actor, ids, at = actor_of(guests, role), guests.ids, guests.offices

    def inviting(office_id: int) -> Callable[[Session], object]:
        return lambda s: invitations.invite(
            s, actor, email="new@x.example", role="organiser", office_id=office_id, now=NOW
        )

    acts: dict[str, Callable[[Session], object]] = {
        "create": lambda s: offices.create_office(s, actor, kind="town", name="新设街道", now=NOW),
        "invite to the town": inviting(at["town"]),
        "invite to the own bureau": inviting(at["bureau"]),
        "invite to another bureau": inviting(at["other_bureau"]),
        "invite to no office": inviting(999_999),
        "put into the town": lambda s: offices.join_office(s, actor, ids["free"], at["town"], now=NOW),
        "let a town's person go": lambda s: offices.leave_office(s, actor, ids["clerk"], now=NOW),
        "let another bureau's person go": lambda s: offices.leave_office(s, actor, ids["officer"], now=NOW),
        "let go who belongs to none": lambda s: offices.leave_office(s, actor, ids["free"], now=NOW),
        "revoke a town's invitation": lambda s: invitations.revoke(
            s, actor, ids["invitation to town"], now=NOW
        ),
        "revoke another bureau's invitation": lambda s: invitations.revoke(
            s, actor, ids["invitation to other_bureau"], now=NOW
        ),
    }
    assert acts.keys() == MATRIX.keys()
    place = ROLES.index(role)
    assert {action: outcome(database, act) for action, act in acts.items()} == {
        action: row[place] for action, row in MATRIX.items()
    }


def test_a_firms_owner_and_a_bureau_invite_to_a_firm(database: Database, people: People) -> None:
    owner = Actor(account_id=people.ids["member"], firm_roles={7: "owner"})
    editor = Actor(account_id=people.ids["member"], firm_roles={7: "editor"})
    for actor in (editor, actor_of(people, "town"), actor_of(people, "member"), Actor()):
        with pytest.raises(Forbidden), database.unit_of_work() as session:
            invitations.invite(session, actor, email=GUEST, role="editor", firm_id=7, now=NOW)
    assert owner.owns_firm(7)


def invited(database: Database, people: People, email: str = GUEST, office: str = "town") -> str:
    with database.unit_of_work() as session:
        _invitation, token = invitations.invite(
            session, MACHINE, email=email, role="organiser", office_id=people.offices[office], now=NOW
        )
    return token


def code_of(act: object) -> str:
    with pytest.raises(Refusal) as refused:
        act()  # type: ignore[operator]
    return refused.value.code


def test_only_the_hash_of_a_token_is_kept(database: Database, people: People) -> None:
    token = invited(database, people)
    with database.reading() as session:
        kept = session.scalars(select(Invitation)).one()
        assert kept.token_hash == hashed(token)
        assert kept.expires_at == NOW + INVITATION_VALID


def test_a_new_person_joins_once(database: Database, people: People) -> None:
    token = invited(database, people)
    with database.unit_of_work() as session:
        account, invitation = invitations.accept_as_new(
            session, token, name="赵敏", password=PASSWORD, locale="zh", terms="2026-11", now=NOW
        )
        assert account.email == GUEST and account.email_verified_at == NOW
        assert invitation.office_id == people.offices["town"]
    with database.reading() as session:
        assert [person.name for person in queries.organisers_of(session, people.offices["town"])] == [
            "某town",
            "赵敏",
        ]
        assert code_of(lambda: invitations.open_invitation(session, token, NOW)) == "accounts.link_dead"


def test_staff_passwords_for_an_office_others_for_a_firm(database: Database, people: People) -> None:
    token = invited(database, people)
    with database.unit_of_work() as session:
        plain = "lantern by river"
        refusal = code_of(
            lambda: invitations.accept_as_new(
                session, token, name="赵敏", password=plain, locale="zh", now=NOW
            )
        )
        assert refusal == "accounts.password_classes"


def test_the_link_is_for_one_address(database: Database, people: People) -> None:
    token = invited(database, people)
    with database.unit_of_work() as session:
        refusal = code_of(lambda: invitations.accept(session, actor_of(people, "member"), token, NOW))
    assert refusal == "accounts.invitation_other"
    with database.unit_of_work() as session, pytest.raises(Forbidden):
        invitations.accept(session, Actor(), token, NOW)


def test_who_has_only_a_number_gets_the_address_that_the_link_proves(
    database: Database, people: People
) -> None:
    token = invited(database, people)
    with database.unit_of_work() as session:
        account = service.create_account(session, MACHINE, name="赵敏", mobile="13800138000", now=NOW)
        invitations.accept(session, Actor(account_id=account.id), token, NOW)
        assert (account.email, account.email_verified_at) == (GUEST, NOW)


def test_dead_links(database: Database, people: People) -> None:
    token = invited(database, people)
    with database.unit_of_work() as session:
        invitations.open_invitation(session, token, NOW + INVITATION_VALID - SECOND)
        assert (
            code_of(lambda: invitations.open_invitation(session, token, NOW + INVITATION_VALID))
            == "accounts.link_dead"
        )
        assert code_of(lambda: invitations.open_invitation(session, token + "x", NOW)) == "accounts.link_dead"
        number = session.scalars(select(Invitation.id)).one()
        invitations.revoke(session, MACHINE, number, now=NOW)
        assert code_of(lambda: invitations.open_invitation(session, token, NOW)) == "accounts.link_dead"
        assert (
            code_of(lambda: invitations.revoke(session, MACHINE, number, now=NOW))
            == "accounts.invitation_over"
        )
        with pytest.raises(NotFound):
            invitations.revoke(session, MACHINE, 999_999, now=NOW)


def test_a_second_invitation_replaces_the_first(database: Database, people: People) -> None:
    first, second = invited(database, people), invited(database, people)
    elsewhere = invited(database, people, office="bureau")
    with database.reading() as session:
        assert code_of(lambda: invitations.open_invitation(session, first, NOW)) == "accounts.link_dead"
        for token in (second, elsewhere):
            invitations.open_invitation(session, token, NOW)


def test_one_link_taken_up_twice_at_once(database: Database, people: People) -> None:
    token = invited(database, people, email="free@x.example")
    with database.unit_of_work() as session:
        account = service.create_account(session, MACHINE, name="free", email="free@x.example", now=NOW)
    actor = Actor(account_id=account.id, name="free")

    def take(_number: int) -> str:
        try:
            with database.unit_of_work() as session:
                invitations.accept(session, actor, token, NOW)
        except Refusal as refusal:
            return refusal.code
        return "joined"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == ["accounts.link_dead"] * 3 + ["joined"]


def test_one_person_one_office_and_out_at_once(database: Database, people: People) -> None:
    with database.unit_of_work() as session:
        person = session.get_one(Account, people.ids["town"])
        before = SignedIn(person.id, person.session_epoch)
        boss = actor_of(people, "bureau")
        refusal = code_of(
            lambda: offices.join_office(session, boss, person.id, people.offices["town"], now=NOW)
        )
        assert refusal == "accounts.already_organiser"
        refusal = code_of(
            lambda: invitations.invite(
                session,
                boss,
                email=person.email or "",
                role="organiser",
                office_id=people.offices["town"],
                now=NOW,
            )
        )
        assert refusal == "accounts.already_organiser"
        offices.leave_office(session, boss, person.id, now=NOW)
        assert account_of(session, before, NOW) is None
        assert session.get(OfficeMember, person.id) is None
        offices.join_office(session, boss, person.id, people.offices["town"], now=NOW)


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("ministry", "某局", "accounts.office_kind"),
        ("town", "  ", "accounts.office_name"),
        ("town", "街" * 101, "accounts.office_name"),
        ("town", "沙河街道办事处", "accounts.office_taken"),
    ],
)
def test_offices_that_cannot_be(database: Database, people: People, kind: str, name: str, code: str) -> None:
    with database.unit_of_work() as session:
        assert code_of(lambda: offices.create_office(session, MACHINE, kind=kind, name=name, now=NOW)) == code


@pytest.mark.parametrize(
    ("then", "holds"), [("stays", True), ("leaves", False), ("is closed", False), ("moves to a town", False)]
)
def test_an_invitation_does_not_outlive_its_senders_right(
    database: Database, people: People, then: str, holds: bool
) -> None:
    sender = people.ids["bureau"]
    with database.unit_of_work() as session:
        _invitation, token = invitations.invite(
            session,
            actor_of(people, "bureau"),
            email=GUEST,
            role="organiser",
            office_id=people.offices["town"],
            now=NOW,
        )
    with database.unit_of_work() as session:
        if then == "is closed":
            service.disable(session, MACHINE, sender, now=NOW)
        elif then != "stays":
            offices.leave_office(session, MACHINE, sender, now=NOW)
        if then == "moves to a town":
            offices.join_office(session, MACHINE, sender, people.offices["town"], now=NOW)

    def join() -> None:
        with database.unit_of_work() as session:
            invitations.accept_as_new(
                session, token, name="客", password="Calm lake 17!", locale="zh", now=NOW
            )

    if holds:
        join()
    else:
        assert code_of(join) == "accounts.inviter_gone"
        with database.reading() as session:
            assert session.scalars(select(Invitation)).one().accepted_at is None
