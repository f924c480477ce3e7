"""Did you mean: homophones, slips of the hand, codes; only what this reader would find."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis.pinyin import name_tokens
from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine
from search.query import Query
from search.suggesting import Suggester, near
from tests.unit.search.engine_case import ANALYSER, FACETS, PUBLIC, SALT, TODAY, document, put

SUGGESTER = Suggester(ANALYSER)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = EmbeddedEngine(Path(tmp_path_factory.mktemp("index")), ANALYSER, facets=FACETS, salt=SALT)
    titles = ["尼龙66切片", "GCr15轴承钢棒材", "变频器", "旋锋滚丝机"]
    put(
        engine,
        [
            document(number, title, names=name_tokens([title], ANALYSER), facets={"chain": ("nylon",)})
            for number, title in enumerate(titles, 1)
        ]
        + [
            document(90, "鎏金暗料", names=name_tokens(["鎏金暗料"], ANALYSER), visibility=("org:99",)),
            document(91, "帘子布", visibility=("org:99",)),
        ],
    )
    return engine


def suggested(engine: Engine, text: str, visible: frozenset[str] = PUBLIC, **asked: object) -> list[str]:
    return SUGGESTER.suggest(engine, Query(text, **asked), visible=visible, as_of=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("尼隆", "尼龙"), ("尼隆66", "尼龙66"), ("尼隆66切片", "尼龙66切片"), ("轴成钢", "轴承钢"), ("变频气", "变频器"),
        ("Gcr51", "gcr15"), ("旋风滚丝机", "旋锋滚丝机"), ("polyamidde", "polyamide"), ("Nylno 66", "nylon 66"),
    ],
)  # fmt: skip
def test_what_was_meant_is_offered(engine: Engine, typed: str, meant: str) -> None:
    assert meant in suggested(engine, typed)


def test_every_offer_finds_something_under_the_same_filters(engine: Engine) -> None:
    for offer in suggested(engine, "尼隆切片"):
        assert engine.search(Query(offer), visible=PUBLIC, as_of=TODAY).total
    assert suggested(engine, "尼隆", filters={"chain": ("steel",)}) == []


def test_a_word_of_hidden_documents_alone_is_never_named(engine: Engine) -> None:
    for typed, meant in (("流金暗料", "鎏金暗料"), ("联子布", "帘子布")):
        assert suggested(engine, typed) == []
        assert meant in suggested(engine, typed, frozenset({"org:99"}))


def test_who_quotes_or_excludes_means_it(engine: Engine) -> None:
    for typed in ('"尼隆"', "尼隆 -切片", '尼隆 -"x"', "的", "！？", ""):
        assert suggested(engine, typed) == []


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("gcr15", "gcr51", True), ("abc", "abcd", True), ("abcd", "abd", True), ("abc", "axc", True),
        ("abc", "abc", False), ("abcd", "badc", False), ("abc", "ayz", False), ("ab", "abcd", False),
    ],
)  # fmt: skip
def test_one_slip_is_near_and_two_are_not(one: str, other: str, is_near: bool) -> None:
    assert near(one, other) is near(other, one) is is_near


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_any_question_is_answered(engine: Engine, text: str) -> None:
    assert len(suggested(engine, text)) <= 3
