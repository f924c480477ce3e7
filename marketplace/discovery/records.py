"""The revision of a document: one number that rises when what the document says has changed.

It lives in a row of its own and not in the need, the capability or the firm: a document is made of many rows (specs,
certificates, the firm's name, its office), and a column of one of them would not rise when another changed, nor when a
day passed. So a document is built first, and its revision rises when its digest is another one than the last time.

Who built from older rows never gets the higher number. The record is read before the rows are, and raised only if it
still stands as it was read; whoever comes too late looks again. Built twice from the same rows it is the same revision,
so a rebuild, a comparison or a second delivery changes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from marketplace.core.clock import day_of
from marketplace.core.db import Database, insert_of, take_rows
from marketplace.discovery.building import Wanted, batches, build
from marketplace.discovery.models import IndexRecord
from search.documents import Document, Tombstone, split_key

GONE = ""
# How often a record may be raised under our hands before somebody is told.
ROUNDS = 20


@dataclass
class Stamped:
    """What an index is to be given: documents with their revisions, and tombstones for what was there and is gone."""

    documents: list[Document] = field(default_factory=list)
    tombstones: list[Tombstone] = field(default_factory=list)
    # Those whose revision no index has confirmed yet.
    unconfirmed: dict[str, int] = field(default_factory=dict)


def stamped(database: Database, wanted: Wanted, now: datetime) -> Iterator[Stamped]:
    """Build what is wanted and give it its revisions, batch by batch."""
    for kind, ids in wanted.items():
        for some in batches(ids):
            yield _batch(database, kind, some, now)


def _batch(database: Database, kind: str, ids: Sequence[int], now: datetime) -> Stamped:
    done = Stamped()
    for _ in range(ROUNDS):
        with database.reading() as session:
            known = records_of(session, kind, ids)  # before the rows: that is what makes the order right
            built = build(session, kind, ids, now)
        changed = {
            number: digest
            for number in ids
            if (digest := _digest(built.get(number))) != (known[number].digest if number in known else GONE)
        }
        raised = _raise(database, kind, changed, known, now)
        lost = changed.keys() - raised.keys()
        for number in ids:
            if number not in lost:
                _add(done, kind, number, built.get(number), known.get(number), raised.get(number), now)
        if not lost:
            return done
        ids = sorted(lost)
    raise RuntimeError(f"{kind} {ids[:5]} changed {ROUNDS} times while they were looked at")


def _digest(document: Document | None) -> str:
    return GONE if document is None else document.digest


def _add(
    done: Stamped,
    kind: str,
    number: int,
    document: Document | None,
    record: IndexRecord | None,
    raised: int | None,
    now: datetime,
) -> None:
    rev = raised if raised is not None else record.rev if record is not None else 0
    if not rev:
        return  # a draft: it never was in any index
    key = f"{kind}:{number}"
    if document is not None:
        done.documents.append(replace(document, rev=rev))
    else:
        done.tombstones.append(Tombstone(key, rev, day_of(now)))
    if record is None or record.written_rev < rev:
        done.unconfirmed[key] = rev


def records_of(session: Session, kind: str, ids: Iterable[int]) -> dict[int, IndexRecord]:
    statement = select(IndexRecord).where(IndexRecord.kind == kind, IndexRecord.item_id.in_(list(ids)))
    return {record.item_id: record for record in session.scalars(statement)}


def _raise(
    database: Database,
    kind: str,
    changed: Mapping[int, str],
    known: Mapping[int, IndexRecord],
    now: datetime,
) -> dict[int, int]:
    """The new revisions of those whose records still stood as they were read."""
    if not changed:
        return {}
    rows = [
        {
            "kind": kind,
            "item_id": number,
            "rev": known[number].rev + 1 if number in known else 1,
            "digest": digest,
            "changed_at": now,
            "written_rev": 0,
            "matched_rev": 0,
        }
        for number, digest in sorted(changed.items())
    ]
    with database.unit_of_work() as session:
        insert: Any = insert_of(session)(IndexRecord)
        statement = insert.on_conflict_do_update(
            index_elements=["kind", "item_id"],
            set_={name: insert.excluded[name] for name in ("rev", "digest", "changed_at")},
            where=IndexRecord.rev == insert.excluded.rev - 1,
        ).returning(IndexRecord.item_id, IndexRecord.rev)
        return {row.item_id: row.rev for row in session.execute(statement, rows)}


def confirm(session: Session, revisions: Mapping[str, int]) -> None:
    """An index holds these revisions, or newer ones."""
    raise_to(session, "written_rev", revisions)


def raise_to(session: Session, column: str, revisions: Mapping[str, int]) -> None:
    """Let this column of each key's record be at least so high. Most stand at the same few revisions, so a statement
    for each of these is a handful."""
    together: dict[tuple[str, int], list[int]] = {}
    for key, rev in revisions.items():
        kind, number = split_key(key)
        together.setdefault((kind, rev), []).append(number)
    _take_in_order(session, revisions)
    table: Any = IndexRecord.__table__
    for (kind, rev), numbers in sorted(together.items()):
        standing = (table.c.kind == kind, table.c.item_id.in_(sorted(numbers)), table.c[column] < rev)
        session.connection().execute(update(table).where(*standing).values({column: rev}))


def _take_in_order(session: Session, keys: Iterable[str]) -> None:
    """By number, as everybody takes them who writes several."""
    by_kind: dict[str, list[int]] = {}
    for kind, number in map(split_key, keys):
        by_kind.setdefault(kind, []).append(number)
    for kind, numbers in sorted(by_kind.items()):
        wanted = (IndexRecord.kind == kind, IndexRecord.item_id.in_(numbers))
        take_rows(session, select(IndexRecord.item_id).where(*wanted).order_by(IndexRecord.item_id))


def lift(session: Session, revisions: Mapping[str, int], now: datetime) -> None:
    """Let the records of these keys stand above what an index holds of them: the database came out of a backup, or
    the index holds what no record knows. Nothing that was told of is told again."""
    wanted = {split_key(key): rev for key, rev in revisions.items()}
    place = tuple_(IndexRecord.kind, IndexRecord.item_id)
    for record in session.scalars(select(IndexRecord).where(place.in_(list(wanted)))):
        there = wanted.pop((record.kind, record.item_id))
        if record.rev < there:
            told = record.matched_rev == record.rev
            record.rev = record.written_rev = there + 1
            record.matched_rev = record.rev if told else 0
    session.add_all(
        [
            IndexRecord(
                kind=kind, item_id=number, rev=there + 1, digest=GONE, changed_at=now,
                written_rev=there + 1, matched_rev=there + 1,
            )
            for (kind, number), there in wanted.items()
        ]
    )  # fmt: skip
