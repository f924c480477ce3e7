"""`lianqiao doctor` on the command line: a thin shell."""

from __future__ import annotations

import click

from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.core.i18n import render
from marketplace.doctor.findings import Patient, examine
from marketplace.doctor.looks import HOUSE, INSIDE
from marketplace.settings import Settings


@click.command("doctor", epilog="Exit status: 0 when it works, 1 when a part does not.")
@click.option("--locale", type=click.Choice(["zh", "en"]), help="Language; the site's own when not given.")
@click.pass_obj
def doctor(database: Database, locale: str | None) -> None:
    """Look at every part of the site and say what to do about what is not well."""
    settings = Settings()
    language = locale or settings.default_locale
    findings = examine(Patient(settings, database, utc_now()), HOUSE, INSIDE)
    for finding in findings:
        for line in finding.lines(language):
            click.echo(line)
    counts = {health: sum(each.health == health for each in findings) for health in ("note", "bad")}
    code = "some_bad" if counts["bad"] else "some_notes" if counts["note"] else "all_good"
    click.echo(render(f"doctor.{code}", {"bad": counts["bad"], "notes": counts["note"]}, language))
    if counts["bad"]:
        raise SystemExit(1)
