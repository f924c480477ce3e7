"""The list pages of proposals and conferences: what they cost, and what the turn of a day changes on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace.conferences import asking, lists
from marketplace.conferences import service as conferences
from marketplace.conferences.jobs import RECOMPUTE
from marketplace.conferences.models import MatchEntry, Participant
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.clock import day_of
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import Proposal
from marketplace.proposals.proposing import propose_for_need
from tests.integration.capabilities.house import Counter
from tests.integration.capabilities.site import make_site, visitor
from tests.integration.matchlists.conftest import MACHINE, NOW, District, made_capability, made_need
from tests.integration.matchlists.test_filling_in import fill_in
from tests.integration.matchlists.test_proposals import propose

START = datetime(2026, 12, 14, 1, 0, tzinfo=UTC)


@pytest.fixture
def site(district: District, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


@pytest.fixture
def page(site: Flask, district: District) -> Callable[[str, str], str]:
    """The text of a page, for a person of the district."""

    def shown(who: str, path: str) -> str:
        answer = visitor(site, district.people[who]).get(path)
        assert answer.status_code == 200, path
        return answer.text

    return shown


@pytest.fixture
def cost(site: Flask, district: District) -> Callable[[str, str], int]:
    """How many statements a page asks of the database, for a person of the district."""

    def asked(who: str, path: str) -> int:
        client = visitor(site, district.people[who])
        client.get(path)
        with Counter(site.extensions["lianqiao.database"].engine) as statements:
            answer = client.get(path)
        assert answer.status_code == 200, path
        return len(statements)

    return asked


def test_who_takes_part_reads_who_comes_on_the_other_side(
    site: Flask, district: District, page: Callable[[str, str], str]
) -> None:
    conference, where = district.conference, f"/conferences/{district.conference}"
    with district.database.unit_of_work() as session:
        conferences.add_participants(session, MACHINE, conference, [district.buyer], "buyer", now=NOW)
        conferences.add_participants(session, MACHINE, conference, [district.spinner], "supplier", now=NOW)
        conferences.announce(session, MACHINE, conference, now=NOW)
    link = f'href="/firms/{district.buyer}"'
    assert link not in page("spinner", where)  # nobody has confirmed yet
    with district.database.unit_of_work() as session:
        for place in session.scalars(select(Participant).where(Participant.conference_id == conference)):
            place.confirmed_at = NOW
        for firm_id in (district.buyer, district.spinner):
            session.get_one(Firm, firm_id).verified_at = NOW
        session.execute(update(Need).values(anonymous=False))
    assert link in page("spinner", where)
    assert f'href="/firms/{district.spinner}"' in page("buyer", where)
    # Its name beside an anonymous need would give the firm away.
    with district.database.unit_of_work() as session:
        session.scalars(select(Need).where(Need.firm_id == district.buyer)).first().anonymous = True  # type: ignore[union-attr]
    assert link not in page("spinner", where)


def test_the_page_of_a_draft_says_whose_changes_it_does_not_hold(
    district: District, page: Callable[[str, str], str]
) -> None:
    organiser = district.people["organiser"]
    with district.database.unit_of_work() as session:
        draft = asking.drafted_once(session, organiser, district.conference, NOW)
        made = lists.generate(session, organiser, district.conference, now=NOW).id
        proof = asking.asked_once(session, organiser, RECOMPUTE, {"list_id": made}, NOW, "list_id")
    assert "会自动重新生成；需求和能力之后的改动" in page("organiser", f"/conferences/jobs/{draft}")
    assert "会自动重新生成" not in page("organiser", f"/conferences/jobs/{proof}")


def grow(district: District, number: int) -> None:
    """One more supplier with what fits the yarn need, one more need that it fits, and a conference more."""
    with district.database.unit_of_work() as session:
        firm = firms.create_for(session, MACHINE, FirmFacts(f"示例工业丝第{number}有限公司"), now=NOW).id
        made_capability(session, firm, f"锦纶66高强工业丝 {number}00dtex", "轮胎帘布、输送带用工业丝。")
        made_need(session, district.buyer, f"尼龙66高强工业丝 {number}00dtex", "轮胎帘布用。")
        other = conferences.create(
            session, MACHINE,
            ConferenceFacts(f"示例对接会 {number}", "示例区局", "示例会展中心", START, START + timedelta(hours=6)),
            office_id=district.people["organiser"].office_id, now=NOW,
        ).id  # fmt: skip
        for conference in (district.conference, other):
            conferences.add_participants(session, MACHINE, conference, [firm], "supplier", now=NOW)
            conferences.add_participants(
                session, MACHINE, conference, [district.buyer, district.spinner], "supplier", now=NOW
            )
            conferences.announce(session, MACHINE, conference, now=NOW)


def drafted(district: District, frozen: bool) -> int:
    """Every need matched anew, and an edition of the conference's list."""
    with district.database.unit_of_work() as session:
        matcher = current_matcher(session, day_of(NOW))
        for need_id in session.scalars(select(Need.id).order_by(Need.id)).all():
            propose_for_need(session, MACHINE, need_id, matcher, now=NOW)
        made = lists.generate(session, MACHINE, district.conference, now=NOW)
        if frozen:
            lists.freeze(session, MACHINE, made.id, now=NOW)
        return made.id


def test_every_list_page_costs_as_much_for_three_as_for_one(
    district: District, cost: Callable[[str, str], int]
) -> None:
    def costs(list_id: int) -> dict[str, int]:
        with district.database.reading() as session:
            pair = session.scalars(select(MatchEntry.id).where(MatchEntry.list_id == list_id)).first()
        listed = f"/conferences/lists/{list_id}"
        pages = {
            "buyer": (
                "/proposals/", f"/proposals/of-need/{district.yarn_need}", "/conferences/",
                f"/conferences/{district.conference}",
            ),
            "spinner": (
                "/proposals/", f"/proposals/of-capability/{district.yarn}", "/conferences/",
                f"/conferences/{district.conference}",
            ),
            "organiser": (
                "/proposals/", "/conferences/", f"/conferences/{district.conference}",
                f"/conferences/{district.conference}/invite?side=supplier&chain=",
                listed, f"{listed}?need={district.yarn_need}", f"{listed}?tab=unmatched",
                f"{listed}/candidates?need={district.odd_need}&q=工业丝",
            ),
        }  # fmt: skip
        assert pair is not None
        return {
            f"{who} {path.replace(listed, 'LIST')}": cost(who, path)
            for who, paths in pages.items()
            for path in paths
        }

    with district.database.unit_of_work() as session:
        conferences.add_participants(
            session, MACHINE, district.conference, [district.spinner], "supplier", now=NOW
        )
        conferences.announce(session, MACHINE, district.conference, now=NOW)
    drafted(district, frozen=True)
    one = costs(drafted(district, frozen=True))
    for number in (8, 9):
        grow(district, number)
    drafted(district, frozen=True)
    three = costs(drafted(district, frozen=True))
    with district.database.reading() as session:
        proposals = session.scalars(select(Proposal).where(Proposal.need_id == district.yarn_need)).all()
        assert len(proposals) == 3
    assert three == one
    assert max(three.values()) <= 25


def test_what_brings_an_order_stands_before_money_and_other_resources(
    site: Flask, district: District, page: Callable[[str, str], str]
) -> None:
    with district.database.unit_of_work() as session:
        second = made_need(session, district.buyer, "尼龙66高强工业丝 1400dtex", "输送带用。", anonymous=True)
    for need_id in (district.yarn_need, second):
        with district.database.reading() as session:
            matcher = current_matcher(session, day_of(NOW))
        with district.database.unit_of_work() as session:
            propose_for_need(session, MACHINE, need_id, matcher, now=NOW)
    with district.database.unit_of_work() as session:
        session.get_one(
            Need, second
        ).type_key = "finance"  # the later proposal, which would come first by its age
    html = page("spinner", "/proposals/")
    places = [html.index(text) for text in ("订单和项目", "2100dtex", "融资、平台和其他资源", "1400dtex")]
    assert places == sorted(places)
    alone = page("spinner", "/proposals/?part=resources")
    assert "1400dtex" in alone and "订单和项目" not in alone and "尼龙66高强工业丝 2100dtex" not in alone


def test_what_a_firm_wrote_beside_its_answer_stands_there_again_and_for_nobody_else(
    site: Flask, district: District, page: Callable[[str, str], str]
) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    proposal = propose(district, district.yarn_need)[0]
    path, note = f"/proposals/{proposal.id}", "样品三月前寄过 <甲>"
    sent = {"side": "buyer", "answer": "no", "reason": "other", "note": note}
    buyer = visitor(site, district.people["buyer"])
    assert buyer.post(f"{path}/answer", data=sent).status_code == 302
    shown = "样品三月前寄过 &lt;甲&gt;</textarea>"
    assert shown in buyer.get(path).text
    assert "样品三月前" not in page("spinner", path)
    clerk = visitor(site, district.people["organiser"])
    with clerk.session_transaction() as kept:
        kept["acting_for"] = district.buyer
    filling_in = clerk.get(path).text
    assert "代填企业的答复" in filling_in and shown not in filling_in


def test_what_staff_noted_of_a_call_is_not_put_into_the_firms_mouth(
    site: Flask, district: District, page: Callable[[str, str], str]
) -> None:
    proposal = propose(district, district.yarn_need)[0]
    fill_in(district, district.spinner, proposal, "supplier", "later", note="王经理来电")
    assert "王经理来电" not in page("spinner", f"/proposals/{proposal.id}")
