"""What a reader must not learn from a pair: needs for invited firms, terms for invited eyes, a buyer's other relations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.conferences import exports, lists, taking_part
from marketplace.conferences import service as conferences
from marketplace.conferences.models import MatchEntry, UnmatchedNeed
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.actor import Actor
from marketplace.firms.models import Firm
from marketplace.needs.models import Need, NeedInvitee
from marketplace.proposals.models import Proposal, Verdict
from tests.integration.capabilities.site import make_site, visitor
from tests.integration.matchlists.conftest import MACHINE, NOW, District
from tests.integration.matchlists.test_proposals import propose

SECRET = ["term_met", {"term": "amount", "wanted": "示例九千万元", "offered": "示例一亿元", "closed": 1}]
PARTNERS = ["current_supplier", {}]


@pytest.fixture
def site(district: District, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


@pytest.fixture
def read(site: Flask) -> Callable[[Actor, str], str]:
    """The text of a page for somebody."""

    def text(who: Actor, path: str) -> str:
        answer = visitor(site, who).get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    return text


def town(session: Session, name: str, firm_id: int) -> Actor:
    """A clerk of a new 镇/街道 that looks after this firm."""
    office = offices.create_office(session, MACHINE, kind="town", name=f"示例{name}镇", now=NOW)
    clerk = create_account(
        session, MACHINE, name=name, email=f"{name}@lianqiao.example", verified=True, now=NOW
    )
    offices.join_office(session, MACHINE, clerk.id, office.id, now=NOW)
    session.get_one(Firm, firm_id).office_id = office.id
    return Actor(account_id=clerk.id, name=name, office_id=office.id, office_kind="town", verified=True)


def frozen(session: Session, district: District, conference_id: int | None = None) -> int:
    made = lists.generate(session, MACHINE, conference_id or district.conference, now=NOW)
    return lists.freeze(session, MACHINE, made.id, now=NOW).id


def test_a_frozen_list_tells_a_need_for_invited_firms_to_those_firms_alone(district: District) -> None:
    own = frozenset({district.spinner})

    def told(firm_ids: frozenset[int]) -> list[int]:
        with district.database.reading() as session:
            return [
                entry.need_id
                for entry in taking_part.published_entries_of(session, district.conference, firm_ids)
            ]

    with district.database.unit_of_work() as session:
        frozen(session, district)
    assert told(own) == [district.yarn_need]
    with district.database.unit_of_work() as session:
        session.get_one(Need, district.yarn_need).visibility = "invited"
    assert told(own) == []
    assert told(frozenset({district.buyer})) == [district.yarn_need]
    with district.database.unit_of_work() as session:
        session.add(NeedInvitee(need_id=district.yarn_need, firm_id=district.spinner, invited_at=NOW))
    assert told(own) == [district.yarn_need]


def test_whoever_drafts_a_towns_list_drafts_from_what_the_town_may_read(district: District) -> None:
    """The bureau's hand on the button shows the town no anonymous buyer and no need for invited firms."""
    with district.database.unit_of_work() as session:
        office = offices.create_office(session, MACHINE, kind="town", name="示例镇", now=NOW)
        start = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
        facts = ConferenceFacts(
            "镇对接会（示例）", "示例镇", "示例镇会议室", start, start + timedelta(hours=3)
        )
        conference = conferences.create(session, MACHINE, facts, office_id=office.id, now=NOW)
        conferences.add_participants(session, MACHINE, conference.id, [district.buyer], "buyer", now=NOW)
        made = lists.generate(session, district.people["organiser"], conference.id, now=NOW)
        assert [need["id"] for need in made.inputs["needs"]] == [str(district.odd_need)]
        session.get_one(Firm, district.buyer).office_id = office.id
        made = lists.generate(session, district.people["organiser"], conference.id, now=NOW)
        assert {need["id"] for need in made.inputs["needs"]} == {
            str(district.odd_need),
            str(district.yarn_need),
        }


def test_why_nothing_suits_a_need_tells_no_stranger_whom_its_buyer_does_not_want(
    district: District, read: Callable[[Actor, str], str]
) -> None:
    with district.database.unit_of_work() as session:
        host = town(session, "far", district.spinner)
        assert host.office_id is not None
        start = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
        facts = ConferenceFacts(
            "镇对接会（示例）", "示例镇", "示例镇会议室", start, start + timedelta(hours=3)
        )
        conference = conferences.create(session, MACHINE, facts, office_id=host.office_id, now=NOW).id
        conferences.add_participants(session, MACHINE, conference, [district.buyer], "buyer", now=NOW)
        made = lists.generate(session, MACHINE, conference, now=NOW).id
        row = session.scalars(select(UnmatchedNeed).where(UnmatchedNeed.list_id == made)).one()
        row.causes = {"text_too_weak": 3, "excluded_counterpart": 2}
    path, unwanted = f"/conferences/lists/{made}?tab=unmatched", "采购方不与该企业对接"
    for who, told in ((host, False), (district.people["organiser"], True)):
        page = read(who, path)
        assert "字词相近但不是同一类产品" in page and (unwanted in page) is told, who.name
        with district.database.reading() as session:
            for with_scores in (True, False):
                book = exports.match_list_workbook(session, who, made, locale="zh", with_scores=with_scores)
                cells = _texts(book)
                assert any("字词相近但不是同一类产品" in cell for cell in cells)
                assert any(unwanted in cell for cell in cells) is (told and with_scores), (
                    who.name,
                    with_scores,
                )


def _texts(workbook: bytes) -> list[str]:
    sheets = openpyxl.load_workbook(BytesIO(workbook)).worksheets
    return [str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]


def with_secrets(session: Session, row: Proposal | MatchEntry) -> None:
    row.reasons, row.gaps, row.already_partners = [*row.reasons, SECRET], [PARTNERS], True


def test_staff_of_the_supplier_alone_read_of_a_proposal_what_the_supplier_reads(
    district: District, read: Callable[[Actor, str], str]
) -> None:
    proposal_id = propose(district, district.yarn_need)[0].id
    with district.database.unit_of_work() as session:
        near, far = town(session, "near", district.buyer), town(session, "far", district.spinner)
        with_secrets(session, session.get_one(Proposal, proposal_id))
        for side, note in (("buyer", "甲厂王总来电"), ("supplier", "乙厂李总来电")):
            session.add(
                Verdict(
                    proposal_id=proposal_id, side=side, answer="later", note=note, features={}, method="test", at=NOW
                )
            )  # fmt: skip
    path = f"/proposals/{proposal_id}"
    for who in (district.people["organiser"], near):
        page = read(who, path)
        assert "示例九千万元" in page and "已合作" in page and "甲厂王总来电" in page
    page = read(far, path)
    assert "乙厂李总来电" in page and "只给受邀单位看" in page
    assert "示例九千万元" not in page and "已合作" not in page and "甲厂王总来电" not in page
    assert "乙厂李总来电" not in read(near, path)


def test_a_town_reads_on_its_list_no_more_of_anothers_buyer(
    district: District, read: Callable[[Actor, str], str]
) -> None:
    with district.database.unit_of_work() as session:
        clerk = town(session, "near", district.turner)
        session.get_one(Need, district.yarn_need).anonymous = False
        start = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
        facts = ConferenceFacts(
            "镇对接会（示例）", "示例镇", "示例镇会议室", start, start + timedelta(hours=3)
        )
        conference = conferences.create(session, MACHINE, facts, office_id=clerk.office_id, now=NOW)
        conferences.add_participants(session, MACHINE, conference.id, [district.buyer], "buyer", now=NOW)
        list_id = frozen(session, district, conference.id)
        for entry in session.scalars(select(MatchEntry).where(MatchEntry.list_id == list_id)):
            with_secrets(session, entry)
    path = f"/conferences/lists/{list_id}?need={district.yarn_need}"
    page = read(district.people["organiser"], path)
    assert "示例九千万元" in page and "已合作" in page
    page = read(clerk, path)
    assert "只给受邀单位看" in page and "示例九千万元" not in page and "已合作" not in page

    def paper(who: Actor) -> str:
        with district.database.reading() as session:
            content = exports.match_list_workbook(session, who, list_id, locale="zh")
        rows = openpyxl.load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        return "\n".join(str(cell) for row in rows for cell in row)

    assert "示例九千万元" in paper(district.people["organiser"]) and "已合作" in paper(MACHINE)
    assert "示例九千万元" not in paper(clerk) and "已合作" not in paper(clerk)
