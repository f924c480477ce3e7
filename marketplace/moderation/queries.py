"""Reads of moderation: what waits, for how long, what was found in it, and what was decided before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.accounts.models import Account
from marketplace.capabilities.models import Capability, CapabilityPhoto
from marketplace.firms.models import Firm
from marketplace.moderation.examining import examine
from marketplace.moderation.models import Decision
from marketplace.moderation.rules import Flag
from marketplace.needs.models import Need, NeedAttachment
from marketplace.taxonomy.queries import parameters

KINDS = ("need", "capability")
PAGE_SIZE = 40


@dataclass(frozen=True)
class Waiting:
    """One line of the queue."""

    kind: str
    subject_id: int
    title: str
    firm_id: int
    firm_name: str
    submitted_at: datetime
    version: int
    returned_before: bool


# Where a page of the queue goes on: behind this line.
Place = tuple[datetime, str, int]


def _waits(model: Any) -> ColumnElement[bool]:
    return and_(model.submitted_at.is_not(None), model.published_at.is_(None), model.closed_at.is_(None))


def queue(
    session: Session, *, kind: str | None = None, behind: Place | None = None, most: int = PAGE_SIZE
) -> list[Waiting]:
    """What was submitted and not yet decided, longest waiting first; one query. ``behind`` goes on after a line."""
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
                model.version.label("version"),
                before.label("returned_before"),
            )
            .join(Firm, Firm.id == model.firm_id)
            .where(_waits(model))
        )
    waiting = union_all(*parts).subquery()
    at, kind_of, number = waiting.c.submitted_at, waiting.c.kind, waiting.c.subject_id
    statement = select(waiting).order_by(at, kind_of, number).limit(most)
    if behind is not None:
        when, what, which = behind
        statement = statement.where(
            or_(at > when, and_(at == when, or_(kind_of > what, and_(kind_of == what, number > which))))
        )
    rows = session.execute(statement)
    return [Waiting(**{**row._mapping, "returned_before": bool(row.returned_before)}) for row in rows]


def waiting_counts(session: Session) -> dict[str, int]:
    """How many needs and capabilities wait."""
    counts = {}
    for name, model in (("need", Need), ("capability", Capability)):
        counts[name] = session.scalar(select(func.count()).select_from(model).where(_waits(model))) or 0
    return counts


def flags_in(session: Session, lines: Sequence[Waiting], as_of: date) -> dict[tuple[str, int], list[Flag]]:
    """The flags of every line of a page; a fixed number of queries, however many lines."""
    found: dict[tuple[str, int], list[Flag]] = {}
    figures = parameters(session)
    for name, statement in (("need", needs_to_examine()), ("capability", capabilities_to_examine())):
        ids = [line.subject_id for line in lines if line.kind == name]
        if ids:
            model: Any = Need if name == "need" else Capability
            for subject in session.scalars(statement.where(model.id.in_(ids))):
                found[name, subject.id] = examine(subject, as_of, figures)
    return found


def needs_to_examine() -> Select[Need]:
    """Needs with everything that is read on the desk."""
    return select(Need).options(
        joinedload(Need.firm),
        selectinload(Need.specs),
        selectinload(Need.terms),
        selectinload(Need.certificates),
        selectinload(Need.exclusions),
        selectinload(Need.attachments).joinedload(NeedAttachment.file),
    )


def capabilities_to_examine() -> Select[Capability]:
    """Capabilities with everything that is read on the desk."""
    return select(Capability).options(
        joinedload(Capability.firm),
        selectinload(Capability.specs),
        selectinload(Capability.terms),
        selectinload(Capability.certificates),
        selectinload(Capability.standards),
        selectinload(Capability.types),
        selectinload(Capability.photos).joinedload(CapabilityPhoto.file),
    )


def decisions_on(session: Session, kind: str, subject_id: int) -> Sequence[Decision]:
    """Earlier decisions, newest first."""
    statement = (
        select(Decision)
        .where(Decision.subject_kind == kind, Decision.subject_id == subject_id)
        .order_by(Decision.id.desc())
        .limit(20)
    )
    return session.scalars(statement).all()


def decisions(kind: str | None = None) -> Select[Decision]:
    """Every decision, for the list by key."""
    statement = select(Decision)
    return statement if kind is None else statement.where(Decision.subject_kind == kind)


def titles_of(session: Session, rows: Sequence[Decision]) -> dict[tuple[str, int], str]:
    """What the decided listings are called now; two queries at most."""
    by_kind = {kind: {row.subject_id for row in rows if row.subject_kind == kind} for kind in KINDS}
    return {
        (kind, subject_id): title
        for kind, ids in by_kind.items()
        if ids
        for subject_id, title in titles(session, kind, ids).items()
    }


def titles(session: Session, kind: str, ids: Collection[int]) -> dict[int, str]:
    """What these listings of one kind are called now; one query."""
    key, title = (Need.id, Need.title) if kind == "need" else (Capability.id, Capability.product)
    return {number: text for number, text in session.execute(select(key, title).where(key.in_(ids)))}


def deciders_of(session: Session, rows: Sequence[Decision]) -> dict[int, str]:
    """The names of who decided; for staff only."""
    ids = {row.account_id for row in rows if row.account_id is not None}
    if not ids:
        return {}
    found = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {account_id: name for account_id, name in found}


def latest_return(session: Session, kind: str, subject_id: int) -> Decision | None:
    """Why a listing was sent back, if its last decision did so."""
    rows = decisions_on(session, kind, subject_id)
    return rows[0] if rows and rows[0].decision == "returned" else None
