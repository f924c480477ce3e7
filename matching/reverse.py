"""Needs as rows and a listing as the question: which needs could a new listing come near at all?

The text score of `text.py` turned round: the same sums, with the needs' weights as postings and the listing's impacts as
the query. It costs one pass over what the listing's terms stand in, whatever the needs have besides. What it names is
matched exactly; what it leaves out no signal could lift above weak (`labels.is_near`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matching.labels import LEAST_TEXT
from matching.postings import Floats, Postings, compiled_kernels
from matching.profiles import NeedProfile
from matching.text import BODY_HALF, ListingText, NeedText
from search.analysis.batch import Numbers, numbering

if TYPE_CHECKING:
    from matching.matcher import Matcher

_SLACK = 1e-4  # sums here are taken in another order
MERGED_BEYOND = 0.05  # share of the needs that may lie in a second index before all are put in one
WORTH_COMPILING = 2_000  # needs; asked again with every listing, they repay loading the compiled loops
_NO_COMPANY = np.zeros(0, np.float32)
_UNKNOWN = -1
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)

Query = Mapping[str, float]


class _Turned:
    """Weights of needs by term, one or several of them over the same terms: a listing's terms are looked up once."""

    def __init__(self, *weighings: Sequence[Query]) -> None:
        ids: Numbers = numbering()
        columns = [[(ids[term], row, weight) for row, query in enumerate(queries) for term, weight in query.items()]
                   for queries in weighings]  # fmt: skip
        self._ids = dict(ids)
        self._postings = [_postings(column, len(ids), len(weighings[0])) for column in columns]

    def sums(self, terms: Sequence[str], weights: Floats) -> list[Floats]:
        """One array over the needs for each weighing."""
        known = self._ids.get
        places = np.fromiter((known(term, _UNKNOWN) for term in terms), np.int32, len(terms))
        held = places != _UNKNOWN
        return [postings.scores(places[held], weights[held]) for postings in self._postings]


class _NeedIndex:
    """Needs by their terms. `company`: a column of the latent space by a need, in this order of needs."""

    def __init__(
        self, ids: Sequence[str], texts: Sequence[NeedText], company: Floats, matcher: Matcher
    ) -> None:
        self.ids, self.texts, self.company = tuple(ids), tuple(texts), company
        mix, weights = matcher.mix, matcher.weights
        shares = mix.of_fields()
        total = np.float32(sum(shares.values()) or 1.0)
        self._shares = {kind: np.float32(share) / total for kind, share in shares.items()}
        titles = [text.whole_title for text in texts]
        self._words = _Turned(
            [_whole(text.title["words"]) for text in texts], [_whole(text.body or {}) for text in texts]
        )
        self._bigrams = _Turned([_whole(text.title["bigrams"]) for text in texts])
        self._characters = _Turned([_whole(text.title["characters"]) for text in texts])
        self._titles = _Turned(
            [_over(title.alike, title.alike_norm or 1.0) for title in titles],
            [title.covered for title in titles],
        )
        of_titles = [mix.of_titles(text.length) for text in texts]
        latent, covered, alike = (
            np.asarray([each[name] for each in of_titles], np.float32)
            for name in ("latent", "covered", "alike")
        )
        # What each signal weighs for each need, divided beforehand: a listing costs as few passes over the needs as may be.
        mixed = total + latent + covered + alike
        self._fields, self._latent, self._covered, self._alike = (
            part / mixed for part in (total, latent, covered, alike)
        )
        whole = weights.title + weights.body
        both = np.asarray([text.body is not None and whole > 0 for text in texts], np.bool_)
        self._title = np.where(both, np.float32(weights.title / (whole or 1.0)), _ONE)
        self._body = np.where(both, np.float32(weights.body / (whole or 1.0) * (1.0 + BODY_HALF)), _ZERO)
        if len(ids) >= WORTH_COMPILING:
            compiled_kernels()

    def scores(self, listing: ListingText) -> Floats:
        """The text score of every need with this listing."""
        words, body = self._words.sums(*listing.impacts["words"])
        fields = _capped(words, self._shares["words"])
        fields += _capped(self._bigrams.sums(*listing.impacts["bigrams"])[0], self._shares["bigrams"])
        fields += _capped(
            self._characters.sums(*listing.impacts["characters"])[0], self._shares["characters"]
        )
        text = self._with_titles(fields, listing) if len(listing.title) else fields
        text *= self._title
        np.minimum(body, _ONE, out=body)
        body /= body + np.float32(BODY_HALF)
        body *= self._body
        text += body
        text *= np.float32(listing.focus)
        return text

    def _with_titles(self, fields: Floats, listing: ListingText) -> Floats:
        alike, covered = self._titles.sums(listing.title, np.ones(len(listing.title), np.float32))
        mixed = fields * self._fields
        alike *= _ONE / np.float32(listing.title_norm)
        alike *= self._alike
        mixed += alike
        covered *= _ONE / np.float32(listing.title_mass)
        mixed += _capped(covered, self._covered)
        if len(listing.columns) and len(self.company):
            latent = np.add.reduce(self.company[listing.columns])
            latent *= _ONE / np.float32(listing.length)
            np.maximum(latent, _ZERO, out=latent)
            mixed += _capped(latent, self._latent)
        # Company alone is no evidence: something must be shared.
        mixed *= fields > 0
        return mixed


def _capped(sums: Floats, weight: Floats | np.float32) -> Floats:
    """At most 1, then weighed; in place."""
    np.minimum(sums, _ONE, out=sums)
    sums *= weight
    return sums


@dataclass(frozen=True)
class NeedBoard:
    """Open needs, held ready for whatever is listed next. Never changed, only replaced; holds under the statistics of
    the matcher that read them (`fingerprint`) and no other."""

    fingerprint: str
    parts: tuple[_NeedIndex, ...]
    gone: frozenset[str] = frozenset()
    """Of the first part: removed, or read anew since."""

    @classmethod
    def of(cls, matcher: Matcher, needs: Iterable[NeedProfile]) -> NeedBoard:
        return cls(matcher.fingerprint, (_read(matcher, needs),))

    def __len__(self) -> int:
        return sum(len(part.ids) for part in self.parts) - len(self.gone)

    def changed(self, matcher: Matcher, added: Iterable[NeedProfile], removed: Collection[str]) -> NeedBoard:
        """With these needs in place of those of the same id, and without the removed ones."""
        fresh = _read(matcher, added)
        out = {*removed, *fresh.ids}
        first = self.parts[0]
        gone = self.gone | {key for key in first.ids if key in out}
        kept = [fresh, *(_without(part, out, matcher) for part in self.parts[1:])]
        second = _joined(kept, matcher)
        if len(second.ids) + len(gone) <= MERGED_BEYOND * len(first.ids):
            return NeedBoard(self.fingerprint, (first, second), frozenset(gone))
        return NeedBoard(self.fingerprint, (_joined([_without(first, gone, matcher), second], matcher),))

    def near(self, listings: Iterable[ListingText]) -> set[str]:
        """Needs that any of these listings comes near enough to be judged for."""
        found: set[str] = set()
        for listing in listings:
            for place, part in enumerate(self.parts):
                rows = np.flatnonzero(part.scores(listing) >= LEAST_TEXT - _SLACK)
                keys = {part.ids[row] for row in rows}
                found |= keys - self.gone if place == 0 else keys
        return found


def _read(matcher: Matcher, needs: Iterable[NeedProfile]) -> _NeedIndex:
    ids: list[str] = []
    texts: list[NeedText] = []
    company: list[Floats] = []
    columns = len(matcher.space.columns)
    for need in needs:
        text = matcher.read(need)
        known = text.whole_title.company
        ids.append(need.id)
        company.append(known if len(known) else np.zeros(columns, np.float32))
        texts.append(replace(text, whole_title=replace(text.whole_title, company=_NO_COMPANY)))
    matrix = np.stack(company, axis=1) if company else np.zeros((columns, 0), np.float32)
    return _NeedIndex(ids, texts, np.ascontiguousarray(matrix), matcher)


def _without(part: _NeedIndex, ids: Collection[str], matcher: Matcher) -> _NeedIndex:
    rows: NDArray[np.int64] = np.asarray(
        [row for row, key in enumerate(part.ids) if key not in ids], np.int64
    )
    if len(rows) == len(part.ids):
        return part
    kept = rows.tolist()
    return _NeedIndex(
        [part.ids[row] for row in kept], [part.texts[row] for row in kept], part.company[:, rows], matcher
    )


def _joined(parts: Sequence[_NeedIndex], matcher: Matcher) -> _NeedIndex:
    some = [part for part in parts if part.ids] or list(parts[:1])
    if len(some) == 1:
        return some[0]
    return _NeedIndex(
        [key for part in some for key in part.ids], [text for part in some for text in part.texts],
        np.concatenate([part.company for part in some], axis=1), matcher,
    )  # fmt: skip


def _postings(entries: Sequence[tuple[int, int, float]], term_count: int, row_count: int) -> Postings:
    terms, rows, worth = zip(*entries, strict=True) if entries else ((), (), ())
    return Postings.build(
        np.asarray(terms, np.int32), np.asarray(rows, np.int32), np.asarray(worth, np.float32), term_count, row_count
    )  # fmt: skip


def _whole(query: Query) -> Query:
    """As shares of what a perfect answer would reach."""
    return _over(query, sum(query.values()) or 1.0)


def _over(query: Query, divisor: float) -> Query:
    return {term: weight / divisor for term, weight in query.items()}
