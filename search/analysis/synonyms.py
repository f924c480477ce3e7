"""Names of the same thing become one token: 尼龙66 = PA66 = 聚酰胺66 = nylon 66.

Names in Chinese characters are found as words of the dictionary. Names with letters or digits are
found in the text itself, where a blank or hyphen more or less makes no difference (PA 66, pa-66).
"""

import re
from collections.abc import Sequence
from typing import Final

from search.analysis.characters import HAN, HAN_RUN, WORD
from search.analysis.codes import Located
from search.analysis.lexicon import LexiconError
from search.analysis.normalise import normalise
from search.analysis.trie import any_of

_SEPARATORS: Final = str.maketrans("", "", " -/")
_ATOM: Final = re.compile(rf"{HAN}+|[0-9]+(?:\.[0-9]+)?|[^\W0-9_]+?(?={HAN}|[\W0-9_]|$)|[^\w\s/-]|_")


class Synonyms:
    """`sets` hold names of one thing each; the first name of a set is the token of all of them."""

    def __init__(self, sets: Sequence[Sequence[str]]) -> None:
        self._token: dict[str, str] = {}
        self._spellings: dict[str, list[str]] = {}
        self.han: list[str] = []
        written: list[str] = []
        for names in sets:
            token = normalise(names[0]).replace(" ", "")
            for name in names:
                spelling = normalise(name)
                self._remember(spelling, token)
                if HAN_RUN.fullmatch(spelling):
                    self.han.append(spelling)
                else:
                    written.append(spelling)
        self._written = _any_name(written)
        self._signs = frozenset("".join(written))
        self._mixed = _any_name([name for name in written if HAN_RUN.search(name)])

    def token(self, word: str) -> str:
        """The token for a word, code or part of one; the word itself when it has no synonyms."""
        return self._token.get(word, word)

    def knows(self, token: str) -> bool:
        """Whether this token stands for more than one spelling."""
        return token in self._token

    def spellings(self, token: str) -> Sequence[str]:
        """Every word or code whose token this is."""
        return self._spellings.get(token, (token,))

    def map(self, words: Sequence[str]) -> list[str]:
        return list(map(self._token.get, words, words))

    def locate(self, normalised: str) -> list[Located]:
        """Names with letters or digits, longest first at each place."""
        if self._written is None or not self._written.search(normalised):
            return []
        return [
            (self._token[match[0].translate(_SEPARATORS)], *match.span())
            for match in self._written.finditer(normalised)
        ]

    def has(self, sign: str) -> bool:
        """Whether this sign is part of a name with letters or digits."""
        return sign in self._signs

    def mixed(self, normalised: str) -> list[int]:
        """Where a name begins that has Han characters and others: 尼龙66."""
        return [] if self._mixed is None else [match.start() for match in self._mixed.finditer(normalised)]

    def _remember(self, spelling: str, token: str) -> None:
        for key in (spelling.replace(" ", ""), spelling.translate(_SEPARATORS)):
            if len(key) < 2:
                raise LexiconError(f"a synonym needs two characters: {spelling!r}")
            if key not in self._token:
                self._spellings.setdefault(token, []).append(key)
            if self._token.setdefault(key, token) != token:
                raise LexiconError(
                    f"{spelling!r} stands in two synonym sets: {self._token[key]!r} and {token!r}"
                )


def _any_name(names: Sequence[str]) -> re.Pattern[str] | None:
    """PA is not found in MPa: nothing of the same kind of letters may follow, nor (see _snippets) precede."""
    snippets = [_snippets(_ATOM.findall(name)) for name in names]
    return re.compile(f"{any_of(snippets)}(?:(?<={HAN})|(?!{WORD}))") if names else None


def _snippets(atoms: list[str]) -> list[str]:
    """The characters of a name, with a blank, hyphen or stroke allowed between its atoms. That no letter
    stands before it is asked after the first character, which keeps the search fast."""
    snippets = [re.escape(atoms[0][0]) + ("" if HAN_RUN.match(atoms[0]) else f"(?<!{WORD}.)")]
    snippets += map(re.escape, atoms[0][1:])
    for atom in atoms[1:]:
        snippets += ["[ /-]?", *map(re.escape, atom)]
    return snippets
