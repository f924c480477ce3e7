"""Use cases of needs. Attachments are in attachments.py, invited firms in inviting.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.core.lifecycle import Action, State, state_of, take
from marketplace.core.listing import keep_rows
from marketplace.core.listing_steps import Steps, check_version, step
from marketplace.core.specs import fill_rows
from marketplace.core.terms import fill_terms
from marketplace.firms.models import Firm
from marketplace.needs import excluding, queries, rules
from marketplace.needs.access import held
from marketplace.needs.content import COLUMNS, NeedContent, as_json
from marketplace.needs.inviting import invite
from marketplace.needs.models import Need, NeedCertificate, NeedExclusion, NeedSpec, NeedTerm, NeedVersion
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import ordered, parties_of, right_problems

__all__ = [
    "NeedContent",
    "close",
    "copy",
    "create",
    "invite",
    "pause",
    "publish",
    "renew",
    "reopen",
    "resume",
    "return_",
    "revise",
    "save",
    "state",
    "submit",
    "withdraw",
]


def create(
    session: Session,
    actor: Actor,
    firm_id: int,
    content: NeedContent,
    *,
    source: str | None = None,
    import_id: int | None = None,
    now: datetime,
) -> Need:
    """A draft for a firm, by its editors or by staff filling in for it."""
    if not actor.may_edit_firm(firm_id) and not (actor.bureau and source is not None):
        raise NotFound if not actor.belongs_to(firm_id) else Forbidden
    firm = session.get_one(Firm, firm_id)
    content = _refuse_shape(session, firm, content)
    need = Need(
        firm_id=firm_id,
        created_by=actor.account_id,
        source=source or actor.source,
        import_id=import_id,
        created_at=now,
        updated_at=now,
    )
    session.add(need)
    _write(need, content)
    session.flush()
    audit.record(session, actor, "need.create", "need", need.id, now, source=need.source)
    excluding.note(session, actor, need.id, (), content.excluded, now)
    return need


def save(
    session: Session,
    actor: Actor,
    need_id: int,
    content: NeedContent,
    *,
    expected_version: int | None = None,
    now: datetime,
) -> Need:
    """Save a draft or a returned need; incomplete is fine. Autosave calls this too."""
    need = held(session, actor, need_id, now)
    check_version(need, expected_version)
    content = _refuse_shape(session, need.firm, content)
    take(need, Action.SAVE, now, day_of(now))
    before = queries.content_of_need(need)
    if before != _tidy(content):
        # Only a change is a step: an autosave that says the same again leaves no trace.
        step(session, actor, "need", need, Action.SAVE, now)
        excluding.note(session, actor, need.id, before.excluded, content.excluded, now)
        _write(need, content)
        need.version += 1
    return need


def submit(session: Session, actor: Actor, need_id: int, *, now: datetime) -> Need:
    """Hand it to the bureau: complete, and kept as a version from here on."""
    need = held(session, actor, need_id, now)
    content = queries.content_of_need(need)
    problems = rules.submission_problems(content, day_of(now), taxonomy.type_fields(session))
    problems += _right_problems(session, need.firm, content)
    if problems:
        raise Refusal.of(problems)
    step(session, actor, "need", need, Action.SUBMIT, now)
    # The buyer sees first candidates while the bureau looks.
    outbox.enqueue(session, "match", f"preview:{need.id}", now)
    kept = select(NeedVersion.id).where(NeedVersion.need_id == need.id, NeedVersion.number == need.version)
    if session.scalar(kept) is None:
        session.add(
            NeedVersion(
                need_id=need.id,
                number=need.version,
                at=now,
                account_id=actor.account_id,
                content=as_json(content),
            )
        )
    return need


_steps = Steps("need", "needs", Need, held, rules.CLOSE_REASONS, rules.REOPENABLE)
withdraw, pause, resume, revise = _steps.withdraw, _steps.pause, _steps.resume, _steps.revise
close, reopen = _steps.close, _steps.reopen
publish, return_ = _steps.publish, _steps.return_


def renew(session: Session, actor: Actor, need_id: int, *, valid_until: date, now: datetime) -> Need:
    """Let a published or expired need hold longer; content stays as it was looked at."""
    need = held(session, actor, need_id, now)
    content = replace(queries.content_of_need(need), valid_until=valid_until, needed_by=None)
    problems = [
        problem
        for problem in rules.submission_problems(content, day_of(now))
        if problem.field == "valid_until"
    ]
    if problems:
        raise Refusal.of(problems)
    step(session, actor, "need", need, Action.RENEW, now, valid_until=valid_until.isoformat())
    need.valid_until = valid_until
    return need


def copy(session: Session, actor: Actor, need_id: int, *, now: datetime) -> Need:
    """A new draft with the same content, valid for the usual time: last year's need is this year's template."""
    need = held(session, actor, need_id, now)
    content = replace(
        queries.content_of_need(need),
        valid_until=day_of(now) + rules.USUAL_VALIDITY,
        questions_until=None,
        needed_by=None,
    )
    return create(session, actor, need.firm_id, content, now=now)


def state(need: Need, now: datetime) -> State:
    return state_of(need, day_of(now))


def _refuse_shape(session: Session, firm: Firm, content: NeedContent) -> NeedContent:
    """The content with its terms in their order; Refusal where it cannot be kept, or not be posted by this party."""
    fields = rules.fields_of(content, taxonomy.type_fields(session))
    content = replace(content, terms=ordered(content.terms, fields))
    problems = _right_problems(session, firm, content) + rules.shape_problems(content, fields)
    problems += excluding.problems(session, firm.id, content.excluded)
    if problems:
        raise Refusal.of(problems)
    return content


def _right_problems(session: Session, firm: Firm, content: NeedContent) -> list[Problem]:
    parties = parties_of(firm.party_kind, firm.chain_leader)
    return right_problems(taxonomy.entry_rights(session), parties, (content.type_key,), "want", "type_key")


def _tidy(content: NeedContent) -> NeedContent:
    return replace(
        content,
        certificates=tuple(sorted(set(content.certificates))),
        excluded=tuple(sorted(set(content.excluded))),
    )


def _write(need: Need, content: NeedContent) -> None:
    for name in COLUMNS:
        setattr(need, name, getattr(content, name))
    fill_rows(need.specs, NeedSpec, content.specs)
    fill_terms(need.terms, NeedTerm, content.terms)
    keep_rows(need.certificates, NeedCertificate, "kind_key", content.certificates)
    keep_rows(need.exclusions, NeedExclusion, "firm_id", content.excluded)
