"""Who did what to what, when, and for whom: one row for each state change, written in its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.actor import Actor
from marketplace.core.db import Base, IdType, Pk


class AuditEntry(Base):
    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject_kind", "subject_id", "id"),)

    id: Mapped[Pk]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(IdType, index=True)
    actor_name: Mapped[str] = mapped_column(String(120))
    # Staff filling in for a firm (代填): the firm's own page shows who did it.
    acting_for: Mapped[int | None] = mapped_column(IdType)
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int | None] = mapped_column(IdType)
    details: Mapped[dict[str, Any]]


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: int | None,
    now: datetime,
    **details: Any,
) -> None:
    """Write one row. ``action`` is ``topic.verb``; ``details`` hold codes and ids, never personal contact data."""
    session.add(AuditEntry(**_row(actor, action, subject_kind, subject_id, now, details)))


def record_each(
    session: Session,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_ids: Iterable[int],
    now: datetime,
    **details: Any,
) -> None:
    """The same row about each of many, in one statement."""
    rows = [_row(actor, action, subject_kind, subject_id, now, details) for subject_id in subject_ids]
    if rows:
        session.execute(insert(AuditEntry), rows)


def _row(
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: int | None,
    now: datetime,
    details: dict[str, Any],
) -> dict[str, Any]:
    return {
        "at": now,
        "actor_kind": actor.kind,
        "account_id": actor.account_id,
        "actor_name": actor.name[:120],
        "acting_for": actor.acting_for,
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "details": details,
    }


def history_of(session: Session, subject_kind: str, subject_id: int, most: int = 50) -> list[AuditEntry]:
    """The newest rows about one thing, newest first."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.subject_kind == subject_kind, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(most)
    )
    return list(session.scalars(statement))
