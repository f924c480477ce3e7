"""Use cases of offices: bureaus and 镇/街道, and the organisers who belong to them."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Office, OfficeMember
from marketplace.accounts.rules import OFFICE_KINDS, may_manage_office
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal

LONGEST_NAME = 100
# A landline or hotline as it is printed: 0371-2345678 转 801, 12345.
_PHONE = re.compile(r"(?=(?:\D*\d){5})[\d+()（）\-－ 转,，]{5,40}")


def create_office(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    name: str,
    english_name: str | None = None,
    division_code: str | None = None,
    now: datetime,
) -> Office:
    """A new office. ``kind`` is bureau (whole district) or town (镇/街道). Administrators and the machine only."""
    if not (actor.administrator or actor.system):
        raise Forbidden
    name = name.strip()
    problems = []
    if kind not in OFFICE_KINDS:
        problems.append(Problem("accounts.office_kind", "kind"))
    if not name or len(name) > LONGEST_NAME:
        problems.append(Problem("accounts.office_name", "name", {"longest": LONGEST_NAME}))
    elif session.scalar(select(Office.id).where(Office.name == name)) is not None:
        problems.append(Problem("accounts.office_taken", "name", {"name": name}))
    if problems:
        raise Refusal.of(problems)
    office = Office(
        kind=kind,
        name=name,
        english_name=(english_name or "").strip() or None,
        division_code=(division_code or "").strip() or None,
        created_at=now,
    )
    session.add(office)
    session.flush()
    audit.record(session, actor, "office.create", "office", office.id, now, kind=kind)
    return office


def office_to_manage(session: Session, actor: Actor, office_id: int) -> Office:
    """An office whose people the actor may invite and let go. NotFound, or Forbidden: staff know of every office."""
    office = session.get(Office, office_id)
    if office is None or not actor.staff:
        raise NotFound
    if not may_manage_office(actor, office.id, office.kind):
        raise Forbidden
    return office


def set_phone(session: Session, actor: Actor, office_id: int, phone: str, *, now: datetime) -> Office:
    """The number that slips and messages name for asking back. Empty takes it away. Refusal ``accounts.office_phone``."""
    office = office_to_manage(session, actor, office_id)
    phone = " ".join(phone.split())
    if phone and not _PHONE.fullmatch(phone):
        raise Refusal("accounts.office_phone", "phone")
    office.phone = phone or None
    audit.record(session, actor, "office.set_phone", "office", office_id, now)
    return office


def join_office(
    session: Session, actor: Actor, account_id: int, office_id: int, *, now: datetime
) -> OfficeMember:
    """Make a person an organiser of an office; a person belongs to one office."""
    office_to_manage(session, actor, office_id)
    return add_organiser(session, actor, account_id, office_id, now)


def add_organiser(
    session: Session, actor: Actor, account_id: int, office_id: int, now: datetime
) -> OfficeMember:
    """The step itself, for callers who have checked the right to it (an invitation, or :func:`join_office`)."""
    if session.get(OfficeMember, account_id) is not None:
        raise Refusal("accounts.already_organiser")
    member = OfficeMember(account_id=account_id, office_id=office_id, joined_at=now)
    session.add(member)
    session.flush()
    audit.record(session, actor, "office.join", "office", office_id, now, account=account_id)
    return member


def leave_office(session: Session, actor: Actor, account_id: int, *, now: datetime) -> None:
    """End a person's work for an office, and every session of theirs. NotFound when they belong to none."""
    member = session.get(OfficeMember, account_id)
    if member is None:
        raise NotFound
    office_to_manage(session, actor, member.office_id)
    session.delete(member)
    account = session.get_one(Account, account_id)
    account.session_epoch += 1
    session.flush()
    session.expire(account, ["office_membership"])
    audit.record(session, actor, "office.leave", "office", member.office_id, now, account=account_id)
