"""`python3 run.py demo`: a believable district in one command.

Brings the schema up to date, loads reference lists and the fictional district once (what a person did since is kept),
indexes, matches the demonstration conference, prints its best pairs, and serves the site with the worker beside it.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import threading
import time
import unicodedata
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.core.db import Database
from marketplace.settings import Settings

BEST_SHOWN = 10
LABELS = {"strong": "强", "possible": "可能", "weak": "弱"}


def main(arguments: list[str] | None = None) -> int:
    # What is imported and filled in stays: looking for rubbish among it would cost a sixth of the start and of the fill.
    gc.disable()
    options = _options(arguments)
    settings = Settings(
        data_dir=options.data, demo=True, base_url=f"http://{options.host}:{options.port}", session_hours=72
    )
    if options.reset and options.data.exists():
        shutil.rmtree(options.data)
        settings = Settings(data_dir=options.data, demo=True, base_url=settings.base_url, session_hours=72)
    database = Database(settings.database_url)
    if not _is_ready(database):
        _prepare(settings, database)
        gc.collect()
    if options.once:
        _print_summary(settings, database)
        database.dispose()
        gc.enable()
        return 0
    return _serve(settings, database, options.host, options.port)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run.py demo", description="Fill a demonstration district and serve it."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (default 8000)")
    parser.add_argument("--once", action="store_true", help="stop after printing the pairs")
    parser.add_argument(
        "--reset", action="store_true", help="start over: everything in the demo folder is deleted"
    )
    # A folder of its own inside the site's: --reset deletes it, and must never delete a real site.
    folder = Path(os.environ.get("LIANQIAO_DATA_DIR") or "data") / "demo"
    parser.add_argument("--data", type=Path, default=folder, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


class _Step:
    """One line of progress: says what is going on, how far it is, and how long it took."""

    def __init__(self, name: str) -> None:
        self.name, self.started, self.shown = name, time.monotonic(), 0.0

    def progress(self, what: str, done: int, total: int) -> None:
        if sys.stdout.isatty() and (time.monotonic() - self.shown > 0.1 or done == total):
            self.shown = time.monotonic()
            print(f"\r  {self.name} · {what} {done}/{total}    ", end="", flush=True)

    def done(self, note: str = "") -> None:
        start = "\r" if sys.stdout.isatty() else ""
        print(f"{start}✓ {self.name}{note}（{time.monotonic() - self.started:.1f} s）          ", flush=True)


def _is_ready(database: Database) -> bool:
    """Whether schema and district are there; asked in plain SQL, so that a second start loads no more than it needs."""
    newest = max(path.name.partition("_")[0] for path in (paths.MIGRATIONS / "versions").glob("0*.py"))
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        stands_at = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if stands_at != newest:
            return False
        listed = text("SELECT 1 FROM match_lists WHERE EXISTS (SELECT 1 FROM firms WHERE example) LIMIT 1")
        return connection.scalar(listed) is not None


def _prepare(settings: Settings, database: Database) -> None:
    """Everything that is there already is left alone; what a person did since is kept."""
    # Late: migrations, the matcher and every service; a second start needs none of them before it serves.
    from marketplace import schema, words
    from marketplace.assembly import build_worker
    from marketplace.conferences import lists
    from marketplace.core.actor import system_actor
    from marketplace.core.clock import utc_now
    from marketplace.demo_district import demo_conference, is_loaded, load
    from marketplace.taxonomy.service import import_seeds

    words.register_all()
    if schema.revision_of(database) != schema.newest():
        step = _Step("建立数据库")
        schema.upgrade(database)
        step.done()
    with database.reading() as session:
        loaded = is_loaded(session)
    if loaded:
        # A newer version may bring newer lists; those that did not change are not touched.
        with database.unit_of_work() as session:
            import_seeds(session, system_actor("demo"), paths.SEEDS, utc_now())
        return
    step = _Step("装入示例区：标准目录、企业、需求、能力")
    with database.unit_of_work() as session:
        import_seeds(session, system_actor("demo"), paths.SEEDS, utc_now())
    with database.unit_of_work() as session:
        district = load(session, paths.SEEDS / "demo", utc_now(), step.progress)
    step.done(
        f"：{len(district.firms)} 家企业、{len(district.needs)} 条需求、{len(district.capabilities)} 项能力"
    )
    step = _Step("建立检索索引，推荐对接")
    build_worker(settings).drain_all()
    step.done()
    step = _Step("为示例对接会生成匹配清单")
    with database.unit_of_work() as session:
        conference = demo_conference(session)
        if conference is not None:
            lists.generate(session, system_actor("demo"), conference.id, now=utc_now())
    step.done()


def _print_summary(settings: Settings, database: Database) -> None:
    # Late: the workbook's writer and the wording load after the site answers.
    from marketplace import words
    from marketplace.conferences import exports, list_queries
    from marketplace.core.actor import system_actor
    from marketplace.demo_district import PASSWORD, SIGN_INS, demo_conference

    words.register_all()
    with database.reading() as session:
        conference = demo_conference(session)
        editions = list_queries.lists_of(session, conference.id) if conference else []
        if conference is not None and editions:
            workbook = settings.data_dir / "match-list.xlsx"
            if not workbook.exists():
                workbook.write_bytes(
                    exports.match_list_workbook(session, system_actor("demo"), editions[0].id, locale="zh")
                )
            print(f"\n{conference.name} · 第 {editions[0].edition} 版匹配清单，最好的 {BEST_SHOWN} 对：\n")
            _print_best(session, editions[0].id)
            print(f"\n匹配清单（Excel）：{workbook}")
    print(f"\n网址：{settings.base_url}/    口令都是 {PASSWORD}\n")
    for entry in SIGN_INS:
        print(f"  {_padded(entry.role, 34)}{entry.email}")
    print()


def _print_best(session: Session, list_id: int) -> None:
    # Late: as in _print_summary, which calls this.
    from marketplace.conferences import list_queries
    from marketplace.core.i18n import translate
    from marketplace.proposals.wording import Wording

    wording = Wording(session, "zh")
    entries = [entry for rows in list_queries.entries_of(session, list_id).values() for entry in rows]
    entries = [entry for entry in entries if entry.dropped_at is None]
    entries.sort(key=lambda entry: (entry.label != "strong", -entry.score))
    for entry in entries[:BEST_SHOWN]:
        label = translate(LABELS[entry.label], "zh")
        reason = "；".join(wording.lines(entry.reasons)[:2])
        print(
            f"  {_padded(label, 6)}{_padded(entry.need.title, 38)}{_padded(entry.capability.product, 38)}{reason}"
        )


def _padded(text: str, width: int) -> str:
    """The text on so many columns of a terminal, where a Han character takes two."""
    out, taken = "", 0
    for character in text:
        size = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken + size > width - 2:
            return out + "…" + " " * (width - taken - (2 if unicodedata.east_asian_width("…") in "WF" else 1))
        out, taken = out + character, taken + size
    return out + " " * (width - taken)


def _serve(settings: Settings, database: Database, host: str, port: int) -> int:
    """The site by waitress, first of all; then the worker and the summary, until Ctrl-C."""
    # Only serving needs the site and its server; --once does not pay for them.
    from waitress import create_server

    from marketplace.app import create_app
    from marketplace.demo_district import PASSWORD, SIGN_INS

    app = create_app(settings)
    app.config["DEMO_SIGN_INS"] = [
        {"role": entry.role, "login": entry.email, "password": PASSWORD} for entry in SIGN_INS
    ]
    try:
        server = create_server(app, host=host, port=port, threads=8)
    except OSError as error:
        print(f"端口 {port} 不能用（{error.strerror}）：请换一个，例如 python3 run.py demo --port {port + 1}")
        return 1
    serving = threading.Thread(target=server.run, name="site", daemon=True)
    serving.start()
    gc.freeze()
    gc.enable()
    # Late: the worker loads the matcher and huey, which the site does without.
    from marketplace.assembly import build_worker
    from marketplace.consumers import Consumers

    consumers = Consumers(build_worker(settings))
    worker = threading.Thread(target=consumers.run, name="worker", daemon=True)
    worker.start()
    _print_summary(settings, database)
    print(f"正在运行，按 Ctrl-C 停止：{settings.base_url}/", flush=True)
    try:
        while serving.is_alive():
            serving.join(timeout=1)
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        consumers.stop()
        worker.join(timeout=10)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
