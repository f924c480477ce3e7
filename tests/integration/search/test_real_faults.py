"""A real server that dies, loses an index, or runs out of room: no write is lost, and nothing looks found that is not."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from search.engines.base import Engine, EngineError, EngineUnavailable
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.elasticsearch.bulk import AT_ONCE
from search.engines.elasticsearch.names import Roles
from search.query import Query
from tests.conftest import missing
from tests.integration.search.conftest import PATIENT, opened
from tests.servers.elasticsearch import Absent, Server
from tests.unit.search.engine_case import DISTRICT, PUBLIC, TODAY, document, found, held, put

pytestmark = pytest.mark.elasticsearch
BACK_SECONDS = 30


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
def engine(server: Server) -> Iterator[ElasticsearchEngine]:
    made = opened(server.url, "faults", index_seconds=5.0)
    made.write([])
    yield made
    made.reset()


def ask(engine: Engine, text: str = "") -> set[int]:
    return found(engine.search(Query(text, page_size=100), visible=PUBLIC, as_of=TODAY))


@pytest.mark.slow
def test_a_server_killed_in_the_middle_of_bulks_loses_no_write(
    server: Server, engine: ElasticsearchEngine
) -> None:
    """The outbox in small: a key leaves it only when its write is reported as settled."""
    rows: dict[int, int] = {}
    outbox: set[int] = set()
    outages: list[Exception] = []
    chance, stop, guard = random.Random(9), threading.Event(), threading.Lock()

    def drain() -> None:
        while True:
            with guard:
                due = sorted(outbox)[:200]
                looked = {number: rows[number] for number in due}
            if not due and stop.is_set():
                return
            try:
                report = engine.write(document(number, "轴承", rev=rev) for number, rev in looked.items())
            except EngineError as error:
                outages.append(error)
                time.sleep(0.2)
                continue
            with guard:
                for number, rev in looked.items():
                    if f"capability:{number}" in report.settled and rows[number] == rev:
                        outbox.discard(number)

    drainer = threading.Thread(target=drain)
    drainer.start()
    try:
        for step in range(60):
            with guard:
                for number in chance.sample(range(1, 3_000), 200):
                    rows[number] = rows.get(number, 0) + 1
                    outbox.add(number)
            time.sleep(0.02)
            if step == 30:
                server.kill()
                with pytest.raises(EngineUnavailable):
                    ask(engine, "轴承")
        server.restart()
        back = time.monotonic()
    finally:
        stop.set()
        drainer.join(timeout=120)
    assert not drainer.is_alive()
    engine.refresh()
    assert held(engine) == {f"capability:{number}": rev for number, rev in rows.items()}
    assert time.monotonic() - back < BACK_SECONDS
    assert outages  # the server was away while there was work
    assert ask(engine, "轴承")


def test_an_index_deleted_by_hand_is_not_an_empty_one(server: Server, engine: ElasticsearchEngine) -> None:
    put(engine, DISTRICT)
    engine.mark_complete()
    with Elasticsearch(server.url, request_timeout=PATIENT) as raw:
        raw.indices.delete(index=engine.state().index)
        engine._whole_until = 0.0  # as a question a moment later
        with pytest.raises(EngineUnavailable):
            ask(engine, "尼龙")
        assert engine.needs_rebuild
        put(engine, DISTRICT[:1])  # the next write finds a place, which says of itself that it is not whole
        page = engine.search(Query("尼龙"), visible=PUBLIC, as_of=TODAY)
        assert (found(page), page.complete) == ({1}, False)
        mapping = raw.indices.get_mapping(index=engine.name).body
        assert [about["mappings"]["dynamic"] for about in mapping.values()] == ["false"]
    with engine.rebuild() as beside:
        beside.write(DISTRICT)
        assert beside.verify(len(DISTRICT), DISTRICT).good
        beside.swap()
    assert ask(engine, "PA66") == {1, 2}
    assert not engine.needs_rebuild


def test_an_index_deleted_between_two_bulks_is_not_made_up_from_what_comes_in(
    server: Server, engine: ElasticsearchEngine
) -> None:
    """A server makes an index for whatever is written, unless it is told not to; ours must not get one so."""
    with Elasticsearch(server.url, request_timeout=PATIENT) as raw:
        raw.cluster.put_settings(transient={"action.auto_create_index": "true"})
        lost = engine.state().index

        names = engine._names
        roles: Callable[[], Roles] = names.roles

        def roles_then_lost() -> Roles:
            """Somebody deletes it after the writer has asked where to write, and before it writes."""
            known = roles()
            if raw.indices.exists(index=lost):
                raw.indices.delete(index=lost)
            return known

        try:
            names.roles = roles_then_lost  # type: ignore[method-assign]
            report = engine.write(DISTRICT[:1])
        finally:
            del names.roles
            raw.cluster.put_settings(transient={"action.auto_create_index": "false"})
        assert set(report.retry) == {DISTRICT[0].key}
        assert not raw.indices.exists(index=f"{lost}.write")
        assert not raw.indices.exists(index=engine.name)
    assert put(engine, DISTRICT[:1]).written == 1


def test_a_server_that_lets_nobody_write_keeps_every_key_waiting(
    server: Server, engine: ElasticsearchEngine
) -> None:
    """What a disk that ran full does: the index turns read-only."""
    engine._store._bulk._sleep = lambda seconds: None
    with Elasticsearch(server.url, request_timeout=PATIENT) as raw:
        raw.indices.put_settings(
            index=engine.state().index, settings={"index.blocks.read_only_allow_delete": True}
        )
        report = engine.write(DISTRICT)
        assert set(report.retry) == {each.key for each in DISTRICT}
        raw.indices.put_settings(
            index=engine.state().index, settings={"index.blocks.read_only_allow_delete": None}
        )
    assert put(engine, DISTRICT).written == len(DISTRICT)


def test_a_change_is_found_as_soon_as_it_is_written_and_a_large_bulk_within_a_second(
    engine: ElasticsearchEngine,
) -> None:
    put(engine, DISTRICT)
    engine.write([document(1, "锦纶6", rev=2)])
    assert ask(engine, "锦纶6") == {1}
    many = AT_ONCE + 1
    engine.write(document(number, "锦纶6", rev=3) for number in range(1, many + 1))
    written = time.monotonic()
    while engine.search(Query("锦纶6"), visible=PUBLIC, as_of=TODAY).total < many:
        assert time.monotonic() - written < 60  # a second, where nobody else works
        time.sleep(0.02)
