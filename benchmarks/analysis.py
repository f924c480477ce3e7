"""The text pipeline beside jieba, on the demonstration district's listings and needs, in one process.

    .venv/bin/python benchmarks/analysis.py [--rounds 5]

Two measurements, each with a vocabulary that turns tokens into ids:
words     Chinese words in search mode of normalised text, by rjieba as we call it (function words dropped) and by jieba
pipeline  normalisation, numbers and units, words, codes, synonyms, bigrams: ours, as the matcher reads listings (all texts
          in one batch); the same rules and tokens as one writes them first, text by text around jieba (plain); and our very
          code with jieba's words in it (cutter only)

All know the shipped lexicon, take turns, and the best of all rounds counts: the machine may have other work. Figures and
codes that came before are remembered, so each round starts with that memory empty, except the one called "codes known":
it stands for a large register, where hardly a code is new. Last line: JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # in place of this folder, whose search.py is another

import jieba  # noqa: E402 - the checkout comes first

from marketplace.demo_profiles import capability_profiles, need_profiles  # noqa: E402
from matching.reading import body_text, field_texts  # noqa: E402
from search.analysis import Analyser, Tokens, codes, default_lexicon  # noqa: E402
from search.analysis import normalise as spelling  # noqa: E402
from search.analysis.batch import Batch, numbering  # noqa: E402
from search.analysis.characters import HAN, HAN_RUN, LONGEST_TOKEN, WORD  # noqa: E402
from search.analysis.numbers import STEPS  # noqa: E402
from search.analysis.stopwords import STOPWORDS  # noqa: E402
from search.analysis.synonyms import Synonyms  # noqa: E402

KNOWN = "pipeline, codes known"
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

    def cut(self, runs: Sequence[str]) -> list[str]:
        return [word for word in self._jieba.cut_for_search(" ".join(runs)) if word not in STOPWORDS]


class Plain:
    """Our rules in the order in which they are told: every step over the whole text, nothing looked up beforehand, nothing
    remembered. Its tokens are ours with jieba's words."""

    def __init__(self, analyser: Analyser) -> None:
        self._synonyms = Synonyms(analyser.lexicon.synonyms)
        self._cut = analyser.han_words

    def tokens(self, text: str) -> Tokens:
        normalised = self._normalised(text)
        token = self._synonyms.token
        words = [token(word) for word in self._cut(HAN_RUN.findall(normalised))]
        names = self._synonyms.locate(normalised)
        words += [name for name, _, _ in names]
        taken = {(start, end) for _, start, end in names}
        for code, start, end in codes.read(normalised):
            if (start, end) not in taken:
                words.append(token(code))
        return Tokens(words, self._bigrams(normalised))

    def _normalised(self, text: str) -> str:
        text = spelling.fold(spelling.HIDDEN.sub("", spelling.BLANK.sub(" ", text)))
        text = " ".join(spelling.simplify(text).split())
        for step in STEPS:
            text = step.pattern.sub(step.replacement, text)
        return text

    def _bigrams(self, normalised: str) -> list[str]:
        pairs = []
        for run in RUN.findall(normalised):
            if len(run) > 1 and HAN_RUN.match(run):
                pairs += [run[place : place + 2] for place in range(len(run) - 1)]
            else:
                pairs.append(run)
        return pairs


RUN = re.compile(rf"{HAN}+|[0-9]+\.[0-9]+|{WORD}{{1,{LONGEST_TOKEN}}}")


def documents() -> list[str]:
    """Every capability and need of the district, as the matcher's index is given them."""
    listings = capability_profiles(date(2026, 11, 25)).values()
    offered = ("\n".join(filter(None, field_texts(listing).fields.values())) for listing in listings)
    return [*offered, *(f"{need.title}\n{body_text(need)}" for need in need_profiles().values())]


def words_and_ids(cut: Callable[[Sequence[str]], list[str]], texts: list[str]) -> int:
    ids = numbering()
    for text in texts:
        _ = [*map(ids.__getitem__, cut(HAN_RUN.findall(text)))]
    return len(ids)


def pipeline_and_ids(tokens_of: Callable[[str], Tokens], texts: list[str]) -> int:
    ids = numbering()
    for text in texts:
        words, pairs = tokens_of(text)
        _ = [*map(ids.__getitem__, words)], [*map(ids.__getitem__, pairs)]
    return len(ids)


def batch_and_ids(analyser: Analyser, texts: list[str]) -> int:
    ids: dict[str, int] = {}
    batch = analyser.batch(texts)
    _ = batch.words.numbered(ids), batch.bigrams.numbered(ids)
    return len(ids)


def told_apart(batch: Batch, count: int) -> list[tuple[list[str], list[str]]]:
    """Words in order of spelling and bigrams in reading order, text by text."""
    found: list[tuple[list[str], list[str]]] = [([], []) for _ in range(count)]
    for place, column in enumerate((batch.words, batch.bigrams)):
        for code, row in zip(column.codes.tolist(), column.rows.tolist(), strict=True):
            found[row][place].append(column.terms[code])
    return [(sorted(words), pairs) for words, pairs in found]


def seconds(work: Callable[[], int]) -> float:
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
    plain = Plain(theirs)
    for text, ours_of_text, theirs_of_text in zip(
        texts,
        told_apart(ours.batch(texts), len(texts)),
        told_apart(theirs.batch(texts), len(texts)),
        strict=True,
    ):
        for tokens, batched in ((ours.tokens(text), ours_of_text), (plain.tokens(text), theirs_of_text)):
            assert (sorted(tokens.words), tokens.bigrams) == batched, text
    normalised = [ours.normalise(text) for text in texts]
    works: dict[str, Callable[[], int]] = {
        "words, ours": lambda: words_and_ids(ours.han_words, normalised),
        "words, jieba": lambda: words_and_ids(cutter.cut, normalised),
        "pipeline, ours": lambda: batch_and_ids(ours, texts),
        KNOWN: lambda: batch_and_ids(ours, texts),
        "pipeline, plain jieba": lambda: pipeline_and_ids(plain.tokens, texts),
        "pipeline, cutter only": lambda: batch_and_ids(theirs, texts),
    }
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, work in works.items():
            if name != KNOWN:  # it follows the run that has read the same codes
                ours.forget()
                theirs.forget()
            best[name] = min(best.get(name, float("inf")), seconds(work))

    characters = sum(map(len, texts))
    print(f"{len(texts)} documents, {characters} characters, best of {rounds} rounds, processor time")
    for name, spent in best.items():
        print(f"{name:<22} {1000 * spent:8.1f} ms {characters / spent / 1e6:8.2f} million characters/s")
    ratios = {
        "jieba_over_ours": best["words, jieba"] / best["words, ours"],
        "pipeline_over_ours": best["pipeline, plain jieba"] / best["pipeline, ours"],
        "pipeline_over_ours_codes_known": best["pipeline, plain jieba"] / best[KNOWN],
        "cutter_only_over_ours": best["pipeline, cutter only"] / best["pipeline, ours"],
    }
    for name, ratio in ratios.items():
        print(f"{name:<30} {ratio:6.1f}" + (f" (asked: {REQUIRED[name]:.0f})" if name in REQUIRED else ""))
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
