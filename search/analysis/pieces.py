"""A normalised text in pieces: runs of Han characters, and what stands between two of them.

Codes, letters and digits stand between; nothing of them reaches across a Han character. The same few signs, figures
and names stand there again and again, so each such piece is read once.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from search.analysis import codes
from search.analysis.bigrams import runs
from search.analysis.characters import EDGE, HAN
from search.analysis.codes import Located
from search.analysis.synonyms import Synonyms

_CUT: Final = re.compile(f"({HAN}+)")
#: A longer piece is none that comes again.
_LONGEST_KEPT: Final = 40


class Pieces(NamedTuple):
    """`han[i]` stands behind `apart[i]` and before `apart[i + 1]`; the first and the last of `apart` may be empty."""

    apart: list[str]
    han: list[str]

    @classmethod
    def of(cls, normalised: str) -> "Pieces":
        pieces = _CUT.split(normalised)
        return cls(pieces[::2], pieces[1::2])


class Between(NamedTuple):
    """What a piece without Han characters says. `runs` are for bigrams; `names` have synonyms, `codes` are the others,
    both as tokens."""

    runs: Sequence[str]
    names: Sequence[str]
    codes: Sequence[str]


_SILENT: Final = Between((), (), ())


#: Runs and words of a piece, each parted by blanks: none has one. Words in no order.
Said = tuple[str, str]


class Apart:
    """Reads pieces without Han characters, for one set of synonyms."""

    def __init__(self, synonyms: Synonyms) -> None:
        self._synonyms = synonyms
        self._kept = lru_cache(maxsize=20_000)(self._read)

    def read(self, pieces: Sequence[str]) -> list[Between]:
        kept, read = self._kept, self._read
        return [kept(piece) if len(piece) <= _LONGEST_KEPT else read(piece) for piece in pieces]

    def forget(self) -> None:
        """As if nothing had been read yet; for measuring."""
        self._kept.cache_clear()
        codes.forget()

    def _read(self, piece: str) -> Between:
        said = runs(piece)
        if not said:  # signs and blanks
            return _SILENT
        names = self._synonyms.locate(piece)
        if not names:
            return Between(said, (), self._synonyms.map(codes.tokens(piece)))
        others = self._others(names, codes.locate(piece))
        return Between(said, [token for token, _, _ in names], [token for token, _, _ in others])

    def read_all(self, pieces: Sequence[str]) -> list[Said]:
        """What pieces of a batch say: those without a name all as one."""
        edged = EDGE.join(pieces)
        wholes = codes.wholes(edged)
        distinct = list(dict.fromkeys(wholes))
        said = dict(zip(distinct, self._synonyms.map(distinct), strict=True))
        for whole in codes.parted(distinct):  # read alone it says what it says in its place
            said[whole] = " ".join(self._synonyms.map([token for token, _, _ in codes.read(whole)]))
        words = " ".join(map(said.__getitem__, wholes)).split(EDGE)
        starts = [*accumulate((len(piece) + 1 for piece in pieces), initial=0)]
        for _, start, _ in self._synonyms.locate(edged):
            place = bisect_right(starts, start) - 1
            words[place] = " ".join(self.said(pieces[place]))
        return list(zip(" ".join(runs(edged)).split(EDGE), words, strict=True))

    def located(self, normalised: str) -> list[Located]:
        """Names and codes with letters or digits in a text that may have Han characters."""
        names = self._synonyms.locate(normalised)
        return names + self._others(names, codes.locate(normalised))

    def said(self, normalised: str) -> list[str]:
        """The tokens of `located`, with nothing remembered."""
        names = self._synonyms.locate(normalised)
        return [token for token, _, _ in (*names, *self._others(names, codes.read(normalised)))]

    def _others(self, names: Sequence[Located], found: Iterable[Located]) -> list[Located]:
        """Codes as tokens; one that is itself such a name counts once."""
        token = self._synonyms.token
        taken = {(start, end) for _, start, end in names}
        return [(token(code), start, end) for code, start, end in found if (start, end) not in taken]
