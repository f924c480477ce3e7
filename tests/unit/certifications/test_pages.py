"""Certificates on the pages: stated with a scan, checked, revoked, and shown for what they are worth today."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from marketplace.certifications.models import CertificateAbsence, Certification
from marketplace.core import clock
from marketplace.core.files import StoredFile
from tests.unit.firms.site import Site

PDF = b"%PDF-1.7\n%canary-of-a-scan\n"


def today() -> Any:
    return clock.day_of(clock.utc_now())


def only(site: Site, model: Any = Certification) -> Any:
    with site.database.reading() as session:
        return session.scalars(select(model)).one()


def count(site: Site, model: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def state(site: Site, name: str | None = "owner", **form: Any) -> Any:
    seller = site.firms["seller"]
    return site.client(name).post(
        f"/certifications/of-firm/{seller}/add", data={"kind_key": "iso-9001", "number": "Q-2026-001", **form}
    )


def table(site: Site, name: str | None = None, locale: str = "zh") -> str:
    return site.client(name, locale).get(f"/certifications/of-firm/{site.firms['seller']}").text


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_table_is_bare_for_the_page_that_brings_it_in_and_a_page_for_who_follows_its_link(
    site: Site, locale: str
) -> None:
    seller = site.firms["seller"]
    client = site.client(None, locale)
    alone = client.get(f"/certifications/of-firm/{seller}").text
    brought_in = client.get(f"/certifications/of-firm/{seller}", headers={"HX-Request": "true"}).text
    assert alone.startswith("<!doctype html>") and f'href="/firms/{seller}"' in alone
    assert "<html" not in brought_in and 'id="certificates"' in brought_in and 'id="certificates"' in alone


@pytest.mark.parametrize(
    ("days", "words"),
    [(200, "有效"), (90, "有效，即将到期"), (0, "今天最后一天"), (-1, "已到期")],
)
def test_a_certificate_shows_what_it_is_worth_today(site: Site, days: int, words: str) -> None:
    assert state(site, valid_until=(today() + timedelta(days=days)).isoformat()).status_code == 302
    page = table(site)
    assert words in page and "企业自报" in page and "Q-2026-001" in page
    assert ("有效，即将到期" in page) == (0 <= days <= 90)


def test_what_is_wrong_is_said_at_its_field(site: Site) -> None:
    answer = state(site, kind_key="", valid_until="昨天")
    assert answer.status_code == 422
    assert 'id="kind_key-error"' in answer.text and 'id="valid_until-error"' in answer.text
    answer = state(site, valid_from="2026-02-01", valid_until="2026-01-01")
    assert answer.status_code == 422 and "截止日早于起始日" in answer.text
    answer = state(site, number="")
    assert answer.status_code == 422 and "至少填写证书编号或有效期" in answer.text
    assert count(site, Certification) == 0


def test_a_scan_is_for_the_firm_and_its_staff_and_is_never_shown_as_a_page(site: Site) -> None:
    assert state(site, scan=(BytesIO(PDF), "../证书 扫描.pdf")).status_code == 302
    path = f"/certifications/{only(site).id}/scan"
    for name in ("owner", "viewer", "bureau", "town"):
        answer = site.client(name).get(path)
        assert answer.status_code == 200 and answer.data == PDF, name
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for name in (None, "buyer", "newcomer", "other town"):
        assert site.client(name).get(path).status_code == 404, name
        assert "/scan" not in table(site, name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<script>alert(1)</script>", "x.pdf"),
        (PDF, "x.html"),
        (b"MZ\x90", "x.exe"),
        (b"", "x.pdf"),
        (b"\x89PNG broken", "x.png"),
    ],
)
def test_what_is_no_scan_is_refused_and_nothing_is_kept(site: Site, content: bytes, name: str) -> None:
    answer = state(site, scan=(BytesIO(content), name))
    assert answer.status_code == 422 and 'id="scan-error"' in answer.text
    assert count(site, Certification) == 0 and count(site, StoredFile) == 0


def test_a_photo_is_drawn_anew_without_the_place_it_was_taken(site: Site) -> None:
    photo, out = Image.new("RGB", (60, 40), "white"), BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "canary-description"
    photo.save(out, "JPEG", exif=exif)
    assert b"canary-description" in out.getvalue()
    state(site, scan=(BytesIO(out.getvalue()), "photo.jpg"))
    kept = site.client("owner").get(f"/certifications/{only(site).id}/scan").data
    assert kept.startswith(b"\xff\xd8\xff") and b"canary-description" not in kept


def test_a_scan_of_another_firm_cannot_be_attached_by_number(site: Site) -> None:
    state(site, scan=(BytesIO(PDF), "a.pdf"))
    stored = only(site, StoredFile)
    buyer = site.firms["buyer"]
    site.client("buyer").post(
        f"/certifications/of-firm/{buyer}/add",
        data={
            "kind_key": "ccc",
            "number": "1",
            "file_id": stored.id,
            "source": "verified",
            "verified_at": "2026-01-01",
        },
    )
    with site.database.reading() as session:
        forged = session.scalars(select(Certification).where(Certification.firm_id == buyer)).one()
    assert (forged.file_id, forged.source, forged.verified_at) == (None, "self", None)


def test_only_the_bureau_checks_and_revokes(site: Site) -> None:
    state(site)
    path = f"/certifications/{only(site).id}"
    for name in (None, "owner", "buyer", "town"):
        assert site.client(name).post(f"{path}/verify").status_code == 403, name
        assert (
            site.client(name).post(f"{path}/revoke", data={"revoked_on": "2026-01-01"}).status_code == 403
        ), name
    assert only(site).source == "self"
    bureau = site.client("bureau")
    bureau.post(f"{path}/verify")
    assert "已核验" in table(site)
    missing = bureau.post(f"{path}/revoke", data={"revoked_on": ""}, follow_redirects=True)
    assert "请填写撤销的日期" in missing.text
    bureau.post(f"{path}/revoke", data={"revoked_on": today().isoformat()})
    assert "已撤销" in table(site) and only(site).revoked_on == today()


def test_the_firm_removes_what_it_stated(site: Site) -> None:
    state(site)
    path = f"/certifications/{only(site).id}/remove"
    for name, status in (("viewer", 403), ("buyer", 403), (None, 403), ("owner", 302)):
        assert site.client(name).post(path).status_code == status, name
    assert "Q-2026-001" not in table(site)
    assert site.client("owner").post(path).status_code == 404


def test_saying_that_there_is_none_and_taking_it_back(site: Site) -> None:
    seller = site.firms["seller"]
    path = f"/certifications/of-firm/{seller}/absent"
    owner = site.client("owner")
    assert owner.post(path, data={"kind_key": "iatf-16949"}).status_code == 302
    assert "声明没有：" in table(site) and "IATF 16949" in table(site)
    state(site, kind_key="ccc")
    held = owner.post(path, data={"kind_key": "ccc"})
    assert held.status_code == 422 and "不能同时声明没有" in held.text
    assert site.client("buyer").post(path, data={"kind_key": "ul"}).status_code == 404
    assert owner.post(f"{path}/iatf-16949/undeclare").status_code == 302
    assert count(site, CertificateAbsence) == 0


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("kind_key=srdi-sme&valid_from=2026-03-31", "63号"),
        ("kind_key=srdi-sme&valid_from=2026-04-01", "2号"),
        ("kind_key=iso-9001&valid_from=2026-04-01", ""),
        ("kind_key=srdi-sme&valid_from=", ""),
        ("kind_key=srdi-sme&valid_from=x", ""),
        ("", ""),
    ],
)
def test_the_rule_of_the_day_is_suggested_for_tiers(site: Site, query: str, document: str) -> None:
    page = site.client().get(f"/certifications/suggestion?{query}")
    assert page.status_code == 200 and 'id="tier-suggestion"' in page.text
    assert ("notice" in page.text) == bool(document) and document in page.text


def test_the_table_costs_as_many_queries_for_three_as_for_one(site: Site) -> None:
    from tests.integration.firms.test_listing import counted

    counts = []
    for number in range(3):
        state(site, number=f"Q-{number}")
        with counted(site.database.engine) as statements:
            assert f"Q-{number}" in table(site, "owner")
        counts.append(len(statements))
    assert counts[0] == counts[2]
