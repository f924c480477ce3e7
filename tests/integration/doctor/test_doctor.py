"""The doctor sees what is broken, says what to do in both languages, and finds nothing where all is well."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace import schema
from marketplace.accounts.service import create_account
from marketplace.core import audit, outbox
from marketplace.core.actor import system_actor
from marketplace.core.clock import utc_now
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.i18n import registered_words
from marketplace.core.queues import Queue
from marketplace.discovery.engine import engine_of
from marketplace.discovery.models import IndexRun
from marketplace.doctor import looks
from marketplace.doctor.command import doctor
from marketplace.doctor.findings import Finding, Patient, examine
from marketplace.doctor.looks import HOUSE, INSIDE
from marketplace.settings import Settings
from marketplace.taxonomy.models import Division
from marketplace.worker import Worker

MACHINE = system_actor("test")


class Clinic(NamedTuple):
    settings: Settings
    database: Database

    def found(self, **changes: Any) -> dict[str, Finding]:
        """What is not good, by code; with other settings where `changes` says so."""
        settings = self.settings.model_copy(update=changes)
        findings = examine(Patient(settings, self.database, utc_now()), HOUSE, INSIDE)
        for finding in findings:
            for locale in ("zh", "en"):
                lines = finding.lines(locale)
                assert len(lines) == (1 if finding.health == "good" else 2)
                assert not any("%(" in line for line in lines)
        return {finding.code: finding for finding in findings if finding.health != "good"}


@pytest.fixture
def clinic(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """A site in order: tables, lists, an administrator, a whole index; mails become files, as in a demonstration."""
    # Who hears here is a thread of a busy process, not a worker with one of its own.
    monkeypatch.setattr(looks, "HEARD_WITHIN", 60)
    settings = Settings(
        data_dir=tmp_path, database_url=empty_database_url, secret_key="a key for tests", demo=True
    )
    database = Database(empty_database_url)
    schema.upgrade(database)
    with database.unit_of_work() as session:
        session.add(
            Division(
                code="410000",
                name="示例省",
                name_en="Example",
                full_name="示例省",
                level="province",
                is_zone=False,
                list_version="test",
            )
        )
        create_account(
            session, MACHINE, name="管理员", email="a@lianqiao.example", password="Lian-qiao-2026", administrator=True,
            verified=True, now=utc_now(),
        )  # fmt: skip
        outbox.tell_alive(session, utc_now(), utc_now() + timedelta(minutes=2))
        session.add(IndexRun(task="reconcile", begun_at=utc_now(), finished_at=utc_now(), checked=5))
    engine_of(settings).mark_complete()
    with somebody_who_hears(settings, database):
        yield Clinic(settings, database)
    database.dispose()


@contextmanager
def somebody_who_hears(settings: Settings, database: Database) -> Iterator[list[Exception]]:
    """Takes the bells out of the queue and answers, as a worker does; what kept it from reading one."""
    stop, refused = threading.Event(), []

    def hear() -> None:
        queue = Queue(settings, outbox.BELL, Worker(WorkContext(settings, database), {}, {}).answer)
        while not stop.wait(0.05):
            try:
                task = queue.dequeue()
            except ValueError as error:  # huey throws such a bell away
                refused.append(error)
            else:
                if task is not None:
                    queue.execute(task)
        queue.storage.close()

    ears = threading.Thread(target=hear)
    ears.start()
    yield refused
    stop.set()
    ears.join()


def test_where_all_is_well_nothing_is_found(clinic: Clinic) -> None:
    assert clinic.found() == {}


def test_an_empty_database_is_told_to_upgrade_and_not_looked_into(
    empty_database_url: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=empty_database_url, secret_key="a key for tests")
    clinic = Clinic(settings, Database(empty_database_url))
    assert set(clinic.found()) == {"schema_old"}
    clinic.database.dispose()


def test_a_database_that_is_not_there(clinic: Clinic) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can answer there
        gone = Database(f"postgresql+psycopg://nobody:hidden@127.0.0.1:{held.getsockname()[1]}/none")
        found = Clinic(clinic.settings, gone).found()
        assert "hidden" not in str(found)
    assert "database_away" in found
    gone.dispose()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM divisions", "lists_missing"),
        ("UPDATE accounts SET administrator = false", "people_missing"),
    ],
)
def test_what_is_missing_in_the_tables_is_named(clinic: Clinic, statement: str, code: str) -> None:
    with clinic.database.unit_of_work() as session:
        session.execute(text(statement))
    assert set(clinic.found()) == {code}


@pytest.mark.parametrize(("minutes", "late"), [(9, False), (11, True)])
def test_work_that_nobody_does(clinic: Clinic, minutes: int, late: bool) -> None:
    with clinic.database.unit_of_work() as session:
        outbox.enqueue(session, "index", "need:1", utc_now() - timedelta(minutes=minutes))
    assert set(clinic.found()) == ({"worker_late"} if late else set())


@pytest.mark.parametrize(("minutes", "late"), [(9, False), (11, True)])
def test_a_worker_that_no_longer_says_that_it_is_there(clinic: Clinic, minutes: int, late: bool) -> None:
    """Also where nothing else waits for it."""
    with clinic.database.unit_of_work() as session:
        outbox.tell_alive(session, utc_now(), utc_now() - timedelta(minutes=minutes))
    assert set(clinic.found()) == ({"worker_late"} if late else set())


def test_a_worker_that_never_ran(clinic: Clinic) -> None:
    with clinic.database.unit_of_work() as session:
        session.execute(text("DELETE FROM outbox"))
    assert set(clinic.found()) == {"worker_unseen"}


def test_work_that_was_given_up(clinic: Clinic) -> None:
    with clinic.database.unit_of_work() as session:
        outbox.enqueue(session, "index", "need:1", utc_now())
        session.execute(text("UPDATE outbox SET dead_at = due_at WHERE kind = 'index'"))
    found = clinic.found()
    assert (set(found), found["worker_dead_rows"].params) == ({"worker_dead_rows"}, {"count": 1})


def test_a_queue_that_is_away(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    address = f"sqlite:///{tmp_path}/a file/queue.sqlite3"
    found = clinic.found(queue=address)
    assert {code: finding.health for code, finding in found.items()} == {"queue_away": "bad"}
    assert found["queue_away"].params["url"] == address
    for address in (
        "redis://somebody:hidden@127.0.0.1:9/0",
        "rediss://:hidden@127.0.0.1:9/0",
        "postgresql://somebody:hidden@127.0.0.1:9,127.0.0.1:10/none",
    ):
        found = clinic.found(queue=address)
        assert set(found) == {"queue_away"}
        assert "hidden" not in str(found) and "127.0.0.1:9" in found["queue_away"].params["url"]


def test_a_worker_that_listens_elsewhere(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "HEARD_WITHIN", 0.2)
    elsewhere = {"queue": f"sqlite:///{tmp_path}/elsewhere.sqlite3"}
    found = clinic.found(**elsewhere)
    assert {code: finding.health for code, finding in found.items()} == {"queue_unheard": "note"}
    with clinic.database.unit_of_work() as session:  # no worker at all is the other look's to say
        outbox.tell_alive(session, utc_now(), utc_now() - timedelta(minutes=11))
    assert set(clinic.found(**elsewhere)) == {"worker_late"}


def test_a_worker_with_another_key_that_throws_every_bell_away(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "HEARD_WITHIN", 1)
    elsewhere = {"queue": f"sqlite:///{tmp_path}/elsewhere.sqlite3"}
    other = clinic.settings.model_copy(update={**elsewhere, "secret_key": "another key for tests"})
    with somebody_who_hears(other, clinic.database) as refused:
        found = clinic.found(**elsewhere)
    assert refused
    assert {code: finding.health for code, finding in found.items()} == {"queue_unheard": "note"}
    assert "LIANQIAO_SECRET_KEY" in found["queue_unheard"].lines("en")[1]
    with clinic.database.reading() as session:  # nothing of the question stays
        assert outbox.CALL not in outbox.depth(session)


def test_a_worker_on_another_queue_that_rings_itself(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "HEARD_WITHIN", 1)
    done = threading.Event()

    def ring_all_the_time() -> None:
        bells = Queue(clinic.settings, outbox.BELL)
        while not done.wait(0.05):
            bells.ring()
        bells.storage.close()

    ringing = threading.Thread(target=ring_all_the_time)
    ringing.start()
    found = clinic.found(queue=f"sqlite:///{tmp_path}/elsewhere.sqlite3")
    done.set()
    ringing.join()
    assert {code: finding.health for code, finding in found.items()} == {"queue_unheard": "note"}


def test_a_database_that_takes_no_question_is_not_called_a_queue_that_is_away(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> str:
        raise OperationalError("INSERT INTO outbox", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(looks.outbox, "call", locked)
    found = clinic.found()
    assert {code: finding.part for code, finding in found.items()} == {"database_closed": "database"}
    said = found["database_closed"].lines("en")[0]
    assert "database is locked" in said and "INSERT" not in said


def test_a_clock_that_went_back(clinic: Clinic) -> None:
    with clinic.database.unit_of_work() as session:
        audit.record(session, MACHINE, "need.publish", "need", 1, utc_now() + timedelta(days=1))
    assert set(clinic.found()) == {"clock_back"}


def test_an_index_that_is_not_whole(clinic: Clinic) -> None:
    engine_of(clinic.settings).reset()
    assert set(clinic.found()) == {"search_incomplete"}


@pytest.mark.parametrize(
    ("facts", "code", "health"),
    [
        ({"missing": 2, "surplus": 1}, "drift_mended", "note"),
        ({"error": "EngineUnavailable()"}, "drift_failed", "bad"),
        ({"begun_at": utc_now() - timedelta(hours=25)}, "drift_unknown", "note"),
    ],
)
def test_an_index_that_was_not_equal(clinic: Clinic, facts: dict[str, Any], code: str, health: str) -> None:
    with clinic.database.unit_of_work() as session:
        session.add(
            IndexRun(
                **{
                    "task": "reconcile",
                    "begun_at": utc_now(),
                    "finished_at": utc_now(),
                    "checked": 5,
                    **facts,
                }
            )
        )
    found = clinic.found()
    assert {each: finding.health for each, finding in found.items()} == {code: health}


def test_a_rebuild_that_is_under_way(clinic: Clinic) -> None:
    with engine_of(clinic.settings).rebuild():
        found = clinic.found()
    assert {code: finding.health for code, finding in found.items()} == {"search_rebuilding": "note"}
    assert clinic.found() == {}


def test_a_search_server_that_is_away(clinic: Clinic) -> None:
    found = clinic.found(search_engine="elasticsearch", elasticsearch_url="http://127.0.0.1:9")
    assert set(found) == {"search_away"}


def test_a_search_server_that_is_there(clinic: Clinic, elasticsearch_url: str) -> None:
    served = {"search_engine": "elasticsearch", "elasticsearch_url": elasticsearch_url}
    prefix = f"doctor-{clinic.database.engine.dialect.name}"
    assert set(clinic.found(**served, elasticsearch_prefix=prefix)) == {"search_incomplete"}


@pytest.mark.parametrize(
    ("free", "code"), [(100 * 2**20, "disk_full"), (2**30, "disk_low"), (3 * 2**30, None)]
)
def test_a_disk_that_fills_up(
    clinic: Clinic, free: int, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(clinic.settings.data_dir)._replace(free=free)
    monkeypatch.setattr(looks.shutil, "disk_usage", lambda path: usage)
    assert set(clinic.found()) == ({code} if code else set())


def test_a_data_folder_that_cannot_be_written(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "folder_closed" in clinic.found(data_dir=tmp_path / "file" / "data")


def test_mail(clinic: Clinic) -> None:
    assert set(clinic.found(demo=False)) == {"mail_files"}
    assert set(clinic.found(mail_transport="smtp", smtp_host="127.0.0.1", smtp_port=9)) == {"mail_away"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    catcher = Controller(object(), hostname="127.0.0.1", port=port)
    catcher.start()
    try:
        assert clinic.found(mail_transport="smtp", smtp_host="127.0.0.1", smtp_port=port) == {}
    finally:
        catcher.stop()


def test_an_address_that_anybody_can_listen_to(clinic: Clinic) -> None:
    assert "address_open" in clinic.found(demo=False, base_url="http://lianqiao.example")
    assert "address_open" not in clinic.found(demo=False, base_url="https://lianqiao.example")


def test_a_look_that_fails_itself_is_a_finding(clinic: Clinic) -> None:
    def worker(patient: Patient) -> list[Finding]:
        raise LookupError("nobody thought of this")

    (finding,) = examine(Patient(clinic.settings, clinic.database, utc_now()), [worker], [])
    assert (finding.part, finding.health, finding.code) == ("worker", "bad", "unforeseen")
    assert "nobody thought of this" in finding.lines("en")[0]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_command_ends_with_a_status(clinic: Clinic, locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(clinic.settings.data_dir))
    monkeypatch.setenv("LIANQIAO_SECRET_KEY", clinic.settings.secret_key)

    def run() -> tuple[int, str]:
        said = CliRunner().invoke(doctor, ["--locale", locale], obj=clinic.database)
        return said.exit_code, said.output

    status, said = run()
    assert (status, "LIANQIAO_MAIL_TRANSPORT=smtp" in said) == (0, True)  # a note, and it works
    engine_of(clinic.settings).reset()
    status, said = run()
    assert (status, "lianqiao index rebuild" in said) == (1, True)
    assert ("搜索" in said) == (locale == "zh")


def test_every_sentence_that_may_be_needed_is_there() -> None:
    words = registered_words()
    codes = {code for code in words if code.startswith("doctor.") and not code.startswith("doctor.part.")}
    for look in (*HOUSE, *INSIDE):
        assert f"doctor.part.{look.__name__}" in words
    wanted = {code.removesuffix(".do") for code in codes if code.endswith(".do")}
    assert wanted <= codes
