"""Engines on the real server, each under a prefix of its own that is gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from search.engines.elasticsearch import ElasticsearchEngine
from tests.unit.search.engine_case import ANALYSER, FACETS, SALT

#: A loaded machine is slow at times, and these tests are not about that.
PATIENT = 30.0


def opened(url: str, prefix: str, **more: Any) -> ElasticsearchEngine:
    options = {"query_seconds": PATIENT, "facets": FACETS, "salt": SALT, **more}
    return ElasticsearchEngine(url, ANALYSER, prefix=prefix, **options)


@pytest.fixture(scope="session")
def raw(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    """The server without our engine before it."""
    with Elasticsearch(elasticsearch_url, request_timeout=PATIENT) as client:
        yield client


@pytest.fixture
def prefix(raw: Elasticsearch) -> Iterator[str]:
    name = f"test-{uuid4().hex[:12]}"
    yield name
    for index in raw.indices.get_alias(index=f"{name}-*", expand_wildcards="open").body:
        raw.indices.delete(index=index)


@pytest.fixture
def make_engine(elasticsearch_url: str, prefix: str) -> Callable[[], ElasticsearchEngine]:
    return lambda: opened(elasticsearch_url, prefix)
