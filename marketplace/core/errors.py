"""What a service says when it will not: codes with parameters, rendered at the edge in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a code, where it is, and what the sentence needs.

    ``field`` is a form field's name (``specs-2-value`` for a row), or None for the whole.
    """

    code: str
    field: str | None = None
    params: dict[str, Any] = default(default_factory=dict)


class Refusal(Exception):
    """A use case refused for reasons that the reader can mend; carries one or more :class:`Problem`."""

    def __init__(self, code: str | None = None, field: str | None = None, **params: Any) -> None:
        self.problems: tuple[Problem, ...] = (Problem(code, field, params),) if code else ()
        super().__init__(code or "")

    @classmethod
    def of(cls, problems: list[Problem]) -> Refusal:
        refusal = cls()
        refusal.problems = tuple(problems)
        refusal.args = (", ".join(problem.code for problem in problems),)
        return refusal

    @property
    def code(self) -> str:
        return self.problems[0].code if self.problems else ""


class Forbidden(Exception):
    """The actor may know of the object but may not do this. Shown as 403."""


class NotFound(Exception):
    """No such object, or none that this actor may know of: foreign objects are not found, never forbidden."""
