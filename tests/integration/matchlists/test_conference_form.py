"""The form of a conference: what does not fit a row, a calendar or a list is said at its field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts.models import Account
from marketplace.app import create_app
from marketplace.conferences.models import Conference
from marketplace.settings import Settings
from tests.integration.matchlists.conftest import District

FILLED = {
    "name": "帘布对接会（示例）", "kind": "chain", "chain_key": "nylon", "day": "2026-12-14", "starts": "09:00",
    "ends": "16:00", "venue": "示例会展中心", "host": "示例区局",
}  # fmt: skip


@pytest.fixture
def site(district: District, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        Settings(
            data_dir=tmp_path, database_url=database_url, rate_limits=False, secret_key="a key for tests"
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["lianqiao.database"].dispose()


@pytest.fixture
def organiser(site: Flask, district: District) -> FlaskClient:
    client = site.test_client()
    with district.database.reading() as session:
        account = session.get_one(Account, district.people["organiser"].account_id)
        login = f"{account.id}.{account.session_epoch}"
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = login, True
    return client


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "长" * 121, "有 121 个字，最多 120 个"),
        ("venue", "长" * 201, "有 201 个字，最多 200 个"),
        ("host", "长" * 201, "有 201 个字，最多 200 个"),
        ("co_host", "长" * 201, "有 201 个字，最多 200 个"),
        ("description", "长" * 4001, "有 4001 个字，最多 4000 个"),
        ("chain_key", "no-such-chain", "请从列表中选择产业链"),
        ("day", "0001-01-01", "年份"),
        ("day", "9999-12-31", "年份"),
        ("day", "下周三", "看不懂日期"),
        ("day", "", "请填写日期和时间"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(
    organiser: FlaskClient, district: District, field: str, typed: str, said: str
) -> None:
    edited = f"/conferences/{district.conference}/edit"
    for path in ("/conferences/new", edited):
        answer = organiser.post(path, data=FILLED | {field: typed})
        assert answer.status_code == 422 and said in answer.text, path
    with district.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Conference)) == 1


def test_what_fits_is_kept(organiser: FlaskClient, district: District) -> None:
    fitting = FILLED | {"name": "长" * 120, "description": "长" * 4000, "day": "2026年12月14日"}
    assert organiser.post("/conferences/new", data=fitting).status_code == 302
    with district.database.reading() as session:
        made = session.scalars(select(Conference).order_by(Conference.id.desc())).first()
    assert made is not None and (len(made.name), len(made.description)) == (120, 4000)
    assert made.chain_key == "nylon"
