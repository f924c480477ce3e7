"""What waits for whom: the few numbers that a first page needs, each by one counted query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_now as capability_open
from marketplace.capabilities.queries import visible_capabilities
from marketplace.capabilities.queries import visible_to as capability_visible
from marketplace.certifications.models import Certification
from marketplace.conferences.models import Conference
from marketplace.conferences.queries import visible_to as conference_visible
from marketplace.core.actor import Actor
from marketplace.core.listing import state_expression
from marketplace.firms.models import Firm
from marketplace.moderation.queries import waiting_counts
from marketplace.needs.models import Need
from marketplace.needs.queries import open_now as need_open
from marketplace.needs.queries import visible_needs
from marketplace.needs.queries import visible_to as need_visible
from marketplace.proposals.queries import tab_counts

EXPIRES_SOON = timedelta(days=60)
NEWEST = 5


@dataclass(frozen=True)
class Todo:
    """One thing that waits: a code for the sentence, how many, and where to go."""

    code: str
    count: int
    endpoint: str
    icon: str
    where: Mapping[str, str] = field(default_factory=dict)


def district_numbers(session: Session, actor: Actor, as_of: date) -> dict[str, int]:
    """How much is open today that this reader may open: a number that leads to a list is as long as the list."""
    needs = (
        select(func.count())
        .select_from(Need)
        .join(Firm, Firm.id == Need.firm_id)
        .where(need_open(as_of), need_visible(actor, as_of))
    )
    offered = (
        select(func.count())
        .select_from(Capability)
        .join(Firm, Firm.id == Capability.firm_id)
        .where(capability_open(as_of), capability_visible(actor, as_of))
    )
    firms = select(func.count()).where(Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))
    return {
        "needs": session.scalar(needs) or 0,
        "capabilities": session.scalar(offered) or 0,
        "firms": session.scalar(firms) or 0,
    }


def todos_for(session: Session, actor: Actor, as_of: date) -> list[Todo]:
    """What waits for this person, most pressing first; nothing that is zero."""
    found = _for_staff(session, actor) if actor.staff else _for_member(session, actor, as_of)
    return [todo for todo in found if todo.count]


def _for_staff(session: Session, actor: Actor) -> list[Todo]:
    """The bureau decides on everything; a 镇/街道 sees the firms that it looks after."""
    unchecked = select(func.count()).where(Firm.verified_at.is_(None), Firm.suspended_at.is_(None))
    if not actor.bureau:
        own = session.scalar(unchecked.where(Firm.office_id == actor.office_id)) or 0
        return [Todo("home.todo.firms_unchecked", own, "firms.index", "building", {"status": "waiting"})]
    waiting = waiting_counts(session)
    return [
        Todo("home.todo.needs_waiting", waiting["need"], "moderation.desk", "clipboard-check"),
        Todo("home.todo.capabilities_waiting", waiting["capability"], "moderation.desk", "clipboard-check"),
        Todo(
            "home.todo.firms_unchecked",
            session.scalar(unchecked) or 0,
            "firms.index",
            "building",
            {"status": "waiting"},
        ),
    ]


def _for_member(session: Session, actor: Actor, as_of: date) -> list[Todo]:
    proposals = tab_counts(session, actor, ("waiting", "mutual"))
    ids = actor.firm_ids
    lapsing = select(func.count()).where(
        Certification.firm_id.in_(ids),
        Certification.removed_at.is_(None),
        Certification.valid_until.between(as_of, as_of + EXPIRES_SOON),
    )
    return [
        Todo("home.todo.proposals", proposals["waiting"], "proposals.mine", "people"),
        Todo(
            "home.todo.needs_returned",
            _in_state(session, Need, ids, "returned", as_of),
            "needs.mine",
            "arrow-left",
        ),
        Todo(
            "home.todo.needs_expired",
            _in_state(session, Need, ids, "expired", as_of),
            "needs.mine",
            "calendar-x",
        ),
        Todo(
            "home.todo.capabilities_returned",
            _in_state(session, Capability, ids, "returned", as_of),
            "capabilities.mine",
            "arrow-left",
        ),
        Todo("home.todo.certificates", session.scalar(lapsing) or 0, "firms.mine", "patch-check"),
        Todo("home.todo.mutual", proposals["mutual"], "proposals.mine", "people-fill"),
    ]


def _in_state(
    session: Session, model: type[Need] | type[Capability], ids: frozenset[int], state: str, as_of: date
) -> int:
    statement = select(func.count()).where(model.firm_id.in_(ids), state_expression(model, as_of) == state)
    return session.scalar(statement) or 0


def newest_needs(session: Session, actor: Actor, as_of: date, most: int = NEWEST) -> list[Need]:
    """What others asked for last, as far as this reader may see it."""
    statement = (
        visible_needs(actor, as_of)
        .where(need_open(as_of), Need.firm_id.not_in(actor.firm_ids))
        .order_by(Need.published_at.desc(), Need.id.desc())
        .limit(most)
    )
    return list(session.scalars(statement).unique())


def newest_capabilities(session: Session, actor: Actor, as_of: date, most: int = NEWEST) -> list[Capability]:
    """What others offered last, as far as this reader may see it."""
    statement = (
        visible_capabilities(actor, as_of)
        .where(capability_open(as_of), Capability.firm_id.not_in(actor.firm_ids))
        .order_by(Capability.published_at.desc(), Capability.id.desc())
        .limit(most)
    )
    return list(session.scalars(statement).unique())


def coming_conferences(session: Session, actor: Actor, now: datetime) -> list[Conference]:
    """The next three conferences that this person knows of."""
    statement = (
        select(Conference)
        .where(conference_visible(actor), Conference.ends_at > now, Conference.cancelled_at.is_(None))
        .order_by(Conference.starts_at)
        .limit(3)
    )
    return list(session.scalars(statement))
