"""A real search server that goes away while people go on working: nothing is lost, and soon all is equal again."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import elasticsearch
import pytest
from sqlalchemy import func, insert, select, update

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace.actors import actor_of, actor_of_job
from marketplace.app import create_app
from marketplace.assembly import AT_ONCE
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
from search.engines.elasticsearch import ElasticsearchEngine
from search.query import Query
from tests.conftest import missing
from tests.servers.elasticsearch import Absent, Server

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow]
WRITES = 20_000
EQUAL_WITHIN = 30.0
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
    return Worker(place, {"index": index_keys, "alert": finder(actor_of)}, {}, at_once=AT_ONCE)


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


def test_writes_while_the_server_is_down_are_all_there_soon_after(server: Server, place: WorkContext) -> None:
    worker = worker_of(place)
    before = publish(place, 50, "尼龙轴套")
    settle(place, worker, 60 * crowded())
    app = create_app(place.settings)
    visitor = app.test_client()
    assert "共 50 条" in visitor.get("/needs/browse?q=轴套").text

    server.kill()
    publish(place, WRITES - 50, "轴承钢套圈")
    with place.database.unit_of_work() as session:  # and what was there changes too
        session.execute(update(Need).where(Need.id.in_(before)).values(title="铝合金壳体"))
        wish(session, [f"need:{number}" for number in before])
    rounds = [worker.look_round() for _ in range(8)]
    assert any(rounds)
    assert waiting(place) == WRITES  # nothing is lost, and nothing is dead
    with place.database.reading() as session:
        assert not outbox.dead_rows(session)
        assert session.scalar(select(func.max(OutboxEntry.attempts))) == 0
    page = visitor.get("/needs/browse?q=轴承钢")
    assert page.status_code == 200
    assert "检索服务暂时不可用" in page.text and "轴承钢套圈" in page.text

    server.restart()
    took = settle(place, worker, EQUAL_WITHIN * crowded())
    print(  # noqa: T201 - a figure that people ask for, seen with -s
        f"{WRITES} writes are in {took:.1f} s after the server is back; {crowded():.1f} others on each core"
    )
    assert total(place, "轴承钢") == WRITES - 50
    assert total(place, "铝合金") == 50
    assert total(place, "尼龙") == 0
    run = reconcile(place, utc_now())
    assert (run.checked, run.unequal) == (WRITES + 1, 0)  # and their firm
    assert "检索服务暂时不可用" not in visitor.get("/needs/browse?q=轴承钢").text
    app.extensions["lianqiao.database"].dispose()


def test_a_server_killed_in_the_middle_of_a_bulk_leaves_nothing_half_done(
    server: Server, place: WorkContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, bulks = worker_of(place), Counter[str]()
    engine = engine_of(place.settings)
    assert isinstance(engine, ElasticsearchEngine)
    send = engine._indexing.bulk

    def send_and_die(**asked: Any) -> Any:
        """The second bulk is taken in full, and its answer never comes."""
        bulks["sent"] += 1
        answer = send(**asked)
        if bulks["sent"] == 2:
            server.kill()
            raise elasticsearch.ConnectionError("the line is dead")
        return answer

    publish(place, 5000, "尼龙轴套")
    worker.look_round()  # three thousand are in
    monkeypatch.setattr(engine._indexing, "bulk", send_and_die)
    for _ in range(3):
        worker.look_round()
    assert bulks["sent"] > 2
    assert 0 < waiting(place) <= 2000
    with place.database.reading() as session:
        assert not outbox.dead_rows(session)
    server.restart()
    settle(place, worker, 60 * crowded())
    assert total(place, "轴套") == 5000
    assert reconcile(place, utc_now()).unequal == 0


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
