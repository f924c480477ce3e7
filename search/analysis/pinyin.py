"""Names as people type them without Chinese characters: 平煤神马尼龙66 → pingmeishenmanilong66, pmsmnl66, nl66.

For indexing only: the dictionary of readings loads late, and a page that searches never needs it. What a person
typed is compared as it stands.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from search.analysis.characters import HAN, LONGEST_TOKEN, WORD

if TYPE_CHECKING:
    from search.analysis.analyser import Analyser

#: A name longer than this is a sentence.
LONGEST_NAME: Final = 60
#: Two initials are too many things at once (gb is 钢板 and 国标); with a figure behind them they are not.
_FEWEST_INITIALS: Final = 3
_FEWEST_SYLLABLES: Final = 2
MOST_TOKENS: Final = 200

_ATOM: Final = re.compile(rf"{HAN}+|[0-9]+(?:\.[0-9]+)?|[^\W0-9_{HAN[1:-1]}]+")
_Piece = tuple[str, str, int]


def name_tokens(names: Iterable[str], analyser: "Analyser") -> tuple[str, ...]:
    """Full pinyin and initials of every stretch of whole words in `names`, each once, at most MOST_TOKENS."""
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(_tokens_of(name[:LONGEST_NAME], analyser)))
    return tuple(found)[:MOST_TOKENS]


# A firm's name stands on each of its listings.
@lru_cache(maxsize=2_000)
def _tokens_of(name: str, analyser: "Analyser") -> tuple[str, ...]:
    pieces = _pieces(analyser.normalise(name), analyser)
    return tuple(token for start in range(len(pieces)) for token in _stretches(pieces[start:]))


def syllables(han: str) -> tuple[str, ...]:
    """One syllable a character, without tones; ü is v, as on a keyboard. What has no reading stays itself."""
    return _read(han)


@lru_cache(maxsize=20_000)
def _read(han: str) -> tuple[str, ...]:
    # Late: the dictionary of readings takes 0.1 s and 20 MB that only indexing needs.
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(han, style=Style.NORMAL, errors=list, v_to_u=False))  # type: ignore[arg-type]  # a list keeps one entry a character


def _pieces(normalised: str, analyser: "Analyser") -> list[_Piece]:
    """(full, initials, syllables) of each word, figure and run of letters, in reading order."""
    pieces: list[_Piece] = []
    for match in _ATOM.finditer(normalised):
        run = match[0]
        if re.match(WORD, run):
            pieces.append((run, run, 0))
            continue
        read = syllables(run)
        cuts = sorted({0, len(run), *analyser.cuts(run)})
        for first, last in itertools.pairwise(cuts):
            part = read[first:last]
            pieces.append(("".join(part), "".join(each[:1] for each in part), last - first))
    return pieces


def _stretches(pieces: Sequence[_Piece]) -> Iterable[str]:
    full = initials = ""
    count, bare = 0, False
    for number, (whole, short, size) in enumerate(pieces):
        full, initials, count = full + whole, initials + short, count + size
        if len(full) <= LONGEST_TOKEN and count >= _FEWEST_SYLLABLES:
            yield full
        bare = bare or not size
        mixed = number > 0 and count >= _FEWEST_SYLLABLES and bare
        if len(initials) <= LONGEST_TOKEN and (count >= _FEWEST_INITIALS or mixed):
            yield initials
