"""Did you mean: other spellings of a question that found nothing, each of which does find something.

Spellings come from the index itself (titles of documents that sound alike or share a part) and from the lexicon. Each is
asked of the engine as this reader before it is offered: what occurs only where the reader may not look is never named.
A mistyped Latin word is found again where the lexicon knows it; the index knows whole words only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from search.analysis import Analyser
from search.analysis.pinyin import syllables
from search.engines.base import Engine
from search.query import LONGEST_TEXT, BadQuery, Query

#: A word that sounds alike or differs by one character is sought in stretches of this many characters.
LONGEST_STRETCH: Final = 12
#: One character of two is half of the word: too far to be the same one mistyped.
SHORTEST_MISTYPED: Final = 3
_LOOKS: Final = 6
_PROOFS: Final = 24
_TITLES: Final = 20


@dataclass(frozen=True)
class Vocabulary:
    """Spellings by how they sound, and by what is left of them when one character is missing."""

    sounds: dict[str, dict[str, None]] = field(default_factory=dict)
    missing_one: dict[str, dict[str, None]] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: Iterable[str]) -> "Vocabulary":
        vocabulary = cls()
        for term in terms:
            if 2 <= len(term) <= LONGEST_STRETCH:
                if not term.isascii():
                    vocabulary.sounds.setdefault(sound(term), {})[term] = None
                if len(term) >= SHORTEST_MISTYPED:
                    for rest in _without_one(term):
                        vocabulary.missing_one.setdefault(rest, {})[term] = None
        return vocabulary

    def alike(self, stretch: str) -> Iterator[str]:
        """What sounds as `stretch` does, then what differs from it by one character or by two that changed places."""
        if not stretch.isascii():
            yield from self.sounds.get(sound(stretch), ())
        if len(stretch) >= SHORTEST_MISTYPED:
            for rest in _without_one(stretch):
                for term in self.missing_one.get(rest, ()):
                    if near(stretch, term):
                        yield term


class Suggester:
    """Built once for an analyser; the lexicon is read at the first question that finds nothing."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._lexicon: Vocabulary | None = None

    def suggest(
        self, engine: Engine, query: Query, *, visible: frozenset[str], as_of: date, most: int = 3
    ) -> list[str]:
        """Up to `most` other texts for `query`, all of which find something that this reader may see today, under the
        same filters. For a question that found nothing. Phrases, alternatives and exclusions are left alone: who writes
        them, means it."""
        wanted = query.wanted
        if len(wanted.alternatives) != 1 or wanted.phrases or wanted.without or wanted.without_phrases:
            return []
        text = self._analyser.normalise(wanted.text)

        def ask(changed: str, page_size: int, *, narrowed: bool) -> tuple[int, list[str]]:
            filters = query.filters if narrowed else {}
            try:
                asked = Query(changed, filters, query.kinds, page_size=page_size)
            except BadQuery:  # grew too long
                return 0, []
            page = engine.search(asked, visible=visible, as_of=as_of)
            return page.total, [hit_text(hit.title) for hit in page.hits]

        titles: list[str] = []
        for clue in islice(clues(text), _LOOKS):
            titles += ask(clue, _TITLES, narrowed=False)[1]
        seen: dict[str, None] = {}
        for vocabulary in (self._known(), Vocabulary.of(self._spelled(titles))):
            for changed in changes(text, vocabulary):
                seen.setdefault(changed)
        proven = (changed for changed in islice(seen, _PROOFS) if ask(changed, 1, narrowed=True)[0])
        return list(islice(proven, most))

    def _known(self) -> Vocabulary:
        if self._lexicon is None:
            lexicon = self._analyser.lexicon
            names = (name for group in lexicon.synonyms for name in group)
            self._lexicon = Vocabulary.of(map(self._analyser.normalise, (*lexicon.words, *names)))
        return self._lexicon

    def _spelled(self, titles: Iterable[str]) -> Iterator[str]:
        """Titles, and the words and codes in them, as they are written there."""
        for title in titles:
            yield from self._analyser.normalise(title).split()
            for start, end, _ in self._analyser.spans(title):
                yield self._analyser.normalise(title[start:end])


def changes(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """`text` with one stretch spelled otherwise, the longest stretch first."""
    for size in range(min(LONGEST_STRETCH, len(text)), 1, -1):
        for start in range(len(text) - size + 1):
            stretch = text[start : start + size]
            if _inside_a_run(text, start, start + size) or stretch != stretch.strip():
                continue
            for term in vocabulary.alike(stretch):
                if term != stretch:
                    yield text[:start] + term + text[start + size :]


def clues(text: str) -> Iterator[str]:
    """Questions whose answers may hold the word that was meant: how each word sounds, then its halves."""
    for word in text.split():
        if not word.isascii():
            yield sound(word)[:LONGEST_TEXT]
    for word in text.split():
        if len(word) > 2:
            yield word[: len(word) // 2 + 1]
            yield word[len(word) // 2 :]


def sound(text: str) -> str:
    """In pinyin without tones; letters and figures as they are."""
    return "".join(syllables(text))


def near(one: str, other: str) -> bool:
    """One character more, less or other, or two neighbours that changed places; figures alone are another size, and
    no mistake of the hand."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    head = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if head is None:
        head = min(len(one), len(other))
    left, right = one[head:], other[head:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[:2][::-1] and left[2:] == right[2:])
    return left[1:] == right or left == right[1:]


def hit_text(segments: Iterable[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in segments)


def _without_one(term: str) -> Iterator[str]:
    """`term`, and `term` without each of its characters."""
    yield term
    for place in range(len(term)):
        yield term[:place] + term[place + 1 :]


def _inside_a_run(text: str, start: int, end: int) -> bool:
    """Whether a cut would part letters or digits that belong together: 66 of 1066."""
    return any(
        0 < place < len(text)
        and text[place - 1 : place + 1].isascii()
        and text[place - 1 : place + 1].isalnum()
        for place in (start, end)
    )
