"""Text that remembers which stretch of the original each of its characters came from.

Highlights are drawn on the text as the person wrote it, but found in the normalised one, and
normalising changes lengths ("0.5 毫米" → "0.5mm"). Only highlights pay for this book-keeping.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Aligned:
    """`origin[i]` is the half-open stretch of the original that character `i` of `text` stands for."""

    text: str
    origin: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> "Aligned":
        if len(text) <= len(_IN_PLACE):
            return cls(text, _IN_PLACE[: len(text)])
        return cls(text, tuple((place, place + 1) for place in range(len(text))))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original behind `text[start:end]`; `start < end`. Origins never go back."""
        return self.origin[start][0], self.origin[end - 1][1]

    def map_whole(self, change: Callable[[str], str]) -> "Aligned":
        """Apply a change of single characters. Where one may become two, or two one, it is tried piece by piece: the
        length of the whole tells nothing then (an accent may join its letter and ß become ss). A change that even so
        depends on its surroundings is spread evenly (rare scripts only)."""
        changed = change(self.text)
        if len(changed) == len(self.text) and _EVERYDAY.fullmatch(self.text):
            return Aligned(changed, self.origin)
        pieces: list[str] = []
        origin: list[tuple[int, int]] = []
        for match in _PIECE.finditer(self.text):
            start, end = match.span()
            piece = change(match.group())
            pieces.append(piece)
            same = len(piece) == end - start
            origin += self.origin[start:end] if same else [self.span(start, end)] * len(piece)
        if "".join(pieces) == changed:
            return Aligned(changed, tuple(origin))
        ratio = len(self.text) / max(len(changed), 1)
        return Aligned(changed, tuple(self.origin[int(place * ratio)] for place in range(len(changed))))

    def substitute(self, pattern: re.Pattern[str], replacement: Replacement) -> "Aligned":
        """`pattern.sub`, with every character of a replacement standing for the whole match."""
        pieces: list[str] = []
        origin: list[tuple[int, int]] = []
        done = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = match.expand(replacement) if isinstance(replacement, str) else replacement(match)
            pieces += [self.text[done:start], new]
            origin += self.origin[done:start]
            if new:
                origin += [self.span(start, end) if end > start else self.origin[start]] * len(new)
            done = end
        if not pieces:
            return self
        pieces.append(self.text[done:])
        origin += self.origin[done:]
        return Aligned("".join(pieces), tuple(origin))

    def strip(self) -> "Aligned":
        left = len(self.text) - len(self.text.lstrip())
        text = self.text.strip()
        return Aligned(text, self.origin[left : left + len(text)])


#: The origins of a text that nothing has moved in, cut to its length.
_IN_PLACE = tuple((place, place + 1) for place in range(4096))
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u3099\u309a\u20d0-\u20ff"
#: Characters that stay single whatever stands beside them, but for a mark: ASCII, signs of the Han script in both widths,
#: the ideographs themselves.
_SINGLE = "\t\n -~\u3000-\u3020\u4e00-\u9fff\uff01-\uff5e"
_EVERYDAY = re.compile(f"[{_SINGLE}]*")
#: Everyday characters in runs; any other with the marks that sit on it: normalising may compose them.
_PIECE = re.compile(f"[{_SINGLE}]+(?![{_MARKS}])|[\\s\\S][{_MARKS}]*")
