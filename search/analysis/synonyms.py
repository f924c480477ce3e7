"""Names of the same thing become one token: 尼龙66 = PA66 = 聚酰胺66 = nylon 66.

Names in Chinese characters are found as words of the dictionary. Names with letters or digits are
found in the text itself, where a blank or hyphen more or less makes no difference (PA 66, pa-66).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from search.analysis.characters import HAN, HAN_RUN, WORD
from search.analysis.codes import Located
from search.analysis.lexicon import LexiconError
from search.analysis.normalise import normalise

_SEPARATORS: Final = str.maketrans("", "", " -/")
_ATOM: Final = re.compile(rf"{HAN}+|[0-9]+(?:\.[0-9]+)?|[^\W0-9_]+?(?={HAN}|[\W0-9_]|$)|[^\w\s/-]|_")
_Trie = dict[str, "_Trie"]


class Synonyms:
    """`sets` hold names of one thing each; the first name of a set is the token of all of them."""

    def __init__(self, sets: Sequence[Sequence[str]]) -> None:
        self._token: dict[str, str] = {}
        self.han: list[str] = []
        trie: _Trie = {}
        for names in sets:
            token = normalise(names[0]).replace(" ", "")
            for name in names:
                spelling = normalise(name)
                self._remember(spelling, token)
                if HAN_RUN.fullmatch(spelling):
                    self.han.append(spelling)
                else:
                    _grow(trie, _ATOM.findall(spelling))
        self._written = re.compile(_pattern(trie)) if trie else None

    def token(self, word: str) -> str:
        """The token for a word, code or part of one; the word itself when it has no synonyms."""
        return self._token.get(word, word)

    def map(self, words: list[str]) -> list[str]:
        get = self._token.get
        return [get(word, word) for word in words]

    def locate(self, normalised: str) -> Iterator[Located]:
        """Names with letters or digits, longest first at each place."""
        if self._written is not None:
            for match in self._written.finditer(normalised):
                yield self._token[match.group().translate(_SEPARATORS)], match.start(), match.end()

    def _remember(self, spelling: str, token: str) -> None:
        for key in (spelling.replace(" ", ""), spelling.translate(_SEPARATORS)):
            if len(key) < 2:
                raise LexiconError(f"a synonym needs two characters: {spelling!r}")
            if self._token.setdefault(key, token) != token:
                raise LexiconError(
                    f"{spelling!r} stands in two synonym sets: {self._token[key]!r} and {token!r}"
                )


def _grow(trie: _Trie, atoms: list[str]) -> None:
    for atom in atoms:
        trie = trie.setdefault(atom, {})
    trie[""] = {}


def _pattern(trie: _Trie) -> str:
    """One regular expression for all names. Nested by their atoms, so that its cost does not grow with
    their number; bounded left and right, so that PA is not found in MPa."""
    # Sorted by first character and guarded by it: at most places of a text nothing can begin (30 times faster).
    heads: dict[str, _Trie] = {}
    for atom in filter(None, trie):
        heads.setdefault(atom[0], {})[atom] = trie[atom]
    starts = "".join(map(re.escape, sorted(heads)))
    names = "|".join(f"(?={re.escape(head)})(?:{_branches(heads[head])})" for head in sorted(heads))
    return f"(?=[{starts}])(?:(?<!{WORD})|(?={HAN}))(?:{names})(?:(?<={HAN})|(?!{WORD}))"


def _branches(trie: _Trie) -> str:
    branches = []
    for atom in sorted(filter(None, trie), key=lambda word: (-len(word), word)):
        further = _branches({key: below for key, below in trie[atom].items() if key})
        ending = "?" if "" in trie[atom] else ""
        branches.append(re.escape(atom) + (f"(?:[ /-]?(?:{further})){ending}" if further else ""))
    return "|".join(branches)
