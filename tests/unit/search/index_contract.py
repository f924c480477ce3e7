"""What every engine must keep, replace, bury and rebuild, to be run against each of them."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from search.documents import Document
from search.engines.base import Engine, EngineError, Entry, RebuildLost
from tests.unit.search.engine_case import (
    DISTRICT,
    MEMBER,
    TODAY,
    EngineCase,
    document,
    found,
    gone,
    held,
    put,
)


class IndexContract(EngineCase):
    # ------------------------------------------------------------------ writing

    def test_writing_replaces(self, engine: Engine) -> None:
        report = put(engine, [document(1, "锦纶6", rev=2, visibility=("org:12",))])
        assert (report.written, report.retry, report.refused) == (1, {}, {})
        assert found(self.ask(engine, "工业丝")) == set()
        assert found(self.ask(engine, "PA6", visible=MEMBER)) == {1}
        assert engine.count() == len(DISTRICT)

    def test_a_lower_revision_never_replaces_a_higher_one(self, engine: Engine) -> None:
        put(engine, [document(1, "新版", rev=7)])
        late = put(engine, [document(1, "旧版", rev=6)])
        assert (late.written, late.settled, late.outcomes["capability:1"].state) == (
            0,
            {"capability:1"},
            "stale",
        )
        assert found(self.ask(engine, "旧版")) == set()
        assert put(engine, [document(1, "同版", rev=7)]).written == 1  # delivered twice is no mistake
        assert found(self.ask(engine, "同版")) == {1}

    def test_of_one_batch_the_newest_revision_stays(self, empty: Engine) -> None:
        report = put(empty, [document(1, "甲", rev=1), document(1, "乙", rev=3), document(1, "丙", rev=2)])
        assert (held(empty), empty.count(), dict(report.outcomes)) == (
            {"capability:1": 3}, 1, {"capability:1": ("done", "")},
        )  # fmt: skip

    def test_kinds_do_not_share_numbers(self, empty: Engine) -> None:
        put(empty, [document(1, "轴承"), document(1, "轴承", kind="need")])
        assert {hit.key for hit in self.ask(empty, "轴承").hits} == {"capability:1", "need:1"}
        put(empty, graves=[gone("need:1"), gone("need:2")])
        assert held(empty) == {"capability:1": 1}

    def test_versions_as_large_as_a_clock_in_microseconds_are_kept_exactly(self, empty: Engine) -> None:
        rev = 1_795_000_000_000_001
        put(empty, [document(1, "轴承", rev=rev)])
        assert put(empty, [document(1, "旧版", rev=rev - 1)]).written == 0
        assert held(empty) == {"capability:1": rev}

    # ------------------------------------------------------------------ tombstones

    def test_what_is_buried_is_found_by_nobody(self, engine: Engine) -> None:
        put(engine, graves=[gone("capability:1"), gone("capability:92"), gone("need:5")])
        everybody = MEMBER | {"org:99", "org:13"}
        assert found(self.ask(engine, visible=everybody)) == {2, 3, 4, 90, 91}
        assert found(self.ask(engine, "尼龙66", visible=everybody)) == {2, 90, 91}
        page = self.ask(engine, visible=everybody)
        assert (page.total, page.facets["kind"]) == (5, {"capability": 5})
        assert engine.count() == len(DISTRICT) - 3

    def test_a_write_that_was_under_way_does_not_bring_it_back(self, engine: Engine) -> None:
        put(engine, graves=[gone("capability:1", rev=5), gone("capability:77", rev=5)])
        late = put(engine, [document(1, "尼龙66工业丝", rev=4), document(77, "从未见过", rev=4)])
        assert {outcome.state for outcome in late.outcomes.values()} == {"stale"}
        assert found(self.ask(engine, "从未见过")) == set()
        assert 1 not in found(self.ask(engine))

    def test_a_tombstone_does_not_bury_what_is_newer(self, engine: Engine) -> None:
        put(engine, [document(1, "新版", rev=9)])
        assert put(engine, graves=[gone("capability:1", rev=8)]).outcomes["capability:1"].state == "stale"
        assert found(self.ask(engine, "新版")) == {1}

    def test_a_row_that_comes_back_is_found_again(self, engine: Engine) -> None:
        put(engine, graves=[gone("capability:1", rev=5)])
        put(engine, [document(1, "尼龙66工业丝", rev=6)])
        assert 1 in found(self.ask(engine, "工业丝"))
        assert engine.state().tombstones == 0

    def test_tombstones_are_purged_by_age(self, engine: Engine) -> None:
        old, young = TODAY - timedelta(9), TODAY - timedelta(2)
        put(engine, graves=[gone("capability:1", buried=old), gone("capability:2", buried=young)])
        assert engine.state().tombstones == 2
        assert engine.purge(TODAY - timedelta(7)) == 1
        engine.refresh()
        assert (engine.state().tombstones, engine.count()) == (1, len(DISTRICT) - 2)
        assert {each.key for each in engine.entries("capability") if each.deleted} == {"capability:2"}

    # ------------------------------------------------------------------ what a reconciler reads

    def test_entries_are_all_there_is_by_rising_id(self, engine: Engine) -> None:
        put(engine, graves=[gone("capability:3", rev=4), gone("capability:60", rev=1)])
        entries = list(engine.entries("capability"))
        there = {each.id: each for each in DISTRICT if each.kind == "capability" and each.id != 3}
        wanted = [
            Entry(f"capability:{number}", 1, there[number].digest, False) if number in there
            else Entry(f"capability:{number}", 4 if number == 3 else 1, "", True)
            for number in sorted({*there, 3, 60})
        ]  # fmt: skip
        assert entries == wanted
        assert [each.key for each in engine.entries("need")] == ["need:5"]
        assert list(engine.entries("firm")) == []

    def test_entries_have_no_end(self, empty: Engine) -> None:
        put(empty, (document(number, "轴承", rev=number + 1) for number in range(5_000)))
        assert [(each.key, each.rev) for each in empty.entries("capability")] == [
            (f"capability:{number}", number + 1) for number in range(5_000)
        ]

    # ------------------------------------------------------------------ whole and not whole

    def test_reset_empties_and_asks_for_a_rebuild(self, engine: Engine) -> None:
        engine.mark_complete()
        assert not engine.needs_rebuild
        assert self.ask(engine).complete
        engine.reset()
        page = self.ask(engine, "尼龙")
        assert (engine.count(), held(engine), engine.needs_rebuild) == (0, {}, True)
        assert (page.total, page.complete) == (0, False)  # not "nothing found", but "not yet filled"

    def test_documents_outlive_the_engine(self, engine: Engine, make_engine: Callable[[], Engine]) -> None:
        engine.mark_complete()
        again = make_engine()
        assert held(again) == held(engine) == {each.key: 1 for each in DISTRICT}
        assert not again.needs_rebuild

    # ------------------------------------------------------------------ a rebuild beside

    def test_the_old_index_answers_until_the_swap(self, engine: Engine) -> None:
        engine.mark_complete()
        new = [document(100 + number, "新滚子") for number in range(3)]
        with engine.rebuild() as beside:
            assert beside.write(new).written == 3
            assert found(self.ask(engine, "新滚子")) == set()
            assert engine.state().rebuilding
            assert beside.verify(3, new).good
            beside.swap()
        assert found(self.ask(engine)) == {100, 101, 102}
        state = engine.state()
        assert (state.documents, state.complete, state.rebuilding, state.can_roll_back) == (
            3,
            True,
            False,
            True,
        )

    def test_live_writes_go_to_both_and_the_order_does_not_matter(
        self, engine: Engine, make_engine: Callable[[], Engine]
    ) -> None:
        live = make_engine()  # as another process has it
        with engine.rebuild() as beside:
            put(live, [document(1, "现写新版", rev=8)], [gone("capability:2", rev=8)])
            assert found(self.ask(engine, "现写新版")) == {1}
            late = beside.write(DISTRICT)  # read before the live write, written after it
            assert {key for key, (state, _) in late.outcomes.items() if state == "stale"} == {
                "capability:1", "capability:2",
            }  # fmt: skip
            put(live, [document(3, "又写新版", rev=8)])
            assert beside.verify(len(DISTRICT) - 1, [document(1, "现写新版", rev=8)]).good
            beside.swap()
        for each in (engine, live, make_engine()):
            assert found(self.ask(each)) == {1, 3, 4, 5}
            assert found(self.ask(each, "新版")) == {1, 3}

    def test_graves_move_with_the_house(self, engine: Engine) -> None:
        put(engine, graves=[gone("capability:1", rev=9)])
        rest = DISTRICT[1:]
        with engine.rebuild() as beside:
            beside.write(rest)
            assert beside.verify(len(rest), rest).good
            beside.swap()
        assert put(engine, [document(1, "尼龙66工业丝", rev=8)]).outcomes["capability:1"].state == "stale"

    @pytest.mark.parametrize(
        ("missing", "sample", "wrong"),
        [
            (1, DISTRICT, ()),
            (0, [*DISTRICT[1:], document(1, "另一个题目")], ("capability:1",)),
            (0, [*DISTRICT, document(555, "没有写过")], ("capability:555",)),
        ],
    )
    def test_what_is_not_whole_must_not_answer(
        self, engine: Engine, missing: int, sample: list[Document], wrong: tuple[str, ...]
    ) -> None:
        held = len(DISTRICT)
        with engine.rebuild() as beside:
            beside.write(DISTRICT)
            assert beside.verify(held + missing, sample) == (held + missing, held, wrong)
            with pytest.raises(EngineError):
                beside.swap()
        assert found(self.ask(engine, "工业丝")) == {1}
        assert not engine.state().rebuilding

    def test_a_swap_wants_a_verdict_after_the_last_write(self, engine: Engine) -> None:
        with engine.rebuild() as beside:
            beside.write(DISTRICT)
            with pytest.raises(EngineError):
                beside.swap()
            assert beside.verify(len(DISTRICT), []).good
            beside.write([document(1, "又写了", rev=3)])
            with pytest.raises(EngineError):
                beside.swap()

    def test_leaving_without_a_swap_clears_it_away(self, engine: Engine) -> None:
        with pytest.raises(LookupError), engine.rebuild() as beside:
            beside.write(DISTRICT[:2])
            raise LookupError("the database went away")
        assert not engine.state().rebuilding
        assert put(engine, [document(50, "轴承")]).written == 1
        with pytest.raises(RebuildLost):
            beside.write(DISTRICT)

    def test_a_second_rebuild_takes_the_place_of_one_that_died(
        self, engine: Engine, make_engine: Callable[[], Engine]
    ) -> None:
        dead = engine.rebuild()
        dead.write(DISTRICT[:2])
        with make_engine().rebuild() as beside:
            with pytest.raises(RebuildLost):
                dead.write(DISTRICT)
            beside.write(DISTRICT[:4])
            assert beside.verify(4, DISTRICT[:4]).good
            with pytest.raises(RebuildLost):
                dead.swap()
            beside.swap()
        dead.abort()
        assert engine.count() == 4

    def test_the_index_before_the_last_swap_can_be_called_back(self, engine: Engine) -> None:
        with pytest.raises(EngineError):
            engine.roll_back()
        engine.mark_complete()
        with engine.rebuild() as beside:
            beside.write(DISTRICT[:1])
            assert beside.verify(1, []).good
            beside.swap()
        assert found(self.ask(engine)) == {1}
        engine.roll_back()
        assert found(self.ask(engine)) == {1, 2, 3, 4, 5}
        assert engine.state().complete
        engine.roll_back()  # and forth again
        assert found(self.ask(engine)) == {1}

    def test_rebuilds_under_live_writes_lose_nothing_and_no_search_notices(
        self, engine: Engine, make_engine: Callable[[], Engine]
    ) -> None:
        """Rows change and go at random in one thread, readers search in another, and four rebuilds come by."""
        rows = dict.fromkeys(range(1, 61), 1)  # id to revision: the database
        dead: dict[int, int] = {}
        turn, stop = threading.Lock(), threading.Event()
        chance, live = random.Random(5), make_engine()
        failures: list[Any] = []
        engine.reset()
        put(engine, [document(number, "轴承") for number in rows])

        def change() -> None:
            while not stop.is_set():
                with turn:  # a unit of work and the look that follows it
                    number = chance.randint(1, 80)
                    rev = max(rows.get(number, 0), dead.get(number, 0)) + 1
                    if number in rows and chance.random() < 0.4:
                        del rows[number]
                        dead[number] = rev
                        live.write([], [gone(f"capability:{number}", rev)])
                    else:
                        rows[number] = rev
                        live.write([document(number, "轴承", rev=rev)])

        def read() -> None:
            reader = make_engine()
            while not stop.is_set():
                total = self.ask(reader, "轴承").total
                if not 25 < total <= 80:
                    failures.append(total)

        def watched(work: Callable[[], None]) -> None:
            try:
                work()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=watched, args=(work,)) for work in (change, read)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(4):
                with engine.rebuild() as beside:
                    for first in range(1, 81, 20):
                        seen = [
                            (number, rows[number]) for number in range(first, first + 20) if number in rows
                        ]
                        beside.write(document(number, "轴承", rev=rev) for number, rev in seen)
                    with turn:
                        sample = [document(number, "轴承", rev=rev) for number, rev in rows.items()]
                        assert beside.verify(len(rows), sample).good
                    beside.swap()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        engine.refresh()
        assert failures == []
        assert held(engine) == {f"capability:{number}": rev for number, rev in rows.items()}

    def test_rebuilds_one_after_the_other_leave_no_more_than_two(self, engine: Engine) -> None:
        for number in range(3):
            with engine.rebuild() as beside:
                beside.write(DISTRICT[: number + 1])
                assert beside.verify(number + 1, []).good
                beside.swap()
        assert engine.count() == 3
        engine.roll_back()
        assert engine.count() == 2
