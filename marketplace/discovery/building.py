"""Which rows a key names, which further documents they stand on, and how the documents are built."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.discovery.documents import capability_documents, firm_documents, need_documents
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from search.documents import Document, split_key

BATCH = 1000
Wanted = Mapping[str, Collection[int]]
Build = Callable[[Session, Sequence[int], datetime], list[Document]]
BUILDERS: dict[str, Build] = {
    "need": need_documents,
    "capability": capability_documents,
    "firm": firm_documents,
}
_TABLES: dict[str, type[Need] | type[Capability] | type[Firm]] = {
    "need": Need,
    "capability": Capability,
    "firm": Firm,
}


def build(session: Session, kind: str, ids: Sequence[int], now: datetime) -> dict[int, Document]:
    """The documents of those rows that are open, by id; what is missing from the result has none."""
    return {document.id: document for document in BUILDERS[kind](session, ids, now)}


def named(keys: Iterable[str]) -> tuple[dict[str, set[int]], list[str]]:
    """Ids by kind, and the keys that name nothing we index."""
    wanted: dict[str, set[int]] = {kind: set() for kind in BUILDERS}
    nothing = []
    for key in keys:
        try:
            kind, number = split_key(key)
            wanted[kind].add(number)
        except (ValueError, KeyError):
            nothing.append(key)
    return wanted, nothing


def with_listings(session: Session, wanted: Wanted) -> dict[str, set[int]]:
    """A firm's name, office and certificates stand on its listings, and its products on the firm."""
    whole = {kind: set(ids) for kind, ids in wanted.items()}
    for some in batches(wanted["firm"]):
        whole["need"] |= set(session.scalars(select(Need.id).where(Need.firm_id.in_(some))))
        whole["capability"] |= set(session.scalars(select(Capability.id).where(Capability.firm_id.in_(some))))
    for some in batches(wanted["capability"]):
        whole["firm"] |= set(session.scalars(select(Capability.firm_id).where(Capability.id.in_(some))))
    return whole


def batches(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def ids_in_order(session: Session, kind: str) -> Iterator[list[int]]:
    """Every id of a table, batch by batch, by key."""
    table, last = _TABLES[kind], 0
    while ids := list(
        session.scalars(select(table.id).where(table.id > last).order_by(table.id).limit(BATCH))
    ):
        yield ids
        last = ids[-1]
