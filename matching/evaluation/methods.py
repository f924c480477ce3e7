"""What the matcher is measured beside: four rankings out of the textbook, over the same texts and the same words.

A baseline reads a need and a listing as one text each; a pair that shares no term is not listed, and equals are drawn
by lot as the matcher does, so that no file's order helps anyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.evaluation.collections import JudgedCollection
from matching.matcher import Matcher
from matching.mix import TextMix
from matching.profiles import CapabilityProfile, NeedProfile
from matching.reading import HAN_FROM
from matching.score import Weights
from matching.specs import show_row
from search.analysis import Analyser

Floats = NDArray[np.float64]
Method = Callable[[NeedProfile], list[str]]
"""Capability ids, best first."""

SATURATION, LENGTH_NORM = 1.2, 0.75  # the textbook's k1 and b


def baselines(collection: JudgedCollection, analyser: Analyser) -> dict[str, Method]:
    keys = [capability.id for capability in collection.capabilities]
    offers = [_offer_text(capability) for capability in collection.capabilities]
    words = Bm25([analyser.words(text) for text in offers])
    pairs = Bm25([analyser.bigrams(text) for text in offers])
    characters = Bm25([_characters(text, analyser) for text in offers])
    cosine = TfIdf([analyser.words(text) for text in offers])

    def ranked(score: Callable[[str], Floats]) -> Method:
        return lambda need: _order(need.id, keys, score(need_text(need)))

    def fused(text: str) -> Floats:
        parts = (
            words.scores(analyser.words(text)), pairs.scores(analyser.bigrams(text)),
            characters.scores(_characters(text, analyser)),
        )  # fmt: skip
        return np.where(sum(parts) > 0, sum(_standardised(part) for part in parts) + 1e3, 0.0)

    return {
        "tfidf_words": ranked(lambda text: cosine.scores(analyser.words(text))),
        "bm25_words": ranked(lambda text: words.scores(analyser.words(text))),
        "bm25_bigrams": ranked(lambda text: pairs.scores(analyser.bigrams(text))),
        "plain_fusion": ranked(fused),
    }


def matcher_method(matcher: Matcher, collection: JudgedCollection) -> Method:
    """Every pair that the matcher would show on request; one that a stated fact excludes is not among them."""

    def order(need: NeedProfile) -> list[str]:
        return [match.capability_id for match in matcher.match(need, top=0, as_of=collection.as_of)]

    return order


def ungated_method(matcher: Matcher, collection: JudgedCollection) -> Method:
    """By score alone, graded pairs that a fact excludes among the rest. The baselines know no facts either, and a judge
    gives the right thing that a fact bars a grade above nothing."""

    def order(need: NeedProfile) -> list[str]:
        found = {
            match.capability_id: match.score for match in matcher.match(need, top=0, as_of=collection.as_of)
        }
        for key in collection.grades[need.id]:
            if key not in found:
                match = matcher.explain(need, key, collection.as_of)
                if match is not None and match.score > 0:
                    found[key] = match.score
        return sorted(
            found, key=lambda key: (-found[key], sha256(f"{need.id}\x1f{key}".encode()).hexdigest())
        )

    return order


def ablations(weights: Weights, mix: TextMix) -> dict[str, tuple[Weights, TextMix]]:
    """Each signal that counts, switched off alone: those inside the text first."""
    plain = weights.plain()
    text = {name: (weights, mix.without(name)) for name in mix.plain()}
    whole = {
        name: (Weights(**{**plain, name: 0.0}), mix)
        for name, weight in plain.items()
        if weight and name != "title"
    }
    return {**text, **whole}


def need_text(need: NeedProfile) -> str:
    rows = " ".join(f"{row.parameter} {show_row(row)} {row.standard}" for row in need.specs)
    return "\n".join(part for part in (need.title, need.use, need.description, rows) if part)


def _offer_text(capability: CapabilityProfile) -> str:
    rows = " ".join(f"{row.parameter} {show_row(row)} {row.standard}" for row in capability.specs)
    parts = (capability.title, capability.summary, capability.description, rows, *capability.standards)
    return "\n".join(part for part in parts if part)


def _characters(text: str, analyser: Analyser) -> list[str]:
    """Single Han characters; letters and digits by runs."""
    folded = analyser.normalise(text)
    return [character for character in folded if character > HAN_FROM and character.isalnum()] + [
        token for token in analyser.bigrams(text) if token <= HAN_FROM
    ]


class _Terms:
    """Terms by column over one list of texts."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.columns: dict[str, int] = {}
        rows, columns, counts = [], [], []
        for row, tokens in enumerate(texts):
            for token, count in Counter(tokens).items():
                rows.append(row)
                columns.append(self.columns.setdefault(token, len(self.columns)))
                counts.append(float(count))
        shape = (len(texts), max(len(self.columns), 1))
        self.counts: Any = sparse.csc_matrix((counts, (rows, columns)), shape=shape)
        self.holding = np.bincount(self.counts.tocoo().col, minlength=shape[1])

    def query(self, tokens: Sequence[str]) -> dict[int, int]:
        counts = Counter(tokens)
        return {self.columns[token]: count for token, count in counts.items() if token in self.columns}


class Bm25:
    """Robertson's formula over one bag of terms a text."""

    def __init__(
        self, texts: Sequence[Sequence[str]], k1: float = SATURATION, b: float = LENGTH_NORM
    ) -> None:
        self.terms = _Terms(texts)
        counts = self.terms.counts.tocoo()
        lengths = np.asarray(self.terms.counts.sum(axis=1)).ravel()
        norm = 1.0 - b + b * lengths / (lengths.mean() or 1.0)
        idf = np.log(1.0 + (len(texts) - self.terms.holding + 0.5) / (self.terms.holding + 0.5))
        impact = idf[counts.col] * counts.data * (k1 + 1.0) / (counts.data + k1 * norm[counts.row])
        self.impacts: Any = sparse.csc_matrix((impact, (counts.row, counts.col)), shape=counts.shape)

    def scores(self, tokens: Sequence[str]) -> Floats:
        columns = list(self.terms.query(tokens))
        return np.asarray(self.impacts[:, columns].sum(axis=1), dtype=np.float64).ravel()


class TfIdf:
    """Cosine of tf × idf vectors, idf smoothed as scikit-learn smooths it."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.terms = _Terms(texts)
        self.idf = np.log((1.0 + len(texts)) / (1.0 + self.terms.holding)) + 1.0
        weighed = self.terms.counts @ sparse.diags(self.idf)
        norms = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        self.vectors = sparse.diags(1.0 / np.maximum(norms, 1e-12)) @ weighed

    def scores(self, tokens: Sequence[str]) -> Floats:
        query = np.zeros(self.vectors.shape[1])
        for column, count in self.terms.query(tokens).items():
            query[column] = count * self.idf[column]
        norm = float(np.sqrt(query @ query))
        found: Floats = self.vectors @ query / (norm or 1.0)
        return found


def _standardised(scores: Floats) -> Floats:
    spread = float(scores.std()) or 1.0
    return np.asarray((scores - float(scores.mean())) / spread)


def _order(need_id: str, keys: Sequence[str], scores: Floats) -> list[str]:
    listed = [(round(float(scores[row]), 9), keys[row]) for row in np.flatnonzero(scores > 1e-9).tolist()]
    listed.sort(key=lambda pair: (-pair[0], sha256(f"{need_id}\x1f{pair[1]}".encode()).hexdigest()))
    return [key for _, key in listed]
