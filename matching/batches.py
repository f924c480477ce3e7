"""Token streams of many texts as numbers: what `reading.Reader.streams` says of each text, for an index to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.postings import Ids
from matching.reading import HAN_FROM
from search.analysis.batch import Batch, Column, Numbers, numbering, spread, translated
from search.analysis.bigrams import bigrams as pairs_of

Streams = Mapping[str, Column]
_SHIFT = 32  # a row and a term in one number


def streams_of(batch: Batch) -> Streams:
    """Words, bigrams and characters; see `Reader.streams`. Within a text they stand in its order."""
    pairs = _with_canonical_pairs(batch.words, batch.bigrams)
    return {"words": batch.words, "bigrams": pairs, "characters": _characters(pairs)}


def grams(streams: Streams) -> Column:
    """What titles are compared by, each once a title, in the order of `reading.grams`."""
    pairs, characters = streams["bigrams"], streams["characters"]
    han = np.asarray([term > HAN_FROM for term in characters.terms] or [False])[characters.codes]
    ids = _numbering_of(pairs)
    codes = np.concatenate((pairs.codes, translated(characters.terms, characters.codes[han], ids)))
    rows = np.concatenate((pairs.rows, characters.rows[han]))
    first = _first_of_each(rows, codes)
    return _by_row(ids, codes[first], rows[first])


def joined(rows: NDArray[Any], terms: NDArray[Any]) -> NDArray[np.int64]:
    """One number for each row and term, in the order of rows, then terms."""
    keys: NDArray[np.int64] = rows.astype(np.int64) << _SHIFT | terms
    return keys


def parted(keys: NDArray[np.int64]) -> tuple[Ids, Ids]:
    """Rows and terms of what `joined` made."""
    return (keys >> _SHIFT).astype(np.int32), (keys & (2**_SHIFT - 1)).astype(np.int32)


def _with_canonical_pairs(words: Column, pairs: Column) -> Column:
    """Pairs of tokens that stand for a synonym behind those of the text, as `reading` adds them."""
    ids = _numbering_of(pairs)
    present = _distinct(joined(pairs.rows, pairs.codes))
    rows, codes = parted(_distinct(joined(words.rows, words.codes)))
    whole = _codes(ids, words.terms)
    head = _codes(ids, [word[:2] for word in words.terms])
    short = np.asarray([len(word) < 2 for word in words.terms] or [True])
    absent = ~(short[codes] | _among(present, rows, whole[codes]) | _among(present, rows, head[codes]))
    rows, codes = rows[absent], codes[absent]
    if not len(rows):
        return pairs
    strange = sorted({words.terms[code] for code in codes.tolist()})
    rank = {word: place for place, word in enumerate(strange)}
    places = np.asarray([rank.get(word, 0) for word in words.terms], np.int32)[codes]
    order = np.argsort(joined(rows, places))
    rows, places = rows[order], places[order]
    lists = [pairs_of(word) for word in strange]
    of_words = np.asarray([ids[pair] for said in lists for pair in said], np.int32)
    added, rows = spread(of_words, np.asarray([len(said) for said in lists]), places, rows)
    new = ~_among(present, rows, added)
    added, rows = added[new], rows[new]
    first = _first_of_each(rows, added)
    return _by_row(
        ids, np.concatenate((pairs.codes, added[first])), np.concatenate((pairs.rows, rows[first]))
    )


def _characters(pairs: Column) -> Column:
    """Runs of letters and digits, and the Han characters under the bigrams; see `reading`."""
    ids = numbering()
    han = np.asarray([pair > HAN_FROM for pair in pairs.terms] or [False])
    first = np.asarray([ids[pair[0] if pair > HAN_FROM else pair] for pair in pairs.terms] or [0], np.int32)
    rest = np.asarray(
        [ids[pair[1:]] if pair > HAN_FROM and pair[1:] else -1 for pair in pairs.terms] or [0], np.int32
    )
    of_han = han[pairs.codes]
    runs, run_rows = first[pairs.codes[~of_han]], pairs.rows[~of_han]
    codes, rows = pairs.codes[of_han], pairs.rows[of_han]
    begun, left = first[codes], rest[codes]
    goes_on = np.zeros(len(codes), np.bool_)
    goes_on[:-1] = (rows[1:] == rows[:-1]) & (begun[1:] == left[:-1])
    ends = (left >= 0) & ~goes_on
    return _by_row(
        ids, np.concatenate((runs, begun, left[ends])), np.concatenate((run_rows, rows, rows[ends]))
    )


def _numbering_of(column: Column) -> Numbers:
    """That of the column; terms that it does not have are numbered after the last."""
    ids = numbering()
    ids.update(zip(column.terms, range(len(column.terms)), strict=True))
    return ids


def _by_row(ids: Numbers, codes: Ids, rows: Ids) -> Column:
    order = np.argsort(rows, kind="stable")
    return Column(list(ids), codes[order], rows[order])


def _first_of_each(rows: Ids, codes: Ids) -> NDArray[np.int64]:
    """Where each row's terms stand for the first time, in their order."""
    _, first = np.unique(joined(rows, codes), return_index=True)
    return np.sort(first)


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """In order; by sorting, which takes a tenth of the time that numpy's table of what it has seen does."""
    keys = np.sort(keys)
    distinct: NDArray[np.int64] = keys[np.diff(keys, prepend=-1) != 0]
    return distinct


def _among(present: NDArray[np.int64], rows: Ids, codes: Ids) -> NDArray[np.bool_]:
    keys = joined(rows, codes)
    places = np.searchsorted(present, keys)
    found = np.zeros(len(keys), np.bool_)
    inside = places < len(present)
    found[inside] = present[places[inside]] == keys[inside]
    return found


def _codes(ids: Numbers, terms: Sequence[str]) -> Ids:
    """-1 for terms without a number."""
    return np.asarray([ids.get(term, -1) for term in terms] or [-1], np.int32)
