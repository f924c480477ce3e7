"""What every engine must find, hide, count and order, to be run against each of them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.documents import day
from search.engines.base import RELEVANCE_END, Engine
from search.query import LONGEST_TEXT, BadQuery, Query
from tests.unit.search.engine_case import (
    DISTRICT,
    FACETS,
    MEMBER,
    NEUTRAL,
    PUBLIC,
    PUBLIC_NOW,
    TODAY,
    EngineCase,
    document,
    found,
    gone,
    put,
)


class EngineContract(EngineCase):
    # ------------------------------------------------------------------ finding

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("PA66", {1, 2}), ("nylon 66", {1, 2}), ("聚酰胺66", {1, 2}), ("尼龍６６", {1, 2}), ("尼龙", {1, 2}),
            ("轴承钢", {3}), ("SUJ2", {3}), ("gcr 15", {3}), ("VFD", {5}), ("阻燃V0", {2}), ("gf30", {2}),
            ("PA66 GF30", {2}), ("GB/T 18254", {3}), ("GB18254-2016", {3}), ("18254", {3}), ("10-35毫米", {3}), ("35mm", {3}),
            ("0.5㎜", {5}), ("30000t", {5}), ("轴承", {4}), ("强低", {1}), ("尼龙66 帘布", {1}), ("没有的东西", set()),
            ("的", set()), ("！？", set()), ("尼龙66 变频器", set()),
        ],
    )  # fmt: skip
    def test_all_names_and_spellings_find_it(self, engine: Engine, text: str, wanted: set[int]) -> None:
        page = self.ask(engine, text)
        assert (found(page), page.total) == (wanted, len(wanted))

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ('"强低缩"', {1}), ('"低缩强"', set()), ('"聚酰胺66"', set()), ('"0.50毫米公差"', {5}), ('"工业丝高强"', set()),
            ("尼龙 -帘子布", {2}), ("-尼龙", {3, 4, 5}), ('尼龙 -"高强低缩"', {2}), ("-PA66 -轴承", {3, 5}),
        ],
    )  # fmt: skip
    def test_quotes_are_literal_and_minus_excludes(self, engine: Engine, text: str, wanted: set[int]) -> None:
        assert found(self.ask(engine, text)) == wanted

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("尼龙66 变频器", set()), ("尼龙66 | 变频器", {1, 2, 5}), ("轴承钢｜没有的东西", {3}), ("没有的东西 | 也没有的", set()),
            ('"强低缩" | 轴承钢', {1, 3}), ("尼龙66 帘布 | 轴承", {1, 4}), ("尼龙 | 轴承 -帘子布", {2, 4}), ("| 轴承钢 ||", {3}),
            ("的 | 轴承钢", {3}),
        ],
    )  # fmt: skip
    def test_of_what_stands_between_bars_one_is_enough(
        self, engine: Engine, text: str, wanted: set[int]
    ) -> None:
        page = self.ask(engine, text)
        assert (found(page), page.total, sum(page.facets["kind"].values())) == (
            wanted, len(wanted), len(wanted),
        )  # fmt: skip
        assert found(self.ask(engine, text, sort="newest")) == wanted

    def test_as_many_alternatives_as_fit_into_a_question_are_answered(self, engine: Engine) -> None:
        birds = map(chr, range(0x9E20, 0x9E20 + 98))
        text = "|".join([*birds, "轴承钢"])
        assert LONGEST_TEXT - 2 < len(text) <= LONGEST_TEXT
        assert found(self.ask(engine, text)) == {3}
        assert found(self.ask(engine, "|" * LONGEST_TEXT)) == found(self.ask(engine, ""))

    def test_what_has_more_of_the_alternatives_comes_first(self, empty: Engine) -> None:
        put(
            empty,
            [
                document(1, "齿轮箱"),
                document(2, "样品", body="齿轮箱 断路器"),
                document(3, "样品", body="断路器 检测"),
            ],
        )
        assert [hit.id for hit in self.ask(empty, "断路器 | 检测").hits] == [3, 2]
        assert self.ask(empty, "样品 齿轮箱 | 检测").hits[0].title == (("样品", True),)

    def test_names_in_pinyin_find_it_below_what_says_it_itself_and_never_for_others(
        self, empty: Engine
    ) -> None:
        put(
            empty,
            [
                document(1, "尼龙66切片", names=("nilong66", "nl66")),
                document(2, "样品 nl66"),
                document(3, "尼龙66丝", names=("nl66",), visibility=("org:12",)),
            ],
        )
        assert [hit.id for hit in self.ask(empty, "NL66").hits] == [2, 1]
        assert found(self.ask(empty, "nilong66")) == {1}
        assert found(self.ask(empty, "nilong66 切片")) == {1}
        assert found(self.ask(empty, "nilong6")) == set()
        assert found(self.ask(empty, "ni long 66")) == found(self.ask(empty, "n l 66")) == {1}
        assert found(self.ask(empty, "ni long 66 丝")) == found(self.ask(empty, "ni long 6")) == set()
        assert found(self.ask(empty, "ni long 66", sort="newest")) == {1}

    def test_a_search_among_some_documents_finds_no_other_and_shows_no_more(self, engine: Engine) -> None:
        """What saved searches ask: hits, total, facets and export alike, and still nothing that is hidden."""
        some = ("capability:2", "capability:3", "capability:90", "capability:999")
        page = self.ask(engine, "尼龙66", among=some)
        assert (found(page), page.total, page.facets["chain"]) == ({2}, 1, {"nylon": 1})
        assert found(self.ask(engine, among=some)) == {2, 3}
        query = Query("尼龙66", among=some)
        assert list(engine.export(query, visible=PUBLIC, as_of=TODAY)) == ["capability:2"]

    def test_of_four_words_one_may_be_missing_of_three_none(self, engine: Engine) -> None:
        assert found(self.ask(engine, "尼龙66 工业丝 帘子布 出口")) == {1}
        assert found(self.ask(engine, "尼龙66 工业丝 出口")) == set()

    def test_a_hit_in_the_title_comes_first(self, empty: Engine) -> None:
        texts = ["电缆桥架", "电缆桥架与减速机的支架"]
        put(empty, [document(1, "减速机", body=texts[0]), document(2, "支架", body=texts[1])])
        assert [hit.id for hit in self.ask(empty, "减速机").hits] == [1, 2]

    def test_hits_are_marked_on_the_original_text(self, engine: Engine) -> None:
        (hit,) = self.ask(engine, "nylon66 帘布").hits
        assert hit.title == (("尼龙66", True), ("工业丝", False))
        assert ("帘子布", True) in hit.snippet
        assert (hit.kind, hit.key) == ("capability", "capability:1")

    # ------------------------------------------------------------------ visibility and validity

    def test_nobody_sees_more_than_his_tokens_allow(self, engine: Engine) -> None:
        assert found(self.ask(engine)) == PUBLIC_NOW
        assert found(self.ask(engine, visible=MEMBER)) == PUBLIC_NOW | {91, 92}
        assert found(self.ask(engine, visible=frozenset({"org:1", "org:", "org:9"}))) == set()
        assert found(self.ask(engine, visible=frozenset({"org:99"}))) == {90}

    def test_no_token_means_no_result(self, engine: Engine) -> None:
        page = self.ask(engine, "尼龙66", visible=frozenset())
        assert (page.hits, page.total, page.next_cursor) == ((), 0, None)
        assert not any(page.facets.values())

    @pytest.mark.parametrize(
        "text", ["", "尼龙66", "秘密", '"秘密帘子布"', "轴承钢", "-不存在", "尼龙66 -内部"]
    )
    @pytest.mark.parametrize("sort", ["relevance", "newest", "closing", "neutral"])
    def test_neither_hits_nor_total_nor_facets_leak(self, engine: Engine, text: str, sort: str) -> None:
        page = self.ask(engine, text, sort=sort)
        assert found(page) <= PUBLIC_NOW
        assert page.total == len(page.hits)
        assert not {"secret", "expired", "future", "nobody"} & set(page.facets["chain"])
        assert sum(page.facets["kind"].values()) == page.total

    def test_filters_do_not_open_doors(self, engine: Engine) -> None:
        page = self.ask(engine, filters={"chain": ("secret", "expired", "future")})
        assert (page.hits, page.total) == ((), 0)
        assert page.facets["chain"] == {
            "nylon": 2,
            "steel": 2,
            "electrical": 1,
            "expired": 0,
            "future": 0,
            "secret": 0,
        }

    def test_time_passes_without_a_write(self, engine: Engine) -> None:
        yesterday, tomorrow = TODAY - timedelta(1), TODAY + timedelta(1)
        assert found(self.ask(engine, as_of=yesterday)) == {1, 2, 3, 4, 93}
        assert found(self.ask(engine, as_of=tomorrow)) == {1, 2, 3, 5, 94}

    # ------------------------------------------------------------------ filters and facets

    def test_filters_narrow_and_values_widen(self, engine: Engine) -> None:
        assert found(self.ask(engine, filters={"chain": ("nylon",)})) == {1, 2}
        assert found(self.ask(engine, filters={"chain": ("nylon", "steel")})) == {1, 2, 3, 4}
        assert found(self.ask(engine, filters={"chain": ("nylon", "steel"), "region": ("402",)})) == {2, 3}
        assert found(self.ask(engine, filters={"chain": ("nylon",), "certificate": ("iatf16949",)})) == {2}
        assert found(self.ask(engine, kinds=("need",))) == {5}
        assert found(self.ask(engine, kinds=("need", "capability"), filters={"region": ()})) == PUBLIC_NOW

    def test_each_facet_is_counted_with_the_other_filters(self, engine: Engine) -> None:
        page = self.ask(engine, filters={"chain": ("nylon",), "region": ("402",)})
        assert page.facets == {
            "kind": {"capability": 1},
            "chain": {"nylon": 1, "steel": 1},  # of region 402
            "region": {"402": 1, "411": 1},  # of nylon
            "certificate": {"iatf16949": 1, "iso9001": 1},
        }

    def test_a_count_is_what_choosing_it_gives(self, engine: Engine) -> None:
        page = self.ask(engine, filters={"region": ("402",)})
        for name in FACETS:
            for value, count in page.facets[name].items():
                chosen = self.ask(engine, filters={"region": ("402",), name: (value,)})
                assert chosen.total == count, (name, value)

    def test_an_unknown_filter_is_refused(self, engine: Engine) -> None:
        with pytest.raises(BadQuery, match="unknown_filter"):
            self.ask(engine, filters={"visibility": ("org:99",)})
        with pytest.raises(BadQuery, match="unknown_filter"):
            self.ask(engine, filters={"kind": ("need",)})  # kinds have a place of their own

    def test_an_unknown_facet_is_not_written(self, engine: Engine) -> None:
        report = put(
            engine, [document(70, "新", facets={"contact": ("13800000000",)}), document(71, "轴承座")]
        )
        assert report.settled == {"capability:71"}  # the others of the batch are not held up
        assert "contact" in report.refused["capability:70"]
        assert engine.count() == len(DISTRICT) + 1

    # ------------------------------------------------------------------ order and pages

    def test_equal_hits_stand_in_neutral_order(self, empty: Engine) -> None:
        numbers = list(range(300))
        put(empty, (document(number, "尼龙66切片", body="全新料") for number in numbers))
        neutral = sorted(numbers, key=lambda number: NEUTRAL.position(f"capability:{number}"))
        assert [hit.id for hit in self.pages(empty, "尼龙66", page_size=37)] == neutral
        assert [hit.id for hit in self.pages(empty, sort="neutral", page_size=41)] == neutral

    def test_order_does_not_depend_on_the_order_of_entry(self, make_engine: Callable[[], Engine]) -> None:
        engine = make_engine()
        put(engine, DISTRICT)
        first = [hit.key for hit in self.ask(engine, "尼龙66", visible=MEMBER).hits]
        engine.reset()
        put(engine, reversed(DISTRICT))
        assert [hit.key for hit in self.ask(engine, "尼龙66", visible=MEMBER).hits] == first

    def test_newest_and_soonest_closing(self, engine: Engine) -> None:
        assert [hit.id for hit in self.ask(engine, sort="newest").hits][:3] == [2, 3, 1]
        assert [hit.id for hit in self.ask(engine, sort="newest", text="尼龙").hits] == [2, 1]
        assert next(hit.id for hit in self.ask(engine, sort="closing").hits) == 4

    @pytest.mark.parametrize(
        ("text", "sort"), [("轴承", "relevance"), ("", "newest"), ("轴承", "closing"), ("", "neutral")]
    )
    def test_pages_join_without_gap_or_repetition(self, empty: Engine, text: str, sort: str) -> None:
        start = day(date(2026, 1, 1))
        put(
            empty,
            (
                document(
                    number,
                    "轴承" * (number % 5 + 1),
                    published=start + number % 7,
                    valid_until=day(TODAY) + number % 3,
                )
                for number in range(250)
            ),
        )
        once = [hit.id for hit in self.pages(empty, text, sort=sort, page_size=100)]
        assert sorted(once) == list(range(250))
        assert [hit.id for hit in self.pages(empty, text, sort=sort, page_size=17)] == once

    def test_relevance_ends_and_sorted_pages_do_not(self, empty: Engine) -> None:
        many = RELEVANCE_END + 150
        put(empty, (document(number, "轴承") for number in range(many)))
        assert len(list(self.pages(empty, "轴承", page_size=90))) == RELEVANCE_END
        assert self.ask(empty, "轴承").total == many
        assert len(list(self.pages(empty, "轴承", sort="neutral", page_size=90))) == many

    def test_a_page_turned_while_documents_come_and_go_repeats_nothing(self, empty: Engine) -> None:
        put(empty, (document(number, "轴承") for number in range(100)))
        first = self.ask(empty, sort="neutral", page_size=50)
        put(empty, graves=[gone(hit.key) for hit in first.hits[:10]])
        put(empty, (document(number, "轴承") for number in range(100, 120)))
        second = self.ask(empty, sort="neutral", page_size=100, cursor=first.next_cursor)
        assert not found(first) & found(second)
        assert set(range(100)) <= found(first) | found(second)

    def test_a_cursor_of_another_sort_is_refused(self, engine: Engine) -> None:
        cursor = self.ask(engine, sort="newest", page_size=1).next_cursor
        with pytest.raises(BadQuery, match="bad_cursor"):
            self.ask(engine, sort="closing", cursor=cursor)

    def test_any_text_can_be_stored_and_asked(self, empty: Engine) -> None:
        odd = "\ud800尼龙\x00\u202e<script>\U0010ffff" + "é" * 70_000
        put(empty, [document(1, odd, subtitle=odd, body=odd, facets={"chain": ("\ud800",)})])
        (hit,) = self.ask(empty, "尼龙").hits
        assert ("尼龙", True) in hit.title

    @pytest.mark.parametrize(
        "text",
        [
            "(a+)+$ ((a|aa)+)+ (.*a){25}", "*", "尼龙*", "?:{}[]^~/\\", "_exists_:visibility", "visibility:org\\:99", "*:*", "NOT 尼龙 OR *",
            "尼龙~2", "[* TO *]", '""', '"', "--", "- -", '-"', "尼龙 -", "\u200b\u202e\ufeff", "\U0001f600" * 50, "e\u0301" * 100, "轴" * 200,
            "a " * 100, '"轴' * 66, "-a" * 100, "１２３" * 60,
        ],
    )  # fmt: skip
    def test_what_looks_like_a_query_language_is_only_text(self, shared: Engine, text: str) -> None:
        page = self.ask(shared, text)
        assert found(page) <= PUBLIC_NOW
        assert page.total == len(page.hits) == sum(page.facets["kind"].values())

    @settings(max_examples=60)
    @given(
        text=st.text(
            st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('"-+()[]{}^~*?:\\/ANDORT尼龙 '),
            max_size=80,
        )
    )
    def test_no_question_breaks_the_engine_or_opens_a_door(self, shared: Engine, text: str) -> None:
        page = self.ask(shared, text)
        assert found(page) <= PUBLIC_NOW
        assert page.total == len(page.hits) == sum(page.facets["kind"].values())

    def test_an_export_is_every_hit_by_kind_and_id(self, empty: Engine) -> None:
        many = RELEVANCE_END + 1500
        needs = [document(number, "轴承", kind="need") for number in range(5)]
        put(empty, [*(document(number, "轴承") for number in range(many)), *needs, document(9999, "尼龙66")])
        put(empty, [document(9998, "轴承", visibility=("org:99",))], [gone("capability:7")])
        wanted = [f"capability:{number}" for number in range(many) if number != 7]

        def exported(**asked: object) -> list[str]:
            return list(empty.export(Query(**asked), visible=PUBLIC, as_of=TODAY))  # type: ignore[arg-type]

        assert exported(text="轴承") == [*wanted, *(f"need:{number}" for number in range(5))]
        assert exported(text="轴承", kinds=("need",)) == [f"need:{number}" for number in range(5)]
        assert exported(text="尼龙66") == ["capability:9999"]
        assert exported(text="没有的东西") == []
        assert list(empty.export(Query("轴承"), visible=frozenset(), as_of=TODAY)) == []
