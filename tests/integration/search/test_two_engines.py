"""The same documents and the same questions to both engines: the same sets, counts, facets and sorted lists, and nearly
the same first ten by relevance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace import paths
from marketplace.core.actor import system_actor
from marketplace.core.analysis import analyser
from marketplace.core.clock import day_of, utc_now
from marketplace.core.db import Database
from marketplace.demo_district import load
from marketplace.discovery.building import BUILDERS
from marketplace.discovery.documents import FACETS as REAL_FACETS
from marketplace.discovery.documents import PUBLIC, STAFF, VERIFIED
from marketplace.tables import metadata
from marketplace.taxonomy.service import import_seeds
from search.documents import Document, NeutralOrder
from search.engines.base import Engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.query import Query
from tests.integration.search.conftest import PATIENT
from tests.unit.search.engine_case import FACETS, SALT, TODAY
from tests.unit.search.generated import VALUES, VISIBLE, WORDS, documents, questions

GENERATED = 2_000
QUESTIONS = 150


class Pair(NamedTuple):
    embedded: Engine
    served: Engine
    documents: list[Document]
    asked: list[tuple[Query, frozenset[str]]]
    as_of: Any


def generated() -> tuple[list[Document], list[dict[str, Any]], Any, tuple[str, ...], Any]:
    return documents(GENERATED), questions(QUESTIONS, WORDS, VALUES), VISIBLE, FACETS, TODAY


def demo(folder: Path) -> tuple[list[Document], list[dict[str, Any]], Any, tuple[str, ...], Any]:
    """The demonstration district through its own services and document builders."""
    database = Database(f"sqlite:///{folder / 'demo.sqlite3'}")
    metadata.create_all(database.engine)
    now = utc_now()
    with database.unit_of_work() as session:
        import_seeds(session, system_actor("test"), paths.SEEDS, now)
    with database.unit_of_work() as session:
        load(session, paths.SEEDS / "demo", now, lambda *_: None)
    with database.reading() as session:
        built = [each for build in BUILDERS.values() for each in build(session, range(1, 1500), now)]
    database.dispose()
    chance = random.Random(68)
    words = []
    for document in chance.sample(built, 120):
        begin = chance.randrange(max(1, len(document.title) - 3))
        words.append(document.title[begin : begin + chance.randint(2, 8)])
    values = {
        name: sorted({value for each in built for value in each.facets.get(name, ())}) for name in REAL_FACETS
    }
    tokens = (
        frozenset({PUBLIC}),
        frozenset({PUBLIC, VERIFIED}),
        frozenset({PUBLIC, VERIFIED, STAFF, "firm:3"}),
    )
    asked = questions(QUESTIONS, words, values, most=1, filtered=0.05)
    return built, asked, tokens, REAL_FACETS, day_of(now)


@pytest.fixture(scope="module", params=["generated", "demo district"])
def pair(
    request: pytest.FixtureRequest,
    elasticsearch_url: str,
    raw: Elasticsearch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("engines")
    built, asked, tokens, facets, as_of = generated() if request.param == "generated" else demo(folder)
    embedded = EmbeddedEngine(folder / "index", analyser(), facets=facets, salt=SALT)
    served = ElasticsearchEngine(
        elasticsearch_url,
        analyser(),
        facets=facets,
        salt=SALT,
        prefix=f"test-{uuid4().hex[:12]}",
        query_seconds=PATIENT,
    )
    for engine in (embedded, served):
        assert engine.write(built).written == len(built) > 500
        engine.refresh()
    queries = [Query(**what) for what in asked]
    yield Pair(
        embedded, served, built, [(query, tokens[n % len(tokens)]) for n, query in enumerate(queries)], as_of
    )
    raw.indices.delete(index=served.state().index)


def test_both_hold_the_same(pair: Pair) -> None:
    for kind in BUILDERS:
        ours = list(pair.embedded.entries(kind))
        assert ours == list(pair.served.entries(kind))
        there = sorted((each.id, each.rev, each.digest) for each in pair.documents if each.kind == kind)
        assert [(int(each.key.partition(":")[2]), each.rev, each.digest) for each in ours] == there


def test_sets_counts_and_facets_are_equal(pair: Pair) -> None:
    found = 0
    for query, visible in pair.asked:
        ours = pair.embedded.search(query, visible=visible, as_of=pair.as_of)
        theirs = pair.served.search(query, visible=visible, as_of=pair.as_of)
        assert (ours.total, ours.facets) == (theirs.total, theirs.facets), query
        exported = list(pair.embedded.export(query, visible=visible, as_of=pair.as_of))
        assert exported == list(pair.served.export(query, visible=visible, as_of=pair.as_of)), query
        assert len(exported) == ours.total
        found += bool(exported)
    assert found > len(pair.asked) / 3  # questions that find nothing compare nothing


def listed(engine: Engine, query: Query, visible: frozenset[str], as_of: Any, pages: int) -> list[Any]:
    """Hits of the first pages, without their scores."""
    hits: list[Any] = []
    cursor = ""
    for _ in range(pages):
        asked = Query(query.text, query.filters, query.kinds, query.sort, 10, cursor)
        page = engine.search(asked, visible=visible, as_of=as_of)
        hits += [(hit.key, hit.title, hit.subtitle, hit.snippet) for hit in page.hits]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return hits


@pytest.mark.parametrize("sort", ["newest", "closing", "neutral"])
def test_sorted_lists_are_equal_page_by_page(pair: Pair, sort: Any) -> None:
    for query, visible in pair.asked[::3]:
        sorted_query = Query(query.text, query.filters, query.kinds, sort)
        ours = listed(pair.embedded, sorted_query, visible, pair.as_of, pages=3)
        assert ours == listed(pair.served, sorted_query, visible, pair.as_of, pages=3), query


def test_the_first_ten_by_relevance_are_nearly_the_same(pair: Pair) -> None:
    shares = []
    for query, visible in pair.asked:
        if not query.wanted.ranks:
            continue
        ours = {hit[0] for hit in listed(pair.embedded, query, visible, pair.as_of, pages=1)}
        theirs = {hit[0] for hit in listed(pair.served, query, visible, pair.as_of, pages=1)}
        if ours:
            shares.append(len(ours & theirs) / len(ours))
    assert len(shares) > 40
    assert sum(shares) / len(shares) >= 0.9, sorted(shares)[:10]


def test_what_scores_the_same_stands_in_neutral_order_in_both(pair: Pair) -> None:
    """Equal texts score equal: of those, the salted hash alone decides in both engines."""
    neutral, compared = NeutralOrder(SALT), 0
    text_of = {each.key: (each.title, each.subtitle, each.body) for each in pair.documents}
    twins = [
        Document(
            kind="need", id=900_000 + n, title="双胞胎轴套", body="同样的文字", rev=1, visibility=("public",)
        )
        for n in range(40)
    ]
    for engine in (pair.embedded, pair.served):
        engine.write(twins)
        engine.refresh()
        page = engine.search(
            Query("双胞胎轴套", page_size=40), visible=frozenset({"public"}), as_of=pair.as_of
        )
        keys = [hit.key for hit in page.hits if hit.key not in text_of]
        assert keys == sorted((each.key for each in twins), key=neutral.position)
        compared += len(keys)
    assert compared == 80


def test_relevance_pages_agree_across_engines_where_scores_differ_clearly(pair: Pair) -> None:
    """A title hit and a body hit are far apart: their order is one in both."""
    first = [
        Document(kind="firm", id=910_000 + n, title="独一无二机" if n % 2 else "支架", body="独一无二机 支架", rev=1, visibility=("public",))
        for n in range(20)
    ]  # fmt: skip
    for engine in (pair.embedded, pair.served):
        engine.write(first)
        engine.refresh()
        page = engine.search(
            Query("独一无二机", page_size=20), visible=frozenset({"public"}), as_of=pair.as_of
        )
        assert [hit.id % 2 for hit in page.hits] == [1] * 10 + [0] * 10
