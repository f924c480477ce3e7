"""Reads of certificates that several callers share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from marketplace.certifications.models import CertificateAbsence, Certification
from marketplace.taxonomy.rules import certificate_state


def held_by(session: Session, firm_ids: Iterable[int]) -> dict[int, list[Certification]]:
    """Each firm's certificates, lapsed ones among them, newest end first; one query for all firms."""
    found: dict[int, list[Certification]] = defaultdict(list)
    statement = (
        select(Certification)
        .where(Certification.firm_id.in_(list(firm_ids)), Certification.removed_at.is_(None))
        .order_by(Certification.kind_key, Certification.valid_until.desc(), Certification.id)
    )
    for certification in session.scalars(statement):
        found[certification.firm_id].append(certification)
    return dict(found)


def certification_or_none(session: Session, certification_id: int) -> Certification | None:
    """One certificate that was not removed. Who may know of it is decided by its firm."""
    found = session.get(Certification, certification_id)
    return None if found is None or found.removed_at is not None else found


def absences_of(session: Session, firm_ids: Iterable[int]) -> dict[int, set[str]]:
    """Which certificates each firm has declared not to hold."""
    found: dict[int, set[str]] = defaultdict(set)
    statement = select(CertificateAbsence.firm_id, CertificateAbsence.kind_key).where(
        CertificateAbsence.firm_id.in_(list(firm_ids))
    )
    for firm_id, kind_key in session.execute(statement):
        found[firm_id].add(kind_key)
    return dict(found)


def in_force(as_of: date) -> ColumnElement[bool]:
    """Certificates that count on a day: the first and the last valid day included. A missing date binds nothing."""
    return and_(
        Certification.removed_at.is_(None),
        or_(Certification.valid_from.is_(None), Certification.valid_from <= as_of),
        or_(Certification.valid_until.is_(None), Certification.valid_until >= as_of),
        or_(Certification.revoked_on.is_(None), Certification.revoked_on > as_of),
    )


def kinds_in_force(certifications: Sequence[Certification], as_of: date) -> frozenset[str]:
    """:func:`in_force` on loaded rows: the kinds that a firm holds on a day."""
    return frozenset(
        held.kind_key
        for held in certifications
        if certificate_state(held.valid_from, held.valid_until, as_of, held.revoked_on) == "valid"
    )
