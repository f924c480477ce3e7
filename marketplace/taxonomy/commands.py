"""The command line's ``lianqiao taxonomy``: thin shells over the service. ``obj`` of the context is the Database."""

from __future__ import annotations

from pathlib import Path

import click

from marketplace import paths
from marketplace.core import clock
from marketplace.core.actor import system_actor
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.core.i18n import render
from marketplace.taxonomy import service


@click.group(
    "taxonomy", help="Reference lists: industries, divisions, chains, certificate kinds, dated rules."
)
def taxonomy() -> None:
    pass


@taxonomy.command("seed", help="Load the lists that come with the site. Safe to repeat.")
@click.pass_obj
def seed(database: Database) -> None:
    with database.unit_of_work() as session:
        loaded = service.import_seeds(session, system_actor("taxonomy seed"), paths.SEEDS, clock.utc_now())
    for result in loaded:
        click.echo(f"{result.key}: +{result.inserted} ~{result.updated} -{result.deleted}")
    if not loaded:
        click.echo("everything is up to date")


@taxonomy.command(
    "import", help="Add the four-digit industries from FILE (csv or xlsx with a code and a name column)."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_obj
def import_file(database: Database, file: Path, language: str) -> None:
    try:
        with database.unit_of_work() as session:
            done = service.import_industries(session, system_actor("taxonomy import"), file, clock.utc_now())
    except Refusal as refusal:
        raise click.ClickException(
            "\n".join(render(problem.code, problem.params, language) for problem in refusal.problems)
        ) from None
    for left_out in done.problems:
        sentence = render(left_out.problem.code, left_out.problem.params, language)
        click.echo(f"{file.name}:{left_out.row}: {sentence}", err=True)
    click.echo(f"+{done.inserted} ~{done.updated} ={done.unchanged} !{len(done.problems)}")
