"""`lianqiao db`: the schema on the command line."""

from __future__ import annotations

import click

from marketplace import schema
from marketplace.core.db import Database


@click.group("db", help="The database's schema: upgrade, check, draft.")
def db() -> None:
    pass


@db.command(help="Apply every migration that is missing.")
@click.pass_obj
def upgrade(database: Database) -> None:
    schema.upgrade(database)
    click.echo(f"schema at {schema.revision_of(database)}")


@db.command(help="Exit 1 when the database and the code do not agree.")
@click.pass_obj
def check(database: Database) -> None:
    found = schema.differences(database)
    for difference in found:
        click.echo(difference)
    if found or schema.revision_of(database) != schema.newest():
        raise SystemExit(1)
    click.echo("the database and the code agree")


@db.command(help="Draft the next migration from what the models say.")
@click.argument("message")
@click.pass_obj
def draft(database: Database, message: str) -> None:
    schema.draft(database, message)
