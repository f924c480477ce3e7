"""What the Elasticsearch engine does when the server misbehaves. A stub plays the server: no real one can be made to
refuse half a bulk on demand. Nothing here may end as an empty result."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from search.engines.base import EngineUnavailable
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.elasticsearch.breaker import FAILURES, PAUSE, Breaker
from search.engines.elasticsearch.bulk import AT_ONCE, TRIES, Bulk
from search.query import Query
from tests.servers.hostile import GARBAGE, OneIndex, Status
from tests.servers.stub import Answer, Asked, Stub, answer, stub_server
from tests.unit.search.engine_case import ANALYSER, DISTRICT, FACETS, PUBLIC, SALT, TODAY, document, gone


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as made:
        yield made


class Half(OneIndex):
    """The engine under test beside the server that plays with it."""

    def __init__(self, stub: Stub, status: Status = lambda key, attempt: 200) -> None:
        self.engine = ElasticsearchEngine(stub.url, ANALYSER, facets=FACETS, salt=SALT, query_seconds=0.3)
        super().__init__(self.engine.name, status)
        self.waited: list[float] = []
        client = self.engine._store._client
        self.engine._store._bulk = Bulk(client, sleep=self.waited.append, chance=lambda: 0.5)
        stub.behave = self


def test_a_busy_half_of_a_bulk_is_tried_again_and_the_other_half_is_not(stub: Stub) -> None:
    odd = {each.key for each in DISTRICT if each.id % 2}
    server = Half(stub, lambda key, attempt: 429 if key in odd and attempt < 3 else 200)
    report = server.engine.write(DISTRICT)
    assert report.written == len(DISTRICT)
    assert {key: tried for key, tried in server.tried.items() if tried > 1} == dict.fromkeys(odd, 3)
    assert server.waited == sorted(server.waited)  # each pause is longer than the one before


def test_what_stays_busy_is_reported_for_later(stub: Stub) -> None:
    server = Half(stub, lambda key, attempt: 503 if key == "capability:2" else 200)
    report = server.engine.write(DISTRICT)
    assert set(report.retry) == {"capability:2"}
    assert "because 503" in report.retry["capability:2"]
    assert (report.written, server.tried["capability:2"]) == (len(DISTRICT) - 1, TRIES)


def test_an_item_that_can_never_go_in_is_refused_at_once_and_holds_nobody_up(stub: Stub) -> None:
    server = Half(stub, lambda key, attempt: 400 if key == "capability:3" else 200)
    report = server.engine.write(DISTRICT, [gone("capability:77")])
    assert set(report.refused) == {"capability:3"}
    assert (report.written, report.retry) == (len(DISTRICT), {})
    assert set(server.tried.values()) == {1}


def test_a_conflict_means_that_something_newer_is_there(stub: Stub) -> None:
    server = Half(stub, lambda key, attempt: 409)
    report = server.engine.write(DISTRICT[:2])
    assert {outcome.state for outcome in report.outcomes.values()} == {"stale"}
    assert report.settled == {"capability:1", "capability:2"}


@pytest.mark.parametrize("status", [403, 404, 502])
def test_a_full_disk_and_a_lost_index_are_no_fault_of_the_document(stub: Stub, status: int) -> None:
    report = Half(stub, lambda key, attempt: status).engine.write(DISTRICT[:2])
    assert set(report.retry) == {"capability:1", "capability:2"}


@pytest.mark.parametrize(("count", "asked_for"), [(1, True), (AT_ONCE, True), (AT_ONCE + 1, False)])
def test_a_few_changes_are_found_at_once_and_many_at_the_next_refresh(
    stub: Stub, count: int, asked_for: bool
) -> None:
    server = Half(stub)
    server.engine.write(document(number, "轴承", rev=1) for number in range(1, count + 1))
    assert ["refresh=true" in bulk.query for bulk in stub.paths("/_bulk")] == [asked_for]


def test_a_bulk_that_is_too_large_goes_in_halves(stub: Stub) -> None:
    server = Half(stub)
    whole = server.__call__

    def narrow(asked: Asked) -> Answer:
        if asked.path.endswith("/_bulk") and asked.body.count(b'"_id"') > 3:
            return answer({"error": {"type": "too_large"}, "status": 413}, 413)
        return whole(asked)

    stub.behave = narrow
    assert server.engine.write(DISTRICT).written == len(DISTRICT)


def test_a_document_that_is_too_large_alone_is_refused(stub: Stub) -> None:
    server = Half(stub)
    whole = server.__call__

    def narrow(asked: Asked) -> Answer:
        if b'"_id":"capability:3"' in asked.body.replace(b" ", b""):
            return answer({"error": {"type": "too_large"}, "status": 413}, 413)
        return whole(asked)

    stub.behave = narrow
    report = server.engine.write(DISTRICT)
    assert (set(report.refused), report.written) == ({"capability:3"}, len(DISTRICT) - 1)


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_never_nothing_found(stub: Stub, name: str) -> None:
    server = Half(stub)
    stub.behave = lambda asked: GARBAGE[name] if asked.path.endswith("/_search") else server(asked)
    with pytest.raises(EngineUnavailable):
        server.engine.search(Query("尼龙"), visible=PUBLIC, as_of=TODAY)


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_never_written_or_rebuilt(stub: Stub, name: str) -> None:
    server = Half(stub)
    stub.behave = lambda asked: GARBAGE[name] if asked.path.endswith("/_bulk") else server(asked)
    with pytest.raises(EngineUnavailable):
        server.engine.write(DISTRICT)
    stub.behave = lambda asked: GARBAGE[name]
    for question in (
        server.engine.rebuild,
        server.engine.count,
        server.engine.state,
        server.engine.roll_back,
    ):
        # no index at all is what an empty object says, and a state without a version says nothing
        if GARBAGE[name].body != b"{}" or question == server.engine.state:
            with pytest.raises(EngineUnavailable):
                question()


def test_a_bulk_that_answers_for_others_is_not_believed(stub: Stub) -> None:
    server = Half(stub)
    stub.behave = lambda asked: (
        answer({"items": [{"index": {"_id": "need:9", "status": 201}}]})
        if asked.path.endswith("/_bulk")
        else server(asked)
    )
    with pytest.raises(EngineUnavailable):
        server.engine.write(DISTRICT[:1])


def test_a_server_that_hangs_keeps_nobody_waiting(stub: Stub) -> None:
    server = Half(stub)
    stub.behave = lambda asked: answer({}, after=30)
    for _ in range(FAILURES):
        began = time.monotonic()
        with pytest.raises(EngineUnavailable):
            server.engine.search(Query("尼龙"), visible=PUBLIC, as_of=TODAY)
        assert time.monotonic() - began < 20  # a third of a second and one retry, where it hangs for thirty
    asked = len(stub.asked)
    with pytest.raises(EngineUnavailable, match="pause"):
        server.engine.search(Query("尼龙"), visible=PUBLIC, as_of=TODAY)
    assert len(stub.asked) == asked


def test_a_server_that_is_not_there_is_no_empty_result() -> None:
    engine = ElasticsearchEngine("http://127.0.0.1:9", ANALYSER, facets=FACETS, salt=SALT)
    engine._store._bulk._sleep = lambda seconds: None
    with pytest.raises(EngineUnavailable):
        engine.search(Query("尼龙"), visible=PUBLIC, as_of=TODAY)
    with pytest.raises(EngineUnavailable):
        engine.write([document(1, "轴承")])
    with pytest.raises(EngineUnavailable):
        list(engine.export(Query("尼龙"), visible=PUBLIC, as_of=TODAY))
    with pytest.raises(EngineUnavailable):
        _ = engine.needs_rebuild


def test_a_server_of_another_major_version_gets_no_index(stub: Stub) -> None:
    engine = ElasticsearchEngine(stub.url, ANALYSER, facets=FACETS, salt=SALT)

    def nine(asked: Asked) -> Answer:
        return answer({"nodes": {"x": {"version": "9.1.0"}}} if "_nodes" in asked.path else {})

    stub.behave = nine
    with pytest.raises(EngineUnavailable, match=r"9\.1\.0"):
        engine.write(DISTRICT)
    assert not [asked for asked in stub.asked if asked.method == "PUT"]


# ---------------------------------------------------------------- the breaker alone


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker) -> None:
    with pytest.raises(EngineUnavailable, match="down"), breaker.asking():
        raise EngineUnavailable("down")


def is_paused(breaker: Breaker) -> bool:
    try:
        with breaker.asking():
            return False
    except EngineUnavailable:
        return True


def test_the_breaker_opens_after_five_failures_in_a_row_and_tries_again_after_five_seconds() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(4):
        fail(breaker)
    assert not is_paused(breaker)  # which was a success, so counting starts anew
    for _ in range(5):
        fail(breaker)
    assert breaker.is_open and is_paused(breaker)
    clock.now = 4.99
    assert is_paused(breaker)
    clock.now = 5.0
    fail(breaker)  # one may try, and fails
    assert is_paused(breaker)
    clock.now = 10.0
    assert not is_paused(breaker)  # one may try, and it goes well
    assert not breaker.is_open


def test_while_one_tries_the_others_do_not() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(5):
        fail(breaker)
    clock.now = 6.0
    with breaker.asking():
        assert is_paused(breaker)
    assert not is_paused(breaker)


def test_a_bad_question_is_no_failure_of_the_server() -> None:
    breaker = Breaker()
    for _ in range(9):
        with pytest.raises(LookupError), breaker.asking():
            raise LookupError
    assert not is_paused(breaker)


def test_an_outage_is_logged_once_however_long_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(4 * FAILURES):
        clock.now += 2 * PAUSE
        with pytest.raises(EngineUnavailable), breaker.asking():
            raise EngineUnavailable("away")
    assert [record.getMessage() for record in caplog.records] == [
        "the search server has failed 5 times in a row and is given a pause"
    ]
    clock.now += 2 * PAUSE
    with breaker.asking():
        pass
    assert caplog.records[-1].getMessage() == "the search server answers again"
