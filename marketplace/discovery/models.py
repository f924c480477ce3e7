"""What discovery remembers: of each document what it said last, of each run over the index how it went, and searches
that people follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, IdType, Pk
from marketplace.discovery.rules import CADENCES, HIT_STATES


class IndexRecord(Base):
    """One document, whether it is there or gone. ``rev`` rises when what it says has changed, whatever row changed it;
    that is how both an index and a saved search know newer from older."""

    __tablename__ = "index_records"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[int] = mapped_column(IdType, primary_key=True, autoincrement=False)
    rev: Mapped[int]
    # Of the document at this revision; empty when it is gone.
    digest: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[datetime]
    # Up to which revision an index has confirmed it, and saved searches have been asked.
    written_rev: Mapped[int] = mapped_column(default=0)
    matched_rev: Mapped[int] = mapped_column(default=0)

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.item_id}"


# What saved searches have not been asked of; nearly always empty, so the index costs nothing.
Index(
    "ix_index_records_unmatched",
    IndexRecord.kind,
    IndexRecord.item_id,
    sqlite_where=IndexRecord.matched_rev < IndexRecord.written_rev,
    postgresql_where=IndexRecord.matched_rev < IndexRecord.written_rev,
)


class IndexRun(Base):
    """One rebuild, comparison or return to the index before: what came of it."""

    __tablename__ = "index_runs"

    id: Mapped[Pk]
    task: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    # The folder or index that answered when it was over.
    index_name: Mapped[str] = mapped_column(String(200), default="")
    # How many documents were looked at, and how many of them the index did not hold as the database says.
    checked: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    differing: Mapped[int] = mapped_column(default=0)
    surplus: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def unequal(self) -> int:
        return self.missing + self.differing + self.surplus


class SavedSearch(Base):
    """A search that somebody follows. It holds the question, never its answer: who may see what is asked each time."""

    __tablename__ = "saved_searches"
    __table_args__ = (
        UniqueConstraint("account_id", "fingerprint"),
        CheckConstraint(f"cadence IN ({', '.join(repr(name) for name in CADENCES)})", name="cadence"),
    )

    id: Mapped[Pk]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(200))
    filters: Mapped[dict[str, Any]]
    # Of kind, text and filters: the same question is saved once.
    fingerprint: Mapped[str] = mapped_column(String(32))
    cadence: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    muted_at: Mapped[datetime | None]
    # Its hits up to this one have been looked at.
    seen_hit: Mapped[int] = mapped_column(IdType, default=0)


class SearchHit(Base):
    """A document that a saved search found when it changed. Unique by revision: found again is not found anew."""

    __tablename__ = "search_hits"
    __table_args__ = (
        UniqueConstraint("search_id", "kind", "item_id", "rev"),
        CheckConstraint(f"state IN ({', '.join(repr(name) for name in HIT_STATES)})", name="state"),
        Index(None, "state", "search_id"),
    )

    id: Mapped[Pk]
    search_id: Mapped[int] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int] = mapped_column(IdType)
    rev: Mapped[int]
    found_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
