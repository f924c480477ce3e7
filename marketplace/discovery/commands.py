"""`lianqiao index`: the search index on the command line."""

from __future__ import annotations

import click

from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.discovery.engine import engine_of
from marketplace.discovery.indexing import rebuild
from marketplace.settings import Settings


@click.group("index", help="The search index: status, rebuild.")
def index() -> None:
    pass


@index.command(help="How many documents the index holds, and whether it is complete.")
def status() -> None:
    engine = engine_of(Settings())
    click.echo(f"{engine.count()} documents, {'incomplete' if engine.needs_rebuild else 'complete'}")


@index.command("rebuild", help="Fill the index anew from the database.")
def rebuild_command() -> None:
    settings = Settings()
    with Database(settings.database_url).reading() as session:
        count = rebuild(session, engine_of(settings), utc_now())
    click.echo(f"{count} documents")
