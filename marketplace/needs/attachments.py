"""Drawings and documents of a need, with the buyer's 保密要求: open, restricted (on request), or nda (undertaken first).

What is attached is looked at by the bureau like the text, so files come and go while the need is a draft; one that should
not be there can be removed at any time. 严禁上传涉密信息.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.core import audit, files
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import FileStore, Upload, keep_upload, looked_at
from marketplace.core.lifecycle import Action, take
from marketplace.firms.models import Firm
from marketplace.needs import queries, rules
from marketplace.needs.access import held, seen
from marketplace.needs.models import AttachmentRelease, Need, NeedAttachment
from marketplace.needs.rules import NeedView


@dataclass(frozen=True)
class Request:
    """A firm's wish for one attachment. ``accepted`` and ``released`` say how far it has come."""

    firm: Firm
    accepted: bool
    released: bool


@dataclass(frozen=True)
class AttachmentLine:
    """One attachment as this reader sees it. ``name`` is None where it might give an anonymous buyer away.

    ``stage`` of the reader's own firms: none, asked, accepted or released. ``requests`` only for the buyer and staff.
    """

    attachment: NeedAttachment
    name: str | None
    may_download: bool
    stage: str
    requests: tuple[Request, ...]


def drawing(name: str, content: bytes) -> Upload:
    """A file that may be attached, before the change that keeps it. Refusals name what is wrong with it (field
    ``drawings``)."""
    return looked_at(name, content, field="drawings")


def attach(
    session: Session,
    actor: Actor,
    store: FileStore,
    need_id: int,
    upload: Upload,
    *,
    confidentiality: str,
    now: datetime,
) -> NeedAttachment:
    """Keep a file (:func:`drawing`) with a draft."""
    need = held(session, actor, need_id, now)
    take(need, Action.SAVE, now, day_of(now))
    if confidentiality not in rules.CONFIDENTIALITIES:
        raise Refusal("needs.choice", "confidentiality")
    there = select(func.count()).where(NeedAttachment.need_id == need.id)
    if (session.scalar(there) or 0) >= rules.MOST_ATTACHMENTS:
        raise Refusal("needs.attachments_many", "drawings", most=rules.MOST_ATTACHMENTS)
    stored = keep_upload(session, actor, store, upload, "attachment", now)
    attachment = NeedAttachment(
        need_id=need.id, file_id=stored.id, confidentiality=confidentiality, added_at=now
    )
    session.add(attachment)
    need.updated_at = now
    session.flush()
    audit.record(
        session, actor, "need.attach", "need", need.id, now, file=stored.id, confidentiality=confidentiality
    )
    return attachment


def remove(session: Session, actor: Actor, need_id: int, attachment_id: int, *, now: datetime) -> list[str]:
    """Take a file away, whatever the need's state.

    Returns hashes of bytes that nothing names any more: the edge deletes them once this has been committed.
    """
    need = held(session, actor, need_id, now)
    attachment = _of(session, need, attachment_id)
    file_id = attachment.file_id
    session.execute(delete(AttachmentRelease).where(AttachmentRelease.attachment_id == attachment.id))
    session.delete(attachment)
    session.flush()
    need.updated_at = now
    audit.record(session, actor, "need.detach", "need", need.id, now, file=file_id)
    return files.forget(session, [file_id])


def ask(
    session: Session,
    actor: Actor,
    need_id: int,
    attachment_id: int,
    firm_id: int,
    *,
    undertaking: bool = False,
    now: datetime,
) -> AttachmentRelease:
    """Ask for an attachment on behalf of a firm; for nda the firm accepts the undertaking of secrecy by this.

    Owners and editors only: the undertaking binds the firm. Refusal ``needs.undertaking_missing`` without it, and
    ``needs.asker_unchecked`` of a firm that the bureau has not checked or has suspended: no file opens to it, whatever
    the buyer says, so the buyer is not asked.
    """
    # Two colleagues who ask at the same moment wait for one another here: a firm asks once.
    session.execute(select(NeedAttachment.id).where(NeedAttachment.id == attachment_id).with_for_update())
    need, view = seen(session, actor, need_id, now)
    attachment = _of(session, need, attachment_id)
    if firm_id not in actor.firm_ids:
        raise NotFound
    if not actor.may_edit_firm(firm_id):
        raise Forbidden
    if not may_ask(actor, session.get_one(Firm, firm_id)):
        raise Refusal("needs.asker_unchecked")
    if rules.may_see_record(actor, view) or attachment.confidentiality == "open":
        raise Refusal("needs.attachment_open")
    if attachment.confidentiality == "nda" and not undertaking:
        raise Refusal("needs.undertaking_missing", "undertaking")
    release = _release(session, attachment.id, firm_id)
    if release is None:
        release = AttachmentRelease(attachment_id=attachment.id, firm_id=firm_id)
        session.add(release)
    if undertaking and release.accepted_at is None:
        release.accepted_at, release.accepted_by = now, actor.account_id
    session.flush()
    audit.record(
        session,
        actor,
        "need.ask_attachment",
        "need",
        need.id,
        now,
        attachment=attachment.id,
        firm=firm_id,
        undertaking=rules.UNDERTAKING if undertaking else None,
    )
    return release


def may_ask(actor: Actor, firm: Firm) -> bool:
    """Whether the firm itself may ask, whoever speaks for it: staff who fill in for a firm make it no better checked."""
    return firm.id not in actor.unchecked_firms and firm.in_good_standing


def release(
    session: Session, actor: Actor, need_id: int, attachment_id: int, firm_id: int, *, now: datetime
) -> AttachmentRelease:
    """Give an attachment to a firm that asked for it; for nda only once the undertaking is accepted."""
    need = held(session, actor, need_id, now)
    attachment = _of(session, need, attachment_id)
    found = _release(session, attachment.id, firm_id)
    if found is None:
        raise NotFound
    if attachment.confidentiality == "nda" and found.accepted_at is None:
        raise Refusal("needs.undertaking_first")
    if found.released_at is None:
        found.released_at, found.released_by = now, actor.account_id
        audit.record(
            session, actor, "need.release", "need", need.id, now, attachment=attachment.id, firm=firm_id
        )
    return found


def revoke(
    session: Session, actor: Actor, need_id: int, attachment_id: int, firm_id: int, *, now: datetime
) -> None:
    """Take a release back; that the firm accepted the undertaking stays on record."""
    need = held(session, actor, need_id, now)
    attachment = _of(session, need, attachment_id)
    found = _release(session, attachment.id, firm_id)
    if found is None or found.released_at is None:
        raise NotFound
    found.released_at = found.released_by = None
    audit.record(session, actor, "need.revoke", "need", need.id, now, attachment=attachment.id, firm=firm_id)


def lines(session: Session, actor: Actor, need: Need, view: NeedView) -> list[AttachmentLine]:
    """The need's attachments for this reader; at most one query, however many there are."""
    if not need.attachments:
        return []
    rows = queries.releases_of(session, need.id)
    record, named = rules.may_see_record(actor, view), rules.may_see_firm(actor, view)
    found = []
    for attachment in sorted(need.attachments, key=lambda one: one.id):
        own = [(row, firm) for row, firm in rows if row.attachment_id == attachment.id]
        may = rules.may_download(actor, view, attachment.confidentiality, *_firms(row for row, _firm in own))
        requests = tuple(
            Request(firm, row.accepted_at is not None, row.released_at is not None) for row, firm in own
        )
        found.append(
            AttachmentLine(
                attachment,
                attachment.file.name if named else None,
                may,
                _stage([row for row, _firm in own if row.firm_id in actor.firm_ids]),
                requests if record else (),
            )
        )
    return found


def to_download(
    session: Session, actor: Actor, need_id: int, attachment_id: int, now: datetime
) -> AttachmentLine:
    """The attachment, if this actor may read it; NotFound for what they may not see, Forbidden for what they must ask for."""
    need, view = seen(session, actor, need_id, now)
    for line in lines(session, actor, need, view):
        if line.attachment.id == attachment_id:
            if not line.may_download:
                raise Forbidden
            return line
    raise NotFound


def _firms(rows: Iterable[AttachmentRelease]) -> tuple[frozenset[int], frozenset[int]]:
    kept = list(rows)
    released = frozenset(row.firm_id for row in kept if row.released_at is not None)
    return released, frozenset(row.firm_id for row in kept if row.accepted_at is not None)


def _stage(rows: Sequence[AttachmentRelease]) -> str:
    if any(row.released_at is not None for row in rows):
        return "released"
    if any(row.accepted_at is not None for row in rows):
        return "accepted"
    return "asked" if rows else "none"


def _of(session: Session, need: Need, attachment_id: int) -> NeedAttachment:
    attachment = session.get(NeedAttachment, attachment_id)
    if attachment is None or attachment.need_id != need.id:
        raise NotFound
    return attachment


def _release(session: Session, attachment_id: int, firm_id: int) -> AttachmentRelease | None:
    statement = select(AttachmentRelease).where(
        AttachmentRelease.attachment_id == attachment_id, AttachmentRelease.firm_id == firm_id
    )
    return session.scalar(statement)
