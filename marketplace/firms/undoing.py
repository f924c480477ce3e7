"""Taking back what a sheet wrote: earlier values with their sources, and firms that nobody has touched since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.core import audit, outbox
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import prefilled, queries
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.firms.service import facts_of, update_firm


@dataclass(frozen=True)
class Was:
    """What a field held, and who had said so; no source where nobody had."""

    value: Any
    source: str | None = None
    account_id: int | None = None
    at: datetime | None = None


def put_back(
    session: Session, actor: Actor, firm_id: int, earlier: Mapping[str, Was], *, now: datetime
) -> Firm:
    """Earlier values in their fields again, under the names of those who had said them."""
    if not actor.bureau:
        raise Forbidden
    firm = queries.firm_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    facts: FirmFacts = replace(facts_of(firm), **{name: was.value for name, was in earlier.items()})
    firm = update_firm(session, actor, firm_id, facts, now=now)
    for entry in list(firm.provenance):
        was = earlier.get(entry.field)
        if was is None:
            continue
        if was.source is None or was.at is None:
            firm.provenance.remove(entry)
        else:
            entry.source, entry.account_id, entry.at = was.source, was.account_id, was.at
    return firm


def remove_untouched(session: Session, actor: Actor, firm_id: int, *, version: int, now: datetime) -> None:
    """Delete a firm that a sheet brought in and nobody has touched since.

    Refusal ``firms.touched`` where it has another version or an owner, ``firms.in_use`` where anything refers to it: a
    listing, a claim code, a conference. The database itself knows what does.
    """
    if not actor.bureau:
        raise Forbidden
    firm = queries.firm_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    session.refresh(firm, with_for_update=True)
    if firm.version != version or firm.claimed_at is not None or firm.suspended_at is not None:
        raise Refusal("firms.touched")
    try:
        with session.begin_nested():
            prefilled.forget(session, firm_id)
            session.delete(firm)
            session.flush()
    except IntegrityError:
        raise Refusal("firms.in_use") from None
    audit.record(session, actor, "firm.remove", "firm", firm_id, now)
    outbox.enqueue(session, "index", f"firm:{firm_id}", now)
