"""Taking a whole roster back: newest first, each thing only where nobody has changed it since; the rest is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.certifications import service as certifications
from marketplace.certifications.models import Certification
from marketplace.core import outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound, Refusal
from marketplace.firms import prefilled, undoing
from marketplace.firms import queries as firm_queries
from marketplace.firms import service as firms
from marketplace.firms.models import Firm
from marketplace.firms.prefilled import Naming, Prefilled
from marketplace.firms.undoing import Was
from marketplace.rosters import values
from marketplace.rosters.models import RosterEffect
from marketplace.taxonomy.kept import steady

EFFECTS_AT_ONCE = 600
Kept = dict[str, str]


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
        _undo(session, actor, effects, now)
    return len(effects), effects[-1].id if len(effects) == EFFECTS_AT_ONCE else None


def _undo(session: Session, actor: Actor, effects: Sequence[RosterEffect], now: datetime) -> None:
    """All together, or where that is refused in halves, the newer first, until what must stay as it is stands alone."""
    if not effects:
        return
    try:
        with session.begin_nested(), session.no_autoflush:
            kept = _Eraser(session, actor, now).undo(effects)
    except (Refusal, NotFound) as refusal:
        if len(effects) > 1:
            middle = len(effects) // 2
            _undo(session, actor, effects[:middle], now)
            _undo(session, actor, effects[middle:], now)
            return
        code = refusal.code if isinstance(refusal, Refusal) else "rosters.kept_gone"
        kept = {effects[0].id: {effects[0].kind: code}}
    for effect in effects:
        effect.kept = kept.get(effect.id, {})
        if not effect.kept:
            effect.undone_at = now
    session.flush()


@dataclass
class _Eraser:
    """Takes effects back, each kind through its own room at once. A firm's own bringing-in is its oldest effect: last."""

    session: Session
    actor: Actor
    now: datetime

    def undo(self, effects: Sequence[RosterEffect]) -> dict[int, Kept]:
        """What stays as it is, by effect and field, and why."""
        by_kind: dict[str, list[RosterEffect]] = {}
        for effect in effects:
            by_kind.setdefault(effect.kind, []).append(effect)
        # Their permissions are judged by the firms, at hand for all of them.
        held = firm_queries.held(self.session, self.actor, {effect.firm_id for effect in effects})
        kept = self._contacts(by_kind.get("contact", ()))
        self._certificates(by_kind.get("certificate", ()))
        kept |= self._fields(by_kind.get("fields", ()), held)
        self.session.flush()
        self._created(by_kind.get("created", ()))
        return kept

    def _contacts(self, effects: Sequence[RosterEffect]) -> dict[int, Kept]:
        ids = {effect.firm_id for effect in effects}
        said = {
            firm_id: (there.source, there.at)
            for firm_id, there in prefilled.contacts_of(self.session, self.actor, ids).items()
        }
        kept, namings = {}, []
        for effect in effects:
            if effect.firm_id not in said:
                continue  # the firm speaks for itself now: what the sheet said is gone already
            source, at = said[effect.firm_id]
            if at != effect.at:
                kept[effect.id] = {"contact": "rosters.kept_changed"}
                continue
            before = _moment(effect.before["at"])
            earlier = Prefilled(**(effect.before["contact"] or {}))
            namings.append(Naming(effect.firm_id, earlier, source, before))
            if earlier and before is not None:
                said[effect.firm_id] = source, before
        prefilled.set_contacts(self.session, self.actor, namings, now=self.now)
        return kept

    def _certificates(self, effects: Sequence[RosterEffect]) -> None:
        ids = {effect.after["id"] for effect in effects} | {effect.before["id"] for effect in effects}
        # Loaded together; each step then finds them at hand.
        at_hand = list(self.session.scalars(select(Certification).where(Certification.id.in_(ids - {None}))))
        for effect in effects:
            certifications.erase(self.session, self.actor, effect.after["id"], now=self.now)
            if effect.before["id"] is not None:
                certifications.put_back(self.session, self.actor, effect.before["id"], now=self.now)
        del at_hand

    def _fields(self, effects: Sequence[RosterEffect], held: Mapping[int, Firm]) -> dict[int, Kept]:
        """Earlier values again, in each field that still says what the sheet said, on the sheet's word of that moment."""
        kept: dict[int, Kept] = {}
        changed = dict[int, None]()
        for effect in effects:
            firm = held.get(effect.firm_id)
            if firm is None:
                raise NotFound
            left = _changed_since(firm, effect)
            earlier = {name: _was(name, was) for name, was in effect.before.items() if name not in left}
            if earlier:
                undoing.put_back(self.session, self.actor, firm, earlier, now=self.now)
                changed[firm.id] = None
            if left:
                kept[effect.id] = left
        firms.settle(self.session, changed, now=self.now)
        return kept

    def _created(self, effects: Sequence[RosterEffect]) -> None:
        if not effects:
            return
        ids = [effect.firm_id for effect in effects]
        # A second row of the sheet may have changed the firm after the first had brought it in: once there, once back.
        own = (
            select(RosterEffect.firm_id, func.count())
            .where(
                RosterEffect.roster_id == effects[0].roster_id,
                RosterEffect.firm_id.in_(ids),
                RosterEffect.kind == "fields",
                RosterEffect.undone_at.is_not(None),
            )
            .group_by(RosterEffect.firm_id)
        )
        changes = {firm_id: count for firm_id, count in self.session.execute(own)}
        versions = {
            effect.firm_id: effect.after["version"] + 2 * changes.get(effect.firm_id, 0) for effect in effects
        }
        undoing.remove_untouched(self.session, self.actor, versions, now=self.now)


def _changed_since(firm: Firm, effect: RosterEffect) -> Kept:
    said_at = {entry.field: entry.at for entry in firm.provenance}
    current = values.plain_of(firm)
    return {
        name: "rosters.kept_changed"
        for name, after in effect.after.items()
        if current.get(name) != after or said_at.get(name) != effect.at
    }


def _was(name: str, was: Mapping[str, Any]) -> Was:
    value = values.typed(name, was["value"])
    if not was["said"]:
        return Was(value)
    source, at, account_id = was["said"]
    return Was(value, source, account_id, datetime.fromisoformat(at))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
