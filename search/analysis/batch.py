"""Words and pairs of many texts as numbers: what `Analyser.tokens` says of each, without an object a token.

The texts are normalised as one and cut as one. A term is looked at once, however often it stands there; where it stands
is told by arrays alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import filterfalse
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.analysis import joined
from search.analysis.characters import EDGE, HAN_RUN, WORD_RUN
from search.analysis.codes import SIGNS
from search.analysis.joined import as_text, code_points, normalise_joined, stretches
from search.analysis.memory import Memory
from search.analysis.pieces import Apart
from search.analysis.stopwords import STOPWORDS
from search.analysis.synonyms import Synonyms

Ids = NDArray[np.int32]
Places = NDArray[np.int64]
Numbers = dict[str, int]

_OTHER, _HAN, _WORD, _SIGN, _EDGE = range(5)
_NO_WORDS: Final = STOPWORDS | {EDGE}


class _Numbering(dict[str, int]):
    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


def numbering() -> Numbers:
    """Numbers terms in the order in which they are first asked for: `ids[term]` always has an answer."""
    return _Numbering()


@dataclass(frozen=True)
class Column:
    """The term `terms[codes[i]]` stands in text `rows[i]`; rows never fall."""

    terms: Sequence[str]
    codes: Ids
    rows: Ids

    def numbered(self, ids: Numbers) -> Ids:
        """`codes` in the numbering `ids`, which learns the terms that occur here."""
        return translated(self.terms, self.codes, ids)

    def of_rows(self, first: int, last: int) -> "Column":
        """Of texts `first` to `last`, numbered from 0."""
        start, end = np.searchsorted(self.rows, (first, last))
        return Column(self.terms, self.codes[start:end], self.rows[start:end] - np.int32(first))


@dataclass(frozen=True)
class Batch:
    """Words in no order within a text, pairs in reading order."""

    words: Column
    bigrams: Column


def translated(terms: Sequence[str], codes: Ids, ids: Numbers) -> Ids:
    """The numbers in `ids` of the terms that `codes` name; terms that are new there are numbered after the last."""
    present = np.flatnonzero(np.bincount(codes, minlength=len(terms)))
    named = terms if len(present) == len(terms) else [terms[code] for code in present.tolist()]
    new = list(filterfalse(ids.__contains__, named))
    first = len(ids)
    ids.update(zip(new, range(first, first + len(new)), strict=True))
    table = np.zeros(len(terms), np.int32)
    if len(new) == len(named):
        table[present] = np.arange(first, len(ids))
    else:
        table[present] = list(map(ids.__getitem__, named))
    return table[codes]


def spread(codes: Ids, sizes: Places, places: Ids, of_place: NDArray[Any]) -> tuple[Ids, NDArray[Any]]:
    """Unit i says what the list `places[i]` holds; lists of these sizes stand behind one another in `codes`. Every code
    said, with what `of_place` tells of its unit."""
    said = sizes[places]
    shifts = np.repeat((np.cumsum(sizes) - sizes)[places] - (np.cumsum(said) - said), said)
    return codes[np.arange(len(shifts)) + shifts], np.repeat(of_place, said)


class BatchReader:
    """`search` gives the words of runs of Han characters in search mode, `inside` the terms that it does not find inside
    another one (see `words.py`)."""

    def __init__(
        self,
        search: Callable[[str], list[str]],
        inside: Mapping[str, Sequence[str]],
        synonyms: Synonyms,
        apart: Apart,
    ) -> None:
        self._search = search
        self._inside = inside
        self._synonyms = synonyms
        self._apart = apart
        self._units = Memory(apart.read_all, most=50_000, longest=40)
        self._kinds = _kinds(synonyms)

    def read(self, texts: Sequence[str]) -> Batch:
        if not texts:
            nothing = np.zeros(0, np.int32)
            return Batch(Column((), nothing, nothing), Column((), nothing, nothing))
        text = _Joined(normalise_joined(texts), self._kinds)
        units, places = text.units()
        between = self._between(units)
        mixing = self._mixing(text)
        return Batch(self._words(text, between, places, mixing), _bigrams(text, between, places))

    def forget(self) -> None:
        """As if nothing had been read yet; for measuring."""
        self._units.forget()
        joined.forget()

    def _words(self, text: "_Joined", between: "_Between", places: Places, mixing: Sequence[int]) -> Column:
        ids = numbering()
        codes, rows = self._han_words(text, ids)
        written, owners = between.words.spread(ids, text.rows[places])
        if mixing:
            apart = ~np.isin(owners, mixing)
            written, owners = written[apart], owners[apart]
        parts, of_rows = [codes, written], [rows, owners]
        for row in mixing:
            found = [ids[token] for token in self._apart.said(text.row(row))]
            parts.append(np.asarray(found, np.int32))
            of_rows.append(np.full(len(found), row, np.int32))
        codes, rows = np.concatenate(parts), np.concatenate(of_rows)
        order = np.argsort(rows, kind="stable")
        return Column(list(ids), codes[order], rows[order])

    def _han_words(self, text: "_Joined", ids: Numbers) -> tuple[Ids, Ids]:
        found = numbering()
        edge = found[EDGE]
        words = self._search(text.han())
        codes = np.fromiter(map(found.__getitem__, words), np.int32, len(words))
        rows = np.cumsum(codes == edge, dtype=np.int32)
        tokens = self._synonyms.map(list(found))
        table = np.fromiter(map(ids.__getitem__, tokens), np.int32, len(tokens))
        table[[found[word] for word in found.keys() & _NO_WORDS]] = -1
        parts, of_rows = [table[codes]], [rows]
        for word in sorted(found.keys() & self._inside.keys()):
            holding = rows[codes == found[word]]
            for inner in self._inside[word]:
                parts.append(np.full(len(holding), ids[self._synonyms.token(inner)], np.int32))
                of_rows.append(holding)
        every, rows = np.concatenate(parts), np.concatenate(of_rows)
        kept = every >= 0
        return every[kept], rows[kept]

    def _between(self, units: Sequence[str]) -> "_Between":
        known = numbering()
        places = np.fromiter(map(known.__getitem__, units), np.int32, len(units))
        said = self._units.of(list(known))
        runs, words = zip(*said, strict=True) if said else ((), ())
        return _Between(_Terms(runs, places), _Terms(words, places))

    def _mixing(self, text: "_Joined") -> list[int]:
        """Texts with names that have Han characters and others."""
        places = self._synonyms.mixed(text.text)
        return np.unique(text.rows[places]).tolist() if places else []


class _Joined:
    """Normalised texts with EDGE between them, character by character."""

    def __init__(self, text: str, kinds: NDArray[np.uint8]) -> None:
        self.text = text
        self.points = code_points(text)
        self.kinds = kinds[self.points]
        edges = self.kinds == _EDGE
        self.rows: Ids = np.cumsum(edges, dtype=np.int32)
        self._edges = [-1, *np.flatnonzero(edges).tolist(), len(text)]

    def row(self, number: int) -> str:
        return self.text[self._edges[number] + 1 : self._edges[number + 1]]

    def han(self) -> str:
        """The runs of Han characters with a blank or EDGE between."""
        han = self.kinds == _HAN
        edge = self.kinds == _EDGE
        behind = np.zeros(len(han), np.bool_)
        behind[1:] = han[:-1]
        kept = han | edge | behind
        return as_text(np.where(han | edge, self.points, np.uint32(ord(" ")))[kept])

    def units(self) -> tuple[list[str], Places]:
        """What stands between Han characters and signs, if it has a letter or digit; and where each begins."""
        inside = (self.kinds == _OTHER) | (self.kinds == _WORD)
        starts, ends = stretches(inside, self.kinds == _WORD)
        text = self.text
        return [text[start:end] for start, end in zip(starts, ends, strict=True)], np.asarray(
            starts, np.int64
        )

    def pairs(self) -> tuple[list[str], Ids, Places]:
        """Pairs of Han characters, and those that stand alone: terms, codes, and where each begins."""
        han = np.zeros(len(self.kinds) + 2, np.bool_)
        han[1:-1] = self.kinds == _HAN
        paired = han[1:-1] & han[2:]
        alone = han[1:-1] & ~han[:-2] & ~han[2:]
        places = np.flatnonzero(paired | alone)
        points = self.points.astype(np.int64)
        seconds = np.where(paired[places], points[np.minimum(places + 1, len(points) - 1)], 0)
        keys, codes = np.unique(points[places] << _SHIFT | seconds, return_inverse=True)
        return _terms(keys), codes.astype(np.int32), places


_SHIFT: Final = 32


def _terms(keys: Places) -> list[str]:
    spelled = np.empty((len(keys), 3), np.uint32)
    spelled[:, 0], spelled[:, 1], spelled[:, 2] = keys >> _SHIFT, keys & (2**_SHIFT - 1), ord(" ")
    return as_text(spelled[spelled > 0]).split()


def _bigrams(text: _Joined, between: "_Between", places: Places) -> Column:
    terms, codes, starts = text.pairs()
    ids = numbering()
    runs, run_places = between.runs.spread(ids, places)
    codes = np.concatenate((codes, runs + np.int32(len(terms))))
    starts = np.concatenate((starts, run_places))
    order = np.argsort(starts, kind="stable")
    return Column([*terms, *ids], codes[order], text.rows[starts[order]])


@dataclass(frozen=True)
class _Terms:
    """Unit i of the texts says the terms of `said[places[i]]`, which are parted by blanks."""

    said: Sequence[str]
    places: Ids

    def spread(self, ids: Numbers, of_unit: NDArray[Any]) -> tuple[Ids, NDArray[Any]]:
        """Every term said, by number, with what `of_unit` tells of its unit."""
        terms = f" {EDGE} ".join((*self.said, "")).split()
        codes = np.fromiter(map(ids.__getitem__, terms), np.int32, len(terms))
        kept = codes != ids[EDGE]
        ends = np.flatnonzero(~kept)
        return spread(codes[kept], np.diff(ends, prepend=-1) - 1, self.places, of_unit)


@dataclass(frozen=True)
class _Between:
    """What units without Han characters say."""

    runs: _Terms
    words: _Terms


def _kinds(synonyms: Synonyms) -> NDArray[np.uint8]:
    """By code point, for one set of synonyms: a sign that none of them has parts names as it parts codes."""
    kinds = _letters().copy()
    kinds[[ord(sign) for sign in SIGNS if not synonyms.has(sign)]] = _SIGN
    kinds[ord(EDGE)] = _EDGE
    return kinds


@cache
def _letters() -> NDArray[np.uint8]:
    """Han characters, letters and digits of other scripts, and the rest."""
    everything = "".join(map(chr, range(0x110000)))
    kinds = np.full(len(everything), _OTHER, np.uint8)
    for kind, run in ((_HAN, HAN_RUN), (_WORD, WORD_RUN)):
        for match in run.finditer(everything):
            kinds[slice(*match.span())] = kind
    return kinds
