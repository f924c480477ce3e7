"""Seed files into tables: read, compare with what is there, insert and update in bulk. Knows no topic's meaning.

A list whose file has not changed is not touched at all, so that starting a site twice costs one query a list.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Date, Integer, Table, bindparam, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from marketplace.core.db import Base
from marketplace.taxonomy.models import TaxonomyList

Row = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """One list: its table, its file below the seeds folder, and how it is loaded.

    ``key`` also names the list's edition. ``identity`` are the columns that tell rows apart; ``fixed`` are values every row
    gets. ``owned``: rows that left the file are deleted; only for tables that nothing refers to. ``changes`` is a
    second file of later rows with the same identity, whose filled cells win. Files name a parent before its children.
    """

    key: str
    edition: str
    model: type[Base]
    file: str
    identity: tuple[str, ...]
    fixed: Mapping[str, str]
    owned: bool = False
    changes: str = ""


@dataclass(frozen=True)
class Loaded:
    key: str
    inserted: int
    updated: int
    deleted: int

    @property
    def changed(self) -> bool:
        return bool(self.inserted or self.updated or self.deleted)


def read_rows(path: Path) -> list[dict[str, str]]:
    """A seed file's rows. OSError when it is missing: a package without its seeds is broken."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def digest_of(lines: Iterable[str]) -> str:
    hashed = hashlib.sha256()
    for line in lines:
        hashed.update(line.encode())
        hashed.update(b"\n")
    return hashed.hexdigest()[:16]


def load(session: Session, source: Source, folder: Path, now: datetime) -> Loaded | None:
    """Bring one list's table in line with its file; None when the file is the one already loaded."""
    paths = [folder / source.file, *([folder / source.changes] if source.changes else [])]
    seed_digest = digest_of([source.edition, *(path.read_text("utf-8") for path in paths)])
    known = session.get(TaxonomyList, source.key)
    if known is not None and known.seed_digest == seed_digest:
        return None
    table: Table = source.model.__table__  # type: ignore[assignment]
    rows = [
        _typed(table, {**row, **source.fixed, "list_version": source.edition})
        for row in _merged(source, paths)
    ]
    loaded = _upsert(session, table, source, rows)
    note_list(session, source.key, source.edition, table, now, seed_digest)
    return loaded


def note_list(
    session: Session, key: str, edition: str, table: Table, now: datetime, seed_digest: str | None = None
) -> None:
    """Write down what the table now holds; readers cache under this digest."""
    columns = [column for column in table.columns if column.name != "id"]
    rows = session.execute(select(*columns)).all()
    known = session.get(TaxonomyList, key)
    if known is None:
        known = TaxonomyList(key=key, seed_digest="")
        session.add(known)
    known.edition, known.rows, known.loaded_at = edition, len(rows), now
    known.digest = digest_of(sorted(repr(tuple(row)) for row in rows))
    if seed_digest is not None:
        known.seed_digest = seed_digest
    session.flush()


def _merged(source: Source, paths: list[Path]) -> list[Row]:
    rows: dict[tuple[str, ...], Row] = {}
    for path in paths:
        for row in read_rows(path):
            identity = tuple(row[name] for name in source.identity if name in row)
            rows[identity] = {**rows.get(identity, {}), **{name: cell for name, cell in row.items() if cell}}
    return list(rows.values())


def _typed(table: Table, row: Row) -> Row:
    """Cells as the columns want them: an empty cell is None where the column allows it, else empty text."""
    out: Row = {}
    for column in table.columns:
        if column.name == "id":
            continue
        cell = row.get(column.name, "")
        if cell == "" or cell is None:
            out[column.name] = None if column.nullable else False if isinstance(column.type, Boolean) else ""
        elif isinstance(column.type, Boolean):
            out[column.name] = cell == "1"
        elif isinstance(column.type, Integer):
            out[column.name] = int(cell)
        elif isinstance(column.type, Date):
            out[column.name] = date.fromisoformat(cell)
        else:
            out[column.name] = cell
    return out


def _upsert(session: Session, table: Table, source: Source, rows: list[Row]) -> Loaded:
    names = [column.name for column in table.columns if column.name != "id"]
    listed = [column for column in table.columns if column.name in names]
    there = {
        tuple(row[name] for name in source.identity): row
        for row in map(dict, session.execute(select(*listed)).mappings())
    }
    wanted = {tuple(row[name] for name in source.identity): row for row in rows}
    new = [row for key, row in wanted.items() if key not in there]
    changed = [row for key, row in wanted.items() if key in there and there[key] != row]
    gone = [
        key
        for key, row in there.items()
        if source.owned
        and key not in wanted
        and all(row[name] == value for name, value in source.fixed.items())
    ]
    key_columns = [table.c[name] for name in source.identity]
    if gone:
        session.execute(delete(table).where(tuple_(*key_columns).in_(gone)))
    if new:
        session.connection().execute(insert(table), new)
    if changed:
        others = [name for name in names if name not in source.identity]
        statement = table.update().values({name: bindparam(f"to_{name}") for name in others})
        for column in key_columns:
            statement = statement.where(column == bindparam(f"at_{column.name}"))
        session.connection().execute(
            statement,
            [
                {f"to_{name}": row[name] for name in others}
                | {f"at_{name}": row[name] for name in source.identity}
                for row in changed
            ],
        )
    session.expire_all()
    return Loaded(source.key, len(new), len(changed), len(gone))
