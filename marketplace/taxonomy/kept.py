"""Lists kept in memory under their digest. A list imported again, by whichever process, is read afresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.taxonomy import models

T = TypeVar("T")
_kept: dict[str, tuple[str, Any]] = {}
_lock = Lock()
_STEADY = "taxonomy.steady"


def cached(session: Session, keys: tuple[str, ...], name: str, read: Callable[[Session], T]) -> T:
    """The value of ``read`` for the lists ``keys`` as they stand now; one small query where it is already known."""
    steady = session.info.get(_STEADY)
    if steady is not None and name in steady:
        return cast(T, steady[name])
    value = _as_it_stands(session, keys, name, read)
    if steady is not None:
        steady[name] = value
    return value


@contextmanager
def steady(session: Session) -> Iterator[None]:
    """Within one unit of work that writes hundreds of records, each list is asked after once."""
    session.info[_STEADY] = {}
    try:
        yield
    finally:
        del session.info[_STEADY]


def _as_it_stands(session: Session, keys: tuple[str, ...], name: str, read: Callable[[Session], T]) -> T:
    rows = session.execute(
        select(models.TaxonomyList.key, models.TaxonomyList.digest).where(models.TaxonomyList.key.in_(keys))
    )
    digest = "|".join(f"{key}={value}" for key, value in sorted(rows))
    with _lock:
        kept = _kept.get(name)
    if kept is not None and kept[0] == digest:
        return cast(T, kept[1])
    value = read(session)
    if digest:  # an empty database is asked every time
        with _lock:
            _kept[name] = (digest, value)
    return value
