"""A search server that takes half of what it is given, or answers nonsense: people go on, and no change is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.actors import actor_of_job
from marketplace.app import create_app
from marketplace.core import outbox
from marketplace.core.clock import utc_now
from marketplace.core.context import WorkContext
from marketplace.core.db import Base
from marketplace.core.outbox import OutboxEntry
from marketplace.discovery.engine import engine_of
from marketplace.discovery.indexing import index_keys
from marketplace.discovery.models import IndexRecord
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.settings import Settings
from marketplace.worker import Worker
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.elasticsearch.bulk import TRIES
from tests.servers.hostile import GARBAGE, OneIndex
from tests.servers.stub import Stub, stub_server

HOUR = timedelta(hours=1)


class Place:
    """A site and its worker before a server that does as it is told; needs 1 to 6 are published and not indexed yet."""

    def __init__(self, stub: Stub, folder: Path) -> None:
        settings = Settings(
            data_dir=folder,
            secret_key="a key for tests",
            search_engine="elasticsearch",
            elasticsearch_url=stub.url,
            rate_limits=False,
        )
        self.app: Flask = create_app(settings)
        self.database = self.app.extensions["lianqiao.database"]
        self.moment: datetime = utc_now()
        context = WorkContext(settings, self.database, actor_of_job)
        self.worker = Worker(context, {"index": index_keys}, {}, lambda: self.moment)
        engine = engine_of(settings)
        assert isinstance(engine, ElasticsearchEngine)
        engine._store._bulk._sleep = lambda seconds: None
        self.server = OneIndex(engine.name)
        stub.behave = self.server
        Base.metadata.create_all(self.database.engine)
        with self.database.unit_of_work() as session:
            dates = {"created_at": self.moment, "updated_at": self.moment}
            firm = Firm(legal_name="示例链主", verified_at=self.moment, **dates)
            session.add(firm)
            session.flush()
            for number in range(1, 7):
                need = Need(
                    id=number, firm_id=firm.id, title=f"尼龙轴套{number}", visibility="public",
                    published_at=self.moment, **dates,
                )  # fmt: skip
                session.add(need)
                outbox.enqueue(session, "index", f"need:{number}", self.moment)

    def later(self) -> None:
        self.moment += HOUR
        self.worker.look_round()

    def waiting(self) -> dict[str, OutboxEntry]:
        with self.database.reading() as session:
            return {row.key: row for row in session.scalars(select(OutboxEntry).filter_by(kind="index"))}

    def confirmed(self) -> set[int]:
        with self.database.reading() as session:
            done = select(IndexRecord.item_id).where(IndexRecord.written_rev == IndexRecord.rev)
            return set(session.scalars(done))


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as made:
        yield made


@pytest.fixture
def place(stub: Stub, tmp_path: Path) -> Iterator[Place]:
    made = Place(stub, tmp_path)
    yield made
    made.database.dispose()


def test_half_a_bulk_that_is_too_busy_is_done_later_and_the_other_half_at_once(place: Place) -> None:
    busy = {f"need:{number}" for number in (2, 4, 6)}
    place.server.status = lambda key, attempt: 429 if key in busy and attempt <= TRIES else 200
    place.worker.look_round()
    assert place.waiting().keys() == busy
    assert {row.attempts for row in place.waiting().values()} == {1}
    assert all("429" in (row.last_error or "") for row in place.waiting().values())
    assert place.confirmed() == {1, 3, 5}
    place.later()
    assert place.waiting() == {}
    assert place.confirmed() == {1, 2, 3, 4, 5, 6}
    assert {key: tried for key, tried in place.server.tried.items() if key not in busy} == {
        "need:1": 1,
        "need:3": 1,
        "need:5": 1,
    }


def test_what_the_server_will_never_take_is_shown_to_a_person_and_holds_nobody_up(place: Place) -> None:
    place.server.status = lambda key, attempt: 400 if key == "need:3" else 200
    place.worker.look_round()
    ((key, row),) = place.waiting().items()
    assert (key, row.dead_at) == ("need:3", place.moment)
    assert "because 400" in (row.last_error or "")
    assert place.confirmed() == {1, 2, 4, 5, 6}


@pytest.mark.parametrize("name", GARBAGE)
def test_nonsense_loses_no_write_and_no_page_takes_it_for_nothing_found(
    place: Place, stub: Stub, name: str
) -> None:
    nonsense = GARBAGE[name]
    stub.behave = lambda asked: (
        nonsense if asked.path.endswith(("/_bulk", "/_search")) else place.server(asked)
    )
    for _ in range(3):
        place.later()
    waiting = place.waiting()
    assert len(waiting) == 6
    assert {(row.attempts, row.dead_at) for row in waiting.values()} == {(0, None)}
    assert place.confirmed() == set()
    page = place.app.test_client().get("/needs/browse?q=轴套")
    assert page.status_code == 200
    assert "检索服务暂时不可用" in page.text
    assert all(f"轴套{number}" in page.text for number in range(1, 7))
    stub.behave = place.server
    place.later()
    assert place.waiting() == {}
    assert place.confirmed() == {1, 2, 3, 4, 5, 6}
