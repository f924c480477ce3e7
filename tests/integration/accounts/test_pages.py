"""The pages, as a browser meets them: tokens on every form, equal answers, sessions that begin anew and end."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts import service
from marketplace.accounts.models import Account, Attempt, SignIn
from marketplace.core import clock
from marketplace.core.db import Database

from .conftest import LINK, MACHINE, PASSWORD, People, Visitor, link_in, mails, watched

NEW = "Evening lantern 41"
TOKENS = re.compile(r'(name="csrf_token" value|name="csrf-token" content)="[^"]+"')
PUBLIC = ("/reset/code", "/sign-in", "/register", "/reset", "/reset/asked", "/terms")
OWN = ("/me", "/welcome")
DESK = ("/offices", "/offices/new")


def body(text: str) -> str:
    return TOKENS.sub("", text)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_page_in_both_languages(site: Flask, people: People, locale: str) -> None:
    visitor = Visitor(site)
    visitor.speak(locale)
    pages = {path: visitor.get(path) for path in PUBLIC}
    visitor.sign_in("administrator@lianqiao.example")
    visitor.speak(locale)
    office = f"/offices/{people.offices['town']}"
    pages |= {path: visitor.get(path) for path in (*OWN, *DESK, office)}
    for path, page in pages.items():
        assert page.status_code == 200, path
        assert f'<html lang="{"zh-CN" if locale == "zh" else "en"}">' in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text), path
        if locale == "en":
            content = page.text.partition("<main")[2].partition("</main>")[0]
            names = r"某\w+|中文|示范区招商融资促进局"
            assert not re.search(r"[\u4e00-\u9fff]", re.sub(names, "", content)), path


def posts(people: People) -> list[str]:
    town, person = people.offices["town"], people.ids["town"]
    return [
        "/sign-in", "/sign-out", "/register", "/me", "/me/password", "/me/sign-out-everywhere", "/me/sign-ins/1/end",
        "/reset", "/reset/abc", "/offices/new", f"/offices/{town}/invitations", f"/offices/{town}/people/{person}/leave",
        "/invitations/1/revoke", "/invitation/abc", "/reset/code", f"/offices/{town}/people/{person}/reset",
        f"/offices/{town}/phone",
    ]  # fmt: skip


def test_no_post_without_its_token(site: Flask, people: People) -> None:
    known = posts(people)
    rules = [rule for rule in site.url_map.iter_rules() if rule.endpoint.startswith("accounts.")]
    assert len([rule for rule in rules if "POST" in (rule.methods or ())]) == len(known)
    visitor = Visitor(site)
    visitor.sign_in("administrator@lianqiao.example")
    for path in known:
        for token in ("", "made-up", "ImZvcmdlZCI.aaaa.bbbb"):
            assert visitor.post(path, token=token).status_code == 400, path
    assert visitor.signed_in


def test_no_get_writes(site: Flask, people: People, database: Database) -> None:
    visitor = Visitor(site)
    visitor.sign_in("administrator@lianqiao.example")
    with watched(site) as asked:
        for path in (
            *PUBLIC,
            *OWN,
            *DESK,
            f"/offices/{people.offices['town']}",
            "/reset/abc",
            "/invitation/abc",
        ):
            visitor.get(path)
    assert len(asked) > 20
    assert [
        text for text in asked if not text.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA", "SHOW"))
    ] == []


@pytest.mark.parametrize("path", [*OWN, *DESK, "/offices/1"])
def test_who_is_not_signed_in_is_asked_to_and_comes_back(visitor: Visitor, people: People, path: str) -> None:
    asked = visitor.get(path)
    assert asked.status_code == 302
    assert asked.location.startswith("/sign-in?next=")
    page = visitor.get(asked.location)
    assert "这一页要登录后才能看" in page.text
    wanted = re.search(r'name="next" value="([^"]*)"', page.text.partition("<main")[2])
    assert wanted and wanted[1] == path
    assert visitor.sign_in("administrator@lianqiao.example", next=wanted[1]).location == path


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_signing_in_and_out_lead_nowhere_else(visitor: Visitor, people: People, target: str) -> None:
    assert visitor.sign_in("member@lianqiao.example", next=target).location == "/"
    assert visitor.get("/sign-in", query_string={"next": target}).location == "/"
    visitor.get("/me")
    assert visitor.post("/sign-out", next=target).location == "/"


def test_wrong_and_unknown_are_told_alike(site: Flask, people: People) -> None:
    def told(login: str) -> tuple[int, str]:
        answer = Visitor(site).sign_in(login, "wrong password")
        return answer.status_code, body(answer.text).replace(login, "…")

    known = told("member@lianqiao.example")
    assert known[0] == 422
    assert "账号和密码对不上" in known[1]
    assert told("nobody@lianqiao.example") == known
    for _try in range(4):
        told("member@lianqiao.example")
        told("nobody@lianqiao.example")
    assert told("member@lianqiao.example")[0] == 429
    assert told("member@lianqiao.example") == told("nobody@lianqiao.example")


def test_a_reset_is_answered_alike_and_mailed_once(site: Flask, people: People, database: Database) -> None:
    visitor, answers = Visitor(site), set()
    for login in ("member@lianqiao.example", "nobody@lianqiao.example", "13800138000", "neither of both"):
        answer = visitor.post("/reset", login=login)
        answers.add((answer.status_code, answer.location, body(answer.text)))
    assert answers == {(302, "/reset/asked", next(iter(answers))[2])}
    [mail] = mails(database)
    assert (mail.kind, mail.recipient, mail.locale) == ("reset", "member@lianqiao.example", "zh")
    path = link_in(mail)
    other = Visitor(site)
    assert other.sign_in("member@lianqiao.example").status_code == 302
    assert visitor.post(path, password=NEW, repeated="something else").status_code == 422
    assert visitor.post(path, password="short", repeated="short").status_code == 422
    assert visitor.post(path, password=NEW, repeated=NEW).location == "/sign-in"
    assert not other.signed_in
    assert visitor.get(path).status_code == visitor.post(path, password=NEW, repeated=NEW).status_code == 410
    assert visitor.sign_in("member@lianqiao.example").status_code == 422
    assert visitor.sign_in("member@lianqiao.example", NEW).status_code == 302
    assert [mail.kind for mail in mails(database)] == ["reset", "password_changed"]


def test_links_in_mails_carry_our_own_name_whatever_the_host_header_says(
    site: Flask, people: People, database: Database
) -> None:
    client = site.test_client()
    page = client.get("/reset", headers={"Host": "evil.example"}, base_url="https://evil.example")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    client.post(
        "/reset",
        data={"login": "member@lianqiao.example", "csrf_token": token[1]},
        headers={"Referer": "https://evil.example/reset"},
        base_url="https://evil.example",
    )
    [mail] = mails(database)
    assert "evil.example" not in mail.text + (mail.html or "")
    assert LINK.search(mail.text)


def test_every_reset_answer_takes_the_same_time(site: Flask, people: People) -> None:
    site.config["EVEN_ANSWER_SECONDS"] = 0.3
    for login in ("member@lianqiao.example", "nobody@lianqiao.example"):
        visitor = Visitor(site)
        visitor.get("/reset")
        started = time.monotonic()
        visitor.post("/reset", login=login)
        assert time.monotonic() - started >= 0.3


def test_registering(site: Flask, people: People, database: Database) -> None:
    visitor = Visitor(site)
    visitor.speak("en")
    empty = visitor.post("/register")
    assert empty.status_code == 422
    assert empty.text.count("Fill this in.") == 6  # three at their fields, three in the summary
    unread = visitor.post("/register", name="李芳", login="138 0013 8000", password=PASSWORD)
    assert unread.status_code == 422 and "The terms are not agreed to yet" in unread.text
    assert 'value="李芳"' in unread.text and PASSWORD not in unread.text
    done = visitor.post("/register", name="李芳", login="138 0013 8000", password=PASSWORD, agreed="y")
    assert (done.status_code, done.location) == (302, "/welcome")
    visitor.token = ""
    welcome = visitor.get("/welcome")
    assert (
        'name="code"' in welcome.text and "Register your firm" in welcome.text
    ) or "register your firm" in welcome.text
    with database.reading() as session:
        account = session.scalars(select(Account).where(Account.mobile == "+8613800138000")).one()
        assert (account.locale, account.administrator, account.email_verified_at) == ("en", False, None)


def test_a_refused_registration_is_counted_too(visitor: Visitor, people: People, database: Database) -> None:
    for _try in range(3):
        answer = visitor.post(
            "/register", name="x", login="member@lianqiao.example", password=PASSWORD, agreed="y"
        )
        assert answer.status_code == 422 and "已有账号" in answer.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Attempt.kind == "register")) == 3


def test_nobody_makes_themselves_more_than_the_form_asks(
    visitor: Visitor, people: People, database: Database
) -> None:
    columns = {column.key: "1" for column in Account.__table__.columns}
    extra = {
        **columns,
        "administrator": "true",
        "session_epoch": "7",
        "email_verified_at": "2026-01-01T00:00:00",
    }
    wanted = {"name": "李芳", "login": "li@example.com", "password": PASSWORD, "agreed": "y"}
    assert visitor.post("/register", **{**extra, **wanted}).location == "/welcome"
    visitor.token = ""
    visitor.get("/me")
    visitor.post("/me", **{**extra, "name": "李芳芳", "locale": "en"})
    with database.reading() as session:
        account = session.scalars(select(Account).where(Account.email == "li@example.com")).one()
        assert (account.name, account.locale) == ("李芳芳", "en")
        assert not account.administrator and account.mobile is None and account.email_verified_at is None
        assert account.session_epoch == 0


def test_a_session_begins_anew_and_a_copied_cookie_dies(
    site: Flask, people: People, database: Database
) -> None:
    visitor = Visitor(site)
    visitor.get("/sign-in")
    before = visitor.client.get_cookie("__Host-lianqiao", domain="lianqiao.example")
    assert before is not None and before.secure and before.http_only and before.same_site == "Lax"
    old_token = visitor.token
    visitor.sign_in("member@lianqiao.example")
    copied = visitor.client.get_cookie("__Host-lianqiao", domain="lianqiao.example")
    assert copied is not None and copied.value != before.value and copied.expires is not None
    assert visitor.post("/me/sign-out-everywhere", token=old_token).status_code == 400
    thief = Visitor(site, "Mozilla/5.0 (X11; Linux) Firefox/128.0")
    thief.client.set_cookie("__Host-lianqiao", copied.value, domain="lianqiao.example", secure=True)
    assert thief.signed_in
    visitor.get("/me")
    visitor.post("/sign-out")
    assert not visitor.signed_in
    assert not thief.signed_in
    with database.reading() as session:
        assert [row.ended_at is None for row in session.scalars(select(SignIn))] == [False]


def test_devices_are_shown_and_ended(site: Flask, people: People) -> None:
    desk, phone = (
        Visitor(site),
        Visitor(site, "Mozilla/5.0 (Linux; Android 14) Chrome/116 MicroMessenger/8.0"),
    )
    for visitor in (desk, phone):
        visitor.sign_in("member@lianqiao.example")
    page = desk.get("/me")
    assert "Android · WeChat" in page.text and "Windows · Edge" in page.text
    [path] = set(re.findall(r'action="(/me/sign-ins/\d+/end)"', page.text))
    stranger = Visitor(site)
    stranger.sign_in("town@lianqiao.example")
    stranger.get("/me")
    assert stranger.post(path).status_code == 404
    assert desk.post(path).location == "/me"
    assert not phone.signed_in
    assert desk.signed_in
    phone.sign_in("member@lianqiao.example")
    desk.get("/me")
    assert desk.post("/me/sign-out-everywhere").location == "/sign-in"
    assert not desk.signed_in and not phone.signed_in


def test_changing_the_password_keeps_this_device_only(
    site: Flask, people: People, database: Database
) -> None:
    desk, phone = Visitor(site), Visitor(site)
    for visitor in (desk, phone):
        visitor.sign_in("member@lianqiao.example")
        visitor.get("/me")
    wrong = desk.post("/me/password", current="wrong", password=NEW, repeated=NEW)
    assert wrong.status_code == 422 and "当前密码不对" in wrong.text
    assert phone.signed_in
    assert desk.post("/me/password", current=PASSWORD, password=NEW, repeated=NEW).location == "/me"
    assert desk.signed_in
    assert not phone.signed_in
    assert [mail.kind for mail in mails(database)] == ["password_changed"]


def test_a_disabled_person_is_out_with_the_next_click(
    visitor: Visitor, people: People, database: Database
) -> None:
    visitor.sign_in("member@lianqiao.example")
    assert visitor.signed_in
    with database.unit_of_work() as session:
        service.disable(session, MACHINE, people.ids["member"], now=clock.utc_now())
    assert not visitor.signed_in
    assert visitor.sign_in("member@lianqiao.example").status_code == 422


def test_demo_sign_ins_stand_on_a_demo_only(site: Flask, people: People) -> None:
    shown = {"role": "主办单位", "login": "bureau@lianqiao.example", "password": PASSWORD}
    site.config["DEMO_SIGN_INS"] = [shown]
    assert PASSWORD not in Visitor(site).get("/sign-in").text
    settings = site.extensions["lianqiao.settings"]
    site.extensions["lianqiao.settings"] = settings.model_copy(update={"demo": True})
    visitor = Visitor(site)
    page = visitor.get("/sign-in").text
    assert page.count(f'value="{PASSWORD}"') == 1
    assert visitor.sign_in(**{key: shown[key] for key in ("login", "password")}).status_code == 302


def test_a_session_ends_when_it_is_not_used(
    site: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(site)
    visitor.sign_in("member@lianqiao.example")
    assert visitor.signed_in
    site.config["PERMANENT_SESSION_LIFETIME"] = timedelta(seconds=-1)
    assert not visitor.signed_in
