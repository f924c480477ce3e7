"""What a person may ask, checked before any engine sees it.

The rules in one sentence: every word must occur (of four words or more, a quarter may be missing),
"quoted text" occurs literally, of what stands between | one is enough, -word must not occur; different
filters narrow, more values in one filter widen.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, NamedTuple

LONGEST_TEXT: Final = 200
LARGEST_PAGE: Final = 100
MOST_FILTERS: Final = 20
MOST_VALUES: Final = 50
LONGEST_VALUE: Final = 100
LONGEST_CURSOR: Final = 300
MOST_AMONG: Final = 1000
#: Of what stands between these, one is enough.
BARS: Final = "|｜"

Sort = Literal["relevance", "newest", "closing", "neutral"]
SORTS: Final[tuple[Sort, ...]] = ("relevance", "newest", "closing", "neutral")


class BadQuery(ValueError):
    """A question that no engine should be asked. `code` and `params` are for the page to put into words:
    text_too_long, control_character, broken_character, too_many_filters, too_many_values, value_too_long,
    unknown_filter, unknown_sort, page_size, bad_cursor; too_many_words where there is no engine to ask."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class Alternative(NamedTuple):
    """Words and phrases that belong together."""

    text: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The text of a query taken apart. Any of the `alternatives` is enough; none of them is empty."""

    alternatives: tuple[Alternative, ...] = ()
    without: tuple[str, ...] = ()
    without_phrases: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words of all alternatives."""
        return " ".join(filter(None, (each.text for each in self.alternatives)))

    @property
    def phrases(self) -> tuple[str, ...]:
        return tuple(phrase for each in self.alternatives for phrase in each.phrases)

    @property
    def ranks(self) -> bool:
        """Whether there is anything by which one hit could suit better than another."""
        return bool(self.alternatives)


@dataclass(frozen=True)
class Query:
    """One page of one search. Raises BadQuery on construction. `among` asks of these document keys alone: no page
    sets it, it is for saved searches, which look at what has changed and at nothing else; empty asks of all."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    sort: Sort = "relevance"
    page_size: int = 20
    cursor: str = ""
    among: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_text(self.text)
        if self.sort not in SORTS:
            raise BadQuery("unknown_sort")
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise BadQuery("page_size", most=LARGEST_PAGE)
        if len(self.cursor) > LONGEST_CURSOR:
            raise BadQuery("bad_cursor")
        if len(self.filters) > MOST_FILTERS:
            raise BadQuery("too_many_filters", most=MOST_FILTERS)
        if len(self.among) > MOST_AMONG:
            raise ValueError(f"ask of {MOST_AMONG} keys at most")
        for values in (self.kinds, *self.filters.values()):
            if len(values) > MOST_VALUES:
                raise BadQuery("too_many_values", most=MOST_VALUES)
            for value in values:
                _check_value(value)

    @cached_property
    def wanted(self) -> Wanted:
        return take_apart(self.text)

    @property
    def order(self) -> Sort:
        """The sort that applies: without words nothing is more relevant, so the newest come first."""
        return "newest" if self.sort == "relevance" and not self.wanted.ranks else self.sort


def check_text(text: str) -> None:
    """Refuse what no keyboard sends. Line breaks and tabs of pasted text are fine."""
    if len(text) > LONGEST_TEXT:
        raise BadQuery("text_too_long", most=LONGEST_TEXT)
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs":
            raise BadQuery("broken_character")
        if category == "Cc" and character not in "\t\n\r":
            raise BadQuery("control_character")


def _check_value(value: str) -> None:
    if len(value) > LONGEST_VALUE:
        raise BadQuery("value_too_long", most=LONGEST_VALUE)
    check_text(value)


def least(groups: int) -> int:
    """How many of the words asked for must occur: all, but of four and more a quarter may be missing."""
    return groups - groups // 4


_QUOTED: Final = re.compile(
    '(?P<minus>(?<!\\S)[-－])?(?:"([^"]*)"|“([^”]*)”|「([^」]*)」|『([^』]*)』|＂([^＂]*)＂)'
)
#: A minus before a digit is a sign: -40℃ asks for cold, not for its absence.
_WITHOUT: Final = re.compile(r"(?<!\S)[-－](?![0-9０-９\s-])(\S+)")
#: What parts alternatives, and what a bar inside of does not.
_BAR_OR_QUOTED: Final = re.compile(f"(?P<bar>[{BARS}])|{_QUOTED.pattern}")


def take_apart(text: str) -> Wanted:
    """Alternatives of words and quoted phrases, and what must not occur. A quotation mark without its pair is a
    character."""
    alternatives: dict[Alternative, None] = {}
    without: list[str] = []
    without_phrases: list[str] = []
    for part in _between_bars(text):
        phrases: list[str] = []
        for match in _QUOTED.finditer(part):
            if phrase := "".join(filter(None, match.groups()[1:])).strip():
                (without_phrases if match["minus"] else phrases).append(phrase)
        rest = _QUOTED.sub(" ", part)
        without += _WITHOUT.findall(rest)
        words = " ".join(_WITHOUT.sub(" ", rest).split())
        if words or phrases:
            alternatives[Alternative(words, tuple(phrases))] = None
    return Wanted(tuple(alternatives), tuple(without), tuple(without_phrases))


def _between_bars(text: str) -> Iterator[str]:
    start = 0
    for match in _BAR_OR_QUOTED.finditer(text):
        if match["bar"]:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]
