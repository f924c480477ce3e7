"""The pages of a list's weights: the panel, the preview with and without scripts, adopting, and who never sees any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.conferences import jobs, lists
from marketplace.conferences import service as conferences
from marketplace.conferences.models import MatchList
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.actor import Actor
from marketplace.core.context import WorkContext
from marketplace.core.jobs import Job, JobClaim
from marketplace.settings import Settings
from tests.integration.capabilities.house import Counter
from tests.integration.capabilities.site import make_site, visitor
from tests.integration.matchlists.conftest import MACHINE, NOW, District
from tests.integration.matchlists.spun import SPINNERS, drafted, spun

PART = {"HX-Request": "true"}


@pytest.fixture
def site(district: District, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


@pytest.fixture
def made(district: District) -> MatchList:
    with district.database.unit_of_work() as session:
        spun(session, district, asked=3)
    return drafted(district)


def path(made: MatchList, query: str = "") -> str:
    return f"/conferences/lists/{made.id}/weights{query}"


def test_the_panel_shows_each_signal_with_its_step_and_what_other_weights_would_change(
    site: Flask, district: District, made: MatchList
) -> None:
    client = visitor(site, district.people["organiser"])
    page = client.get(f"/conferences/lists/{made.id}").text
    for word in ("用途和说明", "资质证书", "梯度认定", "看重本地", "不得偏向本地企业", "权重：均衡"):
        assert word in page
    assert page.count(' value="medium" checked') == 9 and page.count(' value="off" checked') == 2
    whole = client.get(path(made, "?preset=local"))
    part = client.get(path(made, "?preset=local"), headers=PART)
    assert (whole.status_code, part.status_code) == (200, 200)
    assert "<html" in whole.text and "<html" not in part.text
    for page in (whole.text, part.text):
        assert "5 条需求中有 2 条会变" in page
        assert "进入清单" in page and "离开清单" in page
        assert "最接近的 40 项能力" in page
        assert 'name="delivery" value="medium"' in page
    usual = client.get(path(made)).text
    assert "清单不变" in usual and "采用这些权重" not in usual


def test_both_languages_say_it_whole(site: Flask, district: District, made: MatchList) -> None:
    page = visitor(site, district.people["organiser"], "en").get(path(made, "?preset=local")).text
    for sentence in ("Local first", "Needs that would change: 2 of 5.", "Enters", "Adopt these weights"):
        assert sentence in page


def test_a_step_that_there_is_not_is_said_at_its_signal(
    site: Flask, district: District, made: MatchList
) -> None:
    client = visitor(site, district.people["organiser"])
    for query, sentence in (
        ("?specs=enormous", "请选择不计、低、中、高中的一档。"),
        ("?tier=", "请选择不计、低、中、高中的一档。"),
        ("?preset=cheapest", "没有这种方案"),
    ):
        answer = client.get(path(made, query))
        assert answer.status_code == 422
        assert answer.text.count(sentence) == 1 and "采用这些权重" not in answer.text


def test_a_later_page_and_what_is_no_number_are_taken_calmly(
    site: Flask, district: District, made: MatchList
) -> None:
    client = visitor(site, district.people["organiser"])
    for after in ("9999999", "-3", "x", ""):
        assert client.get(path(made, f"?delivery=high&after={after}")).status_code == 200
    assert client.get("/conferences/lists/999/weights").status_code == 404


def test_adopting_makes_a_new_edition_that_says_its_weights(
    site: Flask, district: District, made: MatchList, tmp_path: Path
) -> None:
    client, organiser = visitor(site, district.people["organiser"]), district.people["organiser"]
    asked = [client.post(path(made), data={"delivery": "medium"}) for _twice in range(2)]
    with district.database.reading() as session:
        (job,) = session.scalars(select(Job)).all()
    assert {answer.location for answer in asked} == {f"/conferences/jobs/{job.id}"}
    context = WorkContext(
        Settings(data_dir=tmp_path, secret_key="a key for tests"), district.database, lambda *_: organiser
    )
    claim = JobClaim(job.id, job.kind, job.params, job.account_id, 1)
    result = jobs.reweigh(context, claim, lambda *_: None)
    assert result["edition"] == made.edition + 1
    with district.database.unit_of_work() as session:
        lists.freeze(session, organiser, result["list_id"], now=NOW)
    frozen = client.get(f"/conferences/lists/{result['list_id']}").text
    assert "本版的权重：看重本地" in frozen and 'id="weights-panel"' not in frozen
    assert "0.2</td>" in frozen.replace("\n", "")
    closed = client.get(f"/conferences/lists/{result['list_id']}/weights?preset=papers").text
    assert "已经定稿" in closed and "采用这些权重" not in closed
    refused = client.post(path(made), data={"delivery": "high"}, follow_redirects=True).text
    assert "已经有更新的一版" in refused
    with district.database.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_firms_never_see_weights(site: Flask, district: District, made: MatchList) -> None:
    with district.database.unit_of_work() as session:
        conferences.announce(session, MACHINE, district.conference, now=NOW)
        conferences.add_participants(
            session, MACHINE, district.conference, [district.spinner], "supplier", now=NOW
        )
        lists.freeze(session, MACHINE, made.id, now=NOW)
    for who in ("buyer", "spinner"):
        client = visitor(site, district.people[who])
        assert client.get(path(made, "?preset=local")).status_code == 404
        assert client.post(path(made), data={"delivery": "medium"}).status_code == 404
        page = client.get(f"/conferences/{district.conference}")
        assert page.status_code == 200 and "权重" not in page.text and "weights" not in page.text
    exported = f"/conferences/lists/{made.id}/match-list.xlsx"
    asked = visitor(site).get(path(made, "?preset=local"))
    assert asked.status_code in (302, 404)
    organiser = visitor(site, district.people["organiser"])
    ours, theirs = (
        [
            str(cell.value)
            for sheet in openpyxl.load_workbook(BytesIO(organiser.get(address).data)).worksheets
            for row in sheet.iter_rows()
            for cell in row
        ]
        for address in (f"{exported}?copy=staff", f"{exported}?copy=firms")
    )
    assert "权重" in ours and any("资质证书 中 0.3" in text for text in ours)
    assert theirs and not any("权重" in text or "资质证书" in text for text in theirs)


def test_values_stand_only_where_the_organiser_looks_after_the_buyer(site: Flask, district: District) -> None:
    with district.database.unit_of_work() as session:
        spun(session, district)
        town = offices.create_office(
            session, MACHINE, kind="town", name="示例远镇", division_code="410473", now=NOW
        ).id
        clerk = create_account(
            session, MACHINE, name="clerk", email="clerk@lianqiao.example", verified=True, now=NOW
        ).id
        offices.join_office(session, MACHINE, clerk, town, now=NOW)
        start = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
        facts = ConferenceFacts("镇对接会（示例）", "示例镇", "示例会议室", start, start + timedelta(hours=3))
        conference = conferences.create(session, MACHINE, facts, office_id=town, now=NOW).id
        conferences.add_participants(session, MACHINE, conference, [district.buyer], "buyer", now=NOW)
        made = lists.generate(session, MACHINE, conference, now=NOW)
    officer = Actor(account_id=clerk, office_id=town, office_kind="town", verified=True)
    theirs = visitor(site, officer).get(path(made, "?preset=local"))
    bureaus = visitor(site, district.people["organiser"]).get(path(made, "?preset=local"))
    for page in (theirs, bureaus):
        assert page.status_code == 200 and "进入清单" in page.text
    assert "就近 1.00" in bureaus.text and "就近 1.00" not in theirs.text


def test_the_page_asks_as_much_for_three_needs_as_for_one(site: Flask, district: District) -> None:
    client = visitor(site, district.people["organiser"])
    costs = []
    for spinners, needs in ((SPINNERS, 1), (0, 2)):
        with district.database.unit_of_work() as session:
            spun(session, district, count=spinners, asked=needs)
        made = drafted(district)
        client.get(path(made, "?preset=local"))
        for query, headers in (("?preset=local", {}), ("?delivery=high", PART), ("?preset=balanced", {})):
            with Counter(site.extensions["lianqiao.database"].engine) as statements:
                answer = client.get(path(made, query), headers=headers)
            assert answer.status_code == 200
            costs.append(len(statements))
    assert costs[:3] == costs[3:] and max(costs) <= 16
