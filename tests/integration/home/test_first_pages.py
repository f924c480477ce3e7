"""First pages: what waits for whom, counted as the pages behind it count, and nothing that is not theirs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from marketplace.capabilities.models import Capability
from marketplace.certifications.models import Certification
from marketplace.core.actor import ANONYMOUS
from marketplace.core.clock import day_of, utc_now
from marketplace.firms.models import Firm, FirmMember
from marketplace.home import queries
from marketplace.needs.models import Need
from tests.integration.core.district import HERE, ROLES, account_of, visit

pytestmark = pytest.mark.slow


def page(app: Flask, role: str, path: str = "/", **options: object) -> str:
    answer = visit(app, role, **options).get(path, base_url=HERE)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.text


def todos(html: str) -> dict[str, int]:
    """Sentence → number of the list of what waits."""
    found = re.findall(r"<strong>(\d+)</strong>\s*([^<]+)</a></li>", html)
    return {sentence.strip(): int(number) for number, sentence in found}


def main(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def firm_of(app: Flask, role: str) -> int:
    with app.extensions["lianqiao.database"].reading() as session:
        account = account_of(session, str(ROLES[role]))
        return session.scalars(select(FirmMember.firm_id).where(FirmMember.account_id == account.id)).one()


def test_a_stranger_reads_what_this_is_and_how_much_is_open(district_site: Flask) -> None:
    html = page(district_site, "anonymous")
    with district_site.extensions["lianqiao.database"].reading() as session:
        numbers = queries.district_numbers(session, ANONYMOUS, day_of(utc_now()))
    assert numbers["needs"] > 5
    for number in numbers.values():
        assert re.search(rf">{number}\s*<", main(html)), number
    assert 'href="/sign-in"' in html
    assert 'href="/register"' in html


@pytest.mark.parametrize("role", ["anonymous", "supplier", "bureau"])
def test_the_numbers_are_those_of_the_pages_behind_them(district_site: Flask, role: str) -> None:
    """A stranger opens fewer needs than the bureau: each reads the length of the list that is theirs."""
    numbers = re.findall(r'class="stat-value">(\d+)<span>', main(page(district_site, role)))
    for path, number in zip(("/needs/browse", "/capabilities/browse", "/firms/browse"), numbers, strict=True):
        assert f"共 {number} 条" in page(district_site, role, path), path


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("newcomer", "/firms/claim"),
        ("buyer", "/needs/new"),
        ("bureau", "/moderation/"),
        ("town", "/firms/"),
        ("admin", "/moderation/"),
    ],
)
def test_each_role_is_offered_its_own_step_and_may_take_it(
    district_site: Flask, role: str, first: str
) -> None:
    html = main(page(district_site, role))
    found = re.search(r'class="btn btn-primary" href="([^"]+)"', html)
    assert found is not None
    assert found[1] == first
    for link in re.findall(r'class="btn btn-(?:primary|outline)" href="([^"]+)"', html):
        assert visit(district_site, role).get(link, base_url=HERE).status_code == 200, link


def test_every_link_of_a_first_page_leads_somewhere(district_site: Flask) -> None:
    for role in ROLES:
        client = visit(district_site, role)
        html = client.get("/", base_url=HERE).text
        for link in sorted(set(re.findall(r'href="(/[^"#]*)"', html))):
            if not link.startswith("/static/"):
                answer = client.get(link.replace("&amp;", "&"), base_url=HERE)
                assert answer.status_code in (200, 302), (role, link)


def test_what_waits_for_the_bureau_is_what_lies_on_its_desk(own_site: Flask) -> None:
    database = own_site.extensions["lianqiao.database"]
    with database.reading() as session:
        waiting = [
            len(
                session.scalars(
                    select(model.id).where(
                        model.submitted_at.is_not(None),
                        model.published_at.is_(None),
                        model.closed_at.is_(None),
                    )
                ).all()
            )
            for model in (Need, Capability)
        ]
    assert waiting[0] > 0
    said = todos(page(own_site, "bureau"))
    assert said["条需求等您审核"] == waiting[0]
    assert said.get("项能力等您审核", 0) == waiting[1]
    assert "条需求等您审核" not in todos(page(own_site, "town"))


def test_a_town_counts_its_own_firms_only(own_site: Flask) -> None:
    database = own_site.extensions["lianqiao.database"]
    with database.unit_of_work() as session:
        office_id = session.scalars(select(Firm.office_id).where(Firm.office_id.is_not(None))).first()
        ours = session.scalars(select(Firm.id).where(Firm.office_id == office_id)).all()
        theirs = session.scalars(select(Firm.id).where(Firm.office_id.is_(None))).all()
        session.execute(update(Firm).where(Firm.id.in_([ours[0], *theirs[:2]])).values(verified_at=None))
    town, bureau = page(own_site, "town"), page(own_site, "bureau")
    assert todos(town)["家企业等您核对"] == 1
    assert todos(bureau)["家企业等您核对"] == 3
    assert 'href="/firms/?status=waiting"' in town


def test_a_member_is_told_of_their_own_firm_only(own_site: Flask) -> None:
    database = own_site.extensions["lianqiao.database"]
    mine, today, now = firm_of(own_site, "supplier"), day_of(utc_now()), utc_now()
    with database.unit_of_work() as session:
        ours = session.scalars(select(Capability.id).where(Capability.firm_id == mine)).all()
        others = session.scalars(select(Capability.id).where(Capability.firm_id != mine)).all()
        neighbour = session.scalars(select(Firm.id).where(Firm.id != mine)).first()
        assert len(ours) >= 1
        back = {"published_at": None, "submitted_at": None, "returned_at": now}
        session.execute(update(Capability).where(Capability.id.in_([ours[0], *others[:3]])).values(**back))
        session.execute(update(Certification).values(valid_until=today + timedelta(days=400)))
        for firm_id, days in ((mine, 0), (mine, 60), (mine, 61), (mine, -1), (neighbour, 5)):
            session.add(
                Certification(
                    firm_id=firm_id, kind_key="ce", valid_until=today + timedelta(days=days), created_at=now
                )
            )
    said = todos(page(own_site, "supplier"))
    assert said["项能力被退回，改好再提交"] == 1
    assert said["张证书 60 天内到期"] == 2


def test_what_is_new_is_new_for_this_reader(district_site: Flask) -> None:
    """A supplier reads of needs, not of their own; what a stranger may not see is not on the stranger's page."""
    mine = firm_of(district_site, "supplier")
    html = main(page(district_site, "supplier"))
    shown = {int(number) for number in re.findall(r'href="/needs/(\d+)"', html)}
    assert shown
    with district_site.extensions["lianqiao.database"].reading() as session:
        rows = session.scalars(select(Need).where(Need.id.in_(shown))).all()
        assert all(need.firm_id != mine for need in rows)
        stranger = {
            int(number)
            for number in re.findall(r'href="/needs/(\d+)"', main(page(district_site, "anonymous")))
        }
        public = set(session.scalars(select(Need.id).where(Need.visibility == "public")))
        anonymous = session.scalars(select(Need).where(Need.anonymous.is_(True))).all()
        assert stranger <= public
        for need in anonymous:
            if need.id in stranger | shown:
                assert "匿名链主企业" in html


def test_a_first_page_costs_a_fixed_number_of_questions(district_site: Flask) -> None:
    engine = district_site.extensions["lianqiao.database"].engine
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    for role in ROLES:
        client = visit(district_site, role)
        client.get("/", base_url=HERE)
        asked.clear()
        event.listen(engine, "before_cursor_execute", note)
        answer = client.get("/", base_url=HERE)
        event.remove(engine, "before_cursor_execute", note)
        assert answer.status_code == 200, role
        assert len(asked) <= 27, (role, len(asked))


def test_the_bar_shows_the_sides_of_the_firm_and_one_place_is_current(district_site: Flask) -> None:
    html = page(district_site, "supplier", "/capabilities/mine")
    bar = html[html.index('class="top-nav"') : html.index("</nav>")]
    assert bar.count('aria-current="page"') == 1
    assert "/capabilities/mine" in bar
    assert "/moderation/" not in bar


def test_staff_who_fill_in_have_the_firms_places_and_the_band(district_site: Flask) -> None:
    buyer = firm_of(district_site, "buyer")
    html = page(district_site, "bureau", acting_for=buyer)
    bar = html[html.index('class="top-nav"') : html.index("</nav>")]
    assert "/needs/mine" in bar
    assert "/moderation/" not in bar
    assert 'class="acting-band"' in html
    assert 'action="/firms/stop-acting"' in html


@pytest.mark.parametrize("role", ["supplier", "newcomer", "town"])
def test_a_firm_that_this_person_may_not_fill_in_for_is_not_filled_in_for(
    district_site: Flask, role: str
) -> None:
    with district_site.extensions["lianqiao.database"].reading() as session:
        foreign = session.scalars(select(Firm.id).where(Firm.office_id.is_(None), Firm.is_buyer)).first()
    html = page(district_site, role, acting_for=foreign)
    assert 'class="acting-band"' not in html


def test_the_language_is_kept_and_changes_everything(district_site: Flask) -> None:
    html = main(page(district_site, "bureau", locale="en"))
    text = re.sub(r"<[^>]+>", " ", html)
    # Names stay as their owners write them.
    text = re.sub(r"示例\S*|尼龙\S*", "", text)
    assert not re.search(r"[\u4e00-\u9fff]", text), re.findall(r"\S*[\u4e00-\u9fff]\S*", text)
