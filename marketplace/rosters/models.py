"""Tables of rosters: the sheet, its rows as they were compared, and what writing them changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, IdType, Pk
from marketplace.core.files import StoredFile

KINDS = ("new", "changed", "unchanged", "suspicious", "unread")


class Roster(Base):
    """One sheet of firms that an organiser brought in.

    ``choices`` holds, by sheet name, what imports.reading.Choice does; ``reading`` is what imports.reports.report_of wrote;
    ``overrides`` says for a field whether the sheet's word is taken where nothing else is said, for all rows at once.
    """

    __tablename__ = "rosters"

    id: Mapped[Pk]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    created_at: Mapped[datetime]
    # The running or last job: comparing, writing or taking back.
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    choices: Mapped[dict[str, Any]]
    reading: Mapped[dict[str, Any]]
    overrides: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    compared_at: Mapped[datetime | None]
    written_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship(lazy="joined")


class RosterRow(Base):
    """One row as it was read and compared: nothing of it is on a firm's record before somebody confirms.

    ``stated`` is what the row says, ``changes`` what it would change field by field, ``suspicions`` what a person should look
    at first (the first of them is ``reason``). A ``blocked`` row cannot be written as it stands.
    """

    __tablename__ = "roster_rows"
    __table_args__ = (
        UniqueConstraint("roster_id", "position"),
        CheckConstraint("kind IN ('new', 'changed', 'unchanged', 'suspicious', 'unread')", name="kind"),
        Index(None, "roster_id", "kind", "position"),
        Index(None, "roster_id", "fold"),
        Index(None, "roster_id", "code"),
    )

    id: Mapped[Pk]
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"))
    position: Mapped[int]
    sheet: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    # The cells as read, by column index, and what a person wrote in their place.
    cells: Mapped[dict[str, Any]]
    corrections: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]]
    notes: Mapped[list[Any]]
    skipped: Mapped[bool] = mapped_column(default=False)

    name: Mapped[str] = mapped_column(String(300))
    fold: Mapped[str] = mapped_column(String(300))
    code: Mapped[str | None] = mapped_column(String(18))
    stated: Mapped[dict[str, Any]]

    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(30))
    blocked: Mapped[bool] = mapped_column(default=False)
    suspicions: Mapped[list[Any]]
    changes: Mapped[list[Any]]
    firm_id: Mapped[int | None] = mapped_column(IdType)

    # What a person decided: whether to write, which firm it is (0: a new one), which fields the sheet is believed in.
    taken: Mapped[bool] = mapped_column(default=False)
    joined: Mapped[int | None] = mapped_column(IdType)
    believed: Mapped[dict[str, Any]]

    # written, nothing (there was nothing to write) or refused, with the reason.
    outcome: Mapped[str | None] = mapped_column(String(12))
    refusal: Mapped[list[Any]]


class RosterEffect(Base):
    """One thing that writing changed, with what was there before: what the undo goes by.

    ``kind``: created, fields, certificate or contact. ``kept`` says by field why the undo left something as it is.
    """

    __tablename__ = "roster_effects"
    __table_args__ = (Index(None, "roster_id", "undone_at"),)

    id: Mapped[Pk]
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"))
    row_id: Mapped[int] = mapped_column(IdType)
    firm_id: Mapped[int] = mapped_column(IdType, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    kept: Mapped[dict[str, Any]]
