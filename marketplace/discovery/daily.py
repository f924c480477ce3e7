"""What a passing midnight changes of what people find: certificates and validities begin and end without a row written.

Pages and gates ask ``as_of`` a day and need no telling; the index holds a firm's certificates as a filter, and proposals
hold reasons, so both are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.certifications.models import Certification
from marketplace.core import outbox
from marketplace.needs.models import Need

_WORK = ("index", "match")


def certificates_turned(session: Session, first: date, last: date, now: datetime) -> None:
    """Firms of which a certificate began, ended or was revoked with effect on one of these days (both included)."""
    ended = (first - timedelta(days=1), last - timedelta(days=1))  # the last valid day is the day before
    statement = (
        select(Certification.firm_id)
        .where(
            Certification.removed_at.is_(None),
            or_(
                Certification.valid_from.between(first, last),
                Certification.valid_until.between(*ended),
                Certification.revoked_on.between(first, last),
            ),
        )
        .distinct()
        .order_by(Certification.firm_id)
    )
    _look_again(session, "firm", session.scalars(statement), now)


def listings_expired(session: Session, first: date, last: date, now: datetime) -> None:
    """Needs and capabilities whose last valid day was the day before one of these days."""
    ended = (first - timedelta(days=1), last - timedelta(days=1))
    for kind, model in (("need", Need), ("capability", Capability)):
        statement = (
            select(model.id)
            .where(
                model.published_at.is_not(None), model.closed_at.is_(None), model.valid_until.between(*ended)
            )
            .order_by(model.id)
        )
        _look_again(session, kind, session.scalars(statement), now)


def _look_again(session: Session, kind: str, ids: Iterable[int], now: datetime) -> None:
    for number in list(ids):
        for work in _WORK:
            outbox.enqueue(session, work, f"{kind}:{number}", now)
