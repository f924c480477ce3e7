"""The matcher's text stage against its peers and against the machine: one run, ratios, on two threads.

    .venv/bin/python benchmarks/match.py [--needs 1000] [--listings 150000] [--quick]

Peers: sparse_dot_topn (TF-IDF cosine, its best setting) and bm25s (BM25, numba), both exact on the same numbers, called in
turn with ours; Elasticsearch as the tests start it, or at ELASTICSEARCH_TEST_URL. The bound is the bare scatter-add of all
products; beside ours, which leaves out products that change no list, stands the same loop over an index without heads, which
leaves out none. The last line is JSON. Absolute seconds belong to this machine and this minute, ratios to the method.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import corpus
import numba
from served import elasticsearch

from matching.postings import Draw, Postings, Queries
from matching.weighting import Bm25, Cosine, Table, asked, indexed

TOP = 20
THREADS = 2
MOST_NEEDS = 10_000


@dataclass(frozen=True)
class Spent:
    """Median seconds: on the clock, and of processor time over all threads, which a busy machine disturbs less."""

    wall: float
    processor: float


def in_turn(runs: int, **contestants: Callable[[], Any]) -> dict[str, Spent]:
    """Each called one after the other in every round: what disturbs one disturbs all."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for call in contestants.values():
        call()
    for _ in range(runs):
        for name, call in contestants.items():
            wall, processor = time.perf_counter(), time.process_time()
            call()
            seconds[name].append((time.perf_counter() - wall, time.process_time() - processor))
    return {
        name: Spent(*(statistics.median(column) for column in zip(*values, strict=True)))
        for name, values in seconds.items()
    }


def memory() -> float:
    """Gigabytes at the highest point so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**3


@numba.njit(nogil=True)
def _scatter_add(
    starts: Any, rows: Any, impacts: Any, query_starts: Any, terms: Any, weights: Any, sums: Any
) -> None:
    """Every product once and nothing else: no list is kept."""
    for query in range(len(query_starts) - 1):
        sums[:] = 0
        for place in range(query_starts[query], query_starts[query + 1]):
            held = rows[starts[terms[place]] : starts[terms[place] + 1]]
            worth = impacts[starts[terms[place]] : starts[terms[place] + 1]]
            weight = weights[place]
            for posting in range(len(held)):
                sums[held[posting]] += worth[posting] * weight


def bound(index: Postings, queries: Queries) -> Callable[[], None]:
    sums = np.zeros(index.row_count, np.float32)
    return lambda: _scatter_add(
        index.starts, index.rows, index.impacts, queries.starts, queries.terms, queries.weights, sums
    )


def ours(index: Postings, queries: Queries, threads: int) -> Callable[[], Any]:
    draw = Draw.simple(index.row_count, len(queries))
    return lambda: index.best(queries, TOP, draw, threads=threads)


def against_cosine(listings: Table, needs: Table, runs: int) -> dict[str, Spent]:
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    weighting = Cosine.fit(listings)
    index, queries = indexed(listings, weighting), asked(needs, weighting)
    whole = Postings(index.starts, index.rows, index.impacts, index.row_count)
    right = csr_matrix((index.impacts, index.rows, index.starts), shape=(index.term_count, index.row_count))
    left = csr_matrix((queries.weights, queries.terms, queries.starts), shape=(len(needs), needs.term_count))

    def peer(threads: int | None, *, sort: bool = True) -> Callable[[], Any]:
        return lambda: sp_matmul_topn(left, right, top_n=TOP, sort=sort, n_threads=threads)

    found, theirs = ours(index, queries, THREADS)(), peer(None)()
    for need in range(0, len(needs), 37):
        line = np.sort(theirs[need].data)[::-1]
        assert np.allclose(found.scores[need, : len(line)], line, atol=2e-6), need
    products = float(index.frequencies()[queries.terms].sum() / 1e9)
    print(f"  {products:.3f} G products")
    return in_turn(
        runs, ours=ours(index, queries, THREADS), ours_one_thread=ours(index, queries, 1), unpruned_one_thread=ours(whole, queries, 1),
        bound_one_thread=bound(index, queries), sparse_dot_topn=peer(None), sparse_dot_topn_1=peer(1),
        sparse_dot_topn_2=peer(THREADS), sparse_dot_topn_2_unsorted=peer(THREADS, sort=False),
    )  # fmt: skip


def against_bm25(listings: Table, needs: Table, runs: int) -> dict[str, Spent]:
    import bm25s
    from bm25s.tokenization import Tokenized

    weighting = Bm25.fit(listings)
    index, queries = indexed(listings, weighting), asked(needs, weighting)

    def tokens(table: Table) -> list[list[int]]:
        repeated = np.repeat(table.terms, table.counts)
        ends = np.concatenate(([0], np.cumsum(table.counts)))[table.starts]
        return [repeated[ends[row] : ends[row + 1]].tolist() for row in range(len(table))]

    vocabulary = {corpus.word(term): term for term in range(listings.term_count)}
    peer = bm25s.BM25(method="lucene", k1=1.5, b=0.75, backend="numba")
    peer.index(Tokenized(tokens(listings), vocabulary), show_progress=False)
    questions = tokens(needs)

    def theirs(threads: int) -> Callable[[], Any]:
        return lambda: peer.retrieve(questions, k=TOP, show_progress=False, n_threads=threads)

    found, others = ours(index, queries, THREADS)(), theirs(THREADS)()
    for need in range(0, len(needs), 37):
        assert np.allclose(found.scores[need], others.scores[need], atol=1e-4), need
    return in_turn(runs, ours=ours(index, queries, THREADS), bm25s=theirs(THREADS))


def growth(sizes: list[int], needs: Table, runs: int) -> list[tuple[int, Spent]]:
    """Median seconds of the whole batch on one thread by number of listings."""
    whole = corpus.listings(max(sizes))
    lines = []
    for size in sizes:
        part = whole.part(0, size)
        weighting = Bm25.fit(part)
        call = ours(indexed(part, weighting), asked(needs, weighting), 1)
        lines.append((size, in_turn(runs, ours=call)["ours"]))
    return lines


def percentiles(samples: list[float]) -> tuple[float, float]:
    return float(np.percentile(samples, 50) * 1000), float(np.percentile(samples, 99) * 1000)


def latencies(listings: Table, needs: Table, count: int) -> dict[str, tuple[float, float]]:
    """Milliseconds, p50 and p99: a new need against all listings; a new listing against all needs and their lists."""
    weighting = Bm25.fit(listings)
    index, queries = indexed(listings, weighting), asked(needs, weighting)
    draw = Draw.simple(index.row_count, 1)
    board = index.best(queries, TOP, Draw.simple(index.row_count, len(needs)), threads=THREADS)
    last = board.scores[:, -1]
    by_need = Postings.build(needs.terms, needs.rows, queries.weights, needs.term_count, len(needs))
    fresh = corpus.listings(len(listings) + count).part(len(listings), len(listings) + count)
    need_times, listing_times, moved = [], [], []
    for place in range(count + 20):
        need = needs.part(place, place + 1)
        started = time.perf_counter()
        index.best(asked(need, weighting), TOP, draw)
        need_times.append(time.perf_counter() - started)
        listing = fresh.part(place % count, place % count + 1)
        started = time.perf_counter()
        scores = by_need.scores(listing.terms, weighting.impacts(listing))
        entered = np.flatnonzero(scores > last)
        listing_times.append(time.perf_counter() - started)
        moved.append(len(entered))
    print(f"  a new listing enters {np.mean(moved):.2f} lists of {len(needs)} on average")
    return {"new_need": percentiles(need_times[20:]), "new_listing": percentiles(listing_times[20:])}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--needs", type=int, default=1000)
    parser.add_argument("--listings", type=int, default=150_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, to see that it runs")
    options = parser.parse_args()
    scale = 10 if options.quick else 1
    count, asked_for = options.listings // scale, options.needs // scale
    sizes = [size // scale for size in (10_000, 50_000, 150_000, 500_000)]
    many = MOST_NEEDS // scale
    load = os.getloadavg()[0]
    listings, needs = corpus.listings(count), corpus.needs(max(asked_for, many))
    batch = needs.part(0, asked_for)
    base = resident()
    print(f"{asked_for} needs x {count} listings, exact top {TOP}, {THREADS} threads, load {load:.1f}")

    cosine = against_cosine(listings, batch, options.runs)
    bm25 = against_bm25(listings, batch, options.runs)
    print(f"  {'':<28} {'wall s':>8} {'processor s':>12}")
    for name, spent in {**cosine, "ours_bm25": bm25["ours"], "bm25s": bm25["bm25s"]}.items():
        print(f"  {name:<28} {spent.wall:8.3f} {spent.processor:12.3f}")
    delays = latencies(listings, needs.part(0, many), 2000 // scale)
    for name, (middle, high) in delays.items():
        print(f"  {name:<28} p50 {middle:.2f} ms, p99 {high:.2f} ms")
    lines = growth(sizes, batch, options.runs)
    print("  listings   processor seconds, one thread")
    for size, spent in lines:
        print(f"  {size:>8}   {spent.processor:.3f}")
    print(f"  memory: peak {memory():.2f} GB, of it {base:.2f} GB the corpus")
    with elasticsearch() as address:
        elastic = against_elasticsearch(address, listings, batch) if address else None

    def ratios(clock: Callable[[Spent], float]) -> dict[str, float]:
        peers = [clock(spent) for name, spent in cosine.items() if name.startswith("sparse_dot_topn")]
        steps = lines[-1][0] / lines[0][0]
        return {
            "sparse_dot_topn_over_ours": round(min(peers) / clock(cosine["ours"]), 3),
            "bm25s_over_ours": round(clock(bm25["bm25s"]) / clock(bm25["ours"]), 3),
            "ours_over_bound": round(clock(cosine["ours_one_thread"]) / clock(cosine["bound_one_thread"]), 3),
            "bound_ratio": round(clock(cosine["unpruned_one_thread"]) / clock(cosine["bound_one_thread"]), 3),
            "growth_over_linear": round(clock(lines[-1][1]) / clock(lines[0][1]) / steps, 3),
        }

    report = {
        "benchmark": "match",
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
        "ratios": ratios(lambda spent: spent.wall),
        "processor_ratios": ratios(lambda spent: spent.processor),
        "elasticsearch_over_ours": elastic and round(elastic.wall / bm25["ours"].wall, 3),
        "milliseconds_p99": {name: round(high, 3) for name, (_, high) in delays.items()},
        "peak_gb": round(memory(), 2),
    }
    print(json.dumps(report))


def against_elasticsearch(server: str, listings: Table, needs: Table) -> Spent:
    """Time for all needs by msearch, each need's terms as should-clauses over one whitespace field."""
    from elasticsearch import Elasticsearch, helpers

    client = Elasticsearch(server, request_timeout=120)
    name = "lianqiao-benchmark-match"
    client.options(ignore_status=404).indices.delete(index=name)
    client.indices.create(
        index=name, settings={"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"},
        mappings={"properties": {"text": {"type": "text", "analyzer": "whitespace"}}, "_source": {"enabled": False}},
    )  # fmt: skip
    try:
        actions = ({"_index": name, "text": text} for text in corpus.texts(listings))
        helpers.bulk(client, actions, chunk_size=2000)
        client.indices.refresh(index=name)
        searches: list[dict[str, Any]] = []
        for need in range(len(needs)):
            terms = needs.terms[needs.starts[need] : needs.starts[need + 1]]
            clauses = [{"term": {"text": corpus.word(int(term))}} for term in terms]
            query = {"bool": {"should": clauses}}
            searches += [{}, {"query": query, "size": TOP, "track_total_hits": False}]

        def ask() -> None:
            for first in range(0, len(searches), 200):
                client.msearch(index=name, searches=searches[first : first + 200])

        return in_turn(3, elasticsearch=ask)["elasticsearch"]
    finally:
        client.options(ignore_status=404).indices.delete(index=name)


if __name__ == "__main__":
    main()
