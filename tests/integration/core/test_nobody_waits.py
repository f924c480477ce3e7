"""What takes long is done before the unit of work: while a picture is drawn anew, or a disk is waited for, everybody else
may write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace import paths
from marketplace.assembly import build_worker
from marketplace.capabilities import photos
from marketplace.capabilities.models import Capability
from marketplace.core import analysis, files
from marketplace.core.db import Database
from marketplace.core.files import FileStore, StoredFile
from marketplace.core.lifecycle import State, state_of
from marketplace.firms.models import FirmMember
from tests.integration.capabilities.house import picture
from tests.integration.core.district import HERE, ROLES, Place, account_of, visit


@pytest.fixture
def open_now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many units of work are open, in its only place."""
    open_now = [0]
    unit_of_work = Database.unit_of_work

    @contextmanager
    def counted(self: Database) -> Iterator[Session]:
        with unit_of_work(self) as session:
            open_now[0] += 1
            try:
                yield session
            finally:
                open_now[0] -= 1

    monkeypatch.setattr(Database, "unit_of_work", counted)
    return open_now


@pytest.fixture
def synced_while_open(open_now: list[int], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many units of work were open each time that a disk was waited for."""
    seen: list[int] = []
    monkeypatch.setattr(files.os, "fsync", lambda _number: seen.append(open_now[0]))
    return seen


@pytest.fixture
def drawn_while_open(open_now: list[int], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many units of work were open at each picture that was drawn, and at each that was laid aside."""
    seen = []
    draw, hold = files.recoded_image, FileStore.hold

    def drawn(*args: Any) -> bytes:
        seen.append(open_now[0])
        return draw(*args)

    def held(*args: Any) -> str:
        seen.append(open_now[0])
        return hold(*args)

    monkeypatch.setattr(files, "recoded_image", drawn)
    monkeypatch.setattr(photos, "recoded_image", drawn)
    monkeypatch.setattr(FileStore, "hold", held)
    return seen


def kept(site: Flask, purpose: str) -> list[str]:
    with site.extensions["lianqiao.database"].reading() as session:
        return list(session.scalars(select(StoredFile.name).where(StoredFile.purpose == purpose)))


def own(site: Flask, role: str) -> tuple[int, Capability | None]:
    """The firm of this role, and a capability of it that may be written on."""
    with site.extensions["lianqiao.database"].reading() as session:
        account = account_of(session, str(ROLES[role]))
        firm_id = session.scalars(
            select(FirmMember.firm_id).where(FirmMember.account_id == account.id)
        ).first()
        assert firm_id is not None
        rows = session.scalars(select(Capability).where(Capability.firm_id == firm_id)).unique()
        drafts = [
            row for row in rows if state_of(row, row.created_at.date()) in (State.DRAFT, State.RETURNED)
        ]
        return firm_id, drafts[0] if drafts else None


def jpeg(name: str) -> tuple[BytesIO, str]:
    """A picture of its own: the same bytes would be kept once."""
    return BytesIO(picture(size=(64, 48 + ord(name[0]) % 100))), f"{name}.jpg"


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, base_url=HERE, data=fields)


def test_pictures_are_drawn_and_lie_on_the_disk_before_anything_is_written(
    own_site: Flask, drawn_while_open: list[int], synced_while_open: list[int]
) -> None:
    own_site.config["WTF_CSRF_ENABLED"] = False
    supplier, buyer = visit(own_site, "supplier"), visit(own_site, "buyer")
    firm_id, _ = own(own_site, "supplier")
    made = send(
        supplier, "/capabilities/new", firm_id=firm_id, product="锻件", action="save", photos=jpeg("一")
    )
    assert made.status_code == 302, made.text
    _, draft = own(own_site, "supplier")
    assert draft is not None
    added = send(supplier, f"/capabilities/{draft.id}/photos", photos=jpeg("二"))
    assert added.status_code == 302
    assert sorted(kept(own_site, "photo")) == sorted(["一.jpg", "二.jpg"])
    first = send(
        supplier, "/capabilities/first",
        firm_id=firm_id, product="齿轮", sentence="调质齿轮。", photos=jpeg("三"),
    )  # fmt: skip
    assert first.status_code == 302, first.text
    stated = send(
        supplier, f"/certifications/of-firm/{firm_id}/add",
        kind_key="iso-9001", number="示例 1", issuer="示例机构", valid_from="2026-01-01", valid_until="2028-12-31",
        scan=jpeg("证书"),
    )  # fmt: skip
    assert stated.status_code == 302, stated.text
    assert kept(own_site, "certificate") == ["证书.jpg"]
    needed = send(
        buyer, "/needs/new", title="轴套", type_key="procurement", action="save", drawings=jpeg("图")
    )
    assert needed.status_code in (302, 422)  # kept either way: a browser cannot choose a file again
    assert "图.jpg" in kept(own_site, "attachment")
    assert drawn_while_open == [0] * 5
    assert synced_while_open == [0] * 4  # the first capability's picture is the worker's to draw


def test_sheets_and_lists_lie_on_the_disk_before_anything_is_written(
    own_site: Flask, own_district: Place, synced_while_open: list[int]
) -> None:
    own_site.config["WTF_CSRF_ENABLED"] = False
    bureau = visit(own_site, "bureau")
    seeds = paths.SEEDS / "demo" / "sheets"

    def sheet(name: str) -> tuple[BytesIO, str]:
        return BytesIO((seeds / name).read_bytes()), name

    assert send(bureau, "/rosters/", file=sheet("培育库名册（示例）.csv")).status_code == 302
    both = [sheet("需求汇总表（示例）.csv"), sheet("能力汇总表（示例）.xlsx")]
    brought = send(bureau, "/imports/", files=both)
    assert brought.status_code == 302, brought.text
    assert synced_while_open == [0] * 3
    worker = build_worker(own_district.settings())
    try:
        while worker.work_one_job():
            pass
        assert send(bureau, f"{brought.location}/match").status_code == 302
        while worker.work_one_job():
            pass
    finally:
        worker.context.database.dispose()
        analysis.watch(None)
    assert len(kept(own_site, "result")) == 1
    assert synced_while_open[3:] == [0]


def test_a_strangers_picture_is_not_even_drawn(own_site: Flask, drawn_while_open: list[int]) -> None:
    own_site.config["WTF_CSRF_ENABLED"] = False
    with own_site.extensions["lianqiao.database"].reading() as session:
        foreign = session.scalars(select(Capability.id)).first()
    asked = send(visit(own_site, "newcomer"), f"/capabilities/{foreign}/photos", photos=jpeg("一"))
    assert asked.status_code in (403, 404)
    assert drawn_while_open == []
