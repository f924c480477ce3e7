"""The Elasticsearch engine on a real server: the contract, word for word the embedded one's."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from search.engines.base import Engine
from tests.integration.search.conftest import opened
from tests.unit.search.engine_case import DISTRICT, EngineCase, put
from tests.unit.search.engine_contract import EngineContract
from tests.unit.search.index_contract import IndexContract


class Served(EngineCase):
    make_engine = None  # the fixture of this folder

    @pytest.fixture(scope="class")
    @classmethod
    def shared(cls, elasticsearch_url: str, raw: Elasticsearch) -> Iterator[Engine]:
        engine = opened(elasticsearch_url, f"test-{uuid4().hex[:12]}")
        put(engine, DISTRICT)
        yield engine
        raw.indices.delete(index=engine.state().index)


class TestSearch(Served, EngineContract):
    pass


class TestIndex(Served, IndexContract):
    pass
