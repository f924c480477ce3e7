"""A buyer's drafts handed to the bureau together: each for itself, so that one that is not ready holds up no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem, Refusal
from marketplace.needs import queries
from marketplace.needs import service as needs
from marketplace.needs.access import editable_among, held

MOST_AT_ONCE = 100


@dataclass
class HandedOver:
    """Needs that are with the bureau now, what keeps the others (by need), and how many were not the actor's to hand
    over, or are not there."""

    submitted: list[int] = field(default_factory=list)
    kept_back: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    not_own: int = 0


def hand_over(
    session: Session,
    actor: Actor,
    need_ids: Iterable[int],
    *,
    valid_until: date | None,
    mended: Mapping[int, Mapping[str, Any]] | None = None,
    now: datetime,
) -> HandedOver:
    """Submit these drafts. ``valid_until`` goes to those that say none: sheets of buyers seldom have such a column;
    ``mended`` are other contents of single drafts by field, kept even where the draft is not ready yet. Needs that are not
    the actor's to change are counted and left alone.
    """
    chosen = list(dict.fromkeys(need_ids))[:MOST_AT_ONCE]
    own = editable_among(session, actor, chosen)
    done = HandedOver(not_own=len(chosen) - len(own))
    for need_id in (number for number in chosen if number in own):
        changes = dict((mended or {}).get(need_id, {}))
        try:
            with session.begin_nested():
                content = queries.content_of_need(held(session, actor, need_id, now))
                if content.valid_until is None and valid_until is not None:
                    changes["valid_until"] = valid_until
                if changes:
                    needs.save(session, actor, need_id, replace(content, **changes), now=now)
            with session.begin_nested():
                needs.submit(session, actor, need_id, now=now)
        except Refusal as refusal:
            done.kept_back[need_id] = tuple(refusal.problems)
        else:
            done.submitted.append(need_id)
    return done
