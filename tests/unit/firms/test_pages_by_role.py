"""Every page of firms and certificates for every role in both languages: who gets it, and that it speaks the language."""

from __future__ import annotations

import pytest

from marketplace.certifications import service as certifications
from marketplace.certifications.rules import CertificationFacts
from marketplace.firms import people
from tests.unit.firms.house import MACHINE, NOW
from tests.unit.firms.site import HAN, Site, words_of

ROLES = (None, "newcomer", "owner", "editor", "viewer", "buyer", "bureau", "town", "other town")
INSIDE = {"owner", "editor", "viewer"}
EDITORS = {"owner", "editor", "bureau", "town"}
STAFF = {"bureau", "town", "other town"}
ALL = set(ROLES)
PEOPLE = ALL - {None}
# Path → who gets it; the others are sent to sign in (nobody), or do not find it or may not (403 only where they may know).
PAGES: dict[str, set[str | None]] = {
    "/firms/{seller}": ALL,
    "/firms/{buyer}": ALL,
    "/firms/{waiting}": {"bureau", "town"},
    "/firms/": STAFF,
    "/firms/?status=waiting&q=示例&chain=special-steel&kind=enterprise&office=1": STAFF,
    "/firms/new": PEOPLE,
    "/firms/claim": PEOPLE,
    "/firms/{seller}/edit": EDITORS,
    "/firms/{seller}/members": INSIDE,
    "/firms/{seller}/contacts": INSIDE,
    "/firms/{seller}/suppliers": INSIDE,
    "/firms/{seller}/released-contacts": {"buyer"},
    "/certifications/of-firm/{seller}": ALL,
    "/certifications/of-firm/{waiting}": {"bureau", "town"},
    "/certifications/of-firm/{seller}/add": EDITORS,
    "/certifications/of-firm/{seller}/absent": EDITORS,
    "/certifications/suggestion?kind_key=srdi-sme&valid_from=2026-06-01": ALL,
    "/firms/divisions?q=平顶山": ALL,
    "/firms/industries?q=锻": ALL,
}
# Names and what firms typed stay as they are in either language.
NAMES = (
    "示例锻造有限公司",
    "示例重机股份有限公司",
    "示例待核对有限公司",
    "东镇",
    "西镇",
    "区局",
    "中文",
    "代链桥",
)


@pytest.fixture(scope="module")
def district(kept_site: Site) -> Site:
    with kept_site.writing() as session:
        seller, buyer = kept_site.firms["seller"], kept_site.firms["buyer"]
        owner = kept_site.actors["owner"]
        people.add_contact(
            session,
            owner,
            seller,
            name="Lin",
            title=None,
            mobile="0375-0000000",
            email=None,
            consent=True,
            now=NOW,
        )
        people.grant_contacts(
            session, firm_id=seller, to_firm_id=buyer, reason_kind="proposal", reason_id=1, now=NOW
        )
        certifications.add(session, owner, seller, CertificationFacts("srdi-sme", number="A-1"), now=NOW)
        certifications.declare_absent(session, MACHINE, seller, "ccc", now=NOW)
    return kept_site


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", PAGES)
def test_who_gets_which_page(district: Site, path: str, role: str | None) -> None:
    answer = district.client(role).get(path.format(**district.firms))
    if role in PAGES[path]:
        assert answer.status_code == 200, answer.text[:300]
        if not path.startswith(("/firms/divisions", "/firms/industries", "/certifications/suggestion")):
            assert "<h" in answer.text
    elif role is None and answer.status_code == 302:
        assert answer.location.startswith("/sign-in?next=")
    else:
        assert answer.status_code in (403, 404)
        assert "示例锻造" not in answer.text


@pytest.mark.parametrize("role", ["owner", "buyer", "bureau", "town", "newcomer"])
@pytest.mark.parametrize(
    "path", [path for path in PAGES if "divisions" not in path and "industries" not in path]
)
def test_english_pages_speak_english(district: Site, path: str, role: str) -> None:
    answer = district.client(role, "en").get(path.format(**district.firms))
    words = words_of(answer.text)
    for name in NAMES:
        words = words.replace(name, "")
    # The full official names that have no English one, and the reference list's own words.
    left = {found for found in HAN.findall(words) if found not in allowed()}
    assert left == set(), (path, role)


def allowed() -> set[str]:
    return {"工信部企业", "号", "统一社会信用代码"}


def test_searches_are_short_and_speak_the_readers_language(district: Site) -> None:
    found = district.client().get("/firms/divisions?q=410472").json
    assert [entry["value"] for entry in found] == ["410472"] and "功能区" in found[0]["text"]
    assert "zone" in district.client(None, "en").get("/firms/divisions?q=410472").json[0]["text"].lower()
    for path in (
        "/firms/divisions?q=",
        "/firms/divisions?q=省",
        "/firms/industries?q=",
        "/firms/industries?q=制造",
    ):
        assert 0 < len(district.client().get(path).json) <= 20
    assert district.client().get("/firms/divisions?q=" + "x" * 5000).json == []
    codes = [entry["value"] for entry in district.client().get("/firms/industries?q=339").json]
    assert codes[0] == "339"


def test_each_page_has_one_heading_and_no_raw_message(district: Site) -> None:
    for path in ("/firms/{seller}", "/firms/{seller}/edit", "/firms/{seller}/contacts", "/firms/new"):
        page = district.client("owner").get(path.format(**district.firms)).text
        assert page.count("<h1") == 1
        assert "%(" not in page and "Undefined" not in page and "None" not in words_of(page)
