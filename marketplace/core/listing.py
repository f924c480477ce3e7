"""Columns and rows that needs and capabilities share, and the state machine's rule once more as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Date, Numeric, String, and_, case, or_
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.lifecycle import State
from marketplace.core.terms import LONGEST_TEXT


class ListingColumns:
    """Timestamps that :mod:`marketplace.core.lifecycle` reads, and the number of the content's version."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None] = mapped_column(String(20))
    valid_until: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)
    # Where the text came from: self, staff (代填) or sheet; a sheet's rows carry the import they came in.
    source: Mapped[str] = mapped_column(String(10), default="self")
    import_id: Mapped[int | None]


class SpecColumns:
    """One row of a specification table: 指标名 / 关系 / 数值 / 单位 / 必备或优选 / 标准."""

    position: Mapped[int]
    parameter: Mapped[str] = mapped_column(String(80))
    operator: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(120))
    value_high: Mapped[str | None] = mapped_column(String(120))
    unit: Mapped[str | None] = mapped_column(String(30))
    must: Mapped[bool] = mapped_column(default=True)
    standard: Mapped[str | None] = mapped_column(String(120))


class TermColumns:
    """A row of need_terms or capability_terms: the value stands in the one column of its kind."""

    key: Mapped[str] = mapped_column(String(30))
    position: Mapped[int]
    text: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    number: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))


def one_value() -> CheckConstraint:
    """Holds a row to exactly one value."""
    return CheckConstraint("(text IS NULL) <> (number IS NULL)", name="one_value")


def keep_rows(stored: list[Any], make: type[Any], column: str, wanted: Iterable[Any]) -> None:
    """Keep the rows that are wanted by the one value they hold, drop the others, add what is missing."""
    keep = set(wanted)
    stored[:] = [row for row in stored if getattr(row, column) in keep]
    held = {getattr(row, column) for row in stored}
    stored.extend(make(**{column: value}) for value in sorted(keep - held))


def state_expression(model: Any, as_of: date) -> ColumnElement[str]:
    """:func:`marketplace.core.lifecycle.state_of` as SQL; a test holds the two equal over every combination."""
    expired = and_(model.valid_until.is_not(None), model.valid_until < as_of)
    return case(
        (model.closed_at.is_not(None), State.CLOSED.value),
        (and_(model.published_at.is_not(None), expired), State.EXPIRED.value),
        (and_(model.published_at.is_not(None), model.paused_at.is_not(None)), State.PAUSED.value),
        (model.published_at.is_not(None), State.PUBLISHED.value),
        (model.submitted_at.is_not(None), State.SUBMITTED.value),
        (model.returned_at.is_not(None), State.RETURNED.value),
        else_=State.DRAFT.value,
    )


def is_open(model: Any, as_of: date) -> ColumnElement[bool]:
    """Published, neither paused, closed nor past its last valid day: what others may see."""
    return and_(
        model.published_at.is_not(None),
        model.closed_at.is_(None),
        model.paused_at.is_(None),
        or_(model.valid_until.is_(None), model.valid_until >= as_of),
    )
