"""A site and a visitor who is signed in as somebody of the house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from marketplace import paths
from marketplace.app import create_app
from marketplace.core.actor import Actor, system_actor
from marketplace.core.db import Database
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds

from .house import NOW


def seeded(database_url: str) -> Iterator[Database]:
    """A database with the reference lists, which forms and pages choose from."""
    database = Database(database_url)
    with database.unit_of_work() as session:
        import_seeds(session, system_actor("test"), paths.SEEDS, NOW)
    yield database
    database.dispose()


def make_site(database_url: str, folder: Path) -> Iterator[Flask]:
    app = create_app(
        Settings(data_dir=folder, database_url=database_url, rate_limits=False, secret_key="a key for tests")
    )
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["lianqiao.database"].dispose()


def visitor(site: Flask, actor: Actor | None = None, locale: str = "zh") -> FlaskClient:
    """A client signed in as this person; nobody without one."""
    client = site.test_client()
    with client.session_transaction() as kept:
        kept["locale"] = locale
        if actor is not None:
            kept["_user_id"], kept["_fresh"] = f"{actor.account_id}.0", True
    return client
