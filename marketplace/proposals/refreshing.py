"""The "match" outbox handler: what changed decides which needs are matched again.

A need: itself. A preview: the first candidates of a need that waits. A capability: the needs that it stands or would stand with. A firm (its certificates, its standing, whom
it buys from already): its own needs, and what its capabilities reach. A whole batch of changes is looked at together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.core.actor import system_actor
from marketplace.core.clock import day_of
from marketplace.core.context import WorkContext
from marketplace.proposals import reach
from marketplace.proposals.previews import preview
from marketplace.proposals.service import propose_for_need
from marketplace.proposals.supply import Supply, supply

if TYPE_CHECKING:
    from matching import Matcher

log = structlog.get_logger()
_KINDS = ("need", "capability", "firm", "preview")
RETRY_AFTER = timedelta(seconds=30)


def refresh(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Match again what the keys ask for, each need in a unit of work of its own.

    A need that fails takes no other with it: it fails under its own key and, where another key led to it, is put aside
    as a row of its own.
    """
    wanted, failures = _read(keys)
    with context.database.reading() as session:
        way = supply(session, context.settings, context.candidate_source(context.settings), day_of(now))
        changed = wanted["capability"] | reach.capabilities_of(session, wanted["firm"])
        reached = _reached(session, way.matcher, wanted, changed, now)
        way = way.named(session, reached.now | wanted["preview"], changed)
    aside = set(reached.later)
    for need_id in sorted(reached.now):
        error = _propose(context, need_id, way, now)
        if error is None:
            continue
        if need_id in wanted["need"]:
            failures[f"need:{need_id}"] = error
        else:
            aside.add(need_id)
    _put_aside(context, aside, now)
    for need_id in sorted(wanted["preview"]):
        try:
            with context.database.unit_of_work() as session:
                matcher = way.matcher_for(session, need_id)
                preview(session, system_actor("matcher"), need_id, matcher, now=now)
        except Exception as error:  # as with proposals: it is this need's
            log.error("need cannot be previewed", need=need_id, exc_info=error)
            failures[f"preview:{need_id}"] = repr(error)
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


def _propose(context: WorkContext, need_id: int, way: Supply, now: datetime) -> str | None:
    """Refresh one need's proposals; returns what went wrong."""
    try:
        with context.database.unit_of_work() as session:
            matcher = way.matcher_for(session, need_id)
            propose_for_need(session, system_actor("matcher"), need_id, matcher, now=now, route=way.route)
    except Exception as error:  # whatever it is, it is this need's
        log.error("need cannot be matched", need=need_id, exc_info=error)
        return repr(error)
    return None


def _put_aside(context: WorkContext, need_ids: Iterable[int], now: datetime) -> None:
    """Ask for these needs again by their own rows, a little later."""
    with context.database.unit_of_work() as session:
        for need_id in sorted(need_ids):
            outbox.enqueue(session, "match", f"need:{need_id}", now, due=now + RETRY_AFTER)
