"""Searching the tables themselves, for the time in which no index answers: less clever, never "nothing found" by fault.

Every word must stand somewhere in the listing's own text. No synonyms, no filters, no counts, the newest first; the page
says so.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_now as capability_open
from marketplace.capabilities.queries import visible_capabilities
from marketplace.core.actor import Actor
from marketplace.firms.models import Firm
from marketplace.firms.queries import visible_to as firm_visible
from marketplace.needs.models import Need
from marketplace.needs.queries import open_now as need_open
from marketplace.needs.queries import visible_needs
from search.query import Query
from search.results import Hit

MOST_WORDS = 8


def plain_search(session: Session, actor: Actor, query: Query, as_of: date) -> list[Hit]:
    """The newest hits that the database finds; at most a page of them."""
    kind = query.kinds[0]
    statement: Any
    columns: tuple[Any, ...]
    if kind == "need":
        statement = visible_needs(actor, as_of).where(need_open(as_of))
        key, columns = Need.id, (Need.title, Need.use, Need.description)
    elif kind == "capability":
        statement = visible_capabilities(actor, as_of).where(capability_open(as_of))
        key, columns = Capability.id, (Capability.product, Capability.sentence, Capability.description)
    else:
        statement = select(Firm).where(
            firm_visible(actor), Firm.verified_at.is_not(None), Firm.suspended_at.is_(None)
        )
        key, columns = Firm.id, (Firm.legal_name, Firm.english_name, Firm.profile)
    wanted = query.wanted
    found = [
        or_(*(column.icontains(word, autoescape=True) for column in columns))
        for word in [*wanted.text.split(), *wanted.phrases][:MOST_WORDS]
    ]
    unwanted = [
        and_(*(or_(column.is_(None), ~column.icontains(word, autoescape=True)) for column in columns))
        for word in [*wanted.without, *wanted.without_phrases][:MOST_WORDS]
    ]
    ids = session.scalars(
        statement.with_only_columns(key, maintain_column_froms=True)
        .where(*found, *unwanted)
        .order_by(None)
        .order_by(key.desc())
        .limit(query.page_size)
    )
    return [Hit(kind, number, (), "", (), 0.0) for number in ids]
