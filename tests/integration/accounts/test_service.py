"""Use cases of accounts: joining, signing in, passwords; what is written down and what ends a session."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import passwords, service, sign_ins
from marketplace.accounts.models import Account, Attempt, OneTimeToken
from marketplace.accounts.rules import RESET_VALID, SIGN_IN_LASTS, TERMS_VERSION, hashed
from marketplace.accounts.signed_in import SignedIn, account_of
from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.core.errors import Forbidden, NotFound, Refusal

from .conftest import MACHINE, NOW, PASSWORD

SECOND = timedelta(seconds=1)
NEW = "Evening lantern 41"


def li(session: Session, **changed: object) -> Account:
    values: dict[str, object] = {
        "name": "李芳",
        "email": "li@example.com",
        "password": PASSWORD,
        "now": NOW,
        **changed,
    }
    return service.create_account(session, MACHINE, **values)  # type: ignore[arg-type]


def as_actor(account: Account) -> Actor:
    return Actor(account_id=account.id, name=account.name)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> set[tuple[str, str | None]]:
    return {(problem.code, problem.field) for problem in refused.value.problems}


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_everything_that_is_wrong_is_said_at_once(session: Session) -> None:
    li(session, mobile="13800138000")
    with pytest.raises(Refusal) as refused:
        li(session, name=" ", email="LI@example.com", mobile="+86 138 0013 8000", password="short")
    assert codes(refused) == {
        ("accounts.name_missing", "name"),
        ("accounts.email_taken", "email"),
        ("accounts.mobile_taken", "mobile"),
        ("accounts.password_short", "password"),
    }
    with pytest.raises(Refusal) as refused:
        li(session, email=None)
    assert codes(refused) == {("accounts.contact_missing", "mobile")}


def test_only_the_machine_and_administrators_make_administrators_or_vouch(session: Session) -> None:
    member = as_actor(li(session))
    for privilege in ({"administrator": True}, {"verified": True}):
        with pytest.raises(Forbidden):
            service.create_account(session, member, name="x", email="x@example.com", now=NOW, **privilege)  # type: ignore[arg-type]


def test_registering_keeps_which_terms_were_agreed_to(session: Session) -> None:
    account = service.register(
        session,
        Actor(),
        name="李芳",
        login="138 0013 8000",
        password=PASSWORD,
        agreed=True,
        locale="en",
        now=NOW,
    )
    assert (account.mobile, account.email, account.locale) == ("+8613800138000", None, "en")
    assert not account.administrator and account.mobile_verified_at is None
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.account_id, entry.actor_kind, entry.details["terms"]) == (
        account.id,
        "member",
        TERMS_VERSION,
    )
    for login in ("+8613800138000", "13800138000"):
        with pytest.raises(Refusal) as refused:
            service.register(
                session, Actor(), name="x", login=login, password=PASSWORD, agreed=True, locale="zh", now=NOW
            )
        assert codes(refused) == {("accounts.mobile_taken", "login")}
    with pytest.raises(Refusal) as refused:
        service.register(
            session,
            Actor(),
            name="x",
            login="y@x.example",
            password=PASSWORD,
            agreed=False,
            locale="zh",
            now=NOW,
        )
    assert codes(refused) == {("accounts.terms", "agreed")}


def test_two_people_with_one_address_at_the_same_moment(database: Database) -> None:
    def join(_number: int) -> str:
        try:
            with database.unit_of_work() as session:
                li(session)
        except Refusal as refusal:
            return refusal.code
        return "joined"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(join, range(4))) == ["accounts.email_taken"] * 3 + ["joined"]


def test_signing_in_by_either_name(session: Session) -> None:
    account = li(session, mobile="13800138000")
    for login in ("LI@Example.com", "13800138000"):
        found = service.sign_in(session, login=login, password=PASSWORD, address="a", now=NOW)
        assert found is account
    assert account.last_signed_in_at == NOW
    assert actions(session) == ["account.create", "account.sign_in", "account.sign_in"]


def test_wrong_unknown_disabled_and_passwordless_are_one_answer_and_one_amount_of_work(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    li(session)
    li(session, email="invited@example.com", password=None)
    gone = li(session, email="gone@example.com")
    service.disable(session, MACHINE, gone.id, now=NOW)
    passwords.matches(None, "warm up")
    work: list[str] = []
    real = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: work.append("verify") or real(*given))
    tries = {
        "wrong": ("li@example.com", "wrong password"),
        "unknown": ("nobody@example.com", PASSWORD),
        "not a name": ("@@@", PASSWORD),
        "disabled": ("gone@example.com", PASSWORD),
        "no password": ("invited@example.com", ""),
    }
    for login, password in tries.values():
        before = session.query(Attempt).count()
        assert service.sign_in(session, login=login, password=password, address="a", now=NOW) is None
        assert session.query(Attempt).count() == before + 2
    assert work == ["verify"] * len(tries)


def test_a_reset_link_works_once_and_ends_every_session(session: Session) -> None:
    account = li(session)
    before = SignedIn(account.id, account.session_epoch)
    asked = service.request_reset(session, login="li@example.com", address="a", now=NOW)
    assert asked is not None
    _account, token = asked
    kept = session.scalars(select(OneTimeToken)).one()
    assert kept.token_hash == hashed(token) and token not in kept.token_hash
    assert service.reset_link_works(session, token, NOW)
    service.reset_password(session, token=token, password=NEW, now=NOW)
    assert account_of(session, before, NOW) is None
    assert service.sign_in(session, login="li@example.com", password=PASSWORD, address="a", now=NOW) is None
    assert service.sign_in(session, login="li@example.com", password=NEW, address="a", now=NOW) is account
    assert not service.reset_link_works(session, token, NOW)
    with pytest.raises(Refusal) as refused:
        service.reset_password(session, token=token, password=PASSWORD, now=NOW)
    assert refused.value.code == "accounts.link_dead"


def test_one_link_used_by_many_at_once_works_for_one(database: Database) -> None:
    with database.unit_of_work() as session:
        li(session)
        asked = service.request_reset(session, login="li@example.com", address="a", now=NOW)
        assert asked is not None
    token = asked[1]

    def use(number: int) -> str:
        try:
            with database.unit_of_work() as session:
                service.reset_password(session, token=token, password=f"{NEW} {number}", now=NOW)
        except Refusal as refusal:
            return refusal.code
        return "changed"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == ["accounts.link_dead"] * 3 + ["changed"]


def test_a_reset_link_dies_with_time_a_newer_password_and_the_account(session: Session) -> None:
    account = li(session)

    def asked() -> str:
        found = service.request_reset(session, login="li@example.com", address="a", now=NOW)
        assert found is not None
        return found[1]

    late, other = asked(), asked()
    assert service.reset_link_works(session, late, NOW + RESET_VALID - SECOND)
    assert not service.reset_link_works(session, late, NOW + RESET_VALID)
    with pytest.raises(Refusal):
        service.reset_password(session, token=late, password=NEW, now=NOW + RESET_VALID)
    service.change_password(session, as_actor(account), current=PASSWORD, password=NEW, now=NOW)
    with pytest.raises(Refusal):
        service.reset_password(session, token=other, password=PASSWORD, now=NOW)
    last = asked()
    service.disable(session, MACHINE, account.id, now=NOW)
    assert not service.reset_link_works(session, last, NOW)
    with pytest.raises(Refusal):
        service.reset_password(session, token=last, password=PASSWORD, now=NOW)


def test_a_weak_new_password_leaves_the_link_good(database: Database) -> None:
    with database.unit_of_work() as session:
        li(session)
        asked = service.request_reset(session, login="li@example.com", address="a", now=NOW)
        assert asked is not None
    with pytest.raises(Refusal), database.unit_of_work() as session:
        service.reset_password(session, token=asked[1], password="password1", now=NOW)
    with database.unit_of_work() as session:
        service.reset_password(session, token=asked[1], password=NEW, now=NOW)


def test_nobody_gets_a_reset_link_who_has_no_account_or_address(session: Session) -> None:
    li(session, email=None, mobile="13800138000")
    for login in ("13800138000", "nobody@example.com", "???"):
        assert service.request_reset(session, login=login, address="a", now=NOW) is None
    assert session.query(OneTimeToken).count() == 0


def test_changing_the_password_wants_the_old_one_and_counts_tries(session: Session) -> None:
    account = li(session)
    actor = as_actor(account)
    for _try in range(5):
        assert service.change_password(session, actor, current="wrong", password=NEW, now=NOW) is None
    with pytest.raises(Refusal) as refused:
        service.change_password(session, actor, current=PASSWORD, password=NEW, now=NOW)
    assert refused.value.code == "core.too_many"
    later = NOW + timedelta(minutes=15)
    assert service.change_password(session, actor, current=PASSWORD, password=NEW, now=later) is account
    assert account.password_changed_at == later


def test_what_ends_which_session(session: Session) -> None:
    account, other = li(session), li(session, email="other@example.com")
    desk = sign_ins.begin(session, account, address="10.0.0.1", user_agent="Windows NT Edg/1", now=NOW)
    phone = sign_ins.begin(
        session, account, address="10.0.0.2", user_agent="Android MicroMessenger", now=NOW + SECOND
    )

    def alive(at: object = NOW) -> list[bool]:
        return [
            account_of(session, SignedIn(account.id, account_epoch, sign_in.id), at) is not None  # type: ignore[arg-type]
            for sign_in in (desk, phone)
        ]

    account_epoch = account.session_epoch
    assert [row.device for row in sign_ins.open_ones(session, account, NOW)] == [
        "Android · WeChat",
        "Windows · Edge",
    ]
    assert alive() == [True, True]
    with pytest.raises(NotFound):
        sign_ins.end(session, as_actor(other), phone.id, now=NOW)
    sign_ins.end(session, as_actor(account), phone.id, now=NOW)
    sign_ins.end(session, as_actor(account), phone.id, now=NOW)
    assert alive() == [True, False]
    assert actions(session).count("account.sign_out") == 1
    assert account_of(session, SignedIn(other.id, other.session_epoch, desk.id), NOW) is None
    assert alive(NOW + SIGN_IN_LASTS - SECOND) == [True, False]
    assert alive(NOW + SIGN_IN_LASTS) == [False, False]
    service.sign_out_everywhere(session, as_actor(account), now=NOW)
    assert alive() == [False, False]
    assert sign_ins.open_ones(session, account, NOW) == []


@pytest.mark.parametrize(
    "text", [None, "", "1", "1.", ".1", "1.0.0.0", "-1.0", "1.0.", "1.0.x", "１.0", "9" * 30 + ".0", "1.0\n"]
)
def test_no_made_up_session_is_read(text: str | None) -> None:
    assert SignedIn.read(text) is None


def test_a_disabled_account_is_out_at_once_and_nobody_disables_themselves(session: Session) -> None:
    account = li(session)
    chief = li(session, email="chief@example.com", administrator=True)
    boss = Actor(account_id=chief.id, name="chief", administrator=True)
    before = SignedIn(account.id, account.session_epoch)
    with pytest.raises(Forbidden):
        service.disable(session, as_actor(account), chief.id, now=NOW)
    with pytest.raises(Refusal):
        service.disable(session, boss, chief.id, now=NOW)
    with pytest.raises(NotFound):
        service.disable(session, boss, 999_999, now=NOW)
    service.disable(session, boss, account.id, now=NOW)
    assert account_of(session, before, NOW) is None
    assert account_of(session, SignedIn(account.id, account.session_epoch), NOW) is None


def test_staff_need_a_staff_password(session: Session) -> None:
    with pytest.raises(Refusal) as refused:
        li(session, administrator=True, password="quiet river lantern")
    assert codes(refused) == {("accounts.password_classes", "password")}
