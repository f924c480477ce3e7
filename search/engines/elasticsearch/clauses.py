"""Queries in Elasticsearch's terms, clause for clause those of the embedded engine. Nothing that a person typed
reaches a query language: there are terms and phrases of our own tokens only."""

from collections.abc import Mapping, Sequence
from typing import Any

from search.analysis import Analyser, Group
from search.engines.base import BIGRAM_WEIGHT, NAME_WEIGHT, TITLE_WEIGHT, WORD_WEIGHT
from search.engines.elasticsearch.mapping import facet_field
from search.query import Alternative, Query, least

Clause = dict[str, Any]

LIVING: Clause = {"term": {"buried": 0}}
BURIED: Clause = {"range": {"buried": {"gt": 0}}}


class Clauses:
    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser

    def asked(self, query: Query, visible: frozenset[str], as_of: int) -> Clause:
        """What the words ask for, of what this reader may see on this day; filters are not among it."""
        wanted = query.wanted
        alternatives = [self._alternative(each) for each in wanted.alternatives]
        without = [
            _term("tokens", group.whole) for word in wanted.without for group in self._analyser.groups(word)
        ]
        without += [self._literal(text) for text in (*wanted.without, *wanted.without_phrases)]
        return {
            "bool": {
                "must": [_any(alternatives, 1)] if alternatives else [],
                "must_not": without,
                "filter": [*readable(visible, as_of), *among(query.among)],
            }
        }

    def _alternative(self, asked: Alternative) -> Clause:
        literal = list(asked.phrases)
        must: list[Clause] = []
        if groups := self._analyser.groups(asked.text):
            words = _any([self._group(group) for group in groups], least(len(groups)))
            name = self._analyser.spelled_apart(asked.text)  # or all of them as one name in pinyin
            must.append(words if name is None else _any([words, _term("names", name, NAME_WEIGHT)], 1))
        elif asked.text:  # function words or signs only: they can at least occur literally
            literal.append(asked.text)
        return {"bool": {"must": [*must, *(self._literal(text) for text in literal)]}}

    def _group(self, group: Group) -> Clause:
        """What must occur, and what makes a document that has it better: the word as the dictionary cuts it, above
        all in a title."""
        better = [_term("title_tokens", group.whole, TITLE_WEIGHT)]
        if stretches := self._analyser.stretches(group):
            share = BIGRAM_WEIGHT / len(stretches)
            found = [self._literal(stretch, share) for stretch in stretches]
            better.append(_term("tokens", group.whole, WORD_WEIGHT))
        else:
            found = [self._named(group)]
        return {"bool": {"must": found, "should": better}}

    def _named(self, group: Group) -> Clause:
        """The token, which stands for all its names, or all tokens inside it, or its very characters: the last so
        that what the dictionary cut differently here and there is found all the same."""
        ways = [
            _term("tokens", group.whole, WORD_WEIGHT),
            _term("names", group.whole, NAME_WEIGHT),
            self._literal(group.spelling, BIGRAM_WEIGHT),
        ]
        if group.parts:
            share = WORD_WEIGHT / (2 * len(group.parts))
            ways.append({"bool": {"must": [_term("tokens", part, share) for part in group.parts]}})
        return _any(ways, 1)

    def _literal(self, text: str, boost: float = 1.0) -> Clause:
        """These characters in this order."""
        stream, tokens = self._analyser.literal(text)
        if not tokens:
            return {"match_none": {}}
        if len(tokens) == 1:
            return _term(stream, tokens[0], boost)
        return {"match_phrase": {stream: {"query": " ".join(tokens), "boost": boost}}}


def readable(visible: frozenset[str], as_of: int) -> list[Clause]:
    """What this reader may see on this day. Part of every query, counts and facets included."""
    return [
        {"terms": {"visibility": sorted(visible)}},
        *valid(as_of),
    ]


def valid(as_of: int) -> list[Clause]:
    """What holds on this day, whoever may see it: for a matcher, never for a reader."""
    return [{"range": {"valid_from": {"lte": as_of}}}, {"range": {"valid_until": {"gte": as_of}}}]


def among(keys: Sequence[str]) -> list[Clause]:
    """Of these documents alone; of all, where none are named."""
    return [{"ids": {"values": list(keys)}}] if keys else []


def facet(name: str, values: Sequence[str]) -> Clause:
    return {"terms": {facet_field(name): list(values)}}


def facets(filters: Mapping[str, Sequence[str]], without: str = "") -> list[Clause]:
    """Every filter but `without`; a filter with no values asks for nothing."""
    return [facet(name, values) for name, values in filters.items() if values and name != without]


def all_of(clauses: list[Clause]) -> Clause:
    return {"bool": {"filter": clauses}}


def _any(clauses: list[Clause], minimum: int) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": minimum}}


def _term(field: str, token: str, boost: float = 1.0) -> Clause:
    return {"term": {field: {"value": token, "boost": boost}}}
