"""The database: one declarative base, one engine factory, one unit of work. Services never commit, the edge does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Select,
    TypeDecorator,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeEngine

from marketplace.core.errors import NotFound

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class NoSuchMoment(NotFound, DontWrapMixin):
    """A moment beyond the calendar once it is told in UTC: nothing stands there."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. SQLite forgets zones; a naive value is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        try:
            moment = value.astimezone(UTC)
        except OverflowError:
            raise NoSuchMoment from None
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}


LARGEST_ID = 2**63 - 1


class NoSuchNumber(NotFound, DontWrapMixin):
    """A number that no row can have: asked for like any other row that is not there."""


class RowNumber(TypeDecorator[int]):
    """The number of a row. What is typed into an address or a form may be any number, and the driver would fail over
    one beyond 64 bits: here, where every one of them passes, it is not found."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        # SQLite only auto-numbers a column declared exactly INTEGER.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is not None and not -LARGEST_ID <= value <= LARGEST_ID:
            raise NoSuchNumber
        return value


IdType = RowNumber()
Pk = Annotated[int, mapped_column(IdType, primary_key=True)]


def make_engine(url: str) -> Engine:
    """An engine for SQLite (a file, WAL) or PostgreSQL (psycopg 3). Raises ArgumentError for a malformed address."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        # Parameters stay out of error messages, and so out of the logs: they hold what people entrusted to us.
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, hide_parameters=True)
    _let_sqlalchemy_begin(engine)
    return engine


def _let_sqlalchemy_begin(engine: Engine) -> None:
    """pysqlite's own BEGIN breaks savepoints, and a deferred BEGIN cannot be upgraded once another has written.

    So the driver is told to keep out of it, and a unit of work begins IMMEDIATE: it waits for its turn to write
    instead of failing half-way.
    """

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


class Bells(Protocol):
    """Tells those who carry out what a commit left to do (`core/bells.py`). Never raises."""

    def ring(self, names: Iterable[str]) -> None: ...

    def close(self) -> None: ...


_TO_RING = "db.to_ring"


def ring_after_commit(session: Session, bell: str) -> None:
    """Once this unit of work has committed, ``bell`` rings; when it is rolled back, nobody hears of it."""
    session.info.setdefault(_TO_RING, set()).add(bell)


class Database:
    """An engine with the two ways to use it: ``reading()`` and ``unit_of_work()``."""

    def __init__(self, url: str, bells: Bells | None = None) -> None:
        self.bells = bells
        self.engine = make_engine(url)
        self._writing_engine = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def reading_session(self) -> Session:
        """A session that never commits; the caller closes it, and nobody reads through it afterwards: that would begin a
        transaction which nobody ends."""
        return Session(self.engine, expire_on_commit=False, close_resets_only=False)

    def writing_session(self) -> Session:
        """A session whose first statement takes SQLite's write lock; the edge commits and closes it."""
        return Session(self._writing_engine, expire_on_commit=False, close_resets_only=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.reading_session() as session:
            yield session

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """All or nothing: commits at the end, rolls back when anything was raised. Bells ring after the commit."""
        with self.writing_session() as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
            to_ring = session.info.get(_TO_RING)
        if to_ring and self.bells is not None:
            self.bells.ring(to_ring)

    def dispose(self) -> None:
        self.engine.dispose()
        if self.bells is not None:
            self.bells.close()


def insert_of(session: Session) -> Any:
    """The ``insert`` of this session's database that knows ON CONFLICT."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # late: of two dialects only one is ever used

        return postgresql.insert
    from sqlalchemy.dialects import sqlite  # late: as above

    return sqlite.insert


def take_rows(session: Session, rows: Select[Any]) -> None:
    """Have these rows for this unit of work, one after the other in their order: two who write the same rows at once wait
    for each other, never crosswise. SQLite lets one writer in anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(rows.with_for_update())


def take_turn(session: Session, name: str) -> None:
    """Whoever acts under the same name at the same moment waits until this transaction has ended, and then sees what it
    left: for what is not there yet, and so cannot be held. SQLite lets one writer in, whatever the name: this unit of work
    is the one from here on, also where nothing was asked of it before."""
    if session.get_bind().dialect.name == "postgresql":
        turn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(turn)))
    else:
        session.connection()  # begins it, and so takes the write lock
