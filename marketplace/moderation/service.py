"""Use cases of moderation: publish, return, publish many that nothing was found in. The bureau alone decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.capabilities import service as capabilities
from marketplace.capabilities.models import Capability
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.core.listing_steps import check_version
from marketplace.moderation import rules
from marketplace.moderation.examining import Subject, examine
from marketplace.moderation.models import Decision
from marketplace.moderation.rules import Flag
from marketplace.needs import service as needs
from marketplace.needs.models import Need
from marketplace.taxonomy.queries import parameters

MOST_AT_ONCE = 50


def subject_of(
    session: Session, actor: Actor, kind: str, subject_id: int, *, for_decision: bool = False
) -> Subject:
    """What is to be looked at; the bureau only. For a decision its row is held, so that two officers decide one by one."""
    check_bureau(actor)
    lock = True if for_decision else None
    subject: Subject | None = None
    if kind == "need":
        subject = session.get(Need, subject_id, with_for_update=lock)
    elif kind == "capability":
        subject = session.get(Capability, subject_id, with_for_update=lock)
    if subject is None:
        raise NotFound
    return subject


def check_bureau(actor: Actor) -> None:
    """Others do not know of the desk; staff of a 镇/街道 know of it and do not decide."""
    if not actor.staff:
        raise NotFound
    if not actor.bureau:
        raise Forbidden


def publish(
    session: Session,
    actor: Actor,
    kind: str,
    subject_id: int,
    *,
    checklist: Mapping[str, bool],
    together: bool = False,
    expected_version: int | None = None,
    now: datetime,
) -> Decision:
    """Publish what was looked at. Every line of the checklist ticked; a stopping flag is never published over.

    ``together``: the lines were confirmed with one tick, which holds only where nothing was found; the audit keeps it.
    """
    subject = subject_of(session, actor, kind, subject_id, for_decision=True)
    check_version(subject, expected_version)
    _refuse_unticked(kind, checklist)
    flags = examine(subject, day_of(now), parameters(session))
    stopping = [flag for flag in flags if flag.severity == "stop"]
    if stopping:
        raise Refusal.of([Problem(flag.code, None, dict(flag.params)) for flag in stopping])
    if together and flags:
        raise Refusal("moderation.tick_each", f"check-{rules.CHECKLIST[kind][0]}")
    return _publish(session, actor, kind, subject, checklist, flags, now, together=together)


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
    subject = subject_of(session, actor, kind, subject_id, for_decision=True)
    check_version(subject, expected_version)
    note = (note or "").strip()
    if not reasons or any(reason not in rules.RETURN_REASONS[kind] for reason in reasons):
        raise Refusal("moderation.reason_missing", "reasons")
    if "other" in reasons and not note:
        raise Refusal("moderation.note_missing", "note")
    if len(note) > rules.MOST_NOTE:
        raise Refusal("moderation.note_long", "note", most=rules.MOST_NOTE)
    flags = examine(subject, day_of(now), parameters(session))
    if kind == "need":
        needs.return_(session, actor, subject_id, now=now)
    else:
        capabilities.return_(session, actor, subject_id, now=now)
    return _decide(
        session, actor, kind, subject, "returned", list(dict.fromkeys(reasons)), note, {}, flags, now
    )


@dataclass
class Batch:
    """What became of each: published ids, and why each of the others was left where it is."""

    published: list[int] = field(default_factory=list)
    left: dict[int, Problem] = field(default_factory=dict)


def publish_clean(
    session: Session,
    actor: Actor,
    kind: str,
    versions: Mapping[int, int],
    *,
    checklist: Mapping[str, bool],
    now: datetime,
) -> Batch:
    """Publish those in which nothing was found; one checklist counts for all of one kind.

    ``versions`` maps each id to the version that the officer saw. Flagged, changed or decided ones are left in the
    queue, each with its reason; nothing is half done.
    """
    check_bureau(actor)
    if kind not in rules.CHECKLIST:
        raise NotFound
    if not versions:
        raise Refusal("moderation.nothing_chosen")
    if len(versions) > MOST_AT_ONCE:
        raise Refusal("moderation.too_many", most=MOST_AT_ONCE)
    _refuse_unticked(kind, checklist)
    done = Batch()
    for subject_id, version in sorted(versions.items()):
        try:
            subject = subject_of(session, actor, kind, subject_id, for_decision=True)
            check_version(subject, version)
            flags = examine(subject, day_of(now), parameters(session))
            if flags:
                raise Refusal("moderation.flagged")
            _publish(session, actor, kind, subject, checklist, flags, now)
        except Refusal as refusal:
            done.left[subject_id] = refusal.problems[0]
        except NotFound:
            done.left[subject_id] = Problem("moderation.gone")
        else:
            done.published.append(subject_id)
    return done


def _refuse_unticked(kind: str, checklist: Mapping[str, bool]) -> None:
    missing = rules.missing_ticks(kind, checklist)
    if missing:
        raise Refusal.of([Problem("moderation.tick_missing", f"check-{line}") for line in missing])


def _publish(
    session: Session,
    actor: Actor,
    kind: str,
    subject: Subject,
    checklist: Mapping[str, bool],
    flags: Sequence[Flag],
    now: datetime,
    *,
    together: bool = False,
) -> Decision:
    if kind == "need":
        needs.publish(session, actor, subject.id, now=now)
    else:
        capabilities.publish(session, actor, subject.id, now=now)
    ticked = {line: bool(checklist.get(line)) for line in rules.CHECKLIST[kind]}
    confirmed = [line for line, looked_at in ticked.items() if looked_at]
    return _decide(
        session, actor, kind, subject, "published", [], "", ticked, flags, now,
        confirmed=confirmed, together=together,
    )  # fmt: skip


def _decide(
    session: Session,
    actor: Actor,
    kind: str,
    subject: Subject,
    decision: str,
    reasons: list[str],
    note: str,
    checklist: Mapping[str, bool],
    flags: Sequence[Flag],
    now: datetime,
    **details: Any,
) -> Decision:
    """Keep the decision; ``details`` are for the audit alone."""
    kept: list[Any] = [[flag.code, dict(flag.params)] for flag in flags]
    row = Decision(
        subject_kind=kind,
        subject_id=subject.id,
        version=subject.version,
        decision=decision,
        reasons=reasons,
        note=note or None,
        checklist=dict(checklist),
        flags=kept,
        account_id=actor.account_id,
        at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, f"moderation.{decision}", kind, subject.id, now, reasons=reasons, **details)
    return row
