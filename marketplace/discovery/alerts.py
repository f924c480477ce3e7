"""The "alert" outbox handler: saved searches are asked of what has changed, and of nothing else.

What has changed is known from revisions, not from a clock: a document is asked about when an index holds a revision of
it that no saved search was asked about, however late it came in, and a found revision is remembered by a constraint. So
nothing is announced twice and nothing is missed, and a rebuild, which changes no revision, announces nothing.

The engine is asked while nobody waits to write. Who began to follow meanwhile is found when the answer is written down:
then the same documents are asked about once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.context import OutboxHandler, WorkContext
from marketplace.core.db import insert_of, take_turn
from marketplace.core.outbox import Trouble
from marketplace.discovery.engine import engine_of, tokens_of
from marketplace.discovery.models import IndexRecord, SavedSearch, SearchHit
from marketplace.discovery.records import raise_to
from marketplace.discovery.rules import KINDS
from search.engines.base import Engine, EngineError, EngineUnavailable
from search.query import LARGEST_PAGE, BadQuery, Query

ActorOf = Callable[[Session, Account, str], Actor]
AT_ONCE = 500
# Whoever begins to follow, and whoever notes what was asked about, do so one after the other.
FOLLOWING = "saved searches"


def finder(actor_of: ActorOf) -> OutboxHandler:
    """The handler. ``actor_of`` says who an account is now: a search finds what its owner may see at that time."""

    def find_hits(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, Trouble]:
        engine = engine_of(context.settings)
        try:
            engine.refresh()
            for kind in KINDS:
                while _ask_of_changed(context, engine, actor_of, kind, now):
                    pass
        except EngineError as error:
            return {key: Trouble(repr(error), "away") for key in keys}
        return {}

    return find_hits


def _ask_of_changed(
    context: WorkContext, engine: Engine, actor_of: ActorOf, kind: str, now: datetime
) -> bool:
    """One batch of what has changed; False when nothing is left."""
    with context.database.reading() as session:
        changed = unasked(session, kind, AT_ONCE)
        followed = _followed(session, actor_of, kind) if changed else []
    if not changed:
        return False
    found = [hit for search, actor in followed for hit in hits_of(engine, search, actor, changed, now)]
    with context.database.unit_of_work() as session:
        take_turn(session, FOLLOWING)
        remember(session, found)
        if not followed_besides(session, kind, {search.id for search, _actor in followed}):
            raise_to(session, "matched_rev", {f"{kind}:{number}": rev for number, rev in changed.items()})
    return True


def unasked(session: Session, kind: str, most: int) -> dict[int, int]:
    """Ids whose revision in the index no saved search was asked about, with that revision."""
    rows = session.execute(
        select(IndexRecord.item_id, IndexRecord.written_rev)
        .where(IndexRecord.kind == kind, IndexRecord.matched_rev < IndexRecord.written_rev)
        .order_by(IndexRecord.item_id)
        .limit(most)
    )
    return {row.item_id: row.written_rev for row in rows}


def _followed(session: Session, actor_of: ActorOf, kind: str) -> list[tuple[SavedSearch, Actor]]:
    searches = select(SavedSearch, Account).join(Account, Account.id == SavedSearch.account_id)
    rows = session.execute(
        searches.where(_alive(kind)).order_by(SavedSearch.account_id, SavedSearch.id)
    ).all()
    actors: dict[int, Actor] = {}
    for _, account in rows:
        if account.id not in actors:
            actors[account.id] = actor_of(session, account, account.locale)
    return [(search, actors[account.id]) for search, account in rows]


def followed_besides(session: Session, kind: str, asked: Collection[int]) -> bool:
    """Whether anybody follows such documents with a search that is not among these."""
    every = select(SavedSearch.id).join(Account, Account.id == SavedSearch.account_id).where(_alive(kind))
    return not set(session.scalars(every)) <= set(asked)


def _alive(kind: str) -> ColumnElement[bool]:
    return (SavedSearch.kind == kind) & Account.disabled_at.is_(None)


def hits_of(
    engine: Engine, search: SavedSearch, actor: Actor, changed: Mapping[int, int], now: datetime
) -> list[dict[str, Any]]:
    """Which of the changed documents this search finds now, as rows to remember. Raises EngineUnavailable while the
    index is not whole: what it does not hold yet would count as not found, and never be asked about again."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        try:
            query = Query(
                text=search.text,
                filters={name: tuple(values) for name, values in search.filters.items()},
                kinds=(search.kind,),
                among=tuple(f"{search.kind}:{number}" for number in changed),
                sort="neutral",
                page_size=LARGEST_PAGE,
                cursor=cursor,
            )
            page = engine.search(query, visible=tokens_of(actor), as_of=day_of(now))
        except BadQuery:  # a filter that no longer exists finds nothing; its owner sees that on its page
            return []
        if not page.complete:
            raise EngineUnavailable("the index is being built")
        found += [
            {
                "search_id": search.id,
                "kind": hit.kind,
                "item_id": hit.id,
                "rev": changed[hit.id],
                "found_at": now,
            }
            for hit in page.hits
        ]
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def remember(session: Session, found: Sequence[dict[str, Any]]) -> None:
    """Each revision once, known at once where its search is muted; a search that was deleted meanwhile takes its hits
    with it."""
    there = select(SavedSearch.id, SavedSearch.muted_at.is_not(None))
    asked = {row["search_id"] for row in found}
    muted = {
        number: bool(is_muted) for number, is_muted in session.execute(there.where(SavedSearch.id.in_(asked)))
    }
    rows = [
        {**row, "state": "known" if muted[row["search_id"]] else "ready"}
        for row in found
        if row["search_id"] in muted
    ]
    for start in range(0, len(rows), AT_ONCE):
        insert: Any = insert_of(session)(SearchHit).values(rows[start : start + AT_ONCE])
        session.execute(insert.on_conflict_do_nothing())
