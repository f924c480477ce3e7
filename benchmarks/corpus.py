"""A register made of numbers: listings and needs as counted terms, with the frequencies of real Chinese industrial text.

Three layers a text: about a hundred words that stand everywhere (研发, 公司, 制造: 5 to 50 % of all listings), the words of
one of 480 topics, and a long tail by Zipf and Mandelbrot. A listing has some 55 distinct terms, a need 36; both draw from
the same layers, needs less talk. Any part of a bigger register equals the smaller one, so growth is measured on the same
texts. `texts` writes them out as characters, for engines that read text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from matching.weighting import Table

EVERYDAY = 108
TOPICS, TOPIC_TERMS = 480, 60
TAIL = 48_000
TERMS = EVERYDAY + TOPICS * TOPIC_TERMS + TAIL
BATCH = 10_000  # rows drawn from one seed


@dataclass(frozen=True)
class Mixture:
    """How much of each layer a text draws."""

    everyday: float
    topic: int
    tail: int


LISTING = Mixture(1.0, 15, 30)
NEED = Mixture(0.55, 12, 18)


def listings(count: int) -> Table:
    return _drawn(count, LISTING, 1)


def needs(count: int) -> Table:
    return _drawn(count, NEED, 2)


def _everyday_shares() -> np.ndarray:
    rank = np.arange(EVERYDAY)
    return np.where(rank < 48, 0.5 * np.exp(-rank / 29), 0.095 * (np.maximum(rank, 1) / 48) ** -0.8)


def _drawn(count: int, mixture: Mixture, side: int) -> Table:
    shares = _everyday_shares() * mixture.everyday
    tail = np.cumsum((np.arange(TAIL) + 100.0) ** -1.05)
    within = np.cumsum((np.arange(TOPIC_TERMS) + 2.0) ** -0.9)
    keys: list[np.ndarray] = []
    for batch in range(-(-count // BATCH)):
        draw = np.random.default_rng((20261125, side, batch))
        rows = np.arange(batch * BATCH, (batch + 1) * BATCH)[:, None]
        everyday = np.nonzero(draw.random((BATCH, EVERYDAY)) < shares)
        topics = draw.integers(0, TOPICS, (BATCH, 1))
        of_topic = np.searchsorted(within, draw.random((BATCH, mixture.topic)) * within[-1])
        of_tail = np.searchsorted(tail, draw.random((BATCH, mixture.tail)) * tail[-1])
        keys += [
            (everyday[0] + batch * BATCH) * TERMS + everyday[1],
            (rows * TERMS + EVERYDAY + topics * TOPIC_TERMS + of_topic).ravel(),
            (rows * TERMS + EVERYDAY + TOPICS * TOPIC_TERMS + of_tail).ravel(),
        ]
    distinct, counts = np.unique(np.concatenate(keys), return_counts=True)
    kept = distinct < count * TERMS
    distinct, counts = distinct[kept], counts[kept]
    starts = np.searchsorted(distinct, np.arange(count + 1, dtype=np.int64) * TERMS)
    return Table(starts.astype(np.int64), (distinct % TERMS).astype(np.int32), counts.astype(np.int32), TERMS)


CHARACTERS = "材料设备系统装置钢铁铝铜合金高强精密轴承齿轮电机变压器开关线缆绝缘液压气动阀门泵体管道焊接切割铸造锻压热处理表面涂层橡胶塑尼龙纤维纺织"
_DISTINCT = tuple(dict.fromkeys(CHARACTERS))


def word(term: int) -> str:
    """Three characters, another three for every term."""
    size = len(_DISTINCT)
    return _DISTINCT[term // (size * size)] + _DISTINCT[term // size % size] + _DISTINCT[term % size]


def texts(table: Table) -> Iterator[str]:
    """Each row as words between blanks, repeated as often as they count."""
    for row in range(len(table)):
        span = slice(table.starts[row], table.starts[row + 1])
        yield " ".join(
            " ".join([word(int(term))] * int(count))
            for term, count in zip(table.terms[span], table.counts[span], strict=True)
        )
