"""Asking the index as one reader: the answer, or the database's while none is whole, and what to try after nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.core.analysis import analyser
from marketplace.discovery.engine import reader_of, tokens_of
from marketplace.discovery.plain import is_place, occurring, plain_search
from marketplace.settings import Settings
from search.engines.base import EngineError
from search.query import BARS, LONGEST_TEXT, BadQuery, Query
from search.results import Page

if TYPE_CHECKING:
    from search.analysis import Analyser
    from search.suggesting import Suggester

# The most conditions that are each left out to see what that gives back, and the most that are offered.
MOST_TRIED = 10
MOST_OFFERED = 4
# What has only some of the words is shown so far; all of it is a click away.
MOST_NEAREST = 5
_PIECE = re.compile(r'[-－]?(?:"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』|＂[^＂]*＂)|\S+')


class Answer(NamedTuple):
    """``source``: the index; the database while the index is away; the database while the index is being built."""

    page: Page
    source: Literal["index", "away", "building"]


@dataclass(frozen=True)
class Asking:
    """One reader on one day."""

    session: Session
    settings: Settings
    actor: Actor
    as_of: date

    def answer(self, query: Query) -> Answer:
        """What the index finds. One that does not answer or is not whole would call missing what is there: then the
        database is asked. Raises BadQuery."""
        try:
            page = self._found(replace(query, cursor="") if is_place(query.cursor) else query)
        except EngineError:
            return Answer(self._plain(query), "away")
        return Answer(page, "index") if page.complete else Answer(self._plain(query), "building")

    def occurring(self, kind: str) -> dict[str, list[str]]:
        """What the long filters of this kind may offer while the index counts nothing."""
        return occurring(self.session, self.actor, kind, self.as_of)

    def other_spellings(self, query: Query) -> list[str]:
        """Did you mean: for a question that found nothing."""
        try:
            return _suggester(analyser()).suggest(
                reader_of(self.settings), query, visible=tokens_of(self.actor), as_of=self.as_of
            )
        except EngineError:
            return []

    def nearest(self, query: Query, wider: str) -> Page | None:
        """For a question that found nothing: what the `wider` text, any of its words, finds under its filters, best
        first. None where that is nothing either."""
        try:
            page = self._found(Query(wider, query.filters, query.kinds, page_size=MOST_NEAREST))
        except EngineError:
            return None
        return page if page.total else None

    def looser(self, query: Query) -> list[Looser]:
        """For a question that found nothing: which one filter or word to leave out, and how much that gives back; all
        filters together where none of them alone is enough."""
        try:
            found = [each for each in self._counted(query, _without_one(query)) if each.hits]
            if not found and len(query.filters) > 1:
                dropped = tuple(query.filters)
                found = [
                    each for each in self._counted(query, [Looser(query.text, {}, dropped)]) if each.hits
                ]
        except EngineError:
            return []
        return sorted(found, key=lambda each: -each.hits)[:MOST_OFFERED]

    def _counted(self, query: Query, choices: list[Looser]) -> Iterator[Looser]:
        for choice in choices[:MOST_TRIED]:
            try:
                asked = Query(choice.text, choice.filters, query.kinds, page_size=1)
            except BadQuery:
                continue
            yield choice._replace(hits=self._found(asked).total)

    def _found(self, query: Query) -> Page:
        return reader_of(self.settings).search(query, visible=tokens_of(self.actor), as_of=self.as_of)

    def _plain(self, query: Query) -> Page:
        return plain_search(self.session, self.actor, query, self.as_of)


class Looser(NamedTuple):
    """The question with less in it: without the filters ``facets``, or without the ``word``."""

    text: str
    filters: Mapping[str, tuple[str, ...]]
    facets: tuple[str, ...] = ()
    word: str = ""
    hits: int = 0


def _without_one(query: Query) -> list[Looser]:
    fewer = [
        Looser(
            query.text, {name: values for name, values in query.filters.items() if name != facet}, (facet,)
        )
        for facet in query.filters
    ]
    pieces = _pieces(query.text)
    if len(pieces) < 2 or any(bar in query.text for bar in BARS):
        return fewer
    rest = [" ".join(pieces[:place] + pieces[place + 1 :]) for place in range(len(pieces))]
    return fewer + [
        Looser(text, query.filters, word=piece)
        for text, piece in zip(rest, pieces, strict=True)
        if not (_is_one_character(piece) or _is_one_character(text))
    ]


def any_word(text: str) -> str:
    """The same words, of which one is enough (a b → a | b), without signs and function words, which would find anything;
    empty where there are no two of them, or bars already."""
    if any(bar in text for bar in BARS):
        return ""
    pieces = _pieces(text)
    unwanted = [piece for piece in pieces if not Query(piece).wanted.ranks]
    asked = [piece for piece in pieces if piece not in unwanted and analyser().groups(piece)]
    if len(asked) < 2:
        return ""
    wider = " ".join([" | ".join(asked), *unwanted])
    return wider if len(wider) <= LONGEST_TEXT else ""


def _is_one_character(text: str) -> bool:
    """板 of 散热板 is no word that anybody asked for, neither to leave out nor to be left with; a figure may be one."""
    return len(text) == 1 and not text.isascii()


def _pieces(text: str) -> list[str]:
    """What stands apart in a question; of one that was written without a space, its words."""
    pieces = _PIECE.findall(text)
    if len(pieces) == 1 and Query(text).wanted.text == text.strip():
        pieces = _with_neighbours([group.spelling for group in analyser().groups(text)], text)
    return pieces


def _with_neighbours(words: list[str], text: str) -> list[str]:
    """Words of a stretch; a character that the dictionary left over goes with the word beside it: 钛, 合金 → 钛合金."""
    normalised = analyser().normalise(text)
    pieces: list[str] = []
    for word in words:
        alone = pieces and (_is_one_character(pieces[-1]) or _is_one_character(word))
        if alone and pieces[-1] + word in normalised:
            pieces[-1] += word
        else:
            pieces.append(word)
    return pieces


@lru_cache(maxsize=2)
def _suggester(of: Analyser) -> Suggester:
    # Late: loads the word cutter, which no page needs that does not search.
    from search.suggesting import Suggester

    return Suggester(of)
