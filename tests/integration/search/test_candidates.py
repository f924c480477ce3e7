"""Candidates by a real cluster: named by weight, of the right kind and day, the same on any number of shards; and on the
demonstration district judged as if every listing had been compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from marketplace import paths
from marketplace.core.analysis import analyser
from marketplace.demo_profiles import capability_profiles, need_profiles
from marketplace.discovery.offered import reading
from marketplace.proposals.supply import NAMED
from matching import Matcher, NeedProfile, read_units
from matching.reading import field_texts
from search.documents import Document, day
from search.engines.base import EngineUnavailable
from search.engines.candidates import IndexUnfinished, Question, Reading, Shape, Wanted
from search.engines.elasticsearch import ElasticsearchEngine
from tests.integration.search.conftest import PATIENT, opened
from tests.unit.search.engine_case import SALT, TODAY, gone, put

PLAIN = Reading(
    {"title": Shape(1.2, 0.4), "text": Shape(2.0, 0.4)},
    lambda texts: ((name, text.split()) for name, text in texts.items()),
    "1",
)


@pytest.fixture
def make(elasticsearch_url: str, prefix: str) -> Callable[..., ElasticsearchEngine]:
    return lambda **more: opened(elasticsearch_url, prefix, **{"reading": PLAIN, **more})


def offer(number: int, title: str, **more: Any) -> Document:
    given: dict[str, Any] = {
        "kind": "capability",
        "rev": 1,
        "visibility": ("public",),
        "offered": {"title": title},
    }
    return Document(id=number, title="题", **{**given, **more})


def asking(*tokens: tuple[str, float], kind: str = "capability", **among: Sequence[str]) -> Question:
    return Question(kind, [Wanted("title", token, weight) for token, weight in tokens], among)


def test_who_shares_most_comes_first_and_who_shares_nothing_never(
    make: Callable[..., ElasticsearchEngine],
) -> None:
    engine = make()
    put(engine, [offer(1, "丝 帘"), offer(2, "轴"), offer(3, "丝 帘 布"), offer(4, "布 布 布 布 布 布")])
    engine.mark_complete()
    light, heavy, unknown = (
        asking(("丝", 1.0), ("帘", 1.0), ("布", 0.1)),
        asking(("丝", 0.1), ("布", 5.0)),
        asking(("无", 1.0)),
    )
    assert engine.candidates([light, heavy, unknown], as_of=TODAY, most=9) == [[1, 3, 4], [4, 3, 1], []]
    assert engine.candidates([light], as_of=TODAY, most=1) == [[1]]
    assert engine.candidates([], as_of=TODAY, most=9) == []


def test_only_what_holds_on_the_day_and_is_of_the_kind_and_facet_is_named(
    make: Callable[..., ElasticsearchEngine],
) -> None:
    engine = make()
    nylon, steel = {"chain": ("nylon",)}, {"chain": ("steel",)}
    put(
        engine,
        [
            offer(1, "丝", facets=nylon), offer(2, "丝", facets=steel), offer(3, "丝", kind="need", facets=nylon),
            offer(4, "丝", facets=nylon, valid_until=day(TODAY - timedelta(1))),
            offer(5, "丝", facets=nylon, visibility=("org:9",)), offer(6, "丝", facets=nylon),
        ],
    )  # fmt: skip
    put(engine, graves=[gone("capability:6")])
    engine.mark_complete()
    wanted = asking(("丝", 1.0), chain=["nylon"])
    # What few may see is for the matcher all the same: who is shown a pair is decided later.
    assert set(engine.candidates([wanted], as_of=TODAY, most=9)[0]) == {1, 5}
    assert set(engine.candidates([wanted], as_of=TODAY - timedelta(1), most=9)[0]) == {1, 4, 5}


def test_an_index_that_is_not_whole_names_nobody(make: Callable[..., ElasticsearchEngine]) -> None:
    engine = make()
    with pytest.raises(EngineUnavailable):
        engine.candidates([asking(("丝", 1.0))], as_of=TODAY, most=9)
    put(engine, [offer(1, "丝")])
    with pytest.raises(IndexUnfinished):
        engine.candidates([asking(("丝", 1.0))], as_of=TODAY, most=9)


def test_a_question_that_the_cluster_refuses_is_no_empty_answer(
    make: Callable[..., ElasticsearchEngine],
) -> None:
    engine = make()
    put(engine, [offer(1, "丝")])
    engine.mark_complete()
    refused = asking(*((f"词{number}", 1.0) for number in range(60_000)))
    with pytest.raises(EngineUnavailable):
        engine.candidates([asking(("丝", 1.0)), refused], as_of=TODAY, most=9)


@dataclass
class District:
    whole: Matcher
    engine: ElasticsearchEngine
    needs: list[NeedProfile]
    numbers: dict[str, int]

    def named(self, most: int) -> list[list[str]]:
        keys = {number: key for key, number in self.numbers.items()}
        questions = [
            Question("capability", [Wanted(*each) for each in self.whole.asks(need)]) for need in self.needs
        ]
        return [
            [keys[number] for number in found]
            for found in self.engine.candidates(questions, as_of=TODAY, most=most)
        ]


@pytest.fixture(scope="module", params=[1, 3], ids=["one shard", "three shards"])
def district(
    request: pytest.FixtureRequest, elasticsearch_url: str, raw: Elasticsearch
) -> Iterator[District]:
    offers = capability_profiles(TODAY)
    numbers = {key: number for number, key in enumerate(offers, 1)}
    engine = ElasticsearchEngine(
        elasticsearch_url, analyser(), facets=(), salt=SALT, prefix=f"test-{uuid4().hex[:12]}", query_seconds=PATIENT,
        shards=request.param, reading=reading(),
    )  # fmt: skip
    put(engine, [offer(numbers[key], "", offered=field_texts(each).fields) for key, each in offers.items()])
    engine.mark_complete()
    whole = Matcher.fit(list(offers.values()), analyser(), units=read_units(paths.SEEDS / "units"))
    yield District(whole, engine, list(need_profiles().values()), numbers)
    raw.indices.delete(index=engine.state().index)


def test_both_ways_give_the_same_lists_with_the_same_reasons_and_gates(district: District) -> None:
    elsewhere = district.whole.narrowed([])
    offers = {capability.id: capability for capability in district.whole.capabilities}
    listed = excluded = 0
    for need, named in zip(district.needs, district.named(NAMED), strict=True):
        candidates = elsewhere.narrowed([offers[key] for key in named])
        expected = district.whole.match(need, top=20, as_of=TODAY)
        assert candidates.match(need, top=20, as_of=TODAY) == expected
        barred = district.whole.excluded(need, TODAY)
        assert candidates.excluded(need, TODAY) == barred
        listed, excluded = listed + len(expected), excluded + len(barred)
    assert listed > 200
    assert excluded > 10


def test_the_exact_best_are_among_a_tenth_of_the_district(district: District) -> None:
    found = wanted = 0
    for need, named in zip(district.needs, district.named(35), strict=True):
        exact = {match.capability_id for match in district.whole.match(need, top=20, as_of=TODAY)}
        wanted, found = wanted + len(exact), found + len(exact & set(named))
    assert found / wanted >= 0.99


def test_three_shards_name_whom_one_names(elasticsearch_url: str, raw: Elasticsearch) -> None:
    """Under statistics of its own each shard would weigh the same token differently."""
    offers = [
        offer(number, "丝 " * (1 + number % 7) + ("帘" if number % 5 else "布")) for number in range(1, 120)
    ]
    wanted = [asking(("丝", 1.0), ("帘", 0.7), ("布", 1.3)), asking(("布", 1.0), ("丝", 0.2))]
    answers = []
    for shards in (1, 3):
        engine = opened(elasticsearch_url, f"test-{uuid4().hex[:12]}", reading=PLAIN, shards=shards)
        put(engine, offers)
        engine.mark_complete()
        answers.append(engine.candidates(wanted, as_of=TODAY, most=40))
        raw.indices.delete(index=engine.state().index)
    assert answers[0] == answers[1]
