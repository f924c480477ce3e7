"""Taking a whole roster back: newest first, each thing only where nobody has changed it since; the rest is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.certifications import service as certifications
from marketplace.core import outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound, Refusal
from marketplace.firms import prefilled, undoing
from marketplace.firms import queries as firm_queries
from marketplace.firms.prefilled import Prefilled
from marketplace.firms.undoing import Was
from marketplace.rosters import values
from marketplace.rosters.models import RosterEffect
from marketplace.taxonomy.kept import steady

EFFECTS_AT_ONCE = 150


def undo_part(
    session: Session, actor: Actor, roster_id: int, below: int | None, *, now: datetime
) -> tuple[int, int | None]:
    """The next effects below this number, newest first; how many, and where the next part begins (None: the end)."""
    statement = select(RosterEffect).where(
        RosterEffect.roster_id == roster_id, RosterEffect.undone_at.is_(None)
    )
    if below is not None:
        statement = statement.where(RosterEffect.id < below)
    effects = list(session.scalars(statement.order_by(RosterEffect.id.desc()).limit(EFFECTS_AT_ONCE)))
    with outbox.gathered(session), steady(session):
        _undo_each(session, actor, effects, now)
    return len(effects), effects[-1].id if len(effects) == EFFECTS_AT_ONCE else None


def _undo_each(session: Session, actor: Actor, effects: Iterable[RosterEffect], now: datetime) -> None:
    for effect in effects:
        try:
            with session.begin_nested(), session.no_autoflush:
                kept = _UNDO[effect.kind](session, actor, effect, now)
        except Refusal as refusal:
            kept = {effect.kind: refusal.code}
        except NotFound:
            kept = {effect.kind: "rosters.kept_gone"}
        effect.kept = kept
        if not kept:
            effect.undone_at = now


def _created(session: Session, actor: Actor, effect: RosterEffect, now: datetime) -> dict[str, str]:
    # A second row of the sheet may have changed the firm after the first had brought it in: once there, once back.
    own = select(func.count()).where(
        RosterEffect.roster_id == effect.roster_id,
        RosterEffect.firm_id == effect.firm_id,
        RosterEffect.kind == "fields",
        RosterEffect.undone_at.is_not(None),
    )
    version = effect.after["version"] + 2 * (session.scalar(own) or 0)
    undoing.remove_untouched(session, actor, effect.firm_id, version=version, now=now)
    return {}


def _fields(session: Session, actor: Actor, effect: RosterEffect, now: datetime) -> dict[str, str]:
    """Earlier values again, in each field that still says what the sheet said, on the sheet's word of that moment."""
    firm = firm_queries.firm_or_none(session, actor, effect.firm_id)
    if firm is None:
        raise NotFound
    said_at = {entry.field: entry.at for entry in firm.provenance}
    current = values.plain_of(firm)
    kept = {
        name: "rosters.kept_changed"
        for name, after in effect.after.items()
        if current.get(name) != after or said_at.get(name) != effect.at
    }
    earlier = {name: _was(name, was) for name, was in effect.before.items() if name not in kept}
    if earlier:
        undoing.put_back(session, actor, effect.firm_id, earlier, now=now)
    return kept


def _was(name: str, was: Mapping[str, Any]) -> Was:
    value = values.typed(name, was["value"])
    if not was["said"]:
        return Was(value)
    source, at, account_id = was["said"]
    return Was(value, source, account_id, datetime.fromisoformat(at))


def _certificate(session: Session, actor: Actor, effect: RosterEffect, now: datetime) -> dict[str, str]:
    certifications.erase(session, actor, effect.after["id"], now=now)
    if effect.before["id"] is not None:
        certifications.put_back(session, actor, effect.before["id"], now=now)
    return {}


def _contact(session: Session, actor: Actor, effect: RosterEffect, now: datetime) -> dict[str, str]:
    there = prefilled.contacts_of(session, actor, [effect.firm_id]).get(effect.firm_id)
    if there is None:
        # The firm speaks for itself now: what the sheet said is gone already.
        return {}
    if there.at != effect.at:
        return {"contact": "rosters.kept_changed"}
    earlier = effect.before["contact"] or {}
    prefilled.set_contact(session, actor, effect.firm_id, Prefilled(**earlier), source=there.source, now=now)
    return {}


_UNDO = {"created": _created, "fields": _fields, "certificate": _certificate, "contact": _contact}
