"""Candidates from a search cluster against every listing compared in memory: who is lost, and what it costs.

    .venv/bin/python benchmarks/match_cluster.py [--needs 100] [--listings 50000] [--shards 3]

Texts as in `match_conference.py`, every need's exact best twenty with all signals in memory, and how many of them are among
the first 20 to 500 that the cluster names. ELASTICSEARCH_TEST_URL gives its address; without it the server of the
tests is started. Last line: JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import uuid
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from elasticsearch import Elasticsearch
from match_conference import AS_OF, UNITS, Watch, capabilities, needs
from served import elasticsearch

from marketplace.core.analysis import analyser
from marketplace.discovery.offered import reading
from marketplace.proposals.supply import NAMED
from matching import CapabilityProfile, Matcher
from matching.reading import field_texts
from search.documents import Document
from search.engines.candidates import Question, Wanted
from search.engines.elasticsearch import ElasticsearchEngine

TOP = 20
DEPTHS = (20, 50, 100, 200, NAMED)
WRITTEN_AT_ONCE = 5_000


def document(number: int, offer: CapabilityProfile) -> Document:
    texts = field_texts(offer).fields
    return Document("capability", number, "", rev=1, visibility=("public",), offered=texts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--needs", type=int, default=100)
    parser.add_argument("--listings", type=int, default=50_000)
    parser.add_argument("--shards", type=int, default=3)
    options = parser.parse_args()
    draw = random.Random(20261126)
    listed = list(capabilities(options.listings, draw))
    asked = list(needs(options.needs, draw))
    print(
        f"{options.needs} needs x {options.listings} listings, {options.shards} shards, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    with Watch() as fitting:
        whole = Matcher.fit(listed, analyser(), units=UNITS)
    print(f"  fit in memory               {fitting}", flush=True)
    for need in asked:
        whole.match(need, top=TOP, as_of=AS_OF)  # every candidate is read once
    with Watch() as exactly:
        exact = [[match.capability_id for match in whole.match(need, top=TOP, as_of=AS_OF)] for need in asked]
    print(f"  exact lists in memory       {exactly}", flush=True)
    elsewhere = whole.narrowed([])
    questions = [Question("capability", [Wanted(*each) for each in whole.asks(need)]) for need in asked]
    prefix = f"benchmark-{uuid.uuid4().hex[:8]}"
    with elasticsearch() as url:
        if url is None:
            raise SystemExit("nothing to measure against")
        engine = ElasticsearchEngine(
            url, analyser(), facets=(), salt="benchmark", prefix=prefix, query_seconds=60, index_seconds=300,
            shards=options.shards, reading=reading(),
        )  # fmt: skip
        try:
            documents = (document(number, offer) for number, offer in enumerate(listed))
            with Watch() as writing:
                while some := list(islice(documents, WRITTEN_AT_ONCE)):
                    assert not engine.write(some).retry
                engine.refresh()
                engine.mark_complete()
            print(f"  written to the cluster      {writing}", flush=True)
            engine.candidates(questions, as_of=AS_OF, most=NAMED)
            with Watch() as best:
                engine.candidates(questions, as_of=AS_OF, most=TOP)
            print(f"  its best {TOP} by msearch      {best}", flush=True)
            with Watch() as naming:
                named = engine.candidates(questions, as_of=AS_OF, most=NAMED)
            print(f"  its best {NAMED} by msearch     {naming}", flush=True)
        finally:
            with Elasticsearch(url, request_timeout=60) as raw:
                raw.indices.delete(index=engine.state().index)
    with Watch() as judging:
        lists = [
            elsewhere.narrowed([listed[number] for number in numbers]).match(need, top=TOP, as_of=AS_OF)
            for need, numbers in zip(asked, named, strict=True)
        ]
    print(f"  candidates read and judged  {judging}", flush=True)
    same = sum(
        [match.capability_id for match in found] == best_ones
        for found, best_ones in zip(lists, exact, strict=True)
    )
    total = sum(map(len, exact))
    keys = [[listed[number].id for number in numbers] for numbers in named]
    recall = {
        depth: sum(len({*best_ones} & {*some[:depth]}) for best_ones, some in zip(exact, keys, strict=True))
        / total
        for depth in DEPTHS
    }
    worst = min(
        len({*best_ones} & {*some}) / len(best_ones)
        for best_ones, some in zip(exact, keys, strict=True)
        if best_ones
    )
    print(f"  {total} exact pairs; worst need at {NAMED}: {worst:.3f}; lists equal {same} of {len(asked)}")
    for depth, share in recall.items():
        print(f"  among the first {depth:>3}          {share:.4f}")
    report = {
        "benchmark": "match_cluster",
        "ratios": {
            "elasticsearch_over_ours": round(best.wall / exactly.wall, 3),
            "candidates_over_ours": round((naming.wall + judging.wall) / exactly.wall, 3),
        },
        "recall_of_exact_20": {str(depth): round(share, 4) for depth, share in recall.items()},
        "lists_equal": round(same / len(asked), 4),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
