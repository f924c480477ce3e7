"""The text pipeline beside jieba, on the demonstration district's documents, in one process.

    .venv/bin/python benchmarks/analysis.py [--rounds 5]

Two measurements, each with a vocabulary that turns tokens into ids:
words     Chinese words in search mode of normalised text, by rjieba as we call it (function words dropped) and by jieba
pipeline  normalisation, numbers and units, words, codes, synonyms, bigrams: ours, and the very same with jieba's words

Both know the shipped lexicon, take turns, and the best of all rounds counts: the machine may have other work. Codes
that came before are remembered, as in any indexing run, so each round starts with that memory empty. Last line: JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import jieba  # noqa: E402 - the checkout comes first

from search.analysis import Analyser, codes, default_lexicon  # noqa: E402
from search.analysis.characters import HAN_RUN  # noqa: E402
from search.analysis.stopwords import STOPWORDS  # noqa: E402

REQUIRED = {"jieba_over_ours": 10.0, "pipeline_over_ours": 5.0}


class JiebaWords:
    """What `HanWords` does, by jieba."""

    def __init__(self, terms: Iterable[str]) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        self._jieba.initialize()
        for term in sorted(set(terms)):
            if HAN_RUN.fullmatch(term) and len(term) > 1:
                self._jieba.add_word(term)

    def cut(self, normalised: str) -> list[str]:
        runs = " ".join(HAN_RUN.findall(normalised))
        return [word for word in self._jieba.cut_for_search(runs) if word not in STOPWORDS]


def documents() -> list[str]:
    """Title and text of every need, capability and firm, as an engine is given them."""
    texts = []
    for file in sorted((ROOT / "seeds" / "demo").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            said = "\n".join(_strings(row))
            if len(said) > 40:
                texts.append(said)
    return texts


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def words_and_ids(cut: Callable[[str], list[str]], texts: list[str]) -> int:
    ids: dict[str, int] = {}
    for text in texts:
        _ = [ids.setdefault(token, len(ids)) for token in cut(text)]
    return len(ids)


def pipeline_and_ids(analyser: Analyser, texts: list[str]) -> int:
    ids: dict[str, int] = {}
    for text in texts:
        tokens = analyser.tokens(text)
        _ = [ids.setdefault(token, len(ids)) for token in tokens.words]
        _ = [ids.setdefault(token, len(ids)) for token in tokens.bigrams]
    return len(ids)


def seconds(work: Callable[[], int]) -> float:
    codes.forget()
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description="The text pipeline beside jieba.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    texts = documents()
    ours = Analyser(default_lexicon())
    cutter = JiebaWords(ours.han_terms)
    theirs = Analyser(default_lexicon(), cutter=cutter)
    normalised = [ours.normalise(text) for text in texts]
    works: dict[str, Callable[[], int]] = {
        "words, ours": lambda: words_and_ids(ours.han_words, normalised),
        "words, jieba": lambda: words_and_ids(cutter.cut, normalised),
        "pipeline, ours": lambda: pipeline_and_ids(ours, texts),
        "pipeline, jieba": lambda: pipeline_and_ids(theirs, texts),
    }
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, work in works.items():
            best[name] = min(best.get(name, float("inf")), seconds(work))

    characters = sum(map(len, texts))
    print(f"{len(texts)} documents, {characters} characters, best of {rounds} rounds, processor time")
    for name, spent in best.items():
        print(f"{name:<16} {1000 * spent:8.1f} ms {characters / spent / 1e6:8.2f} million characters/s")
    ratios = {
        "jieba_over_ours": best["words, jieba"] / best["words, ours"],
        "pipeline_over_ours": best["pipeline, jieba"] / best["pipeline, ours"],
    }
    for name, ratio in ratios.items():
        print(f"{name:<20} {ratio:6.1f} (asked: {REQUIRED[name]:.0f})")
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(
        json.dumps(
            {
                "benchmark": "analysis",
                "machine": machine,
                "ratios": {name: round(ratio, 2) for name, ratio in ratios.items()},
            }
        )
    )
    return 0 if all(ratios[name] >= least for name, least in REQUIRED.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
