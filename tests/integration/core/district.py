"""A small district for tests that need a lived-in site: a part of the demonstration, loaded through the services."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.accounts.models import Account
from marketplace.accounts.service import create_account
from marketplace.app import create_app
from marketplace.assembly import build_worker
from marketplace.conferences import lists
from marketplace.core import analysis
from marketplace.core.actor import system_actor
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.demo_district import FILES, SIGN_INS, demo_conference, load
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds

MACHINE = system_actor("test")
HERE = "https://lianqiao.example"
FIRMS = 16
MOST_LISTINGS = 24
# Role in the tests → the address that signs in.
ROLES: dict[str, str | None] = {
    "anonymous": None,
    "newcomer": "newcomer@lianqiao.example",
    **{entry.email.partition("@")[0]: entry.email for entry in SIGN_INS},
}


def small_seeds(folder: Path) -> Path:
    """The first firms of one chain with their listings, and the bank that signs in; of the other files nothing."""
    folder.mkdir()
    for chain in FILES:
        kept: dict[str, list[dict[str, Any]]] = {"firms": [], "needs": [], "capabilities": []}
        if chain == "nylon":
            for kind in kept:
                lines = (paths.SEEDS / "demo" / f"{kind}-{chain}.jsonl").read_text("utf-8").splitlines()
                kept[kind] = [json.loads(line) for line in lines if line.strip()]
            wanted = {"nylon-b01", "nylon-s01", "nylon-s28"}
            wanted |= {row["key"] for row in kept["firms"][:FIRMS]}
            kept["firms"] = [row for row in kept["firms"] if row["key"] in wanted]
            for kind in ("needs", "capabilities"):
                kept[kind] = [row for row in kept[kind] if row["firm"] in wanted][:MOST_LISTINGS]
        if chain == "resources":
            lines = (paths.SEEDS / "demo" / "firms-resources.jsonl").read_text("utf-8").splitlines()
            kept["firms"] = [row for row in map(json.loads, lines) if row["key"] == "res-f01"]
        for kind, rows in kept.items():
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / f"{kind}-{chain}.jsonl").write_text(text, "utf-8")
    shutil.copy(paths.SEEDS / "demo" / "terms-of-needs.jsonl", folder)
    return folder


@dataclass(frozen=True)
class Place:
    """A database and the folder beside it."""

    url: str
    data_dir: Path

    def settings(self, **more: Any) -> Settings:
        return Settings(
            data_dir=self.data_dir,
            database_url=self.url,
            secret_key="a key for tests",
            **{"rate_limits": False, "base_url": HERE, **more},
        )


def build(place: Place, folder: Path) -> None:
    database = Database(place.url)
    with database.unit_of_work() as session:
        import_seeds(session, MACHINE, paths.SEEDS, utc_now())
    with database.unit_of_work() as session:
        load(session, folder, utc_now(), lambda *_: None)
        create_account(session, MACHINE, name="新来的", email=ROLES["newcomer"], verified=True, now=utc_now())
    worker = build_worker(place.settings())
    worker.drain_all()
    worker.context.database.dispose()
    analysis.watch(None)
    with database.unit_of_work() as session:
        conference = demo_conference(session)
        assert conference is not None
        lists.generate(session, MACHINE, conference.id, now=utc_now())
    database.dispose()


@pytest.fixture(scope="session")
def district_template(databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Built once for each kind of database and never opened again."""
    folder = tmp_path_factory.mktemp("district")
    place = Place(databases.with_tables(), folder / "data")
    build(place, small_seeds(folder / "seeds"))
    return place


def copy_of(databases: Any, template: Place, data_dir: Path) -> Place:
    shutil.copytree(template.data_dir, data_dir)
    databases.number += 1
    name = f"district_{databases.number}"
    if databases.kind == "sqlite":
        url = f"sqlite:///{databases.folder / (name + '.sqlite3')}"
        # With the log beside it: what was written last stands there until the last connection of anybody has closed.
        for suffix in ("", "-wal"):
            source = Path(f"{make_url(template.url).database}{suffix}")
            if source.exists():
                shutil.copy(source, databases.folder / f"{name}.sqlite3{suffix}")
    else:
        url = databases._create(name, str(make_url(template.url).database))
    return Place(url, data_dir)


@pytest.fixture(scope="session")
def district(
    databases: Any, district_template: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A copy to look at; who changes something takes ``own_district``."""
    place = copy_of(databases, district_template, tmp_path_factory.mktemp("seen") / "data")
    yield place
    databases.drop(place.url)


@pytest.fixture
def own_district(databases: Any, district_template: Place, tmp_path: Path) -> Iterator[Place]:
    place = copy_of(databases, district_template, tmp_path / "data")
    yield place
    databases.drop(place.url)


@pytest.fixture(scope="session")
def district_site(district: Place) -> Iterator[Flask]:
    app = create_app(district.settings())
    yield app
    app.extensions["lianqiao.database"].dispose()


@pytest.fixture
def own_site(own_district: Place) -> Iterator[Flask]:
    app = create_app(own_district.settings())
    yield app
    app.extensions["lianqiao.database"].dispose()


def account_of(session: Session, email: str) -> Account:
    return session.scalars(select(Account).where(Account.email == email)).one()


def visit(
    app: Flask, role: str = "anonymous", *, acting_for: int | None = None, locale: str = "zh"
) -> FlaskClient:
    """A browser in which this role is signed in."""
    client: FlaskClient = app.test_client()
    email = ROLES[role]
    with app.extensions["lianqiao.database"].reading() as session:
        account = account_of(session, email) if email else None
    with client.session_transaction(base_url=HERE) as cookie:
        cookie["locale"] = locale
        if account is not None:
            cookie["_user_id"] = f"{account.id}.{account.session_epoch}"
            cookie["_fresh"] = True
        if acting_for is not None:
            cookie["acting_for"] = acting_for
    return client
