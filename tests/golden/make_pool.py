"""Makes the golden set's pool: ``python -m tests.golden.make_pool``.

Several methods each propose their best, people add what they know, chance adds a few; who proposed what is forgotten.
The pool that was judged is frozen in `pool.jsonl`: the matcher that took part has moved on since, so a second run gives
a wider or another pool, whose new pairs must be judged before they count. Without ``--write`` it only tells how many.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from marketplace import demo_profiles
from marketplace.core.analysis import analyser
from matching import CapabilityProfile, Matcher, NeedProfile
from matching.judgements import read_pool
from matching.reading import body_text, field_texts

HERE = Path(__file__).resolve().parent
AS_OF = date(2026, 11, 23)
SIZE = 18  # capabilities a need
BY_CHANCE = 2
FUSED = 60  # reciprocal rank fusion's constant, as published

# 21 needs a chain; left out are those that one plain product name decides.
LEFT_OUT = frozenset(
    "nylon-n09 nylon-n15 nylon-n17 nylon-n18 nylon-n20 nylon-n23 nylon-n27"
    " steel-n06 steel-n13 steel-n14 steel-n21 steel-n25"
    " electrical-n09 electrical-n10 electrical-n13 electrical-n24"
    " storage-n07 storage-n08 storage-n09 storage-n15 storage-n24".split()
)

# Read by hand beside seeds/demo/expected-*: the same thing in other words, neighbours by trade but not by word, the
# same word in another trade, and names without any text.
READ_BY_HAND = {
    "nylon-n02": "nylon-c007", "nylon-n04": "nylon-c082", "nylon-n05": "nylon-c081", "nylon-n07": "nylon-c073 nylon-c074",
    "nylon-n08": "nylon-c083", "nylon-n10": "nylon-c033 nylon-c087", "nylon-n11": "nylon-c080", "nylon-n16": "nylon-c078",
    "nylon-n19": "nylon-c056", "nylon-n22": "steel-c055", "nylon-n24": "nylon-c066", "nylon-n28": "nylon-c007",
    "steel-n01": "steel-c003", "steel-n03": "steel-c073", "steel-n04": "steel-c089 steel-c078", "steel-n05": "steel-c082",
    "steel-n09": "steel-c070 steel-c091", "steel-n10": "steel-c093 steel-c077", "steel-n08": "steel-c077", "steel-n12": "steel-c077",
    "steel-n15": "steel-c086 steel-c077", "steel-n17": "steel-c080", "steel-n18": "steel-c082 steel-c077",
    "steel-n19": "steel-c042", "steel-n20": "nylon-c061", "steel-n22": "steel-c010", "steel-n26": "steel-c076",
    "electrical-n03": "steel-c086", "electrical-n05": "steel-c010 electrical-c002", "electrical-n06": "electrical-c033",
    "electrical-n08": "electrical-c037", "electrical-n11": "electrical-c011", "electrical-n14": "electrical-c030",
    "electrical-n16": "steel-c027", "electrical-n19": "storage-c057", "electrical-n21": "electrical-c027",
    "electrical-n23": "steel-c062", "electrical-n25": "electrical-c003", "storage-n01": "storage-c043",
    "storage-n06": "storage-c008", "storage-n10": "storage-c026", "storage-n11": "storage-c016",
    "storage-n13": "storage-c063 storage-c079", "storage-n16": "storage-c059 electrical-c056", "storage-n18": "storage-c017",
    "storage-n20": "electrical-c044", "storage-n22": "storage-c061", "storage-n25": "storage-c003",
}  # fmt: skip

Ranking = list[str]
Method = Callable[[NeedProfile], Ranking]


def need_text(need: NeedProfile) -> str:
    return f"{need.title}\n{body_text(need)}"


def capability_text(capability: CapabilityProfile) -> str:
    return "\n".join(field_texts(capability).fields.values())


class Bm25:
    """BM25 as in the textbook (k1 1.2, b 0.75) over one kind of token."""

    def __init__(self, cut: Callable[[str], list[str]], keys: Sequence[str], texts: Sequence[str]) -> None:
        self.cut, self.keys = cut, keys
        counts = [Counter(cut(text)) for text in texts]
        self.column = {token: place for place, token in enumerate(sorted(set().union(*counts)))}
        entries = [(row, self.column[t], n) for row, count in enumerate(counts) for t, n in count.items()]
        rows, columns, found = (np.array(values) for values in zip(*entries, strict=True))
        lengths = np.bincount(rows, weights=found)
        idf = np.log(1 + (len(texts) - (often := np.bincount(columns)) + 0.5) / (often + 0.5))
        norm = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
        weights = idf[columns] * found * 2.2 / (found + norm[rows])
        self.weights = sparse.csr_matrix((weights, (columns, rows)), shape=(len(self.column), len(texts)))

    def __call__(self, need: NeedProfile) -> Ranking:
        columns = [self.column[token] for token in self.cut(need_text(need)) if token in self.column]
        return best(self.keys, np.asarray(self.weights[columns].sum(axis=0)).ravel())


class TfIdf:
    """Cosine over TF-IDF of words, as the library gives it."""

    def __init__(self, cut: Callable[[str], list[str]], keys: Sequence[str], texts: Sequence[str]) -> None:
        self.keys = keys
        self.vectors = TfidfVectorizer(analyzer=cut, sublinear_tf=True)
        self.rows = self.vectors.fit_transform(texts)

    def __call__(self, need: NeedProfile) -> Ranking:
        return best(self.keys, (self.rows @ self.vectors.transform([need_text(need)]).T).toarray().ravel())


def best(keys: Sequence[str], scores: np.ndarray) -> Ranking:
    scored = [(round(float(score), 9), key) for score, key in zip(scores, keys, strict=True) if score > 0]
    return [key for _, key in sorted(scored, key=lambda pair: (-pair[0], pair[1]))]


def fused(first: Method, second: Method) -> Method:
    """Reciprocal rank fusion of two methods."""

    def rank(need: NeedProfile) -> Ranking:
        scores: Counter[str] = Counter()
        for ranking in (first(need), second(need)):
            for place, key in enumerate(ranking, 1):
                scores[key] += 1 / (FUSED + place)
        return best(list(scores), np.array(list(scores.values())))

    return rank


def matched(matcher: Matcher) -> Method:
    """The matcher itself, pairs that a stated fact excludes among the others."""

    def rank(need: NeedProfile) -> Ranking:
        found = [*matcher.match(need, top=0, as_of=AS_OF), *matcher.excluded(need, AS_OF)]
        scores = {match.capability_id: match.score for match in found}
        return best(list(scores), np.array(list(scores.values())))

    return rank


def methods(capabilities: Sequence[CapabilityProfile]) -> list[Method]:
    cut = analyser()
    keys = [capability.id for capability in capabilities]
    texts = [capability_text(capability) for capability in capabilities]
    words, bigrams = Bm25(cut.words, keys, texts), Bm25(cut.bigrams, keys, texts)
    matcher = matched(Matcher.fit(capabilities, cut))
    return [TfIdf(cut.words, keys, texts), words, bigrams, fused(words, bigrams), matcher]


def named_by_people() -> dict[str, list[str]]:
    """What the texts' authors meant as fitting or as merely alike, and what was read by hand."""
    named: dict[str, list[str]] = {}
    for path in sorted(demo_profiles.FOLDER.glob("expected-*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            named[row["need"]] = [*row["good"], *row["hard_negative"]]
    for need, keys in READ_BY_HAND.items():
        named[need].extend(keys.split())
    return named


def pool_of(
    need: NeedProfile, named: Iterable[str], rankings: Sequence[Ranking], others: Sequence[CapabilityProfile]
) -> list[str]:
    """``others``: every capability that is not the buyer's own. Chance draws one from the chain and one from anywhere."""
    open_to = {capability.id for capability in others}
    in_turn = [key for places in zip_longest(*rankings) for key in places if key]
    wanted = dict.fromkeys(key for key in [*named, *in_turn] if key in open_to)
    pool = list(wanted)[: SIZE - BY_CHANCE]
    dice = random.Random(f"lianqiao golden {need.id}")
    for near in (True, False):
        rest = [c.id for c in others if c.id not in pool and (not near or c.chain == need.chain)]
        pool.append(dice.choice(sorted(rest)))
    # The order says nothing: neither who proposed a capability nor how early.
    return sorted(pool, key=lambda key: sha256(f"lianqiao golden {need.id} {key}".encode()).hexdigest())


def make() -> dict[str, list[str]]:
    capabilities = list(demo_profiles.capability_profiles(AS_OF).values())
    ranked_by = methods(capabilities)
    named = named_by_people()
    return {
        key: pool_of(
            need,
            named[key],
            [method(need) for method in ranked_by],
            [capability for capability in capabilities if capability.firm_id != need.firm_id],
        )
        for key, need in demo_profiles.need_profiles().items()
        if key not in LEFT_OUT
    }


def main(arguments: Sequence[str]) -> None:
    pools = make()
    path = HERE / "pool.jsonl"
    if "--write" in arguments:
        rows = [{"need": key, "as_of": AS_OF.isoformat(), "pool": pool} for key, pool in pools.items()]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    frozen = {(need.need, capability) for need in read_pool(path) for capability in need.pool}
    made = {(key, capability) for key, pool in pools.items() for capability in pool}
    print(f"{len(pools)} needs, {len(made)} pairs; {len(made - frozen)} of them are not in pool.jsonl")


if __name__ == "__main__":
    main(sys.argv[1:])
