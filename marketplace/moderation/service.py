"""Use cases of moderation: examine, publish, return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.capabilities import queries as capability_queries
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.models import Capability
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.analysis import analyser
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.core.listing_steps import check_version
from marketplace.core.specs import written
from marketplace.moderation import rules
from marketplace.moderation.models import Decision
from marketplace.moderation.rules import Flag
from marketplace.needs import queries as need_queries
from marketplace.needs import service as needs
from marketplace.needs.models import Need

Subject = Need | Capability


def subject_of(session: Session, actor: Actor, kind: str, subject_id: int) -> Subject:
    """What is to be looked at; the bureau only."""
    if not actor.staff:
        raise NotFound
    if not actor.bureau:
        raise Forbidden
    models: dict[str, type[Subject]] = {"need": Need, "capability": Capability}
    subject = session.get(models[kind], subject_id) if kind in models else None
    if subject is None:
        raise NotFound
    return subject


def text_of(subject: Subject) -> str:
    """Everything a reader would read, in one text."""
    if isinstance(subject, Need):
        content = need_queries.content_of_need(subject)
        parts = [content.title, content.use, content.description, content.entrance or ""]
    else:
        offered = capability_queries.content_of_capability(subject)
        parts = [offered.product, offered.sentence, offered.description, *offered.standards]
        return "\n".join([*parts, *(written(row) for row in offered.specs)])
    return "\n".join([*parts, *(written(row) for row in content.specs)])


def flags_of(subject: Subject) -> list[Flag]:
    """What a person should look at before deciding."""
    text = text_of(subject)
    anonymous = isinstance(subject, Need) and subject.anonymous
    names = [subject.firm.legal_name, *(subject.firm.english_name or "").split("  ")]
    flags = rules.secret_flags(text) + rules.contact_flags(text, anonymous=anonymous)
    flags += rules.name_flags(text, names, anonymous=anonymous)
    return flags + rules.stuffing_flags(text, analyser().words(text[:8000]))


def publish(
    session: Session,
    actor: Actor,
    kind: str,
    subject_id: int,
    *,
    checklist: Mapping[str, bool],
    expected_version: int | None = None,
    now: datetime,
) -> Decision:
    """Publish what was looked at. Every line of the checklist ticked; a stopping flag is never published over."""
    subject = subject_of(session, actor, kind, subject_id)
    check_version(subject, expected_version)
    missing = rules.missing_ticks(kind, checklist)
    if missing:
        raise Refusal.of([Problem("moderation.tick_missing", f"check-{line}") for line in missing])
    flags = flags_of(subject)
    stopping = [flag for flag in flags if flag.severity == "stop"]
    if stopping:
        raise Refusal.of([Problem(flag.code, None, dict(flag.params)) for flag in stopping])
    if kind == "need":
        needs.publish(session, actor, subject_id, now=now)
    else:
        capabilities.publish(session, actor, subject_id, now=now)
    return _decide(session, actor, kind, subject, "published", [], None, checklist, flags, now)


def return_(
    session: Session,
    actor: Actor,
    kind: str,
    subject_id: int,
    *,
    reasons: Sequence[str],
    note: str | None,
    expected_version: int | None = None,
    now: datetime,
) -> Decision:
    """Send it back with at least one reason that the firm can act on."""
    subject = subject_of(session, actor, kind, subject_id)
    check_version(subject, expected_version)
    if not reasons or any(reason not in rules.RETURN_REASONS[kind] for reason in reasons):
        raise Refusal("moderation.reason_missing", "reasons")
    if "other" in reasons and not (note or "").strip():
        raise Refusal("moderation.note_missing", "note")
    if kind == "need":
        needs.return_(session, actor, subject_id, now=now)
    else:
        capabilities.return_(session, actor, subject_id, now=now)
    return _decide(session, actor, kind, subject, "returned", list(reasons), note, {}, flags_of(subject), now)


def _decide(
    session: Session,
    actor: Actor,
    kind: str,
    subject: Subject,
    decision: str,
    reasons: list[str],
    note: str | None,
    checklist: Mapping[str, bool],
    flags: Sequence[Flag],
    now: datetime,
) -> Decision:
    kept: list[Any] = [[flag.code, dict(flag.params)] for flag in flags]
    row = Decision(
        subject_kind=kind,
        subject_id=subject.id,
        version=subject.version,
        decision=decision,
        reasons=reasons,
        note=(note or "").strip() or None,
        checklist=dict(checklist),
        flags=kept,
        account_id=actor.account_id,
        at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, f"moderation.{decision}", kind, subject.id, now, reasons=reasons)
    return row
