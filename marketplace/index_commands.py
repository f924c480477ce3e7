"""`lianqiao index`: the search index on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

import marketplace.discovery.words  # noqa: F401 - what a refusal says
from marketplace.actors import actor_of_job
from marketplace.core import outbox
from marketplace.core.bells import Bells
from marketplace.core.clock import utc_now
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.core.i18n import render
from marketplace.discovery import rebuilding, reconciling, runs
from marketplace.discovery.engine import engine_of
from marketplace.discovery.indexing import INDEX
from marketplace.settings import Settings
from search.engines.base import EngineError

Result = TypeVar("Result")
INDEX_KINDS = (INDEX, runs.ALERT)


@click.group(help="The search index: status, rebuild, reconcile, drain, rollback.")
@click.pass_context
def index(context: click.Context) -> None:
    settings = Settings()
    context.obj = WorkContext(settings, Database(settings.database_url, Bells(settings)), actor_of_job)


@index.command(
    help="What answers, how much waits for it, and whether index and database are equal. Exit 1 if not."
)
@click.pass_obj
def status(context: WorkContext) -> None:
    now = utc_now()
    with context.database.reading() as session:
        backlog = outbox.backlog(session, now)
        last = runs.latest(session, "reconcile", good=True)
    well = True
    try:
        state = engine_of(context.settings).state()
        click.echo(f"{state.engine}, {state.server}, {state.index}")
        whole = "complete" if state.complete else "incomplete"
        click.echo(f"{state.documents} documents, {state.tombstones} tombstones, {whole}")
        well = state.complete
    except EngineError as error:
        click.echo(f"does not answer: {error}")
        well = False
    for line in backlog:
        age = f", oldest {int((now - line.oldest).total_seconds())} s" if line.oldest else ""
        click.echo(f"outbox {line.kind}: {line.due} due, {line.later} later, {line.dead} dead{age}")
        well = well and not line.dead
    if last is None:
        click.echo("never compared with the database: lianqiao index reconcile")
    else:
        click.echo(
            f"{last.checked - last.unequal} of {last.checked} equal at {last.begun_at:%Y-%m-%d %H:%M} UTC"
        )
    if not well:
        raise SystemExit(1)


@index.command("rebuild", help="Build the index anew beside the one that answers, compare, and swap.")
@click.pass_obj
def rebuild_command(context: WorkContext) -> None:
    count = _done(lambda: rebuilding.rebuild(context, utc_now()))
    click.echo(f"{count} documents")


@index.command("reconcile", help="Compare every document with the database, and mend what differs.")
@click.pass_obj
def reconcile_command(context: WorkContext) -> None:
    run = _done(lambda: reconciling.reconcile(context, utc_now()))
    click.echo(
        f"{run.checked} compared: {run.missing} missing, {run.differing} differing, {run.surplus} too much"
    )
    if run.unequal:
        click.echo("mended")


@index.command(help="Write what waits in the outbox, now; a worker does the same by itself.")
@click.pass_obj
def drain(context: WorkContext) -> None:
    # Late: the assembly loads every room, which the other commands need not wait for.
    from marketplace.assembly import build_worker

    worker = build_worker(context.settings)
    click.echo(f"{worker.drain_kinds(INDEX_KINDS)} rows looked at")
    with context.database.reading() as session:
        left = [line for line in outbox.backlog(session, utc_now()) if line.kind in INDEX_KINDS]
    for line in left:
        click.echo(f"outbox {line.kind}: {line.due} due, {line.later} later, {line.dead} dead")
    if any(line.due for line in left):
        raise SystemExit(1)


@index.command(help="Answer from the index before the last swap; then bring it up to date.")
@click.pass_obj
def rollback(context: WorkContext) -> None:
    click.echo(_done(lambda: rebuilding.roll_back(context, utc_now())))
    run = _done(lambda: reconciling.reconcile(context, utc_now()))
    click.echo(f"{run.checked} compared, {run.unequal} mended")


def _done(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except EngineError as error:
        raise click.ClickException(str(error)) from None
    except Refusal as refusal:
        problem = refusal.problems[0]
        raise click.ClickException(render(problem.code, problem.params, "en")) from None
