"""A bureau with a filled taxonomy, and rosters as bureaus send them."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from stdnum.cn import uscc

from marketplace import paths
from marketplace.core.actor import system_actor
from marketplace.core.db import Database
from marketplace.rosters.models import Roster, RosterEffect, RosterRow
from marketplace.taxonomy.service import import_seeds
from tests.integration.imports.conftest import (  # noqa: F401 - fixtures
    NOW,
    app,
    database,
    organiser,
    people,
    settings,
    signed_in,
    worker,
)


def code(number: int) -> str:
    """A made-up credit code with a right check digit."""
    begun = f"91410400MA{number:07d}"
    return f"{begun}{uscc.calc_check_digit(begun)}"


@pytest.fixture(autouse=True)
def seeds(database: Database, people: SimpleNamespace) -> None:  # noqa: F811 - a fixture
    with database.unit_of_work() as session:
        import_seeds(session, system_actor("test"), paths.SEEDS, NOW)


HEADINGS = "企业名称,统一社会信用代码,主导产品,认定类型,批次,有效期起,有效期至,镇街,行业,联系人,联系电话"


def roster(*lines: str, title: str = "2026年某区培育库名册（示例）") -> bytes:
    """A csv as Excel in a Chinese office writes it: a title above, a total below."""
    return "\r\n".join([title, HEADINGS, *lines, "合计,,,,,,,,,,"]).encode("gb18030")


def bring(client: FlaskClient, content: bytes, name: str = "名册.csv") -> str:
    answer = client.post(
        "/rosters/", data={"file": (BytesIO(content), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 302, answer.text
    return str(answer.location)


class Desk:
    """An organiser with a worker beside them."""

    def __init__(self, client: FlaskClient, database: Database, worker: Any) -> None:  # noqa: F811
        self.client, self.database, self.worker = client, database, worker
        self.address = ""

    def bring(self, content: bytes, name: str = "名册.csv") -> Desk:
        self.address = bring(self.client, content, name)
        self.work()
        return self

    def work(self) -> None:
        """The worker, until nobody waits."""
        while self.worker.work_one_job():
            pass

    def post(self, tail: str, **form: Any) -> Any:
        return self.client.post(f"{self.address}/{tail}", data=form)

    def confirm(self) -> Desk:
        self.post("confirm")
        self.work()
        return self

    def undo(self) -> Desk:
        self.post("undo")
        self.work()
        return self

    @property
    def id(self) -> int:
        return int(self.address.rstrip("/").rsplit("/", 1)[1])

    def roster(self) -> Roster:
        with self.database.reading() as session:
            return session.get_one(Roster, self.id)

    def rows(self) -> list[RosterRow]:
        with self.database.reading() as session:
            return list(
                session.scalars(
                    select(RosterRow).where(RosterRow.roster_id == self.id).order_by(RosterRow.position)
                )
            )

    def row(self, name: str) -> RosterRow:
        return next(row for row in self.rows() if name in row.name)

    def kinds(self) -> dict[str, str]:
        return {row.name: row.reason or row.kind for row in self.rows()}

    def effects(self) -> list[RosterEffect]:
        with self.database.reading() as session:
            return list(
                session.scalars(
                    select(RosterEffect).where(RosterEffect.roster_id == self.id).order_by(RosterEffect.id)
                )
            )

    def page(self, **query: Any) -> str:
        answer = self.client.get(self.address, query_string=query)
        assert answer.status_code == 200, answer.text
        return str(answer.text)


@pytest.fixture
def desk(organiser: FlaskClient, database: Database, worker: Any) -> Desk:  # noqa: F811 - fixtures
    return Desk(organiser, database, worker)
