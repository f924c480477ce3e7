"""A site over a database of the test's own, people with their roles, and a worker that is stepped by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import paths
from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.app import create_app
from marketplace.assembly import build_worker
from marketplace.core.actor import system_actor
from marketplace.core.db import Database
from marketplace.settings import Settings
from marketplace.worker import Worker

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SHEETS = paths.SEEDS / "demo" / "sheets"
NEEDS_CSV = (
    "需求编号,企业名称,需求名称,需求描述,数量,交期\n"
    "X1,甲示例链主有限公司,浸胶帘子布 1400dtex,轮胎用尼龙66浸胶帘子布,300吨/年,30天\n"
    "X2,甲示例链主有限公司,高压开关柜壳体,钣金加工,500套,越快越好\n"
    "X3,,没有企业名的需求,,,\n"
)
CAPABILITIES_CSV = (
    "企业名称,主导产品,产品介绍,年产能,统一社会信用代码\n"
    "乙示例帘布有限公司,尼龙66浸胶帘子布,1400dtex 与 1870dtex 浸胶帘子布,5000吨,\n"
    "丙示例钣金有限公司,高压开关柜壳体钣金加工,激光切割、折弯、焊接,20000套,\n"
)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, database_url=database_url, rate_limits=False, secret_key="a key for tests"
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    yield database
    database.dispose()


@pytest.fixture
def people(database: Database) -> SimpleNamespace:
    """Login ids of an organiser, another one, a town's organiser, a member and an administrator."""
    who = system_actor("test")
    with database.unit_of_work() as session:
        bureau = offices.create_office(session, who, kind="bureau", name="示例区局", now=NOW)
        town = offices.create_office(
            session, who, kind="town", name="示例镇", division_code="410472", now=NOW
        )
        ids = {}
        for name, office in (
            ("organiser", bureau),
            ("other", bureau),
            ("town", town),
            ("member", None),
            ("admin", None),
        ):
            account = create_account(
                session, who, name=name, email=f"{name}@lianqiao.example", administrator=name == "admin",
                verified=True, now=NOW,
            )  # fmt: skip
            if office is not None:
                offices.join_office(session, who, account.id, office.id, now=NOW)
            ids[name] = f"{account.id}.{account.session_epoch}"
    return SimpleNamespace(**ids)


@pytest.fixture
def app(settings: Settings, database: Database) -> Iterator[Flask]:
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["lianqiao.database"].dispose()


@pytest.fixture
def worker(settings: Settings, database: Database) -> Iterator[Worker]:
    built = build_worker(settings)
    built.upkeep = ()  # each step carries out the one job that a test has asked for
    yield built
    built.context.database.dispose()


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], FlaskClient]:
    """A client with this login id in its session."""

    def sign_in(login_id: str, locale: str | None = None) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = login_id, True
            if locale:
                session["locale"] = locale
        return client

    return sign_in


@pytest.fixture
def organiser(signed_in: Callable[[str], FlaskClient], people: SimpleNamespace) -> FlaskClient:
    return signed_in(people.organiser)


def upload(client: FlaskClient, first: tuple[str, bytes], second: tuple[str, bytes], **more: Any) -> Any:
    files = [(BytesIO(content), name) for name, content in (first, second)]
    return client.post("/imports/", data={"files": files, **more}, content_type="multipart/form-data")


def small_upload(client: FlaskClient) -> str:
    """The address of an import of the two small sheets."""
    answer = upload(
        client, ("需求.csv", NEEDS_CSV.encode()), ("名册.csv", CAPABILITIES_CSV.encode("gb18030"))
    )
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def file_at(client: FlaskClient, address: str) -> bytes:
    with client.get(address) as answer:
        assert answer.status_code == 200
        return bytes(answer.data)
