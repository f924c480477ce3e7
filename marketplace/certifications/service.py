"""Use cases of certificates: stated by the firm or by staff, checked by the bureau."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from marketplace.certifications import queries, rules
from marketplace.certifications.models import CertificateAbsence, Certification
from marketplace.certifications.rules import CertificationFacts
from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.db import take_turn
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import queries as firm_queries
from marketplace.firms import rules as firm_rules
from marketplace.taxonomy import queries as taxonomy

__all__ = [
    "CertificationFacts", "add", "add_all", "declare_absent", "erase", "put_back", "remove", "revoke", "undeclare_absent", "verify",
]  # fmt: skip


def add(
    session: Session,
    actor: Actor,
    firm_id: int,
    facts: CertificationFacts,
    *,
    source: str | None = None,
    now: datetime,
) -> Certification:
    """State one certificate. It counts as stated; the bureau's check is marked beside it.

    A sheet of staff's (``source``) may name a tier and nothing else: the list itself is what says so.
    """
    return add_all(session, actor, [(firm_id, facts)], source=source, now=now)[0]


def add_all(
    session: Session,
    actor: Actor,
    stated: Sequence[tuple[int, CertificationFacts]],
    *,
    source: str | None = None,
    now: datetime,
) -> list[Certification]:
    """The same for many firms (each by its id), in their order, written together."""
    kinds, bare = frozenset(taxonomy.certificate_kinds(session)), source is not None and actor.staff
    added = []
    for firm_id, facts in stated:
        _check_editor(session, actor, firm_id)
        if problems := rules.problems_of(facts, kinds, bare=bare):
            raise Refusal.of(problems)
        added.append(_certification(firm_id, facts, source or actor.source, now))
    session.add_all(added)
    absence = tuple_(CertificateAbsence.firm_id, CertificateAbsence.kind_key)
    session.execute(
        delete(CertificateAbsence)
        .where(absence.in_([(one.firm_id, one.kind_key) for one in added]))
        .execution_options(synchronize_session=False)
    )
    session.flush()
    for one in added:
        _keep(session, actor, "add", one, now)
    return added


def _certification(firm_id: int, facts: CertificationFacts, source: str, now: datetime) -> Certification:
    return Certification(
        firm_id=firm_id,
        kind_key=facts.kind_key,
        number=(facts.number or "").strip() or None,
        cohort=(facts.cohort or "").strip() or None,
        issuer=(facts.issuer or "").strip() or None,
        rule_document=(facts.rule_document or "").strip() or None,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        file_id=facts.file_id,
        source=source,
        created_at=now,
    )


def remove(session: Session, actor: Actor, certification_id: int, *, now: datetime) -> None:
    """Take back what was stated; the row stays for the record."""
    certification = _known(session, actor, certification_id)
    _check_editor(session, actor, certification.firm_id)
    certification.removed_at = now
    _keep(session, actor, "remove", certification, now)


def erase(session: Session, actor: Actor, certification_id: int, *, now: datetime) -> None:
    """Undo a statement of a sheet's as if it had never been made. Refusal where the bureau has seen the certificate since."""
    certification = _known(session, actor, certification_id)
    if not actor.bureau:
        raise Forbidden
    if certification.source != "sheet" or certification.revoked_on is not None:
        raise Refusal("certifications.changed_since")
    firm_id, kind = certification.firm_id, certification.kind_key
    session.delete(certification)
    audit.record(session, actor, "certification.remove", "firm", firm_id, now, kind=kind)
    _look_again(session, firm_id, now)


def put_back(session: Session, actor: Actor, certification_id: int, *, now: datetime) -> None:
    """A certificate that was taken back stands again."""
    certification = session.get(Certification, certification_id)
    if certification is None:
        raise NotFound
    if not actor.bureau:
        raise Forbidden
    certification.removed_at = None
    _keep(session, actor, "add", certification, now)


def verify(session: Session, actor: Actor, certification_id: int, *, now: datetime) -> Certification:
    """The bureau has seen the certificate itself."""
    certification = _known(session, actor, certification_id)
    if not actor.bureau:
        raise Forbidden
    certification.verified_at, certification.verified_by = now, actor.account_id
    certification.source = "verified"
    _keep(session, actor, "verify", certification, now)
    return certification


def revoke(session: Session, actor: Actor, certification_id: int, *, on: date, now: datetime) -> None:
    """The issuing authority took it back; from that day on it counts no more."""
    certification = _known(session, actor, certification_id)
    if not actor.bureau:
        raise Forbidden
    if certification.valid_from is not None and on < certification.valid_from:
        raise Refusal("certifications.revoked_early", "revoked_on", day=certification.valid_from)
    certification.revoked_on = on
    _keep(session, actor, "revoke", certification, now)


def declare_absent(session: Session, actor: Actor, firm_id: int, kind_key: str, *, now: datetime) -> None:
    """The firm says it does not hold a certificate: a stated fact, on which a match may be excluded."""
    _check_editor(session, actor, firm_id)
    take_turn(session, f"certifications.absent:{firm_id}")  # a form sent twice is one statement
    if kind_key not in taxonomy.certificate_kinds(session):
        raise Refusal("certifications.kind_unknown", "kind_key")
    if kind_key in queries.kinds_in_force(queries.held_by(session, [firm_id]).get(firm_id, []), day_of(now)):
        raise Refusal("certifications.held", "kind_key")
    known = select(CertificateAbsence.id).where(
        CertificateAbsence.firm_id == firm_id, CertificateAbsence.kind_key == kind_key
    )
    if session.scalar(known) is None:
        session.add(
            CertificateAbsence(
                firm_id=firm_id, kind_key=kind_key, declared_at=now, declared_by=actor.account_id
            )
        )
        session.flush()
        audit.record(session, actor, "certification.declare_absent", "firm", firm_id, now, kind=kind_key)
        _look_again(session, firm_id, now)


def undeclare_absent(session: Session, actor: Actor, firm_id: int, kind_key: str, *, now: datetime) -> None:
    """Take that word back: whether the firm holds the certificate is unknown again."""
    _check_editor(session, actor, firm_id)
    gone = session.execute(
        delete(CertificateAbsence)
        .where(CertificateAbsence.firm_id == firm_id, CertificateAbsence.kind_key == kind_key)
        .returning(CertificateAbsence.id)
    ).scalar()
    if gone is None:
        raise NotFound
    audit.record(session, actor, "certification.undeclare_absent", "firm", firm_id, now, kind=kind_key)
    _look_again(session, firm_id, now)


def _known(session: Session, actor: Actor, certification_id: int) -> Certification:
    certification = session.get(Certification, certification_id)
    if certification is None or certification.removed_at is not None:
        raise NotFound
    if firm_queries.view_or_none(session, actor, certification.firm_id) is None:
        raise NotFound
    return certification


def _check_editor(session: Session, actor: Actor, firm_id: int) -> None:
    firm = firm_queries.view_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    if not firm_rules.may_edit(actor, firm):
        raise Forbidden


def _keep(session: Session, actor: Actor, step: str, certification: Certification, now: datetime) -> None:
    """A step on record, and what depends on it told."""
    about = {"kind": certification.kind_key}
    audit.record(session, actor, f"certification.{step}", "firm", certification.firm_id, now, **about)
    _look_again(session, certification.firm_id, now)


def _look_again(session: Session, firm_id: int, now: datetime) -> None:
    outbox.enqueue(session, "index", f"firm:{firm_id}", now)
    outbox.enqueue(session, "match", f"firm:{firm_id}", now)
