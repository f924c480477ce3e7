"""Search over 150,000 listings: the embedded engine, a real Elasticsearch and SQLite FTS5, the same questions in one run.

    .venv/bin/python benchmarks/search.py [--listings 150000] [--questions 300] [--growth] [--without elasticsearch]

Each question is two to four words that meet in one listing, under three filters, and is asked twice in the site's own
language: so that any of the words is enough (a | b), ranked by how well they fit; and so that every word must occur (of four,
three), which leaves a handful of listings. Its answer is twenty hits in order, the total, and the counts of those three facets
and of the kinds, each under the filters of the others. All three get the same tokens and look for the same; FTS5 does so in
one statement, which seeks the words once, and Elasticsearch is warm from the second round on. The engines are filled as the site
fills them anew, by a rebuild. Marking the hits is the same code whoever found them, so it is measured apart.
Elasticsearch is fetched by Maven and runs on this machine with a heap of 1 GB, or is named by ELASTICSEARCH_TEST_URL.
The engines take turns over five rounds, and each question counts with the best of its five: a machine that others use too
interrupts a question of twenty milliseconds more often than one of two.
Last line: JSON; ratios say how many times longer the others take than the embedded engine; those of questions whose words must
all occur end with "all_words".
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.search_corpus import FACETS, TODAY, Corpus  # noqa: E402 - the checkout comes first
from benchmarks.search_fts5 import Fts5  # noqa: E402
from benchmarks.served import elasticsearch  # noqa: E402
from search.analysis import Analyser, Lexicon, Streams, default_lexicon  # noqa: E402
from search.engines.base import Engine  # noqa: E402
from search.engines.elasticsearch import ElasticsearchEngine  # noqa: E402
from search.engines.embedded import EmbeddedEngine  # noqa: E402
from search.query import Query  # noqa: E402

READER = frozenset({"public"})
ROUNDS = 5
BATCH = 5_000
#: How questions are asked: the end of a ratio's name, and what parts their words.
ENDINGS = {"": " | ", "_all_words": " "}
GROWTH = (15_000, 50_000, 150_000, 500_000)
Ask = Callable[[Query], int]


class Remembering(Analyser):
    """Cuts each text once, for whichever engine comes first: the others are not measured by how fast we cut."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(lexicon)
        self._kept: dict[str, Streams] = {}

    def streams(self, text: str) -> Streams:
        kept = self._kept.get(text)
        if kept is None:
            cut = super().streams(text)
            kept = self._kept[text] = Streams(*([sys.intern(token) for token in stream] for stream in cut))
        return kept


class Unmarked:
    """Stands in for the marker: text as it is."""

    @classmethod
    def of(cls, *_: object) -> Unmarked:
        return cls()

    def title(self, text: str) -> tuple[tuple[str, bool], ...]:
        return ((text, False),)

    snippet = title


@contextmanager
def unmarked() -> Iterator[None]:
    with (
        mock.patch("search.engines.embedded.engine.Marker", Unmarked),
        mock.patch("search.engines.elasticsearch.engine.Marker", Unmarked),
    ):
        yield


def filled(engine: Engine, count: int) -> float:
    """Seconds of a rebuild of so many listings."""
    started = time.perf_counter()
    corpus, first = Corpus(), 1
    with engine.rebuild() as beside:
        while first <= count:
            report = beside.write(corpus.listings(min(BATCH, count - first + 1), first))
            if report.retry or report.refused:
                raise SystemExit(f"not written: {next(iter({**report.retry, **report.refused}.items()))}")
            first += BATCH
        verdict = beside.verify(count, ())
        if not verdict.good:
            raise SystemExit(f"not whole: {verdict}")
        beside.swap()
    return time.perf_counter() - started


def asking(engine: Engine) -> Ask:
    return lambda query: engine.search(query, visible=READER, as_of=TODAY).total


def timed(ask: Ask, queries: list[Query]) -> tuple[list[float], list[int]]:
    """Milliseconds and total of each question."""
    spent, totals = [], []
    for query in queries:
        started = time.perf_counter()
        totals.append(ask(query))
        spent.append((time.perf_counter() - started) * 1000)
    return spent, totals


def percentiles(spent: list[float]) -> tuple[float, float]:
    spent = sorted(spent)
    return spent[len(spent) // 2], spent[min(len(spent) - 1, len(spent) * 99 // 100)]


def updated(engine: Engine, reader: Engine, corpus: Corpus, count: int) -> list[float]:
    """Milliseconds until somebody else finds a changed listing by its new word; the writer may still be tidying up."""
    spent = []
    for number in range(1, count + 1):
        word = f"QX{number:05}"
        changed = replace(
            corpus.listing(number, rev=1 + number),
            title=word,
            visibility=("public",),
            valid_until=TODAY.toordinal(),
        )
        started = time.perf_counter()
        writing = threading.Thread(target=engine.write, args=([changed],))
        writing.start()
        while not asking(reader)(Query(word)):
            time.sleep(0.005)
        spent.append((time.perf_counter() - started) * 1000)
        writing.join()
    return spent


def compare(options: argparse.Namespace, folder: Path, analyser: Analyser) -> dict[str, float]:
    wanted = "elasticsearch" not in options.without
    with elasticsearch() if wanted else nullcontext() as url:

        def embedded() -> Engine:
            return EmbeddedEngine(folder / "embedded", analyser, facets=tuple(FACETS), salt="benchmark")

        engines: dict[str, Engine] = {"embedded": embedded()}
        if url:
            served = ElasticsearchEngine(
                url, analyser, facets=tuple(FACETS), salt="benchmark", prefix="benchmark", query_seconds=30
            )
            served.reset()
            engines["elasticsearch"] = served
        asks: dict[str, Ask] = {}
        for name, engine in engines.items():
            print(
                f"{name}: {filled(engine, options.listings):.0f} s to write {options.listings:,}", flush=True
            )
            asks[name] = asking(engine)
        if "fts5" not in options.without:
            peer, started = Fts5(str(folder / "fts5.sqlite3"), analyser), time.perf_counter()
            peer.write(Corpus().listings(options.listings))
            print(f"fts5: {time.perf_counter() - started:.0f} s to write {options.listings:,}", flush=True)
            asks["fts5"] = lambda query: peer.search(query)[1]
        found = {
            name + ending: spent
            for ending, bar in ENDINGS.items()
            for name, spent in measure(asks, queries(options.questions, bar)).items()
        }
        print(f"words: {types(analyser):,} in the first 20,000 listings")
        for name, engine in engines.items():
            reader = embedded() if name == "embedded" else engine
            p50, p99 = percentiles(updated(engine, reader, Corpus(seed=9), 20))
            print(f"{name}: a changed listing is found after p50 {p50:.0f} ms, p99 {p99:.0f} ms")
        if url:
            served.reset()
    return {
        f"{name}_over_embedded_p50{ending}": round(found[name + ending] / found["embedded" + ending], 2)
        for ending in ENDINGS
        for name in asks
        if name != "embedded"
    }


def queries(count: int, bar: str) -> list[Query]:
    """The questions, their words parted by `bar`."""
    return [Query(bar.join(words), filters) for words, filters in Corpus().questions(count)]


def types(analyser: Analyser) -> int:
    return len(
        {word for each in Corpus().listings(20_000) for word in analyser.words(f"{each.title}\n{each.body}")}
    )


def measure(asks: dict[str, Ask], queries: list[Query]) -> dict[str, float]:
    """Prints the table; returns the p50 of each, found and not marked."""
    print(f"questions such as: {queries[0].text}")
    best: dict[tuple[str, bool], list[float]] = {}
    totals: dict[str, list[int]] = {}
    for _ in range(ROUNDS):
        for marked in (False, True):
            for name, ask in asks.items():
                if marked and name == "fts5":
                    continue
                with nullcontext() if marked else unmarked():
                    spent, totals[name] = timed(ask, queries)
                key = (name, marked)
                best[key] = list(map(min, best.get(key, spent), spent))
    for name, counted in totals.items():
        if counted != totals["embedded"]:
            differing = sum(ours != theirs for ours, theirs in zip(totals["embedded"], counted, strict=True))
            print(f"{name}: {differing} of {len(queries)} totals differ from the embedded engine's")
    hits = totals["embedded"]
    print(f"hits per question: mean {sum(hits) / len(hits):.0f}, none in {hits.count(0)} of {len(hits)}")
    print(f"{'':24} {'p50 ms':>9} {'p99 ms':>9}")
    for (name, marked), spent in sorted(best.items()):
        print(
            f"{name + (', hits marked' if marked else ''):24} {percentiles(spent)[0]:>9.2f} {percentiles(spent)[1]:>9.2f}"
        )
    return {name: percentiles(spent)[0] for (name, marked), spent in best.items() if not marked}


def grow(folder: Path, analyser: Analyser, questions: int, sizes: tuple[int, ...]) -> None:
    print(
        f"{'listings':>10} {'write s':>9} {'any word: p50 ms':>17} {'p99 ms':>9} {'all words: p50 ms':>18} {'p99 ms':>9}"
    )
    for size in sizes:
        engine = EmbeddedEngine(folder / f"growth-{size}", analyser, facets=tuple(FACETS), salt="benchmark")
        seconds = filled(engine, size)
        line = []
        with unmarked():
            for bar in ENDINGS.values():
                asked = queries(questions, bar)
                rounds = [timed(asking(engine), asked)[0] for _ in range(ROUNDS)]
                line += percentiles(list(map(min, *rounds)))
        print(
            f"{size:>10,} {seconds:>9.0f} {line[0]:>17.2f} {line[1]:>9.2f} {line[2]:>18.2f} {line[3]:>9.2f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listings", type=int, default=150_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--without", action="append", default=[], choices=["elasticsearch", "fts5"])
    parser.add_argument(
        "--growth", action="store_true", help=f"the embedded engine at {', '.join(map(str, GROWTH))}"
    )
    options = parser.parse_args()
    analyser = Remembering(default_lexicon())
    ratios: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if options.growth:
            grow(folder, analyser, options.questions, GROWTH)
        else:
            ratios = compare(options, folder, analyser)
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(json.dumps({"benchmark": "search", "machine": machine, "ratios": ratios}))


if __name__ == "__main__":
    main()
