"""A forgotten password without an e-mail address: who may hand out a code, for whom, and what the code does."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import bureau_resets, offices, passwords
from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account, OneTimeToken
from marketplace.accounts.rules import BUREAU_RESET_VALID, LIMITS, hashed
from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import people, queries, resets
from tests.integration.firms.test_people import invite
from tests.unit.firms.house import MACHINE, NOW, firm, member, office, organiser, person, somebody

OWN, NEW = "Quiet river 92", "A calm lake 17"
MOBILE = "13800138000"
SECOND = timedelta(seconds=1)


def phoned(session: Session, firm_id: int, mobile: str = MOBILE) -> int:
    """The member id of somebody who signs in by number."""
    account = accounts.create_account(session, MACHINE, name="某某", mobile=mobile, password=OWN, now=NOW)
    return people.add_member(session, MACHINE, firm_id, account.id, "owner", now=NOW).id


def with_password(session: Session, actor: Actor) -> Actor:
    session.get_one(Account, actor.account_id).password_hash = passwords.hash_of(OWN)
    return actor


def issue(
    session: Session, actor: Actor, firm_id: int, member_id: int, own_password: str = OWN
) -> str | None:
    return resets.issue_reset(session, actor, firm_id, member_id, own_password=own_password, now=NOW)


def test_a_code_sets_a_new_password_once_and_is_on_record(session: Session) -> None:
    east = office(session, "town", "东镇")
    made, clerk = firm(session, office_id=east), organiser(session, east, "town", "clerk")
    with_password(session, clerk)
    member_id = phoned(session, made.id)
    earlier, code = issue(session, clerk, made.id, member_id), issue(session, clerk, made.id, member_id)
    assert earlier is not None and code is not None
    kept = session.scalars(select(OneTimeToken.token_hash).where(OneTimeToken.used_at.is_(None))).all()
    assert kept == [hashed(code)] and code not in kept
    with pytest.raises(Refusal, match=r"accounts\.link_dead"):
        accounts.reset_password(session, token=earlier, password=NEW, now=NOW)
    account = accounts.reset_password(session, token=code, password=NEW, now=NOW)
    assert (account.mobile_verified_at, account.email_verified_at) == (None, None)
    assert accounts.sign_in(session, login=MOBILE, password=NEW, address="a", now=NOW) is account
    with pytest.raises(Refusal, match=r"accounts\.link_dead"):
        accounts.reset_password(session, token=code, password=OWN, now=NOW)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.issue_reset")).first()
    assert entry is not None and (entry.account_id, entry.subject_id) == (clerk.account_id, account.id)


def test_a_code_ends_after_a_day(session: Session) -> None:
    bureau = office(session, "bureau", "区局")
    made, clerk = firm(session), with_password(session, organiser(session, bureau, "bureau", "clerk"))
    code = issue(session, clerk, made.id, phoned(session, made.id))
    assert code is not None
    assert accounts.reset_link_works(session, code, NOW + BUREAU_RESET_VALID - SECOND)
    assert not accounts.reset_link_works(session, code, NOW + BUREAU_RESET_VALID)


def test_a_new_password_ends_a_code_that_is_still_out(session: Session) -> None:
    bureau = office(session, "bureau", "区局")
    made, clerk = firm(session), with_password(session, organiser(session, bureau, "bureau", "clerk"))
    code = issue(session, clerk, made.id, phoned(session, made.id))
    account = session.scalars(select(Account).where(Account.mobile.is_not(None))).one()
    accounts.change_password(session, Actor(account_id=account.id), current=OWN, password=NEW, now=NOW)
    assert code is not None and not accounts.reset_link_works(session, code, NOW)


def test_whoever_hands_out_a_code_proves_who_they_are_and_tries_are_counted(session: Session) -> None:
    bureau = office(session, "bureau", "区局")
    made, clerk = firm(session), with_password(session, organiser(session, bureau, "bureau", "clerk"))
    member_id = phoned(session, made.id)
    for _ in range(LIMITS["change_password"].most):
        assert issue(session, clerk, made.id, member_id, "a stolen screen") is None
    with pytest.raises(Refusal, match=r"core\.too_many"):
        issue(session, clerk, made.id, member_id)
    assert session.scalars(select(OneTimeToken)).all() == []


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("administrator", None),
        ("bureau", None),
        ("own town", None),
        ("other town", NotFound),
        ("owner", NotFound),
        ("viewer", NotFound),
        ("stranger", NotFound),
        ("anonymous", NotFound),
    ],
)
def test_who_may_help_a_firms_member(session: Session, role: str, refused: type[Exception] | None) -> None:
    east, west = office(session, "town", "东镇"), office(session, "town", "西镇")
    made = firm(session, office_id=east)
    member_id = phoned(session, made.id)
    actors = {
        "administrator": lambda: Actor(account_id=person(session, "admin"), administrator=True),
        "bureau": lambda: organiser(session, office(session, "bureau", "区局"), "bureau", "bureau"),
        "own town": lambda: organiser(session, east, "town", "east"),
        "other town": lambda: organiser(session, west, "town", "west"),
        "owner": lambda: member(session, made.id, "owner"),
        "viewer": lambda: member(session, made.id, "viewer"),
        "stranger": lambda: somebody(session),
        "anonymous": Actor,
    }
    actor = actors[role]()
    if refused is not None:
        with pytest.raises(refused):
            issue(session, actor, made.id, member_id)
    else:
        assert issue(session, with_password(session, actor), made.id, member_id) is not None


def test_a_town_opens_no_way_into_another_towns_firm(session: Session) -> None:
    east, west = office(session, "town", "东镇"), office(session, "town", "西镇")
    mine, other = firm(session, 1, office_id=east), firm(session, 2, office_id=west)
    member_id = phoned(session, mine.id)
    account_id = session.scalars(select(Account.id).where(Account.mobile.is_not(None))).one()
    people.add_member(session, MACHINE, other.id, account_id, "viewer", now=NOW)
    clerk = with_password(session, organiser(session, east, "town", "clerk"))
    with pytest.raises(Forbidden):
        issue(session, clerk, mine.id, member_id)
    with pytest.raises(NotFound):
        issue(session, clerk, other.id, member_id)


def test_for_whom_there_is_no_code(session: Session) -> None:
    bureau = office(session, "bureau", "区局")
    made, clerk = firm(session), with_password(session, organiser(session, bureau, "bureau", "clerk"))
    member(session, made.id, "editor")
    with_mail = queries.members_of(session, made.id)[0].id
    with pytest.raises(Refusal, match=r"accounts\.reset_by_mail"):
        issue(session, clerk, made.id, with_mail)
    boss = accounts.create_account(
        session, MACHINE, name="管理员", mobile="13800138002", administrator=True, now=NOW
    )
    for actor, account in ((clerk, boss), (Actor(account_id=boss.id, administrator=True), boss)):
        with pytest.raises(Forbidden):
            bureau_resets.issue(session, actor, account, own_password=OWN, now=NOW)


def test_for_staff_only_an_administrator_hands_out_a_code(session: Session) -> None:
    bureau = office(session, "bureau", "区局")
    clerk = with_password(session, organiser(session, bureau, "bureau", "clerk"))
    colleague = accounts.create_account(session, MACHINE, name="同事", mobile="13800138001", now=NOW)
    offices.join_office(session, MACHINE, colleague.id, bureau, now=NOW)
    with pytest.raises(Forbidden):
        bureau_resets.issue(session, clerk, colleague, own_password=OWN, now=NOW)
    boss = with_password(session, Actor(account_id=person(session, "boss"), administrator=True))
    assert bureau_resets.issue(session, boss, colleague, own_password=OWN, now=NOW) is not None


def test_an_ended_account_gets_none(session: Session) -> None:
    bureau = office(session, "bureau", "区局")
    made, clerk = firm(session), with_password(session, organiser(session, bureau, "bureau", "clerk"))
    member_id = phoned(session, made.id)
    session.scalars(select(Account).where(Account.mobile.is_not(None))).one().disabled_at = NOW
    with pytest.raises(Refusal, match=r"accounts\.account_ended"):
        issue(session, clerk, made.id, member_id)


# ---------------------------------------------------------------- invitations
def test_a_firms_invitation_ends_with_its_senders_right(session: Session) -> None:
    made = firm(session)
    owner = member(session, made.id, "owner")
    _invitation, token = invite(session, owner, made.id, "colleague@lianqiao.example")
    assert people.open_invitation(session, token, NOW).firm_id == made.id
    queries.members_of(session, made.id)[0].role = "editor"
    session.flush()
    colleague = Actor(account_id=person(session, "colleague"), firm_roles=MappingProxyType({}))
    for look in (
        people.open_invitation,
        lambda *given: people.accept_invitation(given[0], colleague, token, now=NOW),
    ):
        with pytest.raises(Refusal, match=r"accounts\.inviter_gone"):
            look(session, token, NOW)
    assert [row.role for row in queries.members_of(session, made.id)] == ["editor"]
