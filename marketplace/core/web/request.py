"""What a view asks of the running request: the database, who acts, in which language, and what the time is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TypeVar

from flask import Flask, abort, current_app, g, has_request_context, session
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import Database
from marketplace.core.files import FileStore, laid_down, sweep
from marketplace.core.i18n import LOCALES
from marketplace.settings import Settings

Thing = TypeVar("Thing")
ActorLoader = Callable[[Session], Actor]


def register_database(app: Flask, database: Database) -> None:
    app.extensions["lianqiao.database"] = database
    app.extensions["lianqiao.actor_loader"] = lambda _session: ANONYMOUS
    app.teardown_appcontext(_close)


def register_actor_loader(app: Flask, loader: ActorLoader) -> None:
    """Tell the edge how a signed-in person is found; identity.py assembles it."""
    app.extensions["lianqiao.actor_loader"] = loader


def database() -> Database:
    found: Database = current_app.extensions["lianqiao.database"]
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["lianqiao.settings"]
    return found


def file_store() -> FileStore:
    return FileStore(settings().data_dir / "files")


def reading() -> Session:
    """The request's session for looking; it never commits."""
    if "reading" not in g:
        g.reading = database().reading_session()
    found: Session = g.reading
    return found


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """The session of a change: commits when the block ends well. What was read before is read anew afterwards."""
    with database().unit_of_work() as writing:
        yield writing
    if "reading" in g:
        g.pop("reading").close()
    g.pop("actor", None)


@contextmanager
def keeping(*contents: bytes) -> Iterator[Session]:
    """The session of a change that keeps these bytes: they are on the disk before it begins, and go again where it is
    refused."""
    with laid_down(database(), file_store(), *contents), unit_of_work() as writing:
        yield writing


def forget_files(work: Callable[[Session], Iterable[str]]) -> None:
    """A change after which nothing names some stored bytes any more; ``work`` returns their hashes. They go once it has
    been committed, and stay where it was refused."""
    with unit_of_work() as writing:
        unused = list(work(writing))
    sweep(database(), file_store(), unused)


def _close(_error: BaseException | None) -> None:
    if "reading" in g:
        g.pop("reading").close()


def current_actor() -> Actor:
    if "actor" not in g:
        g.actor = current_app.extensions["lianqiao.actor_loader"](reading())
    found: Actor = g.actor
    return found


def current_locale() -> str:
    """The reader's language: what they chose (signing in chooses what the account says), else the site's own."""
    if not has_request_context():
        return "zh"
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    return settings().default_locale


def now() -> datetime:
    """One moment for the whole request."""
    if "now" not in g:
        g.now = clock.utc_now()
    found: datetime = g.now
    return found


def today() -> date:
    return clock.day_of(now())


def found_or_404(thing: Thing | None) -> Thing:
    if thing is None:
        abort(404)
    return thing
