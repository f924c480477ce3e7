"""The "match" outbox handler: what changed decides which needs are matched again.

A need: itself. A preview: the first candidates of a need that waits. A capability: the needs that it stands or would
stand with. A firm (its certificates, its standing, whom it buys from already): its own needs, and what its capabilities
reach. A whole batch of changes is looked at together. Matching only reads; what it found is written down after it, each
need in a short unit of work of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.core.actor import system_actor
from marketplace.core.clock import day_of
from marketplace.core.context import WorkContext
from marketplace.proposals import previews, reach
from marketplace.proposals.proposing import Outdated, compare, write_down
from marketplace.proposals.supply import Supply, supply

if TYPE_CHECKING:
    from matching import Matcher

log = structlog.get_logger()
_KINDS = ("need", "capability", "firm", "preview")
RETRY_AFTER = timedelta(seconds=30)
# What changed while it was matched: whoever changed it may be changing more.
AGAIN_AFTER = timedelta(seconds=2)


def refresh(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Match again what the keys ask for.

    A need that fails takes no other with it: it fails under its own key and, where another key led to it, is put aside
    as a row of its own. So is one that was changed while it was matched.
    """
    wanted, failures = _read(keys)
    with context.database.reading() as session:
        way = supply(session, context.settings, context.candidate_source(context.settings), day_of(now))
        changed = wanted["capability"] | reach.capabilities_of(session, wanted["firm"])
        reached = _reached(session, way.matcher, wanted, changed, now)
        way = way.named(session, reached.now | wanted["preview"], changed)
    later = {f"need:{need_id}": RETRY_AFTER for need_id in reached.later}
    for need_id in sorted(reached.now):
        error = _tried(_propose, context, need_id, way, now)
        if isinstance(error, Outdated):
            later[f"need:{need_id}"] = AGAIN_AFTER
        elif error is not None and need_id in wanted["need"]:
            failures[f"need:{need_id}"] = repr(error)
        elif error is not None:
            later[f"need:{need_id}"] = RETRY_AFTER
    for need_id in sorted(wanted["preview"]):
        error = _tried(_preview, context, need_id, way, now)
        if isinstance(error, Outdated):
            later[f"preview:{need_id}"] = AGAIN_AFTER
        elif error is not None:
            failures[f"preview:{need_id}"] = repr(error)
    _put_aside(context, later)
    return failures


def _read(keys: Sequence[str]) -> tuple[dict[str, set[int]], dict[str, str]]:
    """The numbers by kind, and the keys that name nothing."""
    wanted: dict[str, set[int]] = {kind: set() for kind in _KINDS}
    failures = {}
    for key in keys:
        kind, _, number = key.partition(":")
        if kind in wanted and number.isdecimal():
            wanted[kind].add(int(number))
        else:
            failures[key] = "names no need, capability, firm or preview"
    return wanted, failures


def _reached(
    session: Session,
    matcher: Matcher,
    wanted: Mapping[str, set[int]],
    capability_ids: set[int],
    now: datetime,
) -> reach.Reached:
    as_of = day_of(now)
    asked = wanted["need"] | reach.needs_of(session, wanted["firm"], as_of)
    if not capability_ids:
        return reach.Reached(asked, set())
    found = reach.needs_reached(session, matcher, capability_ids, as_of, besides=asked)
    return reach.Reached(asked | found.now, found.later - asked)


class _Step(Protocol):
    def __call__(self, context: WorkContext, need_id: int, way: Supply, now: datetime) -> None: ...


def _tried(step: _Step, context: WorkContext, need_id: int, way: Supply, now: datetime) -> Exception | None:
    """What went wrong with one need, if anything."""
    try:
        step(context, need_id, way, now)
    except Outdated as changed:
        log.info("need has changed while it was matched", need=need_id)
        return changed
    except Exception as error:  # whatever it is, it is this need's
        log.error("need cannot be matched", need=need_id, exc_info=error)
        return error
    return None


def _propose(context: WorkContext, need_id: int, way: Supply, now: datetime) -> None:
    machine = system_actor("matcher")
    with context.database.reading() as session:
        compared = compare(
            session, machine, need_id, way.matcher_for(session, need_id), now=now, route=way.route
        )
    with context.database.unit_of_work() as session:
        write_down(session, machine, compared, now=now)


def _preview(context: WorkContext, need_id: int, way: Supply, now: datetime) -> None:
    machine = system_actor("matcher")
    with context.database.reading() as session:
        first = previews.look(session, machine, need_id, way.matcher_for(session, need_id), now=now)
    with context.database.unit_of_work() as session:
        previews.keep(session, machine, first, now=now)


def _put_aside(context: WorkContext, later: Mapping[str, timedelta]) -> None:
    """Ask for these again by rows of their own, a little later than now: the batch may have taken longer than the pause."""
    if not later:
        return
    now = context.now()
    with context.database.unit_of_work() as session:
        for key, pause in sorted(later.items()):
            outbox.enqueue(session, "match", key, now, due=now + pause)
