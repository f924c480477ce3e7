"""BM25 over fields: what a term is worth in a listing, each field with its own length norm and saturation.

Fields are summed under a cap, so that repeating a term in every field gains little over one in the title. Which field
teaches which kind of term, and how, stands in `shapes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matching.gathering import Counts
from matching.postings import Floats, Ids
from matching.shapes import SHAPES

MOST_IMPACT = 1.2
MOST_REPEATS = 8  # occurrences of a term in one field that count
STUFFED_REPEATS, STUFFED_SHARE = 6, 0.12  # beyond both, the term counts once: repeating is no evidence
_LEAST_NORM = 0.25  # a field of one word is no better than one of few


def impacts(
    kind: str, fields: Mapping[str, Counts], lengths: Mapping[str, Floats], means: Mapping[str, float]
) -> tuple[Ids, Ids, Floats]:
    """Terms, rows and one impact each: 1 for a term that stands once in a title of mean length."""
    size = 1 + max((int(part.terms.max(initial=0)) for part in fields.values()), default=0)
    keys, values = [], []
    for name, part in fields.items():
        shape = SHAPES[kind][name]
        relative = lengths[name][part.rows] / (means[name] or 1.0)
        norm = 1.0 - shape.length_norm + shape.length_norm * relative
        stuffed = (part.counts > STUFFED_REPEATS) & (part.counts > STUFFED_SHARE * lengths[name][part.rows])
        repeats = np.where(stuffed, 1, np.minimum(part.counts, MOST_REPEATS))
        heft = repeats / np.maximum(norm, _LEAST_NORM)
        keys.append(part.rows.astype(np.int64) * size + part.terms)
        values.append(shape.weight * heft * (shape.saturation + 1.0) / (heft + shape.saturation))
    key, value = np.concatenate(keys), np.concatenate(values)
    order = np.argsort(key, kind="stable")
    key, value = key[order], value[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    summed = np.add.reduceat(value, first) if len(key) else value
    key = key[first]
    capped = np.minimum(summed, MOST_IMPACT).astype(np.float32)
    return (key % size).astype(np.int32), (key // size).astype(np.int32), capped
