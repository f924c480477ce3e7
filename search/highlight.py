"""Hits marked on the original text, by the tokens and literal phrases of the query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from search.analysis import Analyser, Sought
from search.query import Wanted
from search.results import Segment

SNIPPET: Final = 140
#: A snippet is sought in this much of a body; hits far down a page-long text are not worth the time.
_SOUGHT: Final = 3000


@dataclass(frozen=True, slots=True)
class Marker:
    """Built once for a query, used for each of its hits."""

    analyser: Analyser
    sought: Sought
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, wanted: Wanted, analyser: Analyser) -> "Marker":
        groups = (group for each in wanted.alternatives for group in analyser.groups(each.text))
        tokens = [token for group in groups for token in (group.whole, *group.parts)]
        phrases = (analyser.normalise(phrase) for phrase in wanted.phrases)
        return cls(analyser, analyser.sought(tokens), tuple(filter(None, phrases)))

    def title(self, text: str) -> tuple[Segment, ...]:
        return _segments(text, 0, len(text), self._places(text))

    def snippet(self, text: str) -> tuple[Segment, ...]:
        """The stretch of `text` with the most hits, or its beginning; … stands for what was left out."""
        text = " ".join(text.split())
        places = self._places(text[:_SOUGHT])
        start = _densest(places, text)
        end = min(len(text), start + SNIPPET)
        inside = [
            (max(first, start), min(last, end)) for first, last in places if first < end and last > start
        ]
        segments = list(_segments(text, start, end, inside))
        if start > 0:
            segments.insert(0, ("…", False))
        if end < len(text):
            segments.append(("…", False))
        return tuple(segments)

    def _places(self, text: str) -> list[tuple[int, int]]:
        """Stretches to mark, in order, overlapping ones joined."""
        if not self.sought.tokens and not self.phrases:
            return []
        aligned = self.analyser.aligned(text)
        places = self.analyser.places(aligned, self.sought)
        for phrase in self.phrases:
            found = aligned.text.find(phrase)
            while found >= 0:
                places.append(aligned.span(found, found + len(phrase)))
                found = aligned.text.find(phrase, found + len(phrase))
        return _joined(sorted(places))


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _densest(places: list[tuple[int, int]], text: str) -> int:
    """Where the snippet begins: a little before the first hit of the window that marks most characters."""
    best, best_marked = 0, 0
    for first, (start, _) in enumerate(places):
        limit = start + SNIPPET - SNIPPET // 5
        marked = sum(end - begin for begin, end in places[first:] if end <= limit)
        if marked > best_marked:
            best, best_marked = start, marked
    if len(text) <= SNIPPET:
        return 0
    return max(0, min(best - SNIPPET // 5, len(text) - SNIPPET))


def _segments(text: str, start: int, end: int, places: Iterable[tuple[int, int]]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    done = start
    for first, last in places:
        if first > done:
            segments.append((text[done:first], False))
        segments.append((text[first:last], True))
        done = last
    if done < end:
        segments.append((text[done:end], False))
    return tuple(segments)
