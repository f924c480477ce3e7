"""What a sheet says when it will not be read, and what it tells about how it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marketplace.core.errors import Refusal
from marketplace.core.i18n import render

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much one file may hold. The defaults fit a district's rosters a hundred times over.

    ``cells`` bounds the *area* up to the last filled cell, because the reader allocates it whole: two stray cells in
    opposite corners of an empty sheet would otherwise take gigabytes. ``text_bytes`` bounds what all cells say together:
    one long text that a hundred thousand cells refer to is written once and read a hundred thousand times.
    """

    bytes: int = 20 * MEBIBYTE
    unpacked_bytes: int = 64 * MEBIBYTE
    ratio: int = 150
    entries: int = 2_000
    rows: int = 100_000
    columns: int = 1_000
    cells: int = 1_000_000
    text_bytes: int = 64 * MEBIBYTE
    sheets: int = 255


class SheetError(Refusal):
    """The file cannot be read at all: one code, rendered as one sentence that says what is wrong and how to mend it."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"sheets.{code}", None, **params)

    @property
    def params(self) -> dict[str, Any]:
        return self.problems[0].params

    def sentence(self, locale: str = "zh") -> str:
        return render(self.code, self.params, locale)


@dataclass(frozen=True)
class Note:
    """Something worth telling that stops nothing: a hidden sheet skipped, why a row was taken for the heading."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def sentence(self, locale: str = "zh") -> str:
        return render(self.code, self.params, locale)


class ValueProblem(Exception):
    """A cell's text that its field cannot take: code and parameters of the sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = f"sheets.{code}"
        self.params = params
