"""Use cases of saved searches: save, rename, follow at another pace, mute, look, delete. Their owner's alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.db import UtcDateTime, take_turn
from marketplace.core.errors import Forbidden, NotFound, Problem, Refusal
from marketplace.discovery.alerts import FOLLOWING, followed_besides
from marketplace.discovery.models import IndexRecord, SavedSearch, SearchHit
from marketplace.discovery.rules import KINDS, MOST_SAVED, fingerprint, may_follow, problems_of
from search.query import Query


def save(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: str,
    text: str,
    filters: Mapping[str, Sequence[str]],
    cadence: str,
    now: datetime,
) -> SavedSearch:
    """Follow a search from now on. What the index holds at this moment counts as seen and is never announced, even
    where saved searches have not been asked of it yet. Saved again, it is the same search. Raises BadQuery.

    No engine is asked: a search can be followed while none answers, and nobody's change waits for one.
    """
    if not may_follow(actor):
        raise Forbidden
    problems = problems_of(name, cadence)
    if kind not in KINDS:
        problems.append(Problem("discovery.unknown_filter"))
    if problems:
        raise Refusal.of(problems)
    Query(text=text, filters={key: tuple(values) for key, values in filters.items()}, kinds=(kind,))
    print_ = fingerprint(kind, text, filters)
    take_turn(session, FOLLOWING)
    mine = select(SavedSearch).where(SavedSearch.account_id == actor.account_id)
    known = session.scalar(mine.where(SavedSearch.fingerprint == print_))
    if known is not None:
        return known
    if (session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST_SAVED:
        raise Refusal("discovery.too_many_saved", most=MOST_SAVED)
    search = SavedSearch(
        account_id=actor.account_id,
        name=name.strip(),
        kind=kind,
        text=text,
        filters={key: list(values) for key, values in filters.items() if values},
        fingerprint=print_,
        cadence=cadence,
        created_at=now,
    )
    session.add(search)
    session.flush()
    _count_as_seen(session, search, now)
    audit.record(session, actor, "search.save", "saved_search", search.id, now, kind=kind, cadence=cadence)
    return search


def _count_as_seen(session: Session, search: SavedSearch, now: datetime) -> None:
    """Saved searches are about to be asked of what an index holds already: whatever of it this one finds is known.

    Where nobody else follows such documents, as after the first fill of an index, the asking itself begins behind them.
    Otherwise the others are still to be asked, and what waits is noted for this search alone.
    """
    waits = (IndexRecord.kind == search.kind) & (IndexRecord.matched_rev < IndexRecord.written_rev)
    if not followed_besides(session, search.kind, {search.id}):
        # By number, as everybody takes them who writes several: two wait for each other, never crosswise.
        in_order = select(IndexRecord.item_id).where(waits).order_by(IndexRecord.item_id).with_for_update()
        session.execute(
            update(IndexRecord)
            .where(waits, IndexRecord.item_id.in_(in_order))
            .values(matched_rev=IndexRecord.written_rev)
            .execution_options(synchronize_session=False)
        )
        return
    waiting = select(
        literal(search.id),
        IndexRecord.kind,
        IndexRecord.item_id,
        IndexRecord.written_rev,
        literal(now, UtcDateTime()),
        literal("known"),
    ).where(waits)
    columns = ["search_id", "kind", "item_id", "rev", "found_at", "state"]
    session.execute(insert(SearchHit).from_select(columns, waiting))


def own_search(session: Session, actor: Actor, search_id: int) -> SavedSearch:
    """One's own; anybody else's is not found."""
    search = session.get(SavedSearch, search_id)
    if search is None or not may_follow(actor) or search.account_id != actor.account_id:
        raise NotFound
    return search


def change(
    session: Session, actor: Actor, search_id: int, *, name: str, cadence: str, now: datetime
) -> SavedSearch:
    """Call it otherwise, or follow it at another pace."""
    search = own_search(session, actor, search_id)
    if problems := problems_of(name, cadence):
        raise Refusal.of(problems)
    search.name, search.cadence = name.strip(), cadence
    audit.record(session, actor, "search.change", "saved_search", search.id, now, cadence=cadence)
    return search


def mute(session: Session, actor: Actor, search_id: int, *, muted: bool, now: datetime) -> SavedSearch:
    """Muted, it goes on finding and tells nobody: what it finds meanwhile is never announced later either."""
    search = own_search(session, actor, search_id)
    if (search.muted_at is not None) != muted:
        search.muted_at = now if muted else None
        audit.record(
            session, actor, "search.mute" if muted else "search.unmute", "saved_search", search.id, now
        )
    return search


def delete(session: Session, actor: Actor, search_id: int, *, now: datetime) -> None:
    search = own_search(session, actor, search_id)
    session.delete(search)
    audit.record(session, actor, "search.delete", "saved_search", search_id, now)


def look(session: Session, actor: Actor, search_id: int) -> int:
    """Its owner looks at what is new; returns up to which hit they had looked before. No audit row: reading is not
    a change, and this is where somebody stopped reading."""
    search = own_search(session, actor, search_id)
    before = search.seen_hit
    newest = session.scalar(select(func.max(SearchHit.id)).where(SearchHit.search_id == search.id))
    search.seen_hit = max(before, newest or 0)
    return before


class Followed(NamedTuple):
    search: SavedSearch
    unseen: int


def followed(session: Session, actor: Actor) -> list[Followed]:
    """Everything that this reader follows, with how much is new since they looked. One query, whatever there is."""
    if not may_follow(actor):
        return []
    # Told or not makes no difference to what is new on the page; what was known at the start never is.
    new = (
        (SearchHit.search_id == SavedSearch.id)
        & (SearchHit.id > SavedSearch.seen_hit)
        & (SearchHit.state != "known")
    )
    rows = session.execute(
        select(SavedSearch, func.count(func.distinct(SearchHit.item_id)))
        .outerjoin(SearchHit, new)
        .where(SavedSearch.account_id == actor.account_id)
        .group_by(SavedSearch.id)
        .order_by(SavedSearch.id.desc())
    )
    return [Followed(search, count) for search, count in rows]


class Found(NamedTuple):
    item_id: int
    hit_id: int
    first: bool


def found_by(session: Session, search: SavedSearch, before: int | None = None, most: int = 20) -> list[Found]:
    """What it found since it was saved, the newest first, each document once; ``before`` is the last hit of the page
    before. ``first`` tells what is new from what was known and has changed."""
    last, first = func.max(SearchHit.id), func.min(SearchHit.id)
    statement = (
        select(SearchHit.item_id, last, first == last)
        .where(SearchHit.search_id == search.id, SearchHit.state != "known")
        .group_by(SearchHit.item_id)
        .order_by(last.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.having(last < before)
    return [Found(item_id, hit_id, bool(only)) for item_id, hit_id, only in session.execute(statement)]
