"""Firms that a buyer does not want: found, kept, taken off, audited, and read by nobody but the buyer and staff."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Problem
from marketplace.firms.models import Firm
from marketplace.needs import excluding, queries, rules, service
from marketplace.needs.content import as_json
from tests.integration.needs.district import BUYER, CONTENT, NOW, UNCHECKED, District, Site, made
from tests.integration.needs.left_behind import refusal


def changes(session: Session, need_id: int) -> list[tuple[list[int], list[int]]]:
    rows = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "need.exclude", AuditEntry.subject_id == need_id)
        .order_by(AuditEntry.id)
    )
    return [(row.details["added"], row.details["removed"]) for row in rows]


def test_the_list_is_kept_with_the_content_and_each_change_is_one_audit_row(
    session: Session, district: District
) -> None:
    need, owner = made(session, district), district.actor("owner")
    one, two = district.supplier, district.third
    for excluded in ((one,), (two, one, one), (two, one), (two,)):
        content = replace(queries.content_of_need(need), excluded=excluded)
        service.save(session, owner, need.id, content, now=NOW)
    session.flush()
    session.expire_all()
    assert queries.content_of_need(need).excluded == (two,)
    assert as_json(queries.content_of_need(need))["excluded"] == [two]
    assert changes(session, need.id) == [([one], []), ([two], []), ([], [one])]
    copied = service.copy(session, owner, need.id, now=NOW)
    assert queries.content_of_need(copied).excluded == (two,) and changes(session, copied.id) == [([two], [])]


@pytest.mark.parametrize(
    ("excluded", "more", "code"),
    [
        ("self", {}, "needs.excluded_self"),
        ("nobody", {}, "needs.excluded_unknown"),
        ("supplier", {"procedure": "tender"}, "needs.excluded_public"),
        ("supplier", {"buyer_kind": "public"}, "needs.excluded_public"),
    ],
)
def test_what_no_list_may_hold_is_told_at_its_field(
    session: Session, district: District, excluded: str, more: dict[str, str], code: str
) -> None:
    firm = {"self": district.buyer, "nobody": 987654321, "supplier": district.supplier}[excluded]
    content = replace(CONTENT, excluded=(firm,), **more)
    refused = refusal(
        lambda: service.create(session, district.actor("owner"), district.buyer, content, now=NOW), code
    )
    assert [problem.field for problem in refused.problems] == ["excluded"]


def test_a_list_without_end_is_refused() -> None:
    content = replace(CONTENT, excluded=tuple(range(51)))
    assert rules.shape_problems(content) == [Problem("needs.excluded_many", "excluded", {"most": 50})]


def test_firms_are_found_by_part_of_their_name_or_the_head_of_their_code(
    session: Session, district: District
) -> None:
    session.get_one(Firm, district.third).credit_code = "91350100M000100Y43"
    session.flush()

    def names(text: str, who: str = "owner", *without: int) -> list[str]:
        return [firm.legal_name for firm in excluding.found(session, district.actor(who), text, without)[0]]

    assert names("浸胶") == ["示例浸胶厂"]
    assert names("91350100m0001") == ["示例化纤厂"]
    assert names("示例", "owner", district.supplier) == ["示例化纤厂", BUYER]  # the shortest first
    assert names("浸") == [] and names("100%_") == []
    assert UNCHECKED not in names("示例") and UNCHECKED in names("示例", "bureau")


FORM = {
    "title": "浸胶帘子布",
    "description": "轮胎骨架材料",
    "type_key": "procurement",
    "visibility": "public",
}


def test_without_javascript_the_search_comes_back_with_the_page_and_ticks_are_kept(site: Site) -> None:
    client, district = site.client("owner"), site.district
    page = client.post("/needs/new", data={**FORM, "exclude_search": "浸胶", "action": "find"})
    assert page.status_code == 200 and "示例浸胶厂" in page.text and "轮胎骨架材料" in page.text
    ticked = {**FORM, "excluded": [district.supplier], "exclude_search": "化纤", "action": "find"}
    page = client.post("/needs/new", data=ticked).text
    assert (
        f'checked class="form-check-input" id="excluded-0" name="excluded" type="checkbox" value="{district.supplier}"'
        in page
    )
    assert f'name="excluded" type="checkbox" value="{district.third}"' in page
    made = client.post(
        "/needs/new", data={**ticked, "excluded": [district.supplier, district.third], "action": "save"}
    )
    assert made.status_code == 302
    address = made.headers["Location"].removesuffix("/edit")
    shown = client.get(address).text
    assert "示例浸胶厂" in shown and "示例化纤厂" in shown
    client.post(f"{address}/edit", data={**FORM, "excluded": [district.third], "action": "save"})
    shown = client.get(address).text
    assert 'id="excluded"' in shown and shown.count("示例浸胶厂") == 0 and "示例化纤厂" in shown


def test_the_list_is_read_by_the_buyer_and_staff_alone(site: Site) -> None:
    need_id = site.published(visibility="public", excluded=(site.district.supplier,))
    for who in ("owner", "viewer", "bureau", "town"):
        assert "示例浸胶厂" in site.client(who).get(f"/needs/{need_id}").text, who
    for who in ("supplier", "third", "nobody-yet"):
        page = site.client(who).get(f"/needs/{need_id}")
        assert page.status_code == 200 and 'id="excluded"' not in page.text, who
        assert who == "supplier" or "示例浸胶厂" not in page.text, who


def test_a_firm_that_was_suspended_meanwhile_stays_on_the_list_while_one_searches(site: Site) -> None:
    """The part takes the place of the list in the form: what it left out would be wanted again with the next save."""
    district, client = site.district, site.client("owner")
    need_id = site.made(excluded=(district.supplier,))
    with site.database.unit_of_work() as session:
        session.get_one(Firm, district.supplier).suspended_at = site.now
    (address,) = re.findall(r'hx-get="(/needs/counterparts[^"]*)"', client.get(f"/needs/{need_id}/edit").text)
    ticked = f'checked class="form-check-input" id="excluded-0" name="excluded" type="checkbox" value="{district.supplier}"'
    sent = {"excluded": district.supplier, "exclude_search": "化纤"}
    part = client.get(f"{address}&{urlencode(sent)}").text
    assert ticked in part and f'value="{district.third}"' in part
    for who in ("third", "nobody-yet"):
        assert site.client(who).get(address).status_code == 404
    elsewhere = client.get("/needs/counterparts", query_string=sent).text
    assert f'value="{district.supplier}"' not in elsewhere  # whom they may not know of, they cannot ask for


def test_the_part_of_the_form_is_for_who_writes_needs(site: Site) -> None:
    found = site.client("owner").get(f"/needs/counterparts?firm_id={site.district.buyer}&exclude_search=浸胶")
    assert found.status_code == 200 and "示例浸胶厂" in found.text
    asked = f"/needs/counterparts?firm_id={site.district.buyer}&exclude_search=浸胶"
    assert site.client("third").get(asked).status_code == 404
    assert site.client("nobody-yet").get(asked).status_code == 404
