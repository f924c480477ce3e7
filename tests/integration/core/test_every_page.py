"""Every address × every role: no page fails, none writes by being looked at, all carry the headers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import event, select
from structlog.testing import capture_logs

from marketplace.core.web.headers import CONTENT_SECURITY_POLICY, PROTECTION, TRANSPORT_SECURITY
from marketplace.firms.models import Firm
from tests.integration.core.district import HERE, ROLES, visit
from tests.integration.core.routes import Addresses

pytestmark = pytest.mark.slow
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|MERGE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=[\"']|\son[a-z]+=[\"']|javascript:", re.IGNORECASE
)


@dataclass(frozen=True)
class Seen:
    role: str
    endpoint: str
    path: str
    status: int
    headers: dict[str, str]
    inline: tuple[str, ...]
    written: tuple[str, ...]
    said: str


def looks(app: Flask) -> list[Seen]:
    """GET of every address by every role; an organiser who fills in for a firm is one more."""
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if WRITES.match(statement):
            written.append(statement)

    database = app.extensions["lianqiao.database"]
    with database.reading() as session:
        firm_id = session.scalars(select(Firm.id).where(Firm.is_buyer, Firm.is_supplier)).first()
    event.listen(database.engine, "before_cursor_execute", note)
    addresses = Addresses(app)
    paths = [address for rule in addresses.rules("GET") for address in addresses.of(rule)]
    found = []
    for role in (*ROLES, "filling in"):
        acting = firm_id if role == "filling in" else None
        client = visit(app, "bureau" if acting else role, acting_for=acting)
        for address in paths:
            written.clear()
            with capture_logs() as logs:
                answer = client.get(address.path, base_url=HERE)
            html = answer.text if answer.mimetype == "text/html" else ""
            found.append(
                Seen(
                    role,
                    address.endpoint,
                    address.path,
                    answer.status_code,
                    dict(answer.headers),
                    tuple(INLINE.findall(html)),
                    tuple(written),
                    "\n".join(repr(log.get("exc_info")) for log in logs),
                )
            )
            answer.close()
    event.remove(database.engine, "before_cursor_execute", note)
    return found


@pytest.fixture(scope="module")
def seen(district_site: Flask) -> list[Seen]:
    return looks(district_site)


def named(rows: list[Seen]) -> str:
    return "\n".join(
        sorted({f"{row.endpoint} {row.path} as {row.role}: {row.status} {row.said}" for row in rows})[:12]
    )


def test_no_page_fails(seen: list[Seen]) -> None:
    failed = [row for row in seen if row.status >= 500]
    assert not failed, named(failed)


def test_the_walk_met_the_site(seen: list[Seen]) -> None:
    """A walk that only ever met 404 would prove nothing."""
    shown = Counter(row.role for row in seen if row.status == 200)
    assert set(shown) == {*ROLES, "filling in"}
    assert shown["bureau"] > shown["supplier"] > shown["anonymous"] >= 10
    answered = {row.endpoint for row in seen if row.status in (200, 302)}
    silent = {row.endpoint for row in seen} - answered
    # These need what a young district has none of: scans, photos, drawings, jobs, sheets, the word of a link in a mail.
    assert silent <= {
        "accounts.invitation",
        "accounts.reset",
        "capabilities.photo",
        "certifications.scan",
        "conferences.working",
        "discovery.export_file",
        "discovery.export_progress",
        "discovery.export_state",
        "discovery.saved_search",
        "firms.accept_invitation",
        "firms.way_in",  # the token of a slip, like that of a mail
        "firms.way_in_picture",
        "imports.download",
        "imports.progress",
        "imports.show",
        "needs.download",
    }


def test_no_page_writes_by_being_looked_at(seen: list[Seen]) -> None:
    wrote = [row for row in seen if row.written]
    assert not wrote, "\n".join(f"{row.endpoint} as {row.role}: {row.written}" for row in wrote[:5])


def test_every_answer_carries_the_headers(seen: list[Seen]) -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    for row in seen:
        for name, value in PROTECTION.items():
            assert row.headers.get(name) == value, (row.endpoint, row.status, name)
        assert row.headers.get("Strict-Transport-Security") == TRANSPORT_SECURITY
        assert "Cache-Control" in row.headers, row.endpoint


def test_no_page_has_anything_inline(seen: list[Seen]) -> None:
    found = {(row.endpoint, text) for row in seen for text in row.inline}
    assert not found


def test_strangers_see_no_inner_page(seen: list[Seen]) -> None:
    """What is public is listed here by name; a new page is inner until somebody says otherwise."""
    public = {row.endpoint for row in seen if row.role == "anonymous" and row.status == 200}
    assert public <= {
        "accounts.register",
        "accounts.reset_asked",
        "accounts.reset_code",  # where a code that the bureau handed out is typed in
        "accounts.reset_request",
        "accounts.sign_in",
        "accounts.terms",
        "accounts.welcome",
        "capabilities.of_firm",
        "capabilities.show",
        "certifications.of_firm",
        "certifications.suggestion",
        "conferences.show",
        "discovery.capabilities",
        "discovery.firms",
        "discovery.needs",
        "firms.divisions",
        "firms.industries",
        "firms.show",
        "needs.of_firm",
        "needs.payment_verdict",
        "needs.show",
        "needs.type_terms",  # which fields a type has, known from the lists alone
        "pages.about",
        "pages.health",
        "pages.home",
        # Parts of the records' pages: empty for whoever may see none of the proposals.
        "proposals.of_capability",
        "proposals.of_need",
    }


def test_a_member_sees_no_page_of_the_staff(seen: list[Seen]) -> None:
    for row in seen:
        if row.role in ("supplier", "buyer", "newcomer", "anonymous") and row.status == 200:
            assert row.endpoint not in (
                "moderation.desk",
                "moderation.look",
                "moderation.decisions",
                "firms.index",
                "accounts.offices",
                "accounts.office",
                "discovery.index_state",
                "conferences.match_list",
                "conferences.export",
                "conferences.candidates",
            ), (row.endpoint, row.role)


# ---------------------------------------------------------------- what changes something


def test_every_change_asks_for_the_token_first(district_site: Flask) -> None:
    """No form of any room is taken without it, from nobody, and nothing is written."""
    addresses = Addresses(district_site)
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if WRITES.match(statement):
            written.append(statement)

    database = district_site.extensions["lianqiao.database"]
    event.listen(database.engine, "before_cursor_execute", note)
    taken = []
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for rule in addresses.rules(method):
            address = addresses.of(rule)[0]
            for role in ("anonymous", "admin"):
                answer = visit(district_site, role).open(address.path, method=method, base_url=HERE)
                if answer.status_code != 400:
                    taken.append((method, rule.rule, role, answer.status_code))
    event.remove(database.engine, "before_cursor_execute", note)
    assert len(addresses.rules("POST")) > 60
    assert not taken
    assert not written


def test_a_token_of_another_visitor_is_no_token(district_site: Flask) -> None:
    ours, theirs = visit(district_site, "bureau"), visit(district_site, "supplier")
    token = re.search(r'name="csrf-token" content="([^"]+)"', theirs.get("/", base_url=HERE).text)
    assert token is not None
    answer = ours.post("/language", data={"csrf_token": token[1], "locale": "en"}, base_url=HERE)
    assert answer.status_code == 400


HOSTILE_FORM = {
    "name": "<script>alert(1)</script>",
    "title": "长" * 5000,
    "text": "\u202e\u0000x",
    "quantity": "1e400",
    "valid_until": "2026-02-30",
    "firm_id": "9" * 40,
    "version": "-1",
    "next": "//evil.example",
    "email": "a@b",
    "ids": "x",
    "specs-0-parameter": "x",
    "specs-0-value": "NaN",
    "specs-999999-value": "1",
}


@pytest.mark.parametrize("filled", ["empty", "hostile", "unseen"])
def test_no_form_of_any_room_fails_whoever_sends_it(own_site: Flask, filled: str) -> None:
    own_site.config["WTF_CSRF_ENABLED"] = False
    addresses = Addresses(own_site)
    form = {"empty": {}, "hostile": {**HOSTILE_FORM, "text": "x"}, "unseen": HOSTILE_FORM}[filled]
    most = 1 if filled == "unseen" else 3  # refused before any record is looked at
    failed = []
    for role in ROLES:
        for rule in addresses.rules("POST"):
            for address in addresses.of(rule)[:most]:
                with capture_logs() as logs:
                    answer = visit(own_site, role).post(address.path, data=form, base_url=HERE)
                if answer.status_code >= 500:
                    failed.append((address.path, role, [repr(log.get("exc_info")) for log in logs]))
                assert filled != "unseen" or answer.status_code == 400
                location = answer.headers.get("Location", "/")
                assert location.startswith(("/", HERE)), (address.path, location)
                assert not location.startswith("//"), (address.path, location)
    assert not failed, failed[:6]
