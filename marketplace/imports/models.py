"""Tables of sheets that were brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Pk
from marketplace.core.files import StoredFile


class SheetMatch(Base):
    """Two sheets, how they were read, and the list that came of them."""

    __tablename__ = "sheet_matches"

    id: Mapped[Pk]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    # The running or last job (reading, matching or keeping).
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    read_at: Mapped[datetime | None]
    matched_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
    result_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    method: Mapped[str | None] = mapped_column(String(40))

    sources: Mapped[list[SheetSource]] = relationship(
        cascade="all, delete-orphan", order_by="SheetSource.id", lazy="selectin"
    )


class SheetSource(Base):
    """One of the two sheets: the file, the guessed heading row and column mapping, and what a person changed of it."""

    __tablename__ = "sheet_sources"
    __table_args__ = (
        UniqueConstraint("match_id", "side"),
        CheckConstraint("side IN ('needs', 'capabilities')", name="side"),
    )

    id: Mapped[Pk]
    match_id: Mapped[int] = mapped_column(ForeignKey("sheet_matches.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(14))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    sheet_name: Mapped[str | None] = mapped_column(String(80))
    heading_row: Mapped[int | None]
    mapping: Mapped[dict[str, Any]]
    notes: Mapped[list[Any]]

    file: Mapped[StoredFile] = relationship()


class SheetRow(Base):
    """A row that needs mending, or was mended: its cells as read, its problems, and a person's corrections."""

    __tablename__ = "sheet_rows"
    __table_args__ = (UniqueConstraint("source_id", "number"),)

    id: Mapped[Pk]
    source_id: Mapped[int] = mapped_column(ForeignKey("sheet_sources.id", ondelete="CASCADE"))
    number: Mapped[int]
    values: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]]
    corrections: Mapped[dict[str, Any]]
    skipped: Mapped[bool] = mapped_column(default=False)


class SheetPair(Base):
    """One line of the list, as the page shows it."""

    __tablename__ = "sheet_pairs"

    id: Mapped[Pk]
    match_id: Mapped[int] = mapped_column(ForeignKey("sheet_matches.id", ondelete="CASCADE"), index=True)
    need_row: Mapped[int]
    rank: Mapped[int]
    label: Mapped[str] = mapped_column(String(10))
    content: Mapped[dict[str, Any]]
