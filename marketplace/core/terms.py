"""A term of a listing: one of the few fields that its type asks for (资金: purpose, amount, …), as a value and as a row.

Amounts are yuan, percentages and numbers as written; a field that takes several choices has one term for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LONGEST_TEXT = 400


@dataclass(frozen=True)
class TermContent:
    """One value of the field ``key``: a text (or a choice's key), or a number."""

    key: str
    text: str | None = None
    number: Decimal | None = None


def terms_of(rows: Iterable[Any]) -> tuple[TermContent, ...]:
    """Stored rows as values."""
    return tuple(TermContent(row.key, row.text, row.number) for row in rows)


def fill_terms(stored: list[Any], make: type[Any], terms: Sequence[TermContent]) -> None:
    """Replace the stored rows by these, numbered from 0."""
    stored[:] = [
        make(key=term.key, position=position, text=term.text, number=term.number)
        for position, term in enumerate(terms)
    ]


def plain_terms(terms: Sequence[TermContent]) -> list[dict[str, Any]]:
    """As JSON, for versions."""
    return [
        {"key": term.key, "text": term.text, "number": None if term.number is None else str(term.number)}
        for term in terms
    ]
