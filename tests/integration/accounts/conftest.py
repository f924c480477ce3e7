"""A site on a database of its own, the people in it, and a visitor who has a browser's manners."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from marketplace.accounts import offices, passwords, service
from marketplace.app import create_app
from marketplace.core.actor import Actor, system_actor
from marketplace.core.db import Database
from marketplace.mail.models import MailMessage
from marketplace.settings import Settings

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MACHINE = system_actor()
PASSWORD = "Quiet river 92"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
LINK = re.compile(r"https://lianqiao\.example(/\S+)")


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        Settings(
            data_dir=tmp_path,
            database_url=database_url,
            secret_key="a key for tests",
            base_url="https://lianqiao.example",
            rate_limits=False,
        )
    )
    app.config["EVEN_ANSWER_SECONDS"] = 0
    # Pages of higher rooms that these pages lead to, where they are not built into this site.
    for endpoint, rule in (("firms.claim", "/~claim"), ("firms.new", "/~new")):
        if endpoint not in app.view_functions:
            app.add_url_rule(rule, endpoint, lambda: "", methods=["GET", "POST"])
    if "firms.accept_invitation" not in app.view_functions:
        app.add_url_rule(
            "/~join/<token>", "firms.accept_invitation", lambda token: token, methods=["GET", "POST"]
        )
    yield app
    app.extensions["lianqiao.database"].dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


@dataclass
class People:
    """Ids of one person per role, and of the offices they belong to."""

    ids: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashing is slow on purpose; the people of a hundred tests share one."""
    return passwords.hash_of(PASSWORD)


@pytest.fixture
def people(database: Database, password_hash: str) -> People:
    made = People()
    with database.unit_of_work() as session:
        for key, kind, name, english in (
            ("bureau", "bureau", "示范区招商融资促进局", "Investment Promotion Bureau"),
            ("other_bureau", "bureau", "示范区发展改革规划局", "Development and Reform Bureau"),
            ("town", "town", "沙河街道办事处", "Shahe Subdistrict Office"),
        ):
            office = offices.create_office(
                session, MACHINE, kind=kind, name=name, english_name=english, now=NOW
            )
            made.offices[key] = office.id
        for role in ("administrator", "bureau", "town", "member"):
            account = service.create_account(
                session,
                MACHINE,
                name=f"某{role}",
                email=f"{role}@lianqiao.example",
                administrator=role == "administrator",
                verified=True,
                now=NOW,
            )
            account.password_hash = password_hash
            made.ids[role] = account.id
            if role in made.offices:
                offices.join_office(session, MACHINE, account.id, made.offices[role], now=NOW)
    return made


def actor_of(people: People, role: str) -> Actor:
    if role == "anonymous":
        return Actor()
    return Actor(
        account_id=people.ids[role],
        name=f"某{role}",
        office_id=people.offices.get(role),
        office_kind=role if role in people.offices else None,
        administrator=role == "administrator",
    )


class Visitor:
    """A browser: cookies, one address, and the form token of the page last seen."""

    def __init__(
        self, app: Flask, agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Edg/130.0"
    ) -> None:
        self.client: FlaskClient = app.test_client()
        self.agent = agent
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._kept(self.client.get(path, headers={"User-Agent": self.agent}, base_url=HERE, **options))

    def post(self, path: str, token: str | None = None, **fields: str) -> TestResponse:
        if not self.token:
            self.get("/terms")
        data = {**fields, "csrf_token": self.token if token is None else token}
        headers = {"User-Agent": self.agent, "Referer": f"{HERE}{path}"}
        return self._kept(self.client.post(path, data=data, headers=headers, base_url=HERE))

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        answer = self.post("/sign-in", login=login, password=password, **fields)
        self.token = ""  # a new session has a new one
        return answer

    def speak(self, locale: str) -> None:
        self.post("/language", locale=locale)

    @property
    def signed_in(self) -> bool:
        return self.get("/me").status_code == 200

    def _kept(self, answer: TestResponse) -> TestResponse:
        found = TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        if found:
            self.token = found[1]
        return answer


HERE = "https://lianqiao.example"


@pytest.fixture
def visitor(site: Flask) -> Visitor:
    return Visitor(site)


def mails(database: Database, kind: str | None = None) -> list[MailMessage]:
    with database.reading() as session:
        found = list(session.scalars(select(MailMessage).order_by(MailMessage.id)))
    return [mail for mail in found if kind is None or mail.kind == kind]


def link_in(mail: MailMessage) -> str:
    """The path of the link that a mail is about."""
    found = LINK.search(mail.text)
    assert found, mail.text
    return found[1]


@contextmanager
def watched(site: Flask) -> Iterator[list[str]]:
    """Every statement that the site's database is sent."""
    engine, asked = site.extensions["lianqiao.database"].engine, []

    def watch(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", watch)
    yield asked
    event.remove(engine, "before_cursor_execute", watch)
