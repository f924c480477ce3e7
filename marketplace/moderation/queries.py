"""Reads of moderation: what waits, for how long, and what was decided before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.firms.models import Firm
from marketplace.moderation.models import Decision
from marketplace.needs.models import Need


@dataclass(frozen=True)
class Waiting:
    """One line of the queue."""

    kind: str
    subject_id: int
    title: str
    firm_id: int
    firm_name: str
    submitted_at: datetime
    returned_before: bool


def queue(session: Session, *, kind: str | None = None, most: int = 100) -> list[Waiting]:
    """What was submitted and not yet decided, longest waiting first; one query."""
    parts = []
    for name, model, title in (("need", Need, Need.title), ("capability", Capability, Capability.product)):
        if kind is not None and kind != name:
            continue
        before = (
            select(Decision.id).where(Decision.subject_kind == name, Decision.subject_id == model.id).limit(1)
        ).exists()
        parts.append(
            select(
                literal(name).label("kind"),
                model.id.label("subject_id"),
                title.label("title"),
                Firm.id.label("firm_id"),
                Firm.legal_name.label("firm_name"),
                model.submitted_at.label("submitted_at"),
                before.label("returned_before"),
            )
            .join(Firm, Firm.id == model.firm_id)
            .where(model.submitted_at.is_not(None), model.published_at.is_(None), model.closed_at.is_(None))
        )
    waiting = union_all(*parts).subquery()
    rows = session.execute(select(waiting).order_by(waiting.c.submitted_at, waiting.c.subject_id).limit(most))
    return [Waiting(**{**row._mapping, "returned_before": bool(row.returned_before)}) for row in rows]


def waiting_counts(session: Session) -> dict[str, int]:
    """How many needs and capabilities wait."""
    counts = {}
    for name, model in (("need", Need), ("capability", Capability)):
        statement = select(func.count()).where(
            model.submitted_at.is_not(None), model.published_at.is_(None), model.closed_at.is_(None)
        )
        counts[name] = session.scalar(statement) or 0
    return counts


def decisions_on(session: Session, kind: str, subject_id: int) -> Sequence[Decision]:
    """Earlier decisions, newest first."""
    statement = (
        select(Decision)
        .where(Decision.subject_kind == kind, Decision.subject_id == subject_id)
        .order_by(Decision.id.desc())
        .limit(20)
    )
    return session.scalars(statement).all()
