"""A district that could leak, and how the contract asks an engine: what both halves of the contract stand on.

A leak test is worth nothing without data that could leak: the district below holds private, expired and
not yet valid documents that match the same words as the public ones.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from search.analysis import Analyser, default_lexicon
from search.documents import Document, NeutralOrder, Tombstone, day
from search.engines.base import Engine
from search.engines.writing import Report
from search.query import Query
from search.results import Page

SALT = "contract"
FACETS = ("chain", "region", "certificate")
ANALYSER = Analyser(default_lexicon())
TODAY = date(2026, 11, 23)
PUBLIC = frozenset({"public"})
MEMBER = frozenset({"public", "verified", "org:12"})
NEUTRAL = NeutralOrder(SALT)


def document(number: int, title: str, **more: Any) -> Document:
    given_values: dict[str, Any] = {"kind": "capability", "rev": 1, "visibility": ("public",), **more}
    return Document(id=number, title=title, **given_values)


DISTRICT = [
    document(1, "尼龙66工业丝", body="高强低缩，用于浸胶帘子布。", facets={"chain": ("nylon",), "region": ("411",)}, published=day(date(2026, 11, 1))),
    document(2, "PA66-GF30 增强粒子", body="阻燃 UL94 V-0。", facets={"chain": ("nylon",), "region": ("402",), "certificate": ("iso9001", "iatf16949")}, published=day(date(2026, 11, 3))),
    document(3, "GCr15 棒材", body="球化退火，直径10~35mm，执行GB/T 18254-2016。", facets={"chain": ("steel",), "region": ("402",), "certificate": ("iso9001",)}, published=day(date(2026, 11, 2))),
    document(4, "轴承滚子", body="钢种按客户要求。", facets={"chain": ("steel",), "region": ("411",)}, valid_until=day(TODAY)),
    document(5, "变频器", kind="need", body="需要 0.5 毫米 公差的散热板，年用3万吨", facets={"chain": ("electrical",), "region": ("411",)}, valid_from=day(TODAY)),
    # what could leak: the same words, but private, of one firm, for verified readers, expired, not yet valid
    document(90, "尼龙66 秘密帘子布", body="轴承钢 变频器", facets={"chain": ("secret",), "region": ("411",)}, visibility=("org:99",)),
    document(91, "尼龙66 内部帘子布", facets={"chain": ("nylon",), "region": ("411",)}, visibility=("org:12", "org:13")),
    document(92, "尼龙66 认证可见", facets={"chain": ("nylon",)}, visibility=("verified",)),
    document(93, "尼龙66 已过期", facets={"chain": ("expired",)}, valid_until=day(TODAY - timedelta(1))),
    document(94, "尼龙66 未开始", facets={"chain": ("future",)}, valid_from=day(TODAY + timedelta(1))),
    document(95, "尼龙66 谁也看不见", facets={"chain": ("nobody",)}, visibility=()),
]  # fmt: skip

PUBLIC_NOW = {1, 2, 3, 4, 5}
PRIVATE = {90, 91, 92, 93, 94, 95}


KINDS = ("capability", "need")


def put(engine: Engine, documents: Iterable[Document] = (), graves: Iterable[Tombstone] = ()) -> Report:
    """Write and make visible."""
    report = engine.write(documents, graves)
    engine.refresh()
    return report


def gone(key: str, rev: int = 2, buried: date = TODAY) -> Tombstone:
    return Tombstone(key, rev, buried)


def held(engine: Engine) -> dict[str, int]:
    """Key and revision of every living document."""
    return {each.key: each.rev for kind in KINDS for each in engine.entries(kind) if not each.deleted}


def found(page: Page) -> set[int]:
    return {hit.id for hit in page.hits}


class EngineCase:
    @pytest.fixture
    def make_engine(self, tmp_path: Any) -> Callable[[], Engine]:
        """A fresh engine over FACETS, ANALYSER and SALT. Called again it opens the same documents."""
        raise NotImplementedError

    @pytest.fixture
    def empty(self, make_engine: Callable[[], Engine]) -> Engine:
        return make_engine()

    @pytest.fixture
    def engine(self, empty: Engine) -> Engine:
        assert put(empty, DISTRICT).written == len(DISTRICT)
        return empty

    def ask(
        self,
        engine: Engine,
        text: str = "",
        *,
        visible: frozenset[str] = PUBLIC,
        as_of: date = TODAY,
        **more: Any,
    ) -> Page:
        return engine.search(Query(text, **more), visible=visible, as_of=as_of)

    def pages(self, engine: Engine, text: str = "", **more: Any) -> Iterator[Any]:
        cursor = ""
        while True:
            page = self.ask(engine, text, cursor=cursor, **more)
            yield from page.hits
            if page.next_cursor is None:
                return
            assert page.hits
            cursor = page.next_cursor

    @pytest.fixture(scope="class")
    @classmethod
    def shared(cls) -> Engine:
        """One filled engine for a whole property."""
        raise NotImplementedError
