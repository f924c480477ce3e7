"""`python3 run.py demo`: a believable district in one command.

Brings the schema up to date, loads reference lists and the fictional district once (what a person did since is kept),
indexes, matches the demonstration conference, prints its best pairs, and serves the site with the worker beside it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
import time
import unicodedata
from pathlib import Path

from marketplace import paths, schema, words
from marketplace.assembly import build_worker
from marketplace.conferences import exports, lists, queries
from marketplace.core.actor import system_actor
from marketplace.core.clock import utc_now
from marketplace.core.db import Database
from marketplace.core.i18n import translate
from marketplace.demo_district import PASSWORD, SIGN_INS, demo_conference, is_loaded, load
from marketplace.proposals.wording import Wording
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds

BEST_SHOWN = 10
LABELS = {"strong": "强", "possible": "可能", "weak": "弱"}


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    words.register_all()
    settings = Settings(
        data_dir=options.data, demo=True, base_url=f"http://{options.host}:{options.port}", session_hours=72
    )
    if options.reset and options.data.exists():
        shutil.rmtree(options.data)
        settings = Settings(data_dir=options.data, demo=True, base_url=settings.base_url, session_hours=72)
    database = Database(settings.database_url)
    _prepare(settings, database)
    _print_summary(settings, database)
    if options.once:
        database.dispose()
        return 0
    return _serve(settings, options.host, options.port)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py demo", description="Fill a demonstration district and serve it.")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (default 8000)")
    parser.add_argument("--once", action="store_true", help="stop after printing the pairs")
    parser.add_argument("--reset", action="store_true", help="start over: everything in the demo folder is deleted")
    parser.add_argument("--data", type=Path, default=Path("data") / "demo", help=argparse.SUPPRESS)
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


def _prepare(settings: Settings, database: Database) -> None:
    """Everything that is there already is left alone, so a second start takes no time."""
    if schema.revision_of(database) != schema.newest():
        step = _Step("建立数据库")
        schema.upgrade(database)
        step.done()
    with database.reading() as session:
        loaded = is_loaded(session)
    if loaded:
        return
    step = _Step("装入示例区：标准目录、企业、需求、能力")
    with database.unit_of_work() as session:
        import_seeds(session, system_actor("demo"), paths.SEEDS, utc_now())
    with database.unit_of_work() as session:
        district = load(session, paths.SEEDS / "demo", utc_now(), step.progress)
    step.done(f"：{len(district.firms)} 家企业、{len(district.needs)} 条需求、{len(district.capabilities)} 项能力")
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
    with database.reading() as session:
        conference = demo_conference(session)
        editions = queries.lists_of(session, conference.id) if conference else []
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


def _print_best(session: object, list_id: int) -> None:
    wording = Wording(session, "zh")
    entries = [entry for rows in queries.entries_of(session, list_id).values() for entry in rows]  # type: ignore[arg-type]
    entries = [entry for entry in entries if entry.dropped_at is None]
    entries.sort(key=lambda entry: (entry.label != "strong", -entry.score))
    for entry in entries[:BEST_SHOWN]:
        label = translate(LABELS[entry.label], "zh")
        reason = "；".join(wording.lines(entry.reasons)[:2])
        print(f"  {_padded(label, 6)}{_padded(entry.need.title, 38)}{_padded(entry.capability.product, 38)}{reason}")


def _padded(text: str, width: int) -> str:
    """The text on so many columns of a terminal, where a Han character takes two."""
    out, taken = "", 0
    for character in text:
        size = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if taken + size > width - 2:
            return out + "…" + " " * (width - taken - (2 if unicodedata.east_asian_width("…") in "WF" else 1))
        out, taken = out + character, taken + size
    return out + " " * (width - taken)


def _serve(settings: Settings, host: str, port: int) -> int:
    """The site by waitress and the worker in a thread, until Ctrl-C."""
    # Only serving needs the site and its server; --once does not pay for them.
    from waitress import create_server

    from marketplace.app import create_app

    app = create_app(settings)
    app.config["DEMO_SIGN_INS"] = [
        {"role": entry.role, "login": entry.email, "password": PASSWORD} for entry in SIGN_INS
    ]
    try:
        server = create_server(app, host=host, port=port, threads=8)
    except OSError as error:
        print(f"端口 {port} 不能用（{error.strerror}）：请换一个，例如 python3 run.py demo --port {port + 1}")
        return 1
    stop = threading.Event()
    worker = threading.Thread(target=build_worker(settings).run, args=(stop,), name="worker", daemon=True)
    worker.start()
    print(f"正在运行，按 Ctrl-C 停止：{settings.base_url}/", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        server.close()
        worker.join(timeout=10)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
