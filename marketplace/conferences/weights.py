"""Use cases of weights: what others would change on a draft list, and adopting them as a new edition.

The preview weighs stored values anew and asks no matcher. Adopting computes the same inputs under the new weights, so
that the edition can be proved like any other; the conference keeps the choice for its later editions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.conferences import list_queries, weight_queries
from marketplace.conferences.computing import matcher_of
from marketplace.conferences.drafting import Draft, computed_draft, keep
from marketplace.conferences.lists import draft_list, known_list
from marketplace.conferences.models import Conference, MatchEntry, MatchList, MatchPool
from marketplace.conferences.rules import ENTRIES_PER_NEED
from marketplace.conferences.weight_rules import NeedChange, Steps, changed, choice_in, weights_of
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Problem, Refusal
from marketplace.needs.models import Need
from marketplace.proposals.runs import Route
from matching import StatisticsMismatch, Weights
from matching.labels import METHOD_NAME
from matching.reweighing import Candidate, Pool

NEEDS_SHOWN = 8


@dataclass(frozen=True)
class Preview:
    """What other weights would change. Counts are over the whole list; ``shown`` are the changed needs of one page."""

    counts: Mapping[str, int]  # pairs that enter, leave, move, are relabelled
    needs: int
    changed_needs: int
    uncertain: int  # changed or not: needs where a capability outside the stored ones might enter
    shown: tuple[NeedChange, ...]
    following: int | None  # the need after which the next page starts
    needs_by_id: Mapping[int, Need] = field(repr=False)
    capabilities: Mapping[int, Capability] = field(repr=False)
    decided: Mapping[tuple[int, int], MatchEntry] = field(repr=False)


def preview(session: Session, actor: Actor, list_id: int, steps: Steps, after: int = 0) -> Preview:
    """Hold a draft list against itself under other weights; ``after``: needs up to this one were shown before.

    A fixed number of queries; the time is that of reading the stored values once.
    """
    match_list = _weighable(session, known_list(session, actor, list_id))
    old, new = Weights(**match_list.run.weights), weights_of(steps)
    counts: Counter[str] = Counter()
    shown: list[NeedChange] = []
    needs = changed_needs = uncertain = 0
    following = None
    for stored in weight_queries.pools_of(session, list_id):
        change = changed(_pool(stored), old, new, ENTRIES_PER_NEED)
        needs += 1
        uncertain += not change.certain
        if change.stays:
            continue
        changed_needs += 1
        counts.update(move.kind for move in change.moves)
        if change.need_id <= after:
            continue
        if len(shown) < NEEDS_SHOWN:
            shown.append(change)
        elif following is None:
            following = shown[-1].need_id
    # Empty pages ask as much as full ones: what a page costs is known.
    need_ids = [change.need_id for change in shown]
    capability_ids = {move.capability_id for change in shown for move in change.moves}
    return Preview(
        counts, needs, changed_needs, uncertain, tuple(shown), following,
        weight_queries.needs_named(session, need_ids), weight_queries.capabilities_named(session, capability_ids),
        weight_queries.decided_of(session, list_id, need_ids),
    )  # fmt: skip


def _pool(stored: MatchPool) -> Pool:
    return Pool(str(stored.need_id), tuple(map(Candidate.of, stored.candidates)), stored.beyond)


def _weighable(session: Session, match_list: MatchList) -> MatchList:
    """A list that other weights may still be tried on; Refusal where they may not."""
    reason = not_weighable(match_list, weight_queries.weighable(session, match_list))
    if reason is not None:
        raise Refusal.of([reason])
    return match_list


def not_weighable(match_list: MatchList, state: weight_queries.Weighable) -> Problem | None:
    """Why no other weights can be tried on a list."""
    if match_list.frozen_at is not None:
        return Problem("conferences.frozen", None, {"edition": match_list.edition})
    if not state.newest:
        return Problem("conferences.weights.old_edition")
    if not state.needs:
        return Problem("conferences.weights.no_values")
    # Another dictionary is seen only where the matcher is at hand: when the weights are adopted.
    if match_list.run.method.split("/")[0] != METHOD_NAME:
        return Problem("conferences.weights.version")
    return None


def to_adopt(session: Session, actor: Actor, list_id: int, steps: Steps) -> MatchList:
    """The draft that these weights are to be adopted on, for those who run its conference.

    Refusals: frozen, not the newest edition, no stored values, or nothing that would differ.
    """
    return _differing(_weighable(session, draft_list(session, actor, list_id)), steps)


def _differing(match_list: MatchList, steps: Steps) -> MatchList:
    if weights_of(steps) == Weights(**match_list.run.weights):
        raise Refusal("conferences.weights.same")
    return match_list


def _standing(session: Session, match_list: MatchList) -> MatchList:
    """The list, or the newest edition where that was made of the same inputs meanwhile: somebody's other choice, carried
    out while this one waited. Computed on the one it is what it would be computed on the other."""
    newest = list_queries.newest_list(session, match_list.conference_id)
    same = newest.run.counts["inputs_hash"] == match_list.run.counts["inputs_hash"]
    return newest if same else match_list


def reweighed(
    session: Session,
    actor: Actor,
    list_id: int,
    steps: Steps,
    told: Callable[[int, int], None],
    *,
    now: datetime,
) -> Draft:
    """The list's own inputs matched under other weights. Reads only; takes as long as drafting.

    Refusal ``conferences.weights.version`` where the dictionary or the method has changed since.
    """
    match_list = known_list(session, actor, list_id)
    _weighable(session, _standing(session, match_list))
    stored = list_queries.whole_list(session, list_id)
    try:
        matcher = matcher_of(stored.inputs, stored.statistics).reweighed(weights_of(steps))
    except StatisticsMismatch:
        raise Refusal("conferences.weights.version") from None
    route = Route.of(match_list.run)
    return computed_draft(session, match_list.conference_id, stored.inputs, matcher, route, told, now)


def adopt(
    session: Session, actor: Actor, list_id: int, steps: Steps, drafted: Draft, *, now: datetime
) -> MatchList:
    """Keep a reweighed draft as the next edition, and its weights for the conference's later ones. Each choice is carried
    out, the last one last, also where another has been adopted since it was asked for."""
    # Before anything is looked at: whoever drafts at the same moment comes before or after, never between.
    held = select(Conference).where(Conference.id == drafted.conference_id).with_for_update()
    conference = session.scalars(held).one()
    standing = _standing(session, known_list(session, actor, list_id))
    match_list = _differing(_weighable(session, draft_list(session, actor, standing.id)), steps)
    made = keep(session, actor, drafted, now=now)
    conference.weight_steps = dict(steps)
    audit.record(
        session, actor, "match_list.weigh", "match_list", made.id, now, edition=made.edition,
        before=choice_in(match_list.run.weights), after=dict(steps),
    )  # fmt: skip
    return made
