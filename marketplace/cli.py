"""The `lianqiao` command: ten-line shells over services. What a command needs is imported inside it, so that
`lianqiao --help` answers at once and matching two sheets never waits for the web site's libraries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from marketplace.core.db import Database
    from marketplace.settings import Settings


class _LateGroup(click.Group):
    """Groups that other modules define join only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_GROUPS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _GROUPS:
            return super().get_command(ctx, cmd_name)
        # Late: these modules load SQLAlchemy and Alembic.
        from importlib import import_module

        module, name, _help = _GROUPS[cmd_name]
        group: click.Command = getattr(import_module(module), name)
        # Opening the settings makes a data folder: asking for help shall leave nothing behind.
        if ctx.obj is None and not {"-h", "--help"} & set(sys.argv):
            ctx.obj = _database()
        return group

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without loading the late ones."""
        own = {name: command.get_short_help_str(80) for name, command in self.commands.items()}
        late = {name: about for name, (_module, _name, about) in _GROUPS.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted({**own, **late}.items()))


_GROUPS = {
    "db": ("marketplace.schema_commands", "db", "The database's schema: upgrade, check."),
    "doctor": (
        "marketplace.doctor.command",
        "doctor",
        "Look at every part of the site and say what to do.",
    ),
    "index": (
        "marketplace.index_commands",
        "index",
        "The search index: status, rebuild, reconcile, drain, rollback.",
    ),
    "taxonomy": (
        "marketplace.taxonomy.commands",
        "taxonomy",
        "Reference lists: load those of seeds/, import more.",
    ),
}


@click.group(
    cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def main() -> None:
    """Lianqiao 链桥: matches what chain leaders need with what specialised firms can do.

    \b
    Two sheets to a match list, no database needed:
      lianqiao match --needs needs.xlsx --capabilities capabilities.xlsx --out match-list.xlsx
    Settings are environment variables that begin with LIANQIAO_ (see docs/operations.md).
    """


@main.command(
    short_help="Two sheets in, a match list with reasons out.",
    epilog="Exit status: 0 when a list was written, 1 when a file could not be read at all, 2 for a wrong call.",
)
@click.option(
    "--needs", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The sheet of needs."
)
@click.option("--capabilities", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The sheet of capabilities, or a bare roster of firms with their main products.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where the list goes; .xlsx, .csv or .jsonl by suffix.")  # fmt: skip
@click.option("--top", default=20, show_default=True, type=click.IntRange(0, 10_000), metavar="N", help="Matches per need; 0 = every pair that shares any evidence, weak ones included.")  # fmt: skip
@click.option("--locale", default="zh", show_default=True, type=click.Choice(["zh", "en"]), help="Language of headings and reasons.")  # fmt: skip
def match(needs: Path, capabilities: Path, out: Path, top: int, locale: str) -> None:
    """Read two sheets, match every need with the capabilities, and write the list with reasons and gaps.

    \b
    Reads .xlsx, .xls, .xlsb, .ods, .csv (UTF-8 or GB18030) and .jsonl, with titles, merged headings and totals in them.
    Headings may be Chinese or English, in any order; only the names are required:
      needs          需求编号/need_id  企业名称/firm  需求名称/title  需求描述/description  技术指标/specs
                     资质要求  行业  产业链  地区  数量  交期
      capabilities   能力编号/capability_id  企业名称/firm  能力名称/title  能力描述/description  and the same
    Columns written: need_id need_title buyer rank capability_id capability_title firm label score reasons gaps

    \b
    Rows that cannot be read are named with sheet, row, column and how to mend them; the rest goes on.
    """
    if out.suffix.lower() not in (".xlsx", ".csv", ".jsonl"):
        raise click.BadParameter("write to a .xlsx, .csv or .jsonl file", param_hint="--out")
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}", param_hint="--out")
    # Late: reading and matching load numpy and the dictionaries, which --help need not wait for.
    from marketplace.imports.command import match_files

    raise SystemExit(match_files(needs, capabilities, out, top=top, locale=locale))


@main.command(
    short_help="How good the matcher is, beside four baselines.",
    epilog="Exit status: 0 when every table was printed, 1 when a folder could not be used, 2 for a wrong call.",
)
@click.option("--golden", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER", help="pool.jsonl and two judges' grades of the demonstration district (tests/golden in a checkout).")  # fmt: skip
@click.option("--classification", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER", help="classes.csv of GB/T 4754: finds a class's note by its name and back.")  # fmt: skip
@click.option("--passages", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER", help="Graded web passages: collection.for100.csv, queries.dev.100.csv.")  # fmt: skip
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2, 20), help="Parts that the needs are split into by hash.")  # fmt: skip
@click.option("--ablation/--no-ablation", default=True, show_default=True, help="Also measure without each signal.")  # fmt: skip
def evaluate(
    golden: Path | None, classification: Path | None, passages: Path | None, folds: int, ablation: bool
) -> None:
    """Measure the matcher on judged collections, beside TF-IDF, BM25 over words and over bigrams, and plain fusion.

    \b
    Printed for each: nDCG@10 with its spread over the folds, MAP, recall@10, P@1, MRR@10, the share of needs with a
    list, of unjudged pairs and of suppliers seen, the concentration of exposure (Gini; also by size class), and what is
    lost without each signal.
    """
    if not (golden or classification or passages):
        raise click.UsageError("name at least one folder: --golden, --classification or --passages")
    # Late: loads numpy, scipy and the dictionaries.
    from marketplace import evaluating

    raise SystemExit(evaluating.evaluate(golden, classification, passages, folds=folds, ablate=ablation))


@main.command()
def worker() -> None:
    """Carry out what the site put off: mails, matching, imports. Runs until Ctrl-C."""
    # Late: loads every room.
    from marketplace.assembly import build_worker
    from marketplace.consumers import Consumers

    Consumers(build_worker(_settings())).run()


@main.group()
def account() -> None:
    """People who may sign in."""


@account.command("create-administrator")
@click.option("--name", prompt=True, help="How the person is called on the site.")
@click.option("--email", prompt=True, help="Signs in with it.")
@click.password_option(help="Asked for when not given, so that it stays out of the shell's history.")
def create_administrator(name: str, email: str, password: str) -> None:
    """Make the first administrator; further people are invited on the site."""
    # Late: loads the accounts room with its password hashing.
    import marketplace.words
    from marketplace.accounts.service import create_account
    from marketplace.core import clock, i18n
    from marketplace.core.actor import system_actor
    from marketplace.core.errors import Refusal

    marketplace.words.register_all()
    try:
        with _database().unit_of_work() as session:
            create_account(
                session, system_actor("lianqiao account"), name=name, email=email, password=password,
                administrator=True, verified=True, now=clock.utc_now(),
            )  # fmt: skip
    except Refusal as refusal:
        sentences = [i18n.render(problem.code, problem.params, "zh") for problem in refusal.problems]
        raise click.ClickException("\n".join(sentences)) from None
    click.echo(f"{email} may sign in as administrator")


def _settings() -> Settings:
    # Late: validating settings loads pydantic, and matching two sheets needs none.
    from marketplace.settings import Settings

    return Settings()


def _database() -> Database:
    # Late: loads SQLAlchemy.
    from marketplace import tables, words
    from marketplace.core import analysis
    from marketplace.core.bells import Bells
    from marketplace.core.db import Database

    _loaded: tuple[Any, ...] = (tables, words)
    settings = _settings()
    database = Database(settings.database_url, Bells(settings))
    analysis.watch(database)
    return database


if __name__ == "__main__":
    main(prog_name="lianqiao")
