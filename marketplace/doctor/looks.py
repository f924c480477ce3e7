"""A look at each part, in the order in which one is worth nothing without the one before."""

from __future__ import annotations

import re
import shutil
import smtplib
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.accounts.models import Account
from marketplace.core import outbox
from marketplace.core.audit import AuditEntry
from marketplace.core.bells import ear_of
from marketplace.core.clock import comes_true
from marketplace.core.outbox import OutboxEntry
from marketplace.discovery import runs
from marketplace.discovery.engine import reader_of
from marketplace.doctor.findings import Finding, Look, Patient
from marketplace.mail.sending import SMTP_TIMEOUT_SECONDS
from marketplace.schema import newest, revision_of
from marketplace.taxonomy.models import Division
from search.engines.base import EngineError

if TYPE_CHECKING:
    from marketplace.core.queues import Queue

#: The worker is well while nothing that is due lies longer; the compose file's health check asks the same.
LONGEST_WAIT = timedelta(minutes=10)
#: The worker compares every six hours.
LONGEST_UNCOMPARED = timedelta(days=1)
SKEW = timedelta(seconds=5)
#: A worker that is not in the middle of something hears a bell in less, in seconds.
HEARD_WITHIN = 3
#: In an address, also one of several servers, which SQLAlchemy does not read.
_PASSWORD = re.compile(r"(?<=:)[^:/@]+(?=@)")
LEAST_FREE, LITTLE_FREE = 200 * 2**20, 2 * 2**30


def site(patient: Patient) -> list[Finding]:
    settings = patient.settings
    here = settings.base_url.split("//")[1].split(":")[0] in ("127.0.0.1", "localhost")
    health = "good" if settings.secure or here or settings.demo else "note"
    code = "address" if health == "good" else "address_open"
    return [Finding("site", health, code, {"url": settings.base_url})]  # type: ignore[arg-type]


def data(patient: Patient) -> list[Finding]:
    folder = patient.settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as written:
            written.write(b"1")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return [Finding("data", "bad", "folder_closed", {"folder": str(folder), "error": str(error)})]
    facts = {"folder": str(folder), "free": f"{free / 2**30:.1f}"}
    if free < LEAST_FREE:
        return [Finding("data", "bad", "disk_full", facts)]
    return [
        Finding(
            "data",
            "note" if free < LITTLE_FREE else "good",
            "disk_low" if free < LITTLE_FREE else "folder",
            facts,
        )
    ]


def database(patient: Patient) -> list[Finding]:
    engine = patient.database.engine
    try:
        with engine.connect() as connection:
            version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    except SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        return [Finding("database", "bad", "database_away", {"url": shown, "error": _reason(error)})]
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(engine.dialect.name, engine.dialect.name)
    return [Finding("database", "good", "database", {"name": name, "version": version})]


def _reason(error: Exception) -> str:
    """What a database or a queue itself said: its first line, without the statement."""
    return (str(getattr(error, "orig", None) or error).strip() or repr(error)).splitlines()[0][:300]


def schema(patient: Patient) -> list[Finding]:
    there, wanted = revision_of(patient.database), newest()
    if there != wanted:
        return [Finding("schema", "bad", "schema_old", {"there": there or "-", "newest": wanted})]
    return [Finding("schema", "good", "schema", {"there": there})]


def lists(patient: Patient) -> list[Finding]:
    with patient.database.reading() as session:
        loaded = session.scalar(select(func.count()).select_from(Division)) or 0
    return [
        Finding(
            "lists", "good" if loaded else "bad", "lists" if loaded else "lists_missing", {"count": loaded}
        )
    ]


def people(patient: Patient) -> list[Finding]:
    able = select(func.count()).where(Account.administrator, Account.disabled_at.is_(None))
    with patient.database.reading() as session:
        count = session.scalar(able) or 0
    return [
        Finding(
            "people", "good" if count else "bad", "people" if count else "people_missing", {"count": count}
        )
    ]


def search(patient: Patient) -> list[Finding]:
    try:
        state = reader_of(patient.settings).state()
    except EngineError as error:
        return [Finding("search", "bad", "search_away", {"error": str(error)[:300]})]
    facts = {"server": state.server, "index": state.index, "count": state.documents}
    if state.rebuilding:
        return [Finding("search", "note", "search_rebuilding", facts)]
    return [
        Finding(
            "search",
            "good" if state.complete else "bad",
            "search" if state.complete else "search_incomplete",
            facts,
        )
    ]


def pair(patient: Patient) -> list[Finding]:
    """The client refuses to build an index on a server of another major version; better to hear of it here."""
    if patient.settings.search_engine != "elasticsearch":
        return []
    # Late: the client of a server that most sites do not have.
    from search.engines.elasticsearch.client import CLIENT_MAJOR

    try:
        server = reader_of(patient.settings).state().server.rpartition(" ")[2]
    except EngineError:
        return []  # said already
    good = int(server.split(".")[0]) == CLIENT_MAJOR
    facts = {"server": server, "client": CLIENT_MAJOR}
    return [Finding("search", "good" if good else "bad", "search_pair" if good else "search_mismatch", facts)]


def drift(patient: Patient) -> list[Finding]:
    """The worker compares index and database document by document and mends what differs: what came of it last."""
    with patient.database.reading() as session:
        last = runs.latest(session, "reconcile")
    if last is None or patient.now - last.begun_at > LONGEST_UNCOMPARED:
        return [Finding("drift", "note", "drift_unknown")]
    facts = {"checked": last.checked, "unequal": last.unequal, "at": last.begun_at, "error": last.error or ""}
    if last.error is not None:
        return [Finding("drift", "bad", "drift_failed", facts)]
    return [
        Finding(
            "drift", "note" if last.unequal else "good", "drift_mended" if last.unequal else "drift", facts
        )
    ]


def worker(patient: Patient) -> list[Finding]:
    """A worker pushes a row ahead of itself each minute; nothing else falls due on a site where nobody does anything."""
    due = select(func.min(OutboxEntry.due_at), func.count()).where(
        OutboxEntry.dead_at.is_(None), OutboxEntry.due_at <= patient.now
    )
    dead = select(func.count()).where(OutboxEntry.dead_at.is_not(None))
    with patient.database.reading() as session:
        oldest, waiting = session.execute(due).one()
        given_up = session.scalar(dead) or 0
        next_sign = outbox.alive_until(session)
    if next_sign is None and not waiting:
        return [Finding("worker", "note", "worker_unseen")]
    waited = patient.now - oldest if oldest is not None else timedelta()
    facts = {"count": waiting, "minutes": int(waited.total_seconds() // 60)}
    late = waited > LONGEST_WAIT
    findings = [Finding("worker", "bad" if late else "good", "worker_late" if late else "worker", facts)]
    if given_up:
        findings.append(Finding("worker", "note", "worker_dead_rows", {"count": given_up}))
    return findings


def queue(patient: Patient) -> list[Finding]:
    """Rings, and waits a moment for the answer: a worker that listens elsewhere is alive and hears nothing, and one with
    another key throws away each bell that it takes."""
    # Late: huey, which no other look needs.
    from marketplace.core.queues import Queue

    address = patient.settings.queue
    facts = {"url": _PASSWORD.sub("***", address), "seconds": HEARD_WITHIN}
    bells = Queue(patient.settings, outbox.BELL)
    try:
        heard = _answers(patient, bells)
    except SQLAlchemyError as error:  # the question stands in the site's own tables, which may be locked
        return [Finding("database", "bad", "database_closed", {"error": _reason(error)})]
    except Exception as error:  # each kind of queue has its own
        return [Finding("queue", "bad", "queue_away", {**facts, "error": _reason(error)})]
    finally:
        bells.storage.close()
    return [Finding("queue", "good" if heard else "note", "queue" if heard else "queue_unheard", facts)]


def _answers(patient: Patient, bells: Queue) -> bool:
    """Whether a worker hears; where none lives, the look at the worker says so. Raises what the queue raises."""
    if not _worker_lives(patient):
        bells.ring()
        return True
    with patient.database.unit_of_work() as session:
        asked = outbox.call(session, ear_of(patient.settings), patient.now)
    try:
        bells.ring()
        return comes_true(lambda: _is_answered(patient, asked), within=HEARD_WITHIN)
    finally:
        with patient.database.unit_of_work() as session:
            outbox.hang_up(session, asked)


def _is_answered(patient: Patient, asked: str) -> bool:
    with patient.database.reading() as session:
        return outbox.answered(session, asked)


def _worker_lives(patient: Patient) -> bool:
    with patient.database.reading() as session:
        next_sign = outbox.alive_until(session)
    return next_sign is not None and next_sign > patient.now


def mail(patient: Patient) -> list[Finding]:
    settings = patient.settings
    if settings.mail_transport == "file":
        health = "good" if settings.demo else "note"
        return [Finding("mail", health, "mail_files", {"folder": str(settings.data_dir / "mail")})]  # type: ignore[arg-type]
    facts = {"host": settings.smtp_host, "port": settings.smtp_port}
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SMTP_TIMEOUT_SECONDS) as server:
            if settings.smtp_starttls:
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.noop()
    except OSError as error:  # SMTP errors are OSErrors
        return [Finding("mail", "bad", "mail_away", {**facts, "error": str(error)[:300]})]
    return [Finding("mail", "good", "mail", facts)]


def clock(patient: Patient) -> list[Finding]:
    """Days decide what is valid: a clock that is off closes and opens things at the wrong time."""
    with patient.database.reading() as session:
        latest = session.scalar(select(func.max(AuditEntry.at)))
        theirs = None
        if session.get_bind().dialect.name == "postgresql":
            theirs = session.scalar(text("SELECT clock_timestamp()"))
    if latest is not None and latest > patient.now + SKEW:
        return [Finding("clock", "bad", "clock_back", {"latest": latest, "now": patient.now})]
    if theirs is not None and abs(theirs - patient.now) > timedelta(minutes=1):
        seconds = int(abs(theirs - patient.now).total_seconds())
        return [Finding("clock", "bad", "clock_apart", {"seconds": seconds})]
    return [Finding("clock", "good", "clock", {"now": patient.now})]


HOUSE: tuple[Look, ...] = (site, data, database, schema)
INSIDE: tuple[Look, ...] = (lists, people, clock, search, pair, drift, worker, queue, mail)
