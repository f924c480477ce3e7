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
    """One of the two sheets: the file, what a person chose of headings and columns, and how it was read last.

    ``choices`` holds, by sheet name, what reading.Choice does; ``reading`` is what reports.report_of wrote.
    """

    __tablename__ = "sheet_sources"
    __table_args__ = (
        UniqueConstraint("match_id", "side"),
        CheckConstraint("side IN ('needs', 'capabilities')", name="side"),
    )

    id: Mapped[Pk]
    match_id: Mapped[int] = mapped_column(ForeignKey("sheet_matches.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(14))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    choices: Mapped[dict[str, Any]]
    reading: Mapped[dict[str, Any]]

    file: Mapped[StoredFile] = relationship(lazy="joined")


class SheetRow(Base):
    """A row that needs mending, or was mended or skipped: its cells as read (by column index), its problems, and a
    person's corrections. Rows without problems are never stored: they are read from the file again."""

    __tablename__ = "sheet_rows"
    __table_args__ = (UniqueConstraint("source_id", "sheet", "number"),)

    id: Mapped[Pk]
    source_id: Mapped[int] = mapped_column(ForeignKey("sheet_sources.id", ondelete="CASCADE"))
    sheet: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    values: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]]
    corrections: Mapped[dict[str, Any]]
    skipped: Mapped[bool] = mapped_column(default=False)


class SheetNeed(Base):
    """One need of the list in the sheet's order: what the page shows of it, how many pairs it has by label, or why none."""

    __tablename__ = "sheet_needs"
    __table_args__ = (UniqueConstraint("match_id", "position"),)

    id: Mapped[Pk]
    match_id: Mapped[int] = mapped_column(ForeignKey("sheet_matches.id", ondelete="CASCADE"))
    position: Mapped[int]
    matched: Mapped[bool]
    content: Mapped[dict[str, Any]]


class SheetPair(Base):
    """One line of the list, as the page shows it; findings are kept as codes and said in the reader's language."""

    __tablename__ = "sheet_pairs"
    __table_args__ = (UniqueConstraint("need_id", "rank"),)

    id: Mapped[Pk]
    need_id: Mapped[int] = mapped_column(ForeignKey("sheet_needs.id", ondelete="CASCADE"))
    rank: Mapped[int]
    label: Mapped[str] = mapped_column(String(10))
    score: Mapped[float]
    content: Mapped[dict[str, Any]]
