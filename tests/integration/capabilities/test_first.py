"""A first capability in one short form, and the photo from a phone that comes with it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from marketplace.actors import actor_of_job
from marketplace.capabilities import photos, rules
from marketplace.capabilities.models import Capability, CapabilityVersion
from marketplace.core.clock import utc_now
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.files import FileStore
from marketplace.core.jobs import Job
from marketplace.firms.models import Firm
from marketplace.settings import Settings
from marketplace.worker import Worker

from .house import firm, member, picture
from .site import make_site, seeded, visitor

FORM = {
    "product": "轴承钢棒材",
    "sentence": "真空脱气，直径 20 到 120",
    "parameters": "抗拉强度≥1080MPa，直径 20～120 mm，氧含量不大于 8 ppm",
    "capacity": "30000",
    "capacity_unit": "吨",
    "capacity_period": "year",
    "lead_time_days": "25",
}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    yield from seeded(database_url)


@pytest.fixture
def site(database_url: str, database: Database, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


def worker_of(database: Database, folder: Path) -> Worker:
    context = WorkContext(Settings(data_dir=folder, secret_key="a key for tests"), database, actor_of_job)
    return Worker(context, {}, {photos.SHRINK: photos.shrink}, utc_now)


def large_photo(megabytes: int) -> bytes:
    """A made photo with the place in it: noise hardly shrinks, and the rest is filled as cameras fill it, with data
    behind the picture."""
    noise = Image.frombytes("RGB", (1600, 1200), os.urandom(1600 * 1200 * 3))
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (33.0, 44.0, 12.0)
    out = BytesIO()
    noise.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue() + b"\0" * (megabytes * 1024 * 1024 - len(out.getvalue()))


def test_three_lines_become_a_submitted_capability_after_a_look(site: Flask, database: Database) -> None:
    with database.unit_of_work() as session:
        owner = member(session, firm(session, 1).id)
    client = visitor(site, owner)
    sent = client.post("/capabilities/first", data=FORM)
    assert sent.status_code == 302 and sent.location.endswith("/look")
    with database.reading() as session:
        assert session.scalars(select(Capability)).one().specs == []  # nothing is said before the look
    page = client.get(sent.location).text
    read = re.findall(r'name="specs-(\d+)-(parameter|value|value_high|unit)"[^>]*?value="([^"]*)"', page)
    table = [{key: value for row, key, value in read if row == str(number)} for number in range(3)]
    # The third was read as another parameter: that is why a person looks, and takes it away.
    assert [row["parameter"] for row in table] == ["抗拉强度", "直径", "纯度"]
    rows = {
        f"specs-{number}-{key}": value for number, row in enumerate(table[:2]) for key, value in row.items()
    }
    rows |= {"specs-0-operator": "ge", "specs-1-operator": "range", "specs-0-value": "1100"}
    done = client.post(sent.location, data=rows)
    assert done.status_code == 302 and "/sent" in done.location
    with database.reading() as session:
        stored = session.scalars(select(Capability)).one()
        assert stored.submitted_at is not None
        assert [(row.parameter, row.value, row.value_high) for row in stored.specs] == [
            ("抗拉强度", "1100", None),
            ("直径", "20", "120"),
        ]
        assert (stored.capacity, stored.lead_time_days) == (30000, 25)
    after = client.get(done.location).text
    assert "完整度" in after and "照片" in after


def test_a_product_alone_is_handed_over_at_once_and_without_one_nothing_is(
    site: Flask, database: Database
) -> None:
    with database.unit_of_work() as session:
        owner, stranger = member(session, firm(session, 1).id), member(session, firm(session, 2).id)
    client = visitor(site, owner)
    assert client.post("/capabilities/first", data={"product": ""}).status_code == 422
    short = client.post("/capabilities/first", data={"product": "丝"})
    assert short.status_code == 422 and "至少 2 个字" in short.text
    unit = client.post("/capabilities/first", data={"product": "棒材", "capacity": "5"})
    assert unit.status_code == 422 and "还缺单位" in unit.text
    with database.reading() as session:
        assert session.scalars(select(Capability)).all() == []
    done = client.post("/capabilities/first", data={"product": "轴承钢棒材"})
    assert done.status_code == 302 and "/sent" in done.location
    for path in (done.location, done.location.replace("/sent", "/look")):
        assert visitor(site, stranger).get(path).status_code == 404


def test_the_record_begins_the_form_and_its_place_can_be_put_right_there(
    site: Flask, database: Database
) -> None:
    with database.unit_of_work() as session:
        own = firm(session, 1, main_product="轴承钢棒材、齿轮钢，模具钢", registered_division="410402")
        person = member(session, own.id)
        firm_id = own.id
    client = visitor(site, person)
    page = client.get("/capabilities/first").text
    assert 'value="轴承钢棒材"' in page and "轴承钢棒材、齿轮钢，模具钢" in page
    assert 'selected value="410402"' in page
    answer = client.post("/capabilities/first", data={"product": "齿轮钢", "production_division": "410403"})
    assert answer.status_code == 302
    with database.reading() as session:
        firm_now = session.get_one(Firm, firm_id)
        assert (firm_now.registered_division, firm_now.production_division) == ("410402", "410403")
        said = {entry.field: entry.source for entry in firm_now.provenance}
    assert said["production_division"] == "self"
    # Whoever has listed something knows what comes next.
    assert page.count("第一项能力") >= 2 and "再写一项能力" not in page
    page = client.get("/capabilities/first").text
    assert 'value="轴承钢棒材"' not in page
    assert "第一项能力" not in page and ">再写一项能力</h1>" in page
    answer = client.post("/capabilities/first", data={"product": "模具钢", "production_division": "999999"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("leading", "first"),
    [
        (None, ""),
        ("尼龙66切片", "尼龙66切片"),
        ("尼龙66切片；工业丝", "尼龙66切片"),
        ("字" * 61, ""),
        ("字" * 61 + "、切片", ""),
        ("、", ""),
    ],
)
def test_the_first_leading_product_begins_a_listing(leading: str | None, first: str) -> None:
    assert rules.first_product(leading) == first


def test_a_photo_of_thirty_megabytes_is_shrunk_by_the_worker_and_loses_its_place(
    site: Flask, database: Database, tmp_path: Path
) -> None:
    with database.unit_of_work() as session:
        owner, stranger = member(session, firm(session, 1).id), member(session, firm(session, 2).id)
    client, taken = visitor(site, owner), large_photo(30)
    assert len(taken) == 30 * 1024 * 1024 and Image.open(BytesIO(taken)).getexif().get_ifd(0x8825)
    # Without parameters the listing is with the bureau before the picture is ready: it joins what was handed over.
    sent = client.post(
        "/capabilities/first", data={"product": "轴承钢棒材", "photos": (BytesIO(taken), "样本.JPG")}
    )
    sent.request.input_stream.close()  # the test client leaves its own spool open
    assert sent.status_code == 302
    asked = sent.location.replace("/sent", "/sent/photo")
    assert "正在处理" in client.get(asked).text
    assert visitor(site, stranger).get(asked).status_code == 404
    held = list((tmp_path / "files" / "held").iterdir())
    assert [path.stat().st_size for path in held] == [len(taken)]
    assert worker_of(database, tmp_path).work_one_job()
    assert list((tmp_path / "files" / "held").iterdir()) == []
    with database.reading() as session:
        (photo,) = session.scalars(select(Capability)).one().photos
        kept = FileStore(tmp_path / "files").read(photo.file.sha256)
        version = session.scalars(select(CapabilityVersion)).one()
        assert version.content["photos"] == [[photo.file.sha256, None]]
        job = session.scalars(select(Job)).one()
        assert job.state == "done" and job.result is not None and job.result["before"] == len(taken)
    assert len(kept) < 5 * 1024 * 1024 and not Image.open(BytesIO(kept)).getexif()
    assert b"Camera of somebody" not in kept
    assert all(
        b"Camera of somebody" not in path.read_bytes()
        for path in (tmp_path / "files").rglob("*")
        if path.is_file()
    )
    assert "已放好" in client.get(asked).text


@pytest.mark.parametrize(
    ("name", "content", "at_once"),
    [
        ("page.svg", b"<svg onload='alert(1)'/>", True),
        ("photo.jpg", b"<html>", True),
        ("empty.jpg", b"", True),
        ("half.jpg", picture(size=(900, 900))[:500], False),
        ("text.jpg", b"\xff\xd8\xff" + b"x" * 500, False),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    site: Flask, database: Database, tmp_path: Path, name: str, content: bytes, at_once: bool
) -> None:
    with database.unit_of_work() as session:
        owner = member(session, firm(session, 1).id)
    client = visitor(site, owner)
    sent = client.post(
        "/capabilities/first", data={"product": "轴承钢棒材", "photos": (BytesIO(content), name)}
    )
    if at_once:
        assert sent.status_code == 422 and "field-error" in sent.text
        with database.reading() as session:
            assert session.scalars(select(Capability)).all() == []
        return
    assert worker_of(database, tmp_path).work_one_job()
    said = client.get(sent.location.replace("/sent", "/sent/photo")).text
    assert "图片" in said and "正在处理" not in said
    assert list((tmp_path / "files" / "held").iterdir()) == []
    with database.reading() as session:
        # The listing itself is with the bureau all the same.
        assert session.scalars(select(Capability)).one().submitted_at is not None
