"""The pipeline put together: normalise, words, codes, synonyms, bigrams, and places for highlights."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from search.analysis.alignment import Aligned
from search.analysis.bigrams import bigrams, grams, is_gram, joined
from search.analysis.characters import HAN_RUN, LONGEST_TOKEN
from search.analysis.codes import Located
from search.analysis.lexicon import Lexicon
from search.analysis.normalise import normalise, normalise_aligned
from search.analysis.pieces import Apart, Between, Pieces
from search.analysis.seeking import Sought
from search.analysis.synonyms import Synonyms
from search.analysis.words import HanWords

if TYPE_CHECKING:
    from search.analysis.batch import Batch, BatchReader

#: Raise it with every change of output; a golden test notices when it was forgotten.
PIPELINE: Final = "2"
_REMEMBERED: Final = 100
_APART: Final = re.compile("[a-z]+(?: (?:[a-z]+|[0-9]+(?:\\.[0-9]+)?))+")


Stream = Literal["bigrams", "grams"]


class Cutter(Protocol):
    def cut(self, runs: Sequence[str]) -> list[str]: ...


class Tokens(NamedTuple):
    """Words and pairs of one text."""

    words: list[str]
    bigrams: list[str]


class Streams(NamedTuple):
    """All token streams of one text, for indexing."""

    words: list[str]
    bigrams: list[str]
    grams: list[str]


class Stretch(NamedTuple):
    """How to ask for characters as they stand: the stream to look in, and its tokens that must follow one another."""

    stream: Stream
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One thing asked for: its token, its normalised spelling, and the tokens that together say the same
    (none where they would say less: 轴承 is not yet 轴承钢)."""

    whole: str
    parts: tuple[str, ...]
    spelling: str


class Analyser:
    """Deterministic for one lexicon and one `version`; what it remembers changes no answer, safe to share."""

    def __init__(self, lexicon: Lexicon, *, cutter: Cutter | None = None) -> None:
        """`cutter` finds the words of `tokens` and `words` in place of our own: for measuring another one."""
        self.lexicon = lexicon
        self._synonyms = Synonyms(lexicon.synonyms)
        self._apart = Apart(self._synonyms)
        #: Every term that the dictionary of Chinese words is taught.
        self.han_terms = (*map(normalise, lexicon.words), *self._synonyms.han)
        self._han = HanWords(self.han_terms)
        self._cutter = cutter
        self.han_words = self._han.cut if cutter is None else cutter.cut
        self._grouped = lru_cache(_REMEMBERED)(self._groups)
        self._stretched = lru_cache(_REMEMBERED)(self._stretches)
        self._spelled = lru_cache(_REMEMBERED)(self._literal)

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over everything that decides the output; part of index names."""
        inputs = [
            PIPELINE,
            sorted(self.lexicon.words),
            self.lexicon.synonyms,
            version("rjieba"),
            version("opencc"),
        ]
        inputs.append(unicodedata.unidata_version)
        return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:12]

    def forget(self) -> None:
        """As if nothing had been read yet, though what is remembered changes no answer; for measuring."""
        self._apart.forget()
        self._batches.forget()
        for remembered in (self._grouped, self._stretched, self._spelled):
            remembered.cache_clear()

    def normalise(self, text: str) -> str:
        """NFKC, width and case folded, simplified characters, numbers and units unified. Idempotent."""
        return normalise(text)

    def words(self, text: str) -> list[str]:
        """Words, shorter words inside them, codes whole and in parts; synonyms as one token; no function
        words and no punctuation. Order carries no meaning, repetition does."""
        normalised = normalise(text)
        pieces = Pieces.of(normalised)
        return self._words(normalised, pieces, self._apart.read(pieces.apart))

    def bigrams(self, text: str) -> list[str]:
        """Pairs of neighbouring Han characters, and letters and digits by runs, in reading order."""
        return bigrams(normalise(text))

    def tokens(self, text: str) -> Tokens:
        """`words` and `bigrams` at the cost of one normalisation."""
        return self._tokens(normalise(text))[0]

    def batch(self, texts: Sequence[str]) -> "Batch":
        """`tokens` of many texts as numbers, for whoever counts them; row i is `texts[i]`. All are held at once: whoever
        has a register hands it over in parts."""
        return self._batches.read(texts)

    @cached_property
    def _batches(self) -> "BatchReader":
        # Late: loads numpy, which pages that read single texts never need.
        from search.analysis.batch import BatchReader

        if self._cutter is None:
            return BatchReader(self._han.search, self._han.inside, self._synonyms, self._apart)
        cut = self._cutter.cut
        return BatchReader(lambda han: cut([han]), {}, self._synonyms, self._apart)

    def _tokens(self, normalised: str) -> tuple[Tokens, Pieces]:
        pieces = Pieces.of(normalised)
        between = self._apart.read(pieces.apart)
        words = self._words(normalised, pieces, between)
        return Tokens(words, joined([piece.runs for piece in between], pieces.han)), pieces

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, token) on the original text, by place; what a highlight may mark."""
        aligned = self.aligned(text)
        located = self._locate(aligned.text)
        return sorted((*aligned.span(start, end), token) for token, start, end in located)

    def streams(self, text: str) -> Streams:
        """`tokens`, and every stretch of three and four characters."""
        tokens, pieces = self._tokens(normalise(text))
        return Streams(*tokens, grams(pieces.han))

    def literal(self, text: str) -> Stretch:
        """What texts have that hold these characters in this order. A single Han character at either end is left out
        where it has neighbours in the document but not here: it stands in no pair. Remembered like `groups`."""
        return self._spelled(text)

    def _literal(self, text: str) -> Stretch:
        normalised = normalise(text)
        if is_gram(normalised):
            return Stretch("grams", (normalised,))
        return Stretch("bigrams", tuple(bigrams(normalised)))

    def spelled_apart(self, text: str) -> str | None:
        """One name that somebody typed in pinyin with blanks (ni long 66 → nilong66), if `text` may be one."""
        normalised = normalise(text)
        if not _APART.fullmatch(normalised):
            return None
        name = normalised.replace(" ", "")
        return name if len(name) <= LONGEST_TOKEN else None

    def sought(self, tokens: Iterable[str]) -> Sought:
        """To be made once and looked for in many texts with `places`."""
        return Sought(tokens, self._synonyms)

    def places(self, aligned: Aligned, sought: Sought) -> list[tuple[int, int]]:
        """The stretches of the original that `spans` gives to one of these tokens, in no order, at a lower price."""
        located: list[Located] = []
        if sought.written:
            located = self._apart.located(aligned.text)
        if sought.han is not None and sought.han.search(aligned.text):
            token = self._synonyms.token
            words = self._han.locate(aligned.text, only=sought.han)
            located += [(token(word), start, end) for word, start, end in words]
        return [aligned.span(start, end) for token, start, end in located if token in sought.tokens]

    def cuts(self, han: str) -> list[int]:
        """Where a word of this run of Han characters begins or ends."""
        return [place for _, start, end in self._han.locate(han) for place in (start, end)]

    def aligned(self, text: str) -> Aligned:
        """The normalised text with the places of its characters in `text`."""
        return normalise_aligned(text)

    def stretches(self, group: Group) -> tuple[str, ...]:
        """Han characters that stand together in every text that says `group`: its own, or those of its parts. None
        where it has other names, letters, digits or one character alone: such a token need not be literally there.
        Remembered like `groups`."""
        return self._stretched(group)

    def _stretches(self, group: Group) -> tuple[str, ...]:
        stretches = group.parts or (group.whole,)
        plain = group.whole == group.spelling and all(
            len(each) > 1 and HAN_RUN.fullmatch(each) and not self._synonyms.knows(each)
            for each in (group.whole, *stretches)
        )
        return stretches if plain else ()

    def groups(self, text: str) -> tuple[Group, ...]:
        """What a person asks for: the longest tokens of the text, each with the tokens that make it up. The last few
        questions are remembered: finding, counting, marking and turning a page ask for the same."""
        return self._grouped(text)

    def _groups(self, text: str) -> tuple[Group, ...]:
        normalised = normalise(text)
        groups: dict[str, Group] = {}
        located = _by_place(self._locate(normalised))
        while located:
            whole, start, end = located.pop(0)
            inside = [item for item in located if item[2] <= end and item[0] != whole]
            located = [item for item in located if item[2] > end]
            groups.setdefault(
                whole, Group(whole, _parts(normalised, start, end, inside), normalised[start:end])
            )
        return tuple(groups.values())

    def _words(self, normalised: str, pieces: Pieces, between: Sequence[Between]) -> list[str]:
        words = self._synonyms.map(self.han_words(pieces.han))
        if self._synonyms.mixed(normalised):
            return words + [token for token, _, _ in self._apart.located(normalised)]
        for piece in between:
            words += piece.names
        for piece in between:
            words += piece.codes
        return words

    def _locate(self, normalised: str) -> list[Located]:
        token = self._synonyms.token
        located = [(token(word), start, end) for word, start, end in self._han.locate(normalised)]
        return self._apart.located(normalised) + located


def _by_place(located: list[Located]) -> list[Located]:
    return sorted(located, key=lambda item: (item[1], -item[2]))


def _parts(text: str, start: int, end: int, inside: list[Located]) -> tuple[str, ...]:
    """The longest tokens inside a stretch, if no letter, digit or character of it is left over."""
    parts: list[str] = []
    done = start
    for token, first, last in inside:
        if last > done:
            if any(character.isalnum() for character in text[done:first]):
                return ()
            parts.append(token)
            done = last
    return () if any(character.isalnum() for character in text[done:end]) else tuple(dict.fromkeys(parts))
