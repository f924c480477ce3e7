"""Candidates for a matcher: which offers share most with what somebody asks for, by weighted tokens.

An index names them and forgets why; whoever asked reads them and judges. What is read of an offer and how its fields are
weighed comes as a value (`Reading`): this package knows no matcher.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from search.engines.base import EngineError

#: A field's name, and its tokens in reading order.
Tokens = Iterable[tuple[str, Sequence[str]]]


class IndexUnfinished(EngineError):
    """The index answers, and documents may be missing in it: what it names is no answer to "which are the best"."""


class Shape(NamedTuple):
    """BM25's k1 and b of one field."""

    saturation: float
    length_norm: float


@dataclass(frozen=True)
class Reading:
    """The fields of tokens that an index keeps for a matcher, and how a document's `offered` texts become them.
    `version` changes with whatever changes the tokens of the same text."""

    shapes: Mapping[str, Shape]
    tokens: Callable[[Mapping[str, str]], Tokens]
    version: str


class Wanted(NamedTuple):
    field: str
    token: str
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """`among`: facet → values, of which a candidate must have one."""

    kind: str
    wanted: Sequence[Wanted]
    among: Mapping[str, Sequence[str]] = field(default_factory=dict)


class CandidateSource(Protocol):
    def candidates(self, questions: Sequence[Question], *, as_of: date, most: int) -> list[list[int]]:
        """For each question the ids of at most `most` documents that are valid on the day, whoever may see them, best
        first; equals in neutral order. Raises EngineUnavailable, and IndexUnfinished where documents may be missing.
        """
