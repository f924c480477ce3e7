"""Use cases of capabilities. Photos are in photos.py, which stands on this module."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities import queries, rules
from marketplace.capabilities.content import COLUMNS, CapabilityContent, as_json
from marketplace.capabilities.models import (
    Capability,
    CapabilityCertificate,
    CapabilityDivision,
    CapabilitySpec,
    CapabilityStandard,
    CapabilityTerm,
    CapabilityType,
    CapabilityVersion,
)
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.core.lifecycle import Action, State, state_of, take
from marketplace.core.listing import keep_rows
from marketplace.core.listing_steps import Steps, check_version, look_again, step
from marketplace.core.specs import fill_rows
from marketplace.core.terms import fill_terms
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import ordered, parties_of, right_problems

__all__ = [
    "CapabilityContent",
    "close",
    "confirm",
    "create",
    "editable",
    "pause",
    "publish",
    "reopen",
    "resume",
    "return_",
    "revise",
    "save",
    "submit",
    "withdraw",
]


def editable(session: Session, actor: Actor, capability_id: int, now: datetime) -> Capability:
    """A capability that this actor may change; else NotFound or Forbidden. Its row is held until the end of the
    change: a second one, or the bureau's decision, waits and then sees what it left (SQLite has one writer anyhow)."""
    session.execute(select(Capability.id).where(Capability.id == capability_id).with_for_update())
    capability = queries.capability_or_none(session, actor, capability_id, day_of(now))
    if capability is None:
        raise NotFound
    if not rules.may_edit(actor, queries.view_of(capability, day_of(now))) and not actor.system:
        raise Forbidden
    return capability


def create(
    session: Session,
    actor: Actor,
    firm_id: int,
    content: CapabilityContent,
    *,
    source: str | None = None,
    import_id: int | None = None,
    now: datetime,
) -> Capability:
    """A draft for a firm, by its editors or by staff filling in for it."""
    if not actor.may_edit_firm(firm_id) and not (actor.bureau and source is not None):
        raise NotFound if not actor.belongs_to(firm_id) else Forbidden
    content = _refuse_shape(session, session.get_one(Firm, firm_id), content)
    capability = Capability(
        firm_id=firm_id,
        created_by=actor.account_id,
        source=source or actor.source,
        import_id=import_id,
        created_at=now,
        updated_at=now,
    )
    session.add(capability)
    _write(capability, replace(content, confirmed_on=content.confirmed_on or day_of(now)))
    session.flush()
    audit.record(
        session, actor, "capability.create", "capability", capability.id, now, source=capability.source
    )
    return capability


def save(
    session: Session,
    actor: Actor,
    capability_id: int,
    content: CapabilityContent,
    *,
    expected_version: int | None = None,
    now: datetime,
) -> Capability:
    """Save a draft or a returned capability; incomplete is fine. Autosave calls this too."""
    capability = editable(session, actor, capability_id, now)
    check_version(capability, expected_version)
    # What it is never changes under its readers: a product does not become a resource that is opened.
    content = _refuse_shape(session, capability.firm, replace(content, nature=capability.nature))
    take(capability, Action.SAVE, now, day_of(now))
    content = replace(_tidy(content), confirmed_on=capability.confirmed_on)
    if queries.content_of_capability(capability) != content:
        # Only a change is a step: an autosave that says the same again leaves no trace.
        _write(capability, replace(content, confirmed_on=day_of(now)))
        capability.version += 1
        step(session, actor, "capability", capability, Action.SAVE, now)
    return capability


def submit(session: Session, actor: Actor, capability_id: int, *, now: datetime) -> Capability:
    """Hand it to the bureau; kept as a version from here on."""
    capability = editable(session, actor, capability_id, now)
    content = queries.content_of_capability(capability)
    problems = rules.submission_problems(content, taxonomy.type_fields(session))
    problems += _right_problems(session, capability.firm, replace(content, types=rules.types_of(content)))
    if problems:
        raise Refusal.of(problems)
    photos = _photos(capability)
    kept = session.scalar(
        select(CapabilityVersion).where(
            CapabilityVersion.capability_id == capability.id, CapabilityVersion.number == capability.version
        )
    )
    if kept is not None and kept.content.get("photos") != photos:
        # Other photos than the version that was looked at before: a version of its own.
        capability.version, kept = capability.version + 1, None
    step(session, actor, "capability", capability, Action.SUBMIT, now)
    if kept is None:
        session.add(
            CapabilityVersion(
                capability_id=capability.id,
                number=capability.version,
                at=now,
                account_id=actor.account_id,
                content={**as_json(content), "photos": photos},
            )
        )
    return capability


_steps = Steps("capability", "capabilities", Capability, editable, rules.CLOSE_REASONS, rules.REOPENABLE)
withdraw, pause, resume, revise = _steps.withdraw, _steps.pause, _steps.resume, _steps.revise
close, reopen = _steps.close, _steps.reopen
publish, return_ = _steps.publish, _steps.return_


def confirm(session: Session, actor: Actor, capability_id: int, *, now: datetime) -> Capability:
    """The firm says that all this still holds: one tap, no moderation."""
    capability = editable(session, actor, capability_id, now)
    state = state_of(capability, day_of(now))
    if state is State.CLOSED:
        raise Refusal("capabilities.closed")
    capability.confirmed_on = day_of(now)
    audit.record(session, actor, "capability.confirm", "capability", capability.id, now)
    if state is State.PUBLISHED:
        look_again(session, "capability", capability.id, now)
    return capability


def note_photos(session: Session, capability: Capability) -> None:
    """The version that was handed over, with the photos as they are now."""
    kept = session.scalar(
        select(CapabilityVersion).where(
            CapabilityVersion.capability_id == capability.id, CapabilityVersion.number == capability.version
        )
    )
    if kept is not None:
        kept.content = {**kept.content, "photos": _photos(capability)}


def _photos(capability: Capability) -> list[list[str | None]]:
    """The photos as they were, by hash and caption, for the version."""
    return [[photo.file.sha256, photo.caption] for photo in capability.photos]


def _refuse_shape(session: Session, firm: Firm, content: CapabilityContent) -> CapabilityContent:
    """The content with its terms in their order; Refusal where it cannot be kept, or not be posted by this party."""
    fields = rules.fields_of(content, taxonomy.type_fields(session))
    content = replace(content, terms=ordered(content.terms, fields))
    problems = _right_problems(session, firm, content) + rules.shape_problems(content, fields)
    if content.divisions and not set(content.divisions) <= taxonomy.divisions(session).keys():
        problems.append(Problem("capabilities.division_unknown", "divisions"))
    if problems:
        raise Refusal.of(problems)
    return content


def _right_problems(session: Session, firm: Firm, content: CapabilityContent) -> list[Problem]:
    parties = parties_of(firm.party_kind, firm.chain_leader)
    direction, rights = rules.direction_of(content), taxonomy.entry_rights(session)
    return right_problems(rights, parties, content.types, direction, "types")


def _tidy(content: CapabilityContent) -> CapabilityContent:
    """Rows as sets, the way they are stored."""
    return replace(
        content,
        certificates=tuple(sorted(set(content.certificates))),
        standards=tuple(sorted(set(content.standards))),
        divisions=tuple(sorted(set(content.divisions))),
        types=tuple(sorted(set(content.types))),
    )


def _write(capability: Capability, content: CapabilityContent) -> None:
    for name in COLUMNS:
        setattr(capability, name, getattr(content, name))
    fill_rows(capability.specs, CapabilitySpec, content.specs)
    fill_terms(capability.terms, CapabilityTerm, content.terms)
    keep_rows(capability.certificates, CapabilityCertificate, "kind_key", content.certificates)
    keep_rows(capability.standards, CapabilityStandard, "standard", content.standards)
    keep_rows(capability.divisions, CapabilityDivision, "code", content.divisions)
    keep_rows(capability.types, CapabilityType, "type_key", content.types)
