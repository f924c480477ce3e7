"""A pair put on a list by hand: the page asks, the worker compares, and who runs the conference follows how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.conferences import adding, lists
from marketplace.conferences.jobs import ADD, add
from marketplace.conferences.models import MatchEntry, MatchList
from marketplace.core.audit import AuditEntry
from marketplace.core.context import WorkContext
from marketplace.core.errors import NotFound
from marketplace.core.jobs import Job
from marketplace.needs import service as needs
from marketplace.settings import Settings
from marketplace.worker import Worker
from tests.integration.capabilities.site import make_site, visitor
from tests.integration.matchlists.conftest import MACHINE, NOW, District
from tests.integration.matchlists.spun import drafted


@pytest.fixture
def site(district: District, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


@pytest.fixture
def made(district: District) -> MatchList:
    return drafted(district)


@pytest.fixture
def worker(district: District, tmp_path: Path) -> Worker:
    settings = Settings(data_dir=tmp_path, secret_key="a key for tests")
    context = WorkContext(settings, district.database, lambda *_: district.people["organiser"])
    return Worker(context, {}, {ADD: add})


def path(district: District, made: MatchList) -> str:
    return f"/conferences/lists/{made.id}/needs/{district.yarn_need}/add"


def entries(district: District, made: MatchList) -> list[MatchEntry]:
    with district.database.reading() as session:
        wanted = select(MatchEntry).where(MatchEntry.list_id == made.id, MatchEntry.source == "staff")
        return list(session.scalars(wanted))


def test_the_page_asks_and_leads_to_where_the_pair_stands(
    site: Flask, district: District, made: MatchList, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visitor(site, district.people["organiser"])
    form = {"capability_id": str(district.shaft), "reason": " 链主点名 "}
    with monkeypatch.context() as patched:
        patched.setattr(adding, "explained", lambda *_: pytest.fail("a matcher in the web process"))
        asked = [client.post(path(district, made), data=form) for _twice in range(2)]
        (address,) = {answer.location for answer in asked}
        shown = client.get(address).text
        assert "hx-get" in shown and "排队中" in shown
    assert entries(district, made) == []
    assert worker.work_one_job() and not worker.work_one_job()
    (entry,) = entries(district, made)
    assert (entry.capability_id, entry.added_reason, entry.rank) == (district.shaft, "链主点名", 2)
    assert entry.decided_by == district.people["organiser"].account_id
    assert entry.gaps or entry.unproven  # the evidence there is
    led_on = client.get(address)
    assert led_on.location == (f"/conferences/lists/{made.id}?need={district.yarn_need}#pair-{entry.id}")
    assert f'id="pair-{entry.id}"' in client.get(led_on.location).text
    with district.database.reading() as session:
        said = session.scalars(select(AuditEntry).where(AuditEntry.action == "match_list.add")).one()
    assert (said.subject_id, said.details["reason"]) == (made.id, "链主点名")


def test_what_is_wrong_is_said_at_its_field_before_anybody_waits(
    site: Flask, district: District, made: MatchList
) -> None:
    client = visitor(site, district.people["organiser"])
    nothing = client.post(path(district, made), data={"capability_id": "", "reason": ""})
    assert nothing.status_code == 422
    assert "找不到这项能力或需求" in nothing.text and "请写明理由" in nothing.text
    listed = client.post(path(district, made), data={"capability_id": str(district.yarn), "reason": "x"})
    assert listed.status_code == 422 and "已经在清单上" in listed.text
    elsewhere = path(district, made).replace(f"/needs/{district.yarn_need}", "/needs/999999")
    form = {"capability_id": str(district.shaft), "reason": "x"}
    assert client.post(elsewhere, data=form).status_code == 404
    with district.database.reading() as session:
        assert session.scalars(select(Job)).all() == []


def test_a_list_that_was_frozen_meanwhile_takes_it_no_more_and_the_page_says_so(
    site: Flask, district: District, made: MatchList, worker: Worker
) -> None:
    organiser = district.people["organiser"]
    client = visitor(site, organiser)
    address = client.post(
        path(district, made), data={"capability_id": str(district.shaft), "reason": "链主点名"}
    ).location
    with district.database.unit_of_work() as session:
        lists.freeze(session, organiser, made.id, now=NOW)
    worker.work_one_job()
    assert entries(district, made) == []
    told = client.get(address).text
    assert "已经定稿" in told
    assert f'href="/conferences/lists/{made.id}?need={district.yarn_need}"' in told


def test_a_need_closed_meanwhile_is_still_one_of_the_lists(district: District, made: MatchList) -> None:
    """The list is of its day: what it was drafted from stands in it."""
    with district.database.unit_of_work() as session:
        needs.close(session, MACHINE, district.odd_need, reason="met", now=NOW)
    organiser = district.people["organiser"]
    with district.database.reading() as session:
        found = adding.evidence(session, organiser, made.id, district.odd_need, district.shaft, now=NOW)
    with district.database.unit_of_work() as session:
        entry = adding.add(session, organiser, made.id, found, reason="链主点名", now=NOW)
    assert (entry.need_id, entry.rank) == (district.odd_need, 1)


def test_only_who_runs_the_conference_asks_and_follows(
    site: Flask, district: District, made: MatchList
) -> None:
    form = {"capability_id": str(district.shaft), "reason": "x"}
    bureau = district.people["organiser"].office_id
    with district.database.unit_of_work() as session:
        town = offices.create_office(
            session, MACHINE, kind="town", name="示例远镇", division_code="410473", now=NOW
        ).id
        found = []
        for name, office in (("clerk", town), ("colleague", bureau)):
            email = f"{name}@lianqiao.example"
            account = create_account(session, MACHINE, name=name, email=email, verified=True, now=NOW).id
            offices.join_office(session, MACHINE, account, office, now=NOW)
            found.append(replace(district.people["organiser"], account_id=account, office_id=office))
        elsewhere, colleague = replace(found[0], office_kind="town"), found[1]
    address = visitor(site, district.people["organiser"]).post(path(district, made), data=form).location
    for stranger in (district.people["buyer"], district.people["spinner"], elsewhere):
        client = visitor(site, stranger)
        assert client.post(path(district, made), data=form).status_code == 404
        assert client.get(address).status_code == 404
        with district.database.reading() as session, pytest.raises(NotFound):
            adding.evidence(session, stranger, made.id, district.yarn_need, district.shaft, now=NOW)
    followed = visitor(site, colleague)
    assert followed.get(address).status_code == 200
    assert followed.post(path(district, made), data=form).location == address
