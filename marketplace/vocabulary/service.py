"""Use cases of synonym sets: weigh a change, then keep it as it was weighed. Whoever keeps has seen what it does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core import analysis, audit, jobs, outbox
from marketplace.core.actor import Actor
from marketplace.core.db import take_turn
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.jobs import Job
from marketplace.core.synonyms import Names, SynonymSet, over, rows
from marketplace.vocabulary import rules

WEIGH = "vocabulary.weigh"


@dataclass(frozen=True)
class Listed:
    """One set as the list shows it; ``id`` is None for a shipped one that nobody has changed."""

    names: Names
    id: int | None = None
    reason: str = ""

    @property
    def first(self) -> str:
        return self.names[0]


def check_bureau(actor: Actor) -> None:
    if not rules.may_change(actor):
        raise Forbidden


def listed(session: Session, actor: Actor, sought: str = "") -> list[Listed]:
    """The sets that hold, staff's own first; those with a name that contains ``sought``, when something is sought."""
    check_bureau(actor)
    changes = rows(session)
    own = [Listed(tuple(row.names), row.id, row.reason) for row in changes if row.retired_at is None]
    replaced = {row.replaces for row in changes}
    every = own + [Listed(names) for names in analysis.shipped().synonyms if names[0] not in replaced]
    part = sought.casefold().replace(" ", "")
    return [each for each in every if any(part in name.casefold().replace(" ", "") for name in each.names)]


def found(session: Session, actor: Actor, set_id: int | None, shipped: str) -> Listed:
    """The set with this number, or the shipped one with this first name."""
    for each in listed(session, actor):
        if each.id == set_id and (set_id is not None or each.first == shipped):
            return each
    raise NotFound


def weigh(
    session: Session, actor: Actor, old: Listed | None, names: Sequence[str], reason: str, *, now: datetime
) -> Job:
    """Check the change and have its effect reckoned, once however often it is asked for; no ``names`` retire the set.
    Raises Refusal."""
    check_bureau(actor)
    names = tuple(" ".join(name.split()) for name in names if name.strip())
    if names or old is None:
        # Late: loads the dictionaries of characters.
        from search.analysis.normalise import normalise

        others = [each.names for each in listed(session, actor) if each != old]
        if problems := rules.problems_of(names, reason, others, normalise):
            raise Refusal.of(problems)
        if old is not None and names == old.names:
            raise Refusal("vocabulary.unchanged", "names")
    params = {
        "set_id": old.id if old else None,
        "old": list(old.names) if old else [],
        "names": list(names),
        "reason": reason,
        "digest": digest(session),
    }
    return jobs.submit_once(session, actor, WEIGH, params, now, own=True)


def keep(session: Session, actor: Actor, job: Job, *, now: datetime) -> None:
    """Write what the finished job has weighed; needs that gain or lose a counterpart are matched again."""
    check_bureau(actor)
    if job.kind != WEIGH or job.state != "done" or job.result is None:
        raise NotFound
    take_turn(session, "vocabulary.keep")
    wanted: dict[str, Any] = job.params
    if wanted["digest"] != digest(session):
        raise Refusal("vocabulary.stale")
    row = session.get(SynonymSet, wanted["set_id"]) if wanted["set_id"] is not None else None
    if row is None:
        row = SynonymSet(replaces=wanted["old"][0] if wanted["old"] else None, created_at=now, names=[])
        session.add(row)
    row.names = wanted["names"] or wanted["old"]
    row.reason, row.account_id, row.changed_at = wanted["reason"], actor.account_id, now
    row.retired_at = None if wanted["names"] else now
    session.flush()
    verb = "retire" if not wanted["names"] else "edit" if wanted["old"] else "add"
    audit.record(
        session,
        actor,
        f"vocabulary.{verb}",
        "synonyms",
        row.id,
        now,
        old=wanted["old"],
        names=wanted["names"],
    )
    with outbox.gathered(session):
        for need_id in job.result["need_ids"]:
            outbox.enqueue(session, "match", f"need:{need_id}", now)


def after(session: Session, wanted: dict[str, Any]) -> tuple[Names, ...]:
    """The sets that would hold after the change that a job was asked to weigh."""
    sets = [
        names for names in over(analysis.shipped().synonyms, rows(session)) if list(names) != wanted["old"]
    ]
    return (tuple(wanted["names"]), *sets) if wanted["names"] else tuple(sets)


def digest(session: Session) -> str:
    """Changes with every set that staff write: what was weighed against others is weighed again."""
    plain = [[row.id, row.names, row.retired_at is None] for row in rows(session)]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]
