"""Queries in tantivy's terms. Filters count for nothing in the score; words do."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

import tantivy
from tantivy import Occur

from search.analysis import Analyser, Group
from search.documents import LAST_DAY
from search.engines.base import BIGRAM_WEIGHT, NAME_WEIGHT, TITLE_WEIGHT, WORD_WEIGHT
from search.engines.embedded.schema import facet_field
from search.query import Alternative, Wanted, least

Clause = tuple[Occur, tantivy.Query]
_FEW: Final = 50


class Clauses:
    def __init__(self, schema: tantivy.Schema, analyser: Analyser) -> None:
        self._schema = schema
        self._analyser = analyser

    def text(self, wanted: Wanted) -> list[Clause]:
        """What the words, phrases and exclusions of a query ask for, and by what its hits are ranked."""
        if len(wanted.alternatives) == 1:
            return [*self._ranked(wanted.alternatives[0]), *self._without(wanted)]
        ranked = [tantivy.Query.boolean_query(self._ranked(each)) for each in wanted.alternatives]
        return [*_looked_up(self._any_of(wanted), ranked), *self._without(wanted)]

    def sought(self, wanted: Wanted) -> list[Clause]:
        """The same hits without a score, at a lower price."""
        return [*self._any_of(wanted), *self._without(wanted)]

    def _any_of(self, wanted: Wanted) -> list[Clause]:
        sought = [self._sought(each) for each in wanted.alternatives]
        if len(sought) < 2:
            return [clause for clauses in sought for clause in clauses]
        return [(Occur.Must, tantivy.Query.boolean_query([(Occur.Should, _one(each)) for each in sought]))]

    def _ranked(self, asked: Alternative) -> list[Clause]:
        groups = self._analyser.groups(asked.text)
        ranked = [self._ranked_word(group) for group in groups]
        if least(len(groups)) == len(groups):
            words = [(Occur.Must, word) for word in ranked]
        else:
            words = _looked_up(self._words(asked.text), ranked)
        return self._literally(asked, self._or_named(asked, words))

    def among_known(self, known: Clause, asked: Alternative) -> list[Clause]:
        """Ranks documents that are known to hold what is asked for. Others that `known` finds may come with them."""
        groups = self._analyser.groups(asked.text)
        if least(len(groups)) == len(groups) or self._analyser.spelled_apart(asked.text) is not None:
            return [known, *self._ranked(asked)]
        return self._literally(asked, _looked_up([known], [self._ranked_word(group) for group in groups]))

    def _sought(self, asked: Alternative) -> list[Clause]:
        return self._literally(asked, self._or_named(asked, self._words(asked.text)))

    def _or_named(self, asked: Alternative, words: list[Clause]) -> list[Clause]:
        """These words, or all of them as one name in pinyin."""
        name = self._analyser.spelled_apart(asked.text) if words else None
        if name is None:
            return words
        named = _boost(self._term("names", name), NAME_WEIGHT)
        either = [(Occur.Should, tantivy.Query.boolean_query(words)), (Occur.Should, named)]
        return [(Occur.Must, tantivy.Query.boolean_query(either))]

    def _words(self, text: str) -> list[Clause]:
        groups = self._analyser.groups(text)
        return _enough([self._found(group) for group in groups], least(len(groups))) if groups else []

    def _literally(self, asked: Alternative, words: list[Clause]) -> list[Clause]:
        """These words, and the phrases as they stand."""
        literal = list(asked.phrases)
        if asked.text and not words:  # function words or signs only: they can at least occur literally
            literal.append(asked.text)
        return [*words, *((Occur.Must, self._literal(text)) for text in literal)]

    def _without(self, wanted: Wanted) -> list[Clause]:
        groups = (group for word in wanted.without for group in self._analyser.groups(word))
        return [
            *((Occur.MustNot, self._term("tokens", group.whole)) for group in groups),
            *((Occur.MustNot, self._literal(text)) for text in (*wanted.without, *wanted.without_phrases)),
        ]

    def readable(self, visible: frozenset[str], as_of: int) -> list[Clause]:
        """What this reader may see on this day. Part of every query, counts and facets included."""
        number = tantivy.FieldType.Integer
        return [
            self._filter(self._one_of("visibility", sorted(visible))),
            self._filter(tantivy.Query.range_query(self._schema, "valid_from", number, None, as_of)),
            self._filter(tantivy.Query.range_query(self._schema, "valid_until", number, as_of, None)),
        ]

    def facet(self, name: str, values: Sequence[str]) -> Clause:
        return self._filter(self._one_of(facet_field(name), values))

    def facets(self, filters: Mapping[str, Sequence[str]], without: str = "") -> list[Clause]:
        """Every filter but `without`; a filter with no values asks for nothing."""
        return [self.facet(name, values) for name, values in filters.items() if values and name != without]

    def among(self, keys: Sequence[str]) -> list[Clause]:
        """Of these documents alone; of all, where none are named."""
        return [self._filter(self.keys(keys))] if keys else []

    def numbered(self, numbers: Iterable[object]) -> Clause:
        """With one of these few ids. Each as a term, which leads everything else that is asked for."""
        terms = [tantivy.Query.term_query(self._schema, "number", number, "basic") for number in numbers]
        return self._filter(tantivy.Query.boolean_query([(Occur.Should, term) for term in terms]))

    def keys(self, keys: Iterable[str]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, "key", list(keys))

    def living(self) -> tantivy.Query:
        return tantivy.Query.range_query(self._schema, "buried", tantivy.FieldType.Integer, None, 0)

    def buried(self, until: int = LAST_DAY) -> tantivy.Query:
        """Tombstones of the days up to this one."""
        return tantivy.Query.range_query(self._schema, "buried", tantivy.FieldType.Integer, 1, until)

    def beyond(self, field: str, value: int, *, rising: bool) -> Clause:
        """Behind the last value of the page before, in the direction of the sort."""
        lower, upper = (value, None) if rising else (None, value)
        query = tantivy.Query.range_query(
            self._schema, field, tantivy.FieldType.Integer, lower, upper, not rising, rising
        )
        return self._filter(query)

    def _ranked_word(self, group: Group) -> tantivy.Query:
        """What must occur, and what makes a document that has it better: the word as the dictionary cuts it, above
        all in a title. Only the former is looked for; the latter is looked up where it was found."""
        better = [(Occur.Should, _boost(self._term("title_tokens", group.whole), TITLE_WEIGHT))]
        if self._analyser.stretches(group):
            better.append((Occur.Should, _boost(self._term("tokens", group.whole), WORD_WEIGHT)))
        return tantivy.Query.boolean_query([*self._found(group), *better])

    def _found(self, group: Group) -> list[Clause]:
        stretches = self._analyser.stretches(group)
        if not stretches:
            return [(Occur.Must, self._named(group))]
        share = BIGRAM_WEIGHT / len(stretches)
        return [(Occur.Must, _boost(self._literal(stretch), share)) for stretch in stretches]

    def _named(self, group: Group) -> tantivy.Query:
        """The token, which stands for all its names, or all tokens inside it, or its very characters: the last so
        that what the dictionary cut differently here and there is found all the same."""
        ways = [
            (Occur.Should, _boost(self._term("tokens", group.whole), WORD_WEIGHT)),
            (Occur.Should, _boost(self._term("names", group.whole), NAME_WEIGHT)),
            (Occur.Should, _boost(self._literal(group.spelling), BIGRAM_WEIGHT)),
        ]
        if group.parts:
            parts = [(Occur.Must, self._term("tokens", part)) for part in group.parts]
            ways.append((Occur.Should, _boost(_one(parts), WORD_WEIGHT / (2 * len(parts)))))
        return tantivy.Query.boolean_query(ways)

    def _literal(self, text: str) -> tantivy.Query:
        """These characters in this order."""
        stream, tokens = self._analyser.literal(text)
        if not tokens:
            return tantivy.Query.empty_query()
        if len(tokens) == 1:
            return self._term(stream, tokens[0])
        return tantivy.Query.phrase_query(self._schema, stream, list(tokens))

    def _term(self, field: str, token: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, token, "freq")

    def _one_of(self, field: str, values: Sequence[str]) -> tantivy.Query:
        """Few values as terms, which skip along with the rarest word of the question; a term set would mark each of
        its documents first, in every question anew. That pays for many values alone."""
        if len(values) > _FEW:
            return tantivy.Query.term_set_query(self._schema, field, list(values))
        terms = [tantivy.Query.term_query(self._schema, field, value, "basic") for value in values]
        if len(terms) == 1:
            return terms[0]
        return tantivy.Query.boolean_query([(Occur.Should, term) for term in terms])

    def _filter(self, query: tantivy.Query) -> Clause:
        return Occur.Must, tantivy.Query.const_score_query(query, 0.0)


def _looked_up(sought: list[Clause], ranked: Sequence[tantivy.Query]) -> list[Clause]:
    """What is sought, ranked by what of these stands there. One at a time: what is only looked up must not stand in a
    union, which would walk through all it holds."""
    found = tantivy.Query.const_score_query(tantivy.Query.boolean_query(sought), 0.0)
    for each in ranked:
        found = tantivy.Query.boolean_query([(Occur.Must, found), (Occur.Should, each)])
    return [(Occur.Must, found)]


def _enough(words: list[list[Clause]], needed: int) -> list[Clause]:
    """At least so many of these words. Where one may be missing, each choice of the others is sought by itself: the
    rarest word of a choice leads, and of a mere number of words none would."""
    if needed == len(words):
        return [clause for word in words for clause in word]
    if needed < len(words) - 1:
        some = [(Occur.Should, _one(word)) for word in words]
        return [(Occur.Must, tantivy.Query.boolean_query(some, needed))]
    choices = [
        (Occur.Should, tantivy.Query.boolean_query([clause for word in choice for clause in word]))
        for choice in combinations(words, needed)
    ]
    return [(Occur.Must, tantivy.Query.boolean_query(choices))]


def _boost(query: tantivy.Query, weight: float) -> tantivy.Query:
    return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)


def _one(clauses: list[Clause]) -> tantivy.Query:
    """A lone clause as it is: each box around it costs."""
    return clauses[0][1] if len(clauses) == 1 else tantivy.Query.boolean_query(clauses)
