"""The edge of the site: headers of every kind of answer, cookies, forged headers, limits, hostile requests, a broken house."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from marketplace.app import create_app
from marketplace.core.web.headers import PROTECTION, TRANSPORT_SECURITY
from marketplace.core.web.limits import limiter
from marketplace.settings import Settings
from tests.integration.core.edge import HERE, get, make, site, visitor

__all__ = ["site", "visitor"]


# ---------------------------------------------------------------- headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/health", 200),
        ("/no/such/page", 404),
        ("/needs/0", 404),
        ("/~absent", 404),
        ("/~refused", 400),
        ("/~broken", 500),
        ("/~forbidden", 302),
        ("/~abort/413", 413),
        ("/~abort/429", 429),
        ("/~abort/418", 418),
        ("/~abort/503", 503),
        ("/language", 405),
        ("/needs/browse?q=%00", 400),
        ("/static/css/tokens.css", 200),
        ("/static/vendor/bootstrap-5.3.9/bootstrap.min.css", 200),
        ("/static/no-such-file.css", 404),
        ("/static/../marketplace/app.py", 404),
        ("/static/%2e%2e/marketplace/settings.py", 404),
    ],
)
def test_every_kind_of_answer_carries_the_headers(visitor: FlaskClient, path: str, status: int) -> None:
    answer = get(visitor, path)
    assert answer.status_code == status
    for name, value in PROTECTION.items():
        assert answer.headers.getlist(name) == [value], name
    assert answer.headers["Strict-Transport-Security"] == TRANSPORT_SECURITY
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in answer.headers
    if not path.startswith("/static/") or status == 404:
        assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


def test_a_vendored_file_is_kept_for_ever_and_our_own_for_minutes(visitor: FlaskClient) -> None:
    vendored = get(visitor, "/static/vendor/bootstrap-5.3.9/bootstrap.min.css")
    own = get(visitor, "/static/css/tokens.css")
    assert "immutable" in vendored.headers["Cache-Control"]
    assert own.headers["Cache-Control"] == "max-age=300, public"
    vendored.close()
    own.close()


def test_without_https_nobody_is_told_to_insist_on_it(database_url: str, tmp_path: Path) -> None:
    app = make(database_url, tmp_path, base_url="http://127.0.0.1:8000")
    answer = app.test_client().get("/")
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["X-Frame-Options"] == "DENY"
    app.extensions["lianqiao.database"].dispose()


# ---------------------------------------------------------------- cookies


def cookies(answer: TestResponse) -> list[str]:
    return answer.headers.getlist("Set-Cookie")


def test_cookies_are_for_this_host_for_https_and_for_no_script(visitor: FlaskClient) -> None:
    (cookie,) = cookies(get(visitor, "/"))
    name = cookie.partition("=")[0]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert name == "__Host-lianqiao"
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
    assert not any(attribute.startswith("domain") for attribute in attributes)


def test_a_small_site_without_https_still_keeps_its_cookie_from_scripts(
    database_url: str, tmp_path: Path
) -> None:
    app = make(database_url, tmp_path, base_url="http://127.0.0.1:8000")
    (cookie,) = cookies(app.test_client().get("/"))
    assert cookie.startswith("lianqiao=")
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie
    app.extensions["lianqiao.database"].dispose()


@pytest.mark.parametrize(
    "cookie", ["", "x", "eyJfdXNlcl9pZCI6IjEuMSJ9.x.y", "\xff\xfe", "a" * 4000, ".eJw.a.b", '"; drop']
)
def test_a_forged_cookie_is_nobody(visitor: FlaskClient, cookie: str) -> None:
    visitor.set_cookie("__Host-lianqiao", cookie, domain="lianqiao.example", secure=True)
    assert get(visitor, "/").status_code == 200
    assert get(visitor, "/me").status_code == 302


# ---------------------------------------------------------------- who asks


FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;host=evil.example",
}


def test_forwarded_headers_are_anybodys_to_write_and_count_for_nothing(visitor: FlaskClient) -> None:
    assert get(visitor, "/~who", headers=FORGED).text == "127.0.0.1 https lianqiao.example"


def test_they_count_as_far_as_the_settings_trust_proxies(database_url: str, tmp_path: Path) -> None:
    app = make(database_url, tmp_path, trusted_proxies=1)
    headers = {**FORGED, "X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    said = app.test_client().get("/~who", base_url="http://inside:8000", headers=headers).text
    assert said.split()[:2] == ["198.51.100.7", "https"]  # the last hop, not what the visitor claimed
    app.extensions["lianqiao.database"].dispose()


def test_a_limit_is_met_kindly_and_cannot_be_forged_away(database_url: str, tmp_path: Path) -> None:
    app = make(database_url, tmp_path, rate_limits=True)
    client = app.test_client()
    for number in range(3):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert get(client, "/~counted", headers=headers).status_code == 200
    answer = get(app.test_client(), "/~counted", headers={"X-Forwarded-For": "198.51.100.1"})
    assert answer.status_code == 429
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 60
    assert f"请在 {wait} 秒后再试" in answer.text
    assert PROTECTION.items() <= dict(answer.headers).items()
    elsewhere = get(client, "/~counted", environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 200
    assert get(client, "/").status_code == 200
    limiter.reset()
    app.extensions["lianqiao.database"].dispose()


# ---------------------------------------------------------------- a calm page for what goes wrong


def test_who_is_not_signed_in_is_shown_the_way(visitor: FlaskClient) -> None:
    answer = get(visitor, "/needs/4711?from=mail&x=1")
    assert answer.status_code == 404
    link = re.search(r'href="(/sign-in\?next=[^"]+)"', answer.text)
    assert link is not None
    target = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)["next"]
    assert target == ["/needs/4711?from=mail&x=1"]


def test_a_forbidden_page_asks_to_sign_in_and_a_forbidden_step_says_so(
    visitor: FlaskClient, site: Flask
) -> None:
    asked = get(visitor, "/~forbidden?a=1")
    assert urlsplit(asked.headers["Location"]).path == "/sign-in"
    assert parse_qs(urlsplit(asked.headers["Location"]).query)["next"] == ["/~forbidden?a=1"]
    site.config["WTF_CSRF_ENABLED"] = False
    assert visitor.post("/~forbidden", base_url=HERE).status_code == 403


def test_a_fault_of_ours_has_a_number_that_the_log_knows_and_no_detail(visitor: FlaskClient) -> None:
    with capture_logs() as logs:
        answer = get(visitor, "/~broken")
    reference = re.search(r"<code>([0-9a-f]{12})</code>", answer.text)
    assert reference is not None
    assert [log["reference"] for log in logs if log["event"] == "unexpected error"] == [reference[1]]
    for word in ("canary-detail", "Traceback", "RuntimeError", "marketplace"):
        assert word not in answer.text


def test_the_pages_speak_the_readers_language(visitor: FlaskClient) -> None:
    with visitor.session_transaction(base_url=HERE) as cookie:
        cookie["locale"] = "en"
    assert 'lang="en"' in get(visitor, "/~broken").text
    assert "我们这边出了问题" not in get(visitor, "/~broken").text
    assert 'lang="en"' in get(visitor, "/nowhere").text


def test_a_house_without_its_database_still_answers_calmly(tmp_path: Path) -> None:
    """No traceback, no plain server error: the page that asks nothing of the database."""
    app = create_app(
        Settings(
            data_dir=tmp_path,
            database_url="postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2",
            secret_key="a key for tests",
            rate_limits=False,
        )
    )
    client = app.test_client()
    for path in ("/", "/needs/1", "/firms/1"):
        answer = client.get(path)
        assert answer.status_code == 500, path
        assert "我们这边出了问题" in answer.text
        assert PROTECTION.items() <= dict(answer.headers).items()
        assert "psycopg" not in answer.text
    health = client.get("/health")
    assert (health.status_code, health.json) == (503, {"status": "database does not answer"})


def test_health_is_plain(visitor: FlaskClient) -> None:
    assert json.loads(get(visitor, "/health").data) == {"status": "ok"}


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_changing_the_language_leads_nowhere_else(site: Flask, visitor: FlaskClient, target: str) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    answer = visitor.post("/language", data={"locale": "en", "next": target}, base_url=HERE)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    assert 'lang="en"' in get(visitor, "/").text


@pytest.mark.parametrize(
    ("here", "back"),
    [
        ("/terms", "/terms"),
        ("/needs/browse?q=1", "/needs/browse?q=1"),
        ("/firms/verify", "/"),
        ("/imports/needs/rows", "/"),
    ],
)
def test_changing_the_language_comes_back_where_there_is_a_page(
    site: Flask, visitor: FlaskClient, here: str, back: str
) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    answer = visitor.post("/language", data={"locale": "en", "next": here}, base_url=HERE)
    assert answer.headers["Location"] == back
