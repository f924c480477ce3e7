"""Searching the tables themselves, for the time in which no index answers: less clever, never "nothing found" by fault.

Every word must stand somewhere in the listing's own text, or those of another alternative; filters, sorts and pages hold
as they always do. No synonyms, no relevance, no counts, and no more than the first hundreds; the page says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability, CapabilityType
from marketplace.capabilities.queries import open_now as capability_open
from marketplace.capabilities.queries import visible_capabilities
from marketplace.certifications.models import Certification
from marketplace.certifications.queries import in_force
from marketplace.core.actor import Actor
from marketplace.discovery import facets
from marketplace.discovery.documents import divisions_of
from marketplace.firms.models import Firm, FirmChain
from marketplace.firms.queries import visible_to as firm_visible
from marketplace.needs.models import Need, NeedCertificate
from marketplace.needs.queries import open_now as need_open
from marketplace.needs.queries import visible_needs
from search.query import BadQuery, Query
from search.results import Hit, Page

# Each word is looked for in every row: a question of more is refused, not cut, as a word left out finds something else.
MOST_WORDS = 24
MOST_OCCURRING = facets.MOST_SHOWN
# How far pages go: whoever reads on narrows the question, and the database is not made to skip more.
MOST_SHOWN = 200
_PLACE = re.compile(r"from-(\d{1,3})")
_OPENNESS = {
    "sme": Need.sme_oriented,
    "first_of_kind": Need.accepts_first_of_kind,
    "splitting": Need.splitting_accepted,
}
_NATURES = {"open": "opening", "make": "capability"}
Condition = Callable[[Sequence[str]], ColumnElement[bool]]


class _Occurring(NamedTuple):
    """Where a filter's values stand: in a column of the statement's own rows, or of ``rows`` that are joined ``on``."""

    value: Any
    rows: Any = None
    on: Any = None


class _Table(NamedTuple):
    """How one kind is asked. ``filters`` say in SQL what documents.py writes into the facet of the same name, and
    ``occurring`` where the values of those that have too many to list them all are found."""

    statement: Select[Any]
    key: Any
    columns: tuple[Any, ...]
    filters: dict[str, Condition]
    occurring: dict[str, _Occurring]
    published: Any
    closing: Any


def is_place(cursor: str) -> bool:
    """Whether a cursor is one of these pages' own: an index knows nothing of it."""
    return _PLACE.fullmatch(cursor) is not None


def plain_search(session: Session, actor: Actor, query: Query, as_of: date) -> Page:
    """A page of what the database finds; ``total`` counts this page alone. An index's cursor begins at the first page.
    Raises BadQuery for more than :data:`MOST_WORDS`."""
    place = _PLACE.fullmatch(query.cursor)
    skipped = int(place[1]) if place and int(place[1]) < MOST_SHOWN else 0
    kind = query.kinds[0]
    table = TABLES[kind](actor, as_of)
    wanted = query.wanted
    alternatives = [[*each.text.split(), *each.phrases] for each in wanted.alternatives]
    unwanted = [*wanted.without, *wanted.without_phrases]
    if sum(map(len, alternatives)) + len(unwanted) > MOST_WORDS:
        raise BadQuery("too_many_words", most=MOST_WORDS)

    def stands(word: str) -> ColumnElement[bool]:
        return or_(*(column.icontains(word, autoescape=True) for column in table.columns))

    def stands_nowhere(word: str) -> ColumnElement[bool]:
        return and_(
            *(or_(column.is_(None), ~column.icontains(word, autoescape=True)) for column in table.columns)
        )

    found = [or_(*(and_(*map(stands, words)) for words in alternatives))] if alternatives else []
    narrowed = [table.filters[name](values) for name, values in query.filters.items() if values]
    closing_first = [table.closing.is_(None), table.closing] if query.order == "closing" else []
    rows = session.scalars(
        table.statement.with_only_columns(table.key, maintain_column_froms=True)
        .where(*found, *map(stands_nowhere, unwanted), *narrowed)
        .order_by(None)
        .order_by(*closing_first, table.published.desc(), table.key.desc())
        .offset(skipped)
        .limit(query.page_size + 1)
    )
    ids, reached = list(rows), skipped + query.page_size
    hits = tuple(Hit(kind, number, (), "", (), 0.0) for number in ids[: query.page_size])
    further = f"from-{reached}" if len(ids) > query.page_size and reached < MOST_SHOWN else None
    return Page(hits, len(hits), {}, further)


def occurring(session: Session, actor: Actor, kind: str, as_of: date) -> dict[str, list[str]]:
    """Values of the filters with long lists (links, places, certificates) that anything has which this reader may find,
    the most frequent first; one query for each filter."""
    table = TABLES[kind](actor, as_of)
    found = {facet: _counted(session, table, where) for facet, where in table.occurring.items()}
    found["division"] = _with_cities(found["division"])
    return {facet: _most_frequent(values) for facet, values in found.items()}


def _most_frequent(values: Counter[str]) -> list[str]:
    return sorted(values, key=lambda value: (-values[value], value))[:MOST_OCCURRING]


def _counted(session: Session, table: _Table, where: _Occurring) -> Counter[str]:
    """How many have each value. All of them: a city of many small counties may stand before any one county."""
    statement = table.statement if where.rows is None else table.statement.join(where.rows, where.on)
    times = func.count(table.key.distinct())
    values = session.execute(
        statement.with_only_columns(where.value, times, maintain_column_froms=True)
        .where(where.value.is_not(None), where.value != "")
        .order_by(None)
        .group_by(where.value)
    )
    return Counter({value: count for value, count in values})


def _with_cities(counties: Counter[str]) -> Counter[str]:
    """A county is found by its own code and by its city's: both are offered. What stands in a city, and in none of its
    counties, counts once there, as in the index."""
    cities: Counter[str] = Counter()
    for code, count in counties.items():
        for value in set(divisions_of(code)):
            cities[value] += count
    return cities


def _needs(actor: Actor, as_of: date) -> _Table:
    return _Table(
        visible_needs(actor, as_of).where(need_open(as_of)),
        Need.id,
        (Need.title, Need.use, Need.description),
        {
            "chain": Need.chain_key.in_,
            "link": Need.link_key.in_,
            "type": Need.type_key.in_,
            "division": lambda values: _in_division(Need.delivery_division, values),
            # An anonymous buyer may be the only bank or public buyer of the district.
            "party": lambda values: and_(Need.anonymous.is_(False), _of_party(values)),
            "certificate": lambda values: Need.certificates.any(NeedCertificate.kind_key.in_(values)),
            "procedure": Need.procedure.in_,
            "openness": lambda values: or_(
                false(), *(_OPENNESS[value].is_(True) for value in values if value in _OPENNESS)
            ),
        },
        {
            "link": _Occurring(Need.link_key),
            "division": _Occurring(Need.delivery_division),
            "certificate": _Occurring(
                NeedCertificate.kind_key, NeedCertificate, NeedCertificate.need_id == Need.id
            ),
        },
        Need.published_at,
        Need.valid_until,
    )


def _capabilities(actor: Actor, as_of: date) -> _Table:
    return _Table(
        visible_capabilities(actor, as_of).where(capability_open(as_of)),
        Capability.id,
        (Capability.product, Capability.sentence, Capability.description),
        {
            "direction": lambda values: Capability.nature.in_(
                [_NATURES[value] for value in values if value in _NATURES]
            ),
            "type": _of_type,
            "chain": Capability.chain_key.in_,
            "link": Capability.link_key.in_,
            **_of_firm(as_of),
        },
        {"link": _Occurring(Capability.link_key), **_occurring_of_firm(as_of)},
        Capability.published_at,
        Capability.valid_until,
    )


def _firms(actor: Actor, as_of: date) -> _Table:
    return _Table(
        select(Firm).where(firm_visible(actor), Firm.verified_at.is_not(None), Firm.suspended_at.is_(None)),
        Firm.id,
        (Firm.legal_name, Firm.english_name, Firm.profile),
        {
            "chain": lambda values: Firm.chains.any(FirmChain.chain_key.in_(values)),
            "link": lambda values: Firm.chains.any(FirmChain.link_key.in_(values)),
            **_of_firm(as_of),
        },
        {
            "link": _Occurring(FirmChain.link_key, FirmChain, FirmChain.firm_id == Firm.id),
            **_occurring_of_firm(as_of),
        },
        Firm.verified_at,
        Firm.verified_at,
    )


def _of_firm(as_of: date) -> dict[str, Condition]:
    """Filters by the firm that stands behind: where it makes things, what it holds, what it is."""
    return {
        "division": lambda values: _in_division(_place(), values),
        "certificate": lambda values: Firm.id.in_(
            select(Certification.firm_id).where(in_force(as_of), Certification.kind_key.in_(values))
        ),
        "party": _of_party,
    }


def _occurring_of_firm(as_of: date) -> dict[str, _Occurring]:
    held = and_(Certification.firm_id == Firm.id, in_force(as_of))
    return {
        "division": _Occurring(_place()),
        "certificate": _Occurring(Certification.kind_key, Certification, held),
    }


def _place() -> Any:
    return func.coalesce(func.nullif(Firm.production_division, ""), Firm.registered_division)


def _of_party(values: Sequence[str]) -> ColumnElement[bool]:
    leaders = Firm.chain_leader.is_(True) if "chain_leader" in values else false()
    return or_(Firm.party_kind.in_(values), leaders)


def _of_type(values: Sequence[str]) -> ColumnElement[bool]:
    """One that names no type answers procurement and outsourcing."""
    plain = ~Capability.types.any() if {"procurement", "processing"} & set(values) else false()
    return or_(Capability.types.any(CapabilityType.type_key.in_(values)), plain)


def _in_division(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """A county is found by its own code and by its city's."""
    cities = [value[:4] for value in values if value.endswith("00")]
    return or_(column.in_(values), func.substr(column, 1, 4).in_(cities))


TABLES: dict[str, Callable[[Actor, date], _Table]] = {
    "need": _needs,
    "capability": _capabilities,
    "firm": _firms,
}
