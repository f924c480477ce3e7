"""A real search server that goes away while people go on working: nothing is lost, and soon all is equal again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace.actors import actor_of, actor_of_job
from marketplace.core import outbox
from marketplace.core.clock import utc_now
from marketplace.core.context import WorkContext
from marketplace.core.db import Base, Database
from marketplace.core.outbox import OutboxEntry
from marketplace.discovery.alerts import finder
from marketplace.discovery.documents import PUBLIC
from marketplace.discovery.engine import engine_of
from marketplace.discovery.indexing import index_keys
from marketplace.discovery.reconciling import reconcile
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.settings import Settings
from marketplace.worker import Worker
from search.engines.base import EngineError
from search.query import Query
from tests.conftest import missing
from tests.servers.elasticsearch import Absent, Server

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow]
FAR = date(2099, 1, 1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of this file's own, to be killed."""
    try:
        started = Server()
        started.wait()
    except Absent as reason:
        missing(str(reason))
    yield started
    started.stop()


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Iterator[WorkContext]:
    settings = Settings(
        data_dir=tmp_path,
        secret_key="a key for tests",
        search_engine="elasticsearch",
        elasticsearch_url=server.url,
        elasticsearch_prefix=f"outage-{tmp_path.name.lower().replace('_', '-')}",
        rate_limits=False,
    )
    made = WorkContext(settings, Database(settings.database_url), actor_of_job)
    Base.metadata.create_all(made.database.engine)
    yield made
    made.database.dispose()


def worker_of(place: WorkContext) -> Worker:
    return Worker(place, {"index": index_keys, "alert": finder(actor_of)}, {}, at_once={"index": 1000})


def publish(place: WorkContext, count: int, title: str) -> list[int]:
    """Published needs of one firm, each with its outbox row in the same transaction."""
    now = utc_now()
    with place.database.unit_of_work() as session:
        firm = session.scalar(select(Firm.id).limit(1))
        if firm is None:
            row = Firm(legal_name="示例链主", verified_at=now, created_at=now, updated_at=now)
            session.add(row)
            session.flush()
            firm = row.id
        last = session.scalar(select(func.max(Need.id))) or 0
        template = {
            column.name: column.default.arg
            for column in Need.__table__.columns
            if column.default is not None and column.default.is_scalar
        }
        rows = [
            {
                **template, "id": last + n, "firm_id": firm, "title": f"{title}{n}", "visibility": "public",
                "published_at": now, "created_at": now, "updated_at": now, "valid_until": FAR,
            }
            for n in range(1, count + 1)
        ]  # fmt: skip
        session.execute(insert(Need), rows)
        wish(session, [f"need:{row['id']}" for row in rows])
        return [int(row["id"]) for row in rows]


def wish(session, keys: list[str]) -> None:  # type: ignore[no-untyped-def]
    for key in keys:
        outbox.enqueue(session, "index", key, utc_now())


def waiting(place: WorkContext) -> int:
    with place.database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxEntry)) or 0


def settle(place: WorkContext, worker: Worker, seconds: float) -> float:
    """Let the worker go on until nothing waits; how long that took."""
    began = time.monotonic()
    while waiting(place):
        assert time.monotonic() - began < seconds, f"{waiting(place)} still wait"
        if not worker.look_round():
            time.sleep(0.2)
    return time.monotonic() - began


def total(place: WorkContext, text: str) -> int:
    engine = engine_of(place.settings)
    query, give_up = Query(text, kinds=("need",)), time.monotonic() + 60
    while True:  # a reader waits one second at most; a server that has just come back may need longer
        try:
            engine.refresh()
            return engine.search(query, visible=frozenset({PUBLIC}), as_of=date.today()).total
        except EngineError:
            if time.monotonic() > give_up:
                raise
            time.sleep(1)


def crowded() -> float:
    """How many others share each core: what takes half a minute alone takes longer among them."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_an_index_deleted_by_hand_fills_itself_again(server: Server, place: WorkContext) -> None:
    from elasticsearch import Elasticsearch  # only where a server is

    worker = worker_of(place)
    publish(place, 300, "尼龙轴套")
    settle(place, worker, 60 * crowded())
    with Elasticsearch(server.url, request_timeout=30) as raw:
        name = engine_of(place.settings).state().index
        raw.indices.delete(index=name)
    publish(place, 1, "轴承钢套圈")
    settle(place, worker, 60 * crowded())
    assert total(place, "轴套") == 300
    assert total(place, "轴承钢") == 1
    assert reconcile(place, utc_now()).unequal == 0
