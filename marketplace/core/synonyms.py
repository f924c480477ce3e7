"""Names of one thing as staff have changed them: rows over the sets that ship with the site.

A row stands beside the shipped sets, or in the place of one (``replaces`` is that set's first name); a retired row of
the second kind takes the shipped set away. So a new edition of the shipped sets reaches every site, and what staff
decided outranks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.db import Base, IdType, Pk

Names = tuple[str, ...]


class SynonymSet(Base):
    __tablename__ = "synonym_sets"
    __table_args__ = (Index("uq_synonym_sets_replaces", "replaces", unique=True),)

    id: Mapped[Pk]
    names: Mapped[list[Any]]
    replaces: Mapped[str | None] = mapped_column(String(80))
    # Why, or from where: shown beside the set.
    reason: Mapped[str] = mapped_column(String(200), default="")
    account_id: Mapped[int | None] = mapped_column(IdType)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


def rows(session: Session) -> list[SynonymSet]:
    """Some dozens: people write them."""
    return list(session.scalars(select(SynonymSet).order_by(SynonymSet.id)))


def over(shipped: Iterable[Names], changes: Sequence[SynonymSet]) -> tuple[Names, ...]:
    """The sets that hold: staff's own, then the shipped ones that no row replaces."""
    replaced = {row.replaces for row in changes if row.replaces is not None}
    own = [tuple(row.names) for row in changes if row.retired_at is None]
    return (*own, *(names for names in shipped if names[0] not in replaced))
