"""The form of a conference: what does not fit a row, a calendar or a list is said at its field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.conferences.models import Conference
from tests.integration.capabilities.site import make_site, visitor
from tests.integration.matchlists.conftest import District

FILLED = {
    "name": "帘布对接会（示例）", "kind": "chain", "chain_key": "nylon", "day": "2026-12-14", "starts": "09:00",
    "ends": "16:00", "venue": "示例会展中心", "host": "示例区局",
}  # fmt: skip


@pytest.fixture
def site(district: District, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


@pytest.fixture
def organiser(site: Flask, district: District) -> FlaskClient:
    return visitor(site, district.people["organiser"])


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
