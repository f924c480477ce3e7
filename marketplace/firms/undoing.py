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
from marketplace.firms.service import change_held, facts_of


@dataclass(frozen=True)
class Was:
    """What a field held, and who had said so; no source where nobody had."""

    value: Any
    source: str | None = None
    account_id: int | None = None
    at: datetime | None = None


def put_back(
    session: Session, actor: Actor, firm: Firm, earlier: Mapping[str, Was], *, now: datetime
) -> None:
    """Earlier values in the fields of a held firm again, under the names of those who had said them; service.settle
    follows."""
    if not actor.bureau:
        raise Forbidden
    facts: FirmFacts = replace(facts_of(firm), **{name: was.value for name, was in earlier.items()})
    change_held(session, actor, firm, facts, now=now)
    for entry in list(firm.provenance):
        was = earlier.get(entry.field)
        if was is None:
            continue
        if was.source is None or was.at is None:
            firm.provenance.remove(entry)
        else:
            entry.source, entry.account_id, entry.at = was.source, was.account_id, was.at


def remove_untouched(session: Session, actor: Actor, versions: Mapping[int, int], *, now: datetime) -> None:
    """Delete firms that a sheet brought in and nobody has touched since: all of these (by id, with the version each had),
    or none.

    Refusal ``firms.touched`` where one has another version or an owner, ``firms.in_use`` where anything refers to it: a
    listing, a claim code, a conference. The database itself knows what does.
    """
    if not actor.bureau:
        raise Forbidden
    held = queries.held(session, actor, versions)
    if len(held) < len(versions):
        raise NotFound
    if any(_touched(firm, versions[firm.id]) for firm in held.values()):
        raise Refusal("firms.touched")
    try:
        with session.begin_nested():
            prefilled.forget(session, *held)
            for firm in held.values():
                session.delete(firm)
            session.flush()
    except IntegrityError:
        raise Refusal("firms.in_use") from None
    for firm_id in held:
        audit.record(session, actor, "firm.remove", "firm", firm_id, now)
        outbox.enqueue(session, "index", f"firm:{firm_id}", now)


def _touched(firm: Firm, version: int) -> bool:
    return firm.version != version or firm.claimed_at is not None or firm.suspended_at is not None
