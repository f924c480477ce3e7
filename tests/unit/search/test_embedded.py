"""The embedded engine: the contract, and what only an engine in a folder can suffer."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from search.analysis import Analyser, Lexicon
from search.engines import base
from search.engines.base import Engine, EngineBusy
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded import store as module
from search.query import Query, Sort
from search.results import Page
from tests.unit.search.engine_case import (
    ANALYSER,
    DISTRICT,
    FACETS,
    PUBLIC,
    PUBLIC_NOW,
    SALT,
    TODAY,
    EngineCase,
    document,
    found,
)
from tests.unit.search.engine_contract import EngineContract
from tests.unit.search.generated import VALUES, WORDS, documents, questions
from tests.unit.search.index_contract import IndexContract


def embedded(root: Path) -> EmbeddedEngine:
    return EmbeddedEngine(root, ANALYSER, facets=FACETS, salt=SALT)


def ask(engine: Engine, text: str = "") -> set[int]:
    return found(engine.search(Query(text), visible=PUBLIC, as_of=TODAY))


class Embedded(EngineCase):
    @pytest.fixture
    def make_engine(self, tmp_path: Path) -> Callable[[], Engine]:
        return lambda: embedded(tmp_path / "index")

    @pytest.fixture(scope="class")
    @classmethod
    def shared(cls, tmp_path_factory: pytest.TempPathFactory) -> Engine:
        engine = embedded(tmp_path_factory.mktemp("shared"))
        engine.write(DISTRICT)
        return engine


class TestSearch(Embedded, EngineContract):
    pass


class TestIndex(Embedded, IndexContract):
    pass


@pytest.fixture
def filled(tmp_path: Path) -> EmbeddedEngine:
    engine = embedded(tmp_path)
    engine.write(DISTRICT)
    engine.mark_complete()
    return engine


def shelf(root: Path) -> Path:
    (path,) = [path for path in root.iterdir() if path.is_dir()]
    return path


def folder(root: Path) -> Path:
    """The folder that answers."""
    return shelf(root) / (shelf(root) / "current").read_text()


def test_the_folder_is_named_after_the_analyser(filled: EmbeddedEngine, tmp_path: Path) -> None:
    assert shelf(tmp_path).name.startswith(ANALYSER.version)


def test_another_dictionary_means_another_folder(filled: EmbeddedEngine, tmp_path: Path) -> None:
    other = EmbeddedEngine(tmp_path, Analyser(Lexicon()), facets=FACETS, salt=SALT)
    assert (other.count(), other.needs_rebuild) == (0, True)
    assert ask(filled) == PUBLIC_NOW


def test_completing_keeps_one_older_folder_and_forgets_the_rest(tmp_path: Path) -> None:
    for number, words in enumerate([("甲甲",), ("乙乙",), ("丙丙",)]):
        engine = EmbeddedEngine(tmp_path, Analyser(Lexicon(words)), facets=(), salt=SALT)
        engine.write([document(1, "轴承")])
        engine.mark_complete()
        os.utime(tmp_path / engine.name, (number, number))
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2
    assert ask(engine, "轴承") == {1}


def lose_everything(path: Path) -> None:
    for file in path.iterdir():
        file.unlink()
    path.rmdir()


def cut_meta(path: Path) -> None:
    (path / "meta.json").write_text("{")


def lose_meta(path: Path) -> None:
    (path / "meta.json").unlink()


def overwrite_segments(path: Path) -> None:
    for file in path.iterdir():
        if file.suffix in {".idx", ".term", ".store", ".fast", ".pos"}:
            size = file.stat().st_size
            file.unlink()
            file.write_bytes(os.urandom(max(64, size)))


def empty_segments(path: Path) -> None:
    for file in path.iterdir():
        if file.suffix in {".term", ".fast"}:
            file.unlink()
            file.touch()


DAMAGES = [lose_everything, cut_meta, lose_meta, overwrite_segments, empty_segments]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_becomes_empty_and_says_so(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    engine = embedded(tmp_path)
    engine.write(DISTRICT)
    engine.mark_complete()
    damage(folder(tmp_path))
    again = embedded(tmp_path)
    assert again.needs_rebuild
    assert again.count() == 0
    again.write(DISTRICT)
    again.mark_complete()
    assert ask(again, "PA66") == {1, 2}
    assert not again.needs_rebuild


@pytest.mark.parametrize("damage", [lose_everything, lose_meta])
def test_a_folder_lost_under_a_running_engine_is_noticed(
    filled: EmbeddedEngine, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    assert ask(filled) == PUBLIC_NOW
    damage(folder(tmp_path))
    page = filled.search(Query(), visible=PUBLIC, as_of=TODAY)
    assert (page.total, page.complete) == (0, False)
    filled.write(DISTRICT)
    assert ask(filled) == PUBLIC_NOW


def test_a_reader_follows_a_reset_by_another_engine(filled: EmbeddedEngine, tmp_path: Path) -> None:
    writer = embedded(tmp_path)
    assert ask(filled) == PUBLIC_NOW
    writer.reset()
    assert ask(filled) == set()
    writer.write(DISTRICT[:1])
    assert ask(filled) == {1}


def test_a_failed_batch_leaves_nothing_behind(filled: EmbeddedEngine) -> None:
    def documents():  # type: ignore[no-untyped-def]
        yield document(50, "轴承")
        raise LookupError("the database went away")

    with pytest.raises(LookupError):
        filled.write(documents())
    assert ask(filled) == PUBLIC_NOW
    filled.write([document(51, "轴承")])  # the writer's lock was given back
    assert ask(filled) == PUBLIC_NOW | {51}


@pytest.mark.parametrize("sort", ["relevance", "newest", "closing", "neutral"])
def test_many_hits_are_counted_and_ordered_like_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sort: Sort
) -> None:
    """Few hits are looked at one by one, many are counted by the index: nobody may notice which."""
    engine = embedded(tmp_path)
    engine.write(documents(400))
    asked = [Query(**what, sort=sort, page_size=7) for what in questions(60, WORDS, VALUES)]

    def answers() -> list[Page]:
        pages = [engine.search(query, visible=PUBLIC, as_of=TODAY) for query in asked]
        further = [
            replace(query, cursor=page.next_cursor)
            for query, page in zip(asked, pages, strict=True)
            if page.next_cursor
        ]
        return pages + [engine.search(query, visible=PUBLIC, as_of=TODAY) for query in further]

    few = answers()
    monkeypatch.setattr("search.engines.embedded.question.RANKED_BY_NUMBER", 0)
    assert answers() == few  # sought anew under the filters
    monkeypatch.setattr("search.engines.embedded.question.MOST", 1)
    assert answers() == few  # pass by pass
    assert len(few) > len(asked) + 10
    assert sum(page.total > 1 for page in few) > 30


def test_a_backfill_goes_to_the_disk_in_few_steps(
    filled: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.engines.embedded.rebuilding.HELD", 4)
    with filled.rebuild() as beside:
        steps = []
        for each in DISTRICT:
            assert beside.write([each]).written == 1
            steps.append(beside._store.count())
        assert steps == [0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8]
        assert beside.verify(len(DISTRICT), DISTRICT).good
        beside.swap()
    assert filled.count() == len(DISTRICT)
    assert ask(filled) == PUBLIC_NOW


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    engines = [embedded(tmp_path) for _ in range(4)]
    batches = [[document(100 * place + number, "轴承") for number in range(25)] for place in range(4)]
    threads = [
        threading.Thread(target=engine.write, args=(batch,))
        for engine, batch in zip(engines, batches, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [engine.count() for engine in engines] == [100] * 4


def test_a_writer_that_never_ends_makes_the_next_one_give_up(
    filled: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAIT_FOR_WRITER", 0.2)
    other = embedded(tmp_path)
    with filled._current()._writer(), pytest.raises(EngineBusy):
        other.write([document(60, "轴承")])
    assert other.write([document(60, "轴承")]).written == 1


WRITER = """
    import sys
    from pathlib import Path
    from tests.unit.search.engine_case import document
    from tests.unit.search.test_embedded import embedded
    engine = embedded(Path(sys.argv[1]))
    for line in sys.stdin:
        engine.write([document(int(line), "轴承")])
        print(line, end="", flush=True)
"""


def test_a_commit_of_another_process_is_seen(filled: EmbeddedEngine, tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin
        assert writer.stdout
        for number in (200, 201, 202):
            writer.stdin.write(f"{number}\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == f"{number}\n"
            committed = time.monotonic()
            while number not in ask(filled, "轴承"):
                assert time.monotonic() - committed < 60  # a moment, where nobody else works
        writer.kill()
        writer.communicate()
    filled.write([document(203, "轴承")])  # a dead process holds no lock
    assert {200, 203} <= ask(filled, "轴承")


def test_the_promised_numbers_stand() -> None:
    assert base.RELEVANCE_END == 1000
    assert (base.WORD_WEIGHT, base.BIGRAM_WEIGHT) == (1.0, 0.3)
