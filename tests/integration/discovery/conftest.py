"""Firms and listings by the handful, an index of the test's own, and the two kept together as the worker does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace.accounts.models import Office
from marketplace.capabilities.models import Capability
from marketplace.core.audit import AuditEntry
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.discovery.engine import engine_of
from marketplace.discovery.indexing import index_keys
from marketplace.firms.models import Firm
from marketplace.needs.models import Need, NeedInvitee
from marketplace.settings import Settings
from search.engines.base import Engine
from search.query import Query
from tests.integration.core.district import (
    district,
    district_site,
    district_template,
    own_district,
    own_site,
)

__all__ = ["district", "district_site", "district_template", "own_district", "own_site"]

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@dataclass
class House:
    """What tests of discovery build with; every method commits nothing, ``changed`` does."""

    context: WorkContext
    session: Session
    moment: datetime = NOW

    @property
    def engine(self) -> Engine:
        return engine_of(self.context.settings)

    def office(self) -> Office:
        return self._kept(Office(kind="town", name=f"示例镇 {uuid4().hex}", created_at=NOW))

    def firm(self, name: str = "示例厂", **facts: Any) -> Firm:
        values = {"verified_at": NOW, "created_at": NOW, "updated_at": NOW, **facts}
        return self._kept(Firm(legal_name=name, **values))

    def need(self, firm: Firm, title: str = "尼龙轴套", invited: tuple[Firm, ...] = (), **facts: Any) -> Need:
        values = {"published_at": NOW, "visibility": "public", "created_at": NOW, "updated_at": NOW, **facts}
        need = self._kept(Need(firm_id=firm.id, title=title, **values))
        self.session.add_all(
            [NeedInvitee(need_id=need.id, firm_id=other.id, invited_at=NOW) for other in invited]
        )
        return need

    def capability(self, firm: Firm, product: str = "尼龙轴套", **facts: Any) -> Capability:
        values = {"published_at": NOW, "created_at": NOW, "updated_at": NOW, **facts}
        return self._kept(Capability(firm_id=firm.id, product=product, **values))

    def changed(self, *keys: str) -> None:
        """Commit, and let the worker look at the keys."""
        self.session.commit()
        self.moment += timedelta(seconds=1)
        assert index_keys(self.context, keys, self.moment) == {}

    def on_record(self) -> list[str]:
        """What was done to the index, in its order."""
        actions = select(AuditEntry.action).where(AuditEntry.subject_kind == "index").order_by(AuditEntry.id)
        with self.context.database.reading() as session:
            return list(session.scalars(actions))

    def found(self, kind: str, tokens: frozenset[str], as_of: date = TODAY, **asked: Any) -> set[int]:
        """Ids of every hit, page after page."""
        found: set[int] = set()
        cursor = ""
        while True:
            query = Query(kinds=(kind,), page_size=100, cursor=cursor, **asked)
            page = self.engine.search(query, visible=tokens, as_of=as_of)
            found |= {hit.id for hit in page.hits}
            if page.next_cursor is None:
                assert len(found) == page.total
                return found
            cursor = page.next_cursor

    def _kept(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    settings = Settings(data_dir=tmp_path, database_url=database_url, secret_key="a key for tests")
    context = WorkContext(settings, Database(database_url))
    with context.database.writing_session() as session:
        made = House(context, session)
        made.engine.mark_complete()
        yield made
    context.database.dispose()
