"""A synonym set from the form to the index: weighed, kept, seen by the analyser, audited; nobody else's to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.actors import actor_of_job
from marketplace.core import analysis, jobs
from marketplace.core.actor import Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.outbox import OutboxEntry
from marketplace.core.synonyms import SynonymSet
from marketplace.discovery.engine import engine_of, reader_of
from marketplace.needs import service as needs
from marketplace.settings import Settings
from marketplace.vocabulary import service
from marketplace.vocabulary.weighing import weigh
from marketplace.worker import Worker
from tests.integration.capabilities.house import (
    CONTENT,
    MACHINE,
    NOW,
    capability,
    firm,
    member,
    need,
    officer,
)
from tests.integration.capabilities.site import visitor


@pytest.fixture
def clerk(database: Database) -> Actor:
    with database.unit_of_work() as session:
        return officer(session)


@pytest.fixture
def desk(site: Flask, clerk: Actor) -> Iterator[FlaskClient]:
    yield visitor(site, clerk)
    analysis.watch(None)


def work(database: Database, database_url: str, folder: Path) -> None:
    settings = Settings(data_dir=folder, database_url=database_url, secret_key="a key for tests")
    worker = Worker(WorkContext(settings, database, actor_of_job), {}, {service.WEIGH: weigh})
    while worker.work_one_job():
        pass


def _one_thing(one: str, other: str) -> bool:
    words = analysis.analyser().words
    return bool(set(words(one)) & set(words(other)))


def listings(database: Database) -> int:
    """A need in one word and a capability in another; returns the need's number."""
    with database.unit_of_work() as session:
        content = replace(CONTENT, product="蓝鹊布", sentence="卷装", description="两条线。")
        capability(session, firm(session, 1).id, content, upto="published")
        made = need(session, firm(session, 2).id, title="采购青鸾布", description="包装用。", specs=())
        needs.publish(session, MACHINE, made.id, now=NOW)
        return made.id


def test_a_new_set_is_weighed_kept_and_takes_effect(
    desk: FlaskClient, database: Database, database_url: str, tmp_path: Path
) -> None:
    need_id = listings(database)
    before = analysis.analyser().version
    answer = desk.post("/synonyms/new", data={"names": "青鸾布\n蓝鹊布", "reason": "企业来电"})
    assert answer.status_code == 302
    place = answer.headers["Location"]
    assert "hx-get" in desk.get(place).get_data(as_text=True)
    work(database, database_url, tmp_path)
    page = desk.get(place).get_data(as_text=True)
    assert "1 条需求的对象有变：多出 1 对，少掉 0 对" in page
    assert "采购青鸾布" in page
    assert "蓝鹊布" in page
    assert analysis.analyser().version == before  # seen, not kept

    assert desk.post(f"{place}/keep").status_code == 302
    after = analysis.analyser()
    assert after.version != before
    assert set(after.words("青鸾布")) & set(after.words("蓝鹊布"))
    with database.reading() as session:
        row = session.scalars(select(SynonymSet)).one()
        assert (row.names, row.reason, row.replaces) == (["青鸾布", "蓝鹊布"], "企业来电", None)
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "vocabulary.add")).one()
        waiting = select(OutboxEntry.key).where(OutboxEntry.kind == "match")
        assert f"need:{need_id}" in set(session.scalars(waiting))
    assert "企业来电" in desk.get("/synonyms/?q=蓝鹊").get_data(as_text=True)


def test_a_shipped_set_is_changed_and_retired_without_touching_the_seeds(
    desk: FlaskClient, clerk: Actor, database: Database, database_url: str, tmp_path: Path
) -> None:
    assert _one_thing("变频器", "VFD")
    shipped = next(names for names in analysis.shipped().synonyms if "VFD" in names)
    edited = "\n".join(name for name in shipped if name != "VFD")
    place = f"/synonyms/shipped?name={shipped[0]}"
    assert all(name in desk.get(place).get_data(as_text=True) for name in shipped)
    kept_at = desk.post(place, data={"names": edited}).headers["Location"]
    work(database, database_url, tmp_path)
    desk.post(f"{kept_at}/keep")
    assert not _one_thing("变频器", "VFD")
    with database.reading() as session:
        row = session.scalars(select(SynonymSet)).one()
        assert row.replaces == shipped[0]
        assert len(service.listed(session, clerk)) == len(analysis.shipped().synonyms)

    kept_at = desk.post(f"/synonyms/{row.id}", data={"retire": "1"}).headers["Location"]
    work(database, database_url, tmp_path)
    desk.post(f"{kept_at}/keep")
    with database.reading() as session:
        assert len(service.listed(session, clerk)) == len(analysis.shipped().synonyms) - 1
        actions = list(
            session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "synonyms"))
        )
    assert actions == ["vocabulary.edit", "vocabulary.retire"]
    assert desk.get(f"/synonyms/{row.id}").status_code == 404


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("青鸾布", "至少写两个叫法"), ("青鸾布\n青 鸾 布", "统一写法后是同一个词"), ("青鸾布\nPA-66", "已在「PA66」一组里"),
        ("青鸾布\n布", "不能作为叫法"), ("青鸾布\n" + "长" * 60, "太长"), ("青鸾布\n==", "不能作为叫法"),
        ("\n".join(f"青鸾{chr(0x4E10 + place)}" for place in range(30)), "最多 20 个叫法"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_set_is_told_at_the_field(desk: FlaskClient, names: str, said: str) -> None:
    answer = desk.post("/synonyms/new", data={"names": names})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert said in page
    assert 'id="names-error"' in page


def test_what_was_weighed_against_other_sets_is_not_kept(
    desk: FlaskClient, database: Database, database_url: str, tmp_path: Path
) -> None:
    places = [
        desk.post("/synonyms/new", data={"names": names}).headers["Location"]
        for names in ("青鸾布\n蓝鹊布", "青鸾布\n赤羽布")
    ]
    work(database, database_url, tmp_path)
    for place in places:
        desk.post(f"{place}/keep")
    with database.reading() as session:
        assert [row.names for row in session.scalars(select(SynonymSet))] == [["青鸾布", "蓝鹊布"]]


def test_only_the_bureau_comes_here(site: Flask, database: Database, desk: FlaskClient) -> None:
    with database.unit_of_work() as session:
        town, owner = officer(session, "town", "town"), member(session, firm(session, 1).id)
    place = desk.post("/synonyms/new", data={"names": "青鸾布\n蓝鹊布"}).headers["Location"]
    for actor in (town, owner):
        other = visitor(site, actor)
        for path in ("/synonyms/", "/synonyms/new", "/synonyms/shipped?name=PA66", place):
            assert other.get(path).status_code in (403, 404)
        assert other.post("/synonyms/new", data={"names": "甲乙\n丙丁"}).status_code == 403
        assert other.post(f"{place}/keep").status_code in (403, 404)
    assert visitor(site).get("/synonyms/").status_code == 302
    with database.reading() as session:
        assert session.scalars(select(jobs.Job).where(jobs.Job.kind == service.WEIGH)).one()


def test_until_the_new_index_is_whole_pages_ask_the_one_before(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url, secret_key="a key for tests")
    analysis.watch(database)
    try:
        old = engine_of(settings)
        old.mark_complete()
        with database.unit_of_work() as session:
            session.add(SynonymSet(names=["青鸾布", "蓝鹊布"], reason="", created_at=NOW, changed_at=NOW))
        analysis.look_again()
        new = engine_of(settings)
        assert new is not old
        assert new.needs_rebuild
        assert reader_of(settings) is old
        new.mark_complete()
        assert reader_of(settings) is new
    finally:
        analysis.watch(None)


def test_a_shipped_set_that_meets_staffs_own_yields() -> None:
    sets = analysis.fitting((("青鸾布", "PA66"), ("PA66", "尼龙66", "锦纶66"), ("VFD", "vfd")))
    assert sets == (("青鸾布", "PA66"), ("尼龙66", "锦纶66"))
    assert analysis.analyser_of(sets).version
