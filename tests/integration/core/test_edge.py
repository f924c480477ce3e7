"""The edge of the site: headers of every kind of answer, cookies, forged headers, limits, hostile requests, a broken house."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from marketplace.app import create_app
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.web.headers import PROTECTION, TRANSPORT_SECURITY
from marketplace.core.web.limits import limiter
from marketplace.settings import Settings

HERE = "https://lianqiao.example"


def with_odd_pages(app: Flask) -> Flask:
    """Pages that go wrong in every way that a page can."""

    @app.get("/~broken")
    def broken() -> str:
        raise RuntimeError("canary-detail")

    @app.get("/~refused")
    def refused() -> str:
        raise Refusal("core.stale")

    @app.get("/~absent")
    def absent() -> str:
        raise NotFound

    @app.route("/~forbidden", methods=["GET", "POST"])
    def forbidden() -> str:
        raise Forbidden

    @app.get("/~abort/<int:code>")
    def aborted(code: int) -> str:
        abort(code)

    @app.get("/~who")
    def who() -> str:
        return f"{request.remote_addr} {request.scheme} {request.host}"

    @app.get("/~counted")
    @limiter.limit("3 per minute")
    def counted() -> str:
        return "one more"

    return app


def make(database_url: str, folder: Path, **more: object) -> Flask:
    chosen = {"rate_limits": False, "base_url": HERE, **more}
    return with_odd_pages(
        create_app(
            Settings(data_dir=folder, database_url=database_url, secret_key="a key for tests", **chosen)
        )  # type: ignore[arg-type]
    )


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make(database_url, tmp_path)
    yield app
    app.extensions["lianqiao.database"].dispose()


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


def get(client: FlaskClient, path: str, **options: object) -> TestResponse:
    return client.get(path, base_url=HERE, **options)  # type: ignore[arg-type]


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


# ---------------------------------------------------------------- hostile requests


@pytest.mark.parametrize(
    "path",
    [
        "/needs/browse?q=" + "a" * 100_000,
        "/needs/browse?" + "&".join(f"chain=x{number}" for number in range(5_000)),
        "/needs/browse?q=%ED%A0%80",
        "/needs/browse?q=%FF%FE",
        "/needs/browse?q=%00",
        "/needs/browse?chain=%00",
        "/needs/browse?%00=1",
        "/needs/browse?sort=closing&sort=newest&q=1&q=2&chain=a&chain=b",
        "/needs/browse?cursor=AAAA",
        "/needs/browse?cursor=" + "A" * 5_000,
        "/needs/browse?sort=__class__",
        "/needs/browse?__proto__=1&constructor=2",
        "/firms/browse?party=no-such-kind&certificate=%3Cscript%3E",
        "/needs/%00",
        "/needs/9223372036854775807",
        "/needs/9223372036854775808",
        "/needs/" + "9" * 400,
        "/needs/-1",
        "/needs/1?id=1&id=2",
        "/needs/１２",
        "/..%2f..%2fetc/passwd",
        "//evil.example/",
        "/%2e%2e/%2e%2e/",
        "/needs/browse/../../me",
        "/\ud7ff",
        "/sign-in?next=//evil.example",
        "/sign-in?next=%00",
    ],
)
def test_no_address_is_a_fault_of_ours(visitor: FlaskClient, path: str) -> None:
    with capture_logs() as logs:
        answer = get(visitor, path)
    assert answer.status_code < 500, [log.get("exc_info") for log in logs]
    assert "Traceback" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"locale=zh&next=%00", "application/x-www-form-urlencoded"),
        (b"locale=\xff\xfe&next=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"\x00" * 1000, "application/x-www-form-urlencoded"),
        (b"a=1&" * 6_000, "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"junk", "multipart/form-data; boundary="),
        (b"junk", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\nv\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"{", "application/json"),
        (b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", "application/xml"),
    ],
)
def test_no_body_is_a_fault_of_ours(site: Flask, visitor: FlaskClient, body: bytes, kind: str) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    for path in ("/language", "/sign-in", "/register", "/reset"):
        with capture_logs() as logs:
            answer = visitor.post(path, data=body, content_type=kind, base_url=HERE)
        assert answer.status_code < 500, (path, [log.get("exc_info") for log in logs])
        assert urlsplit(answer.headers.get("Location", "/")).netloc in ("", "lianqiao.example")


def test_a_form_with_unseen_characters_is_sent_back_with_the_reason(
    site: Flask, visitor: FlaskClient
) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    answer = visitor.post("/sign-in", data={"login": "a\x00b", "password": "x"}, base_url=HERE)
    assert answer.status_code == 400
    assert "看不见的控制字符" in answer.text


def test_what_is_too_large_is_refused_before_it_is_read(site: Flask, visitor: FlaskClient) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    answer = visitor.post(
        "/sign-in",
        input_stream=BytesIO(b"x"),
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(10**9)},
        base_url=HERE,
    )
    assert answer.status_code == 413
    assert "文件太大" in answer.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arguments=st.dictionaries(
        st.sampled_from(
            ["q", "sort", "cursor", "chain", "link", "division", "certificate", "party", "type", "x"]
        ),
        st.text(max_size=60),
        max_size=5,
    )
)
def test_the_browse_page_answers_any_question(visitor: FlaskClient, arguments: dict[str, str]) -> None:
    encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in arguments.items()}
    answer = get(visitor, "/needs/browse", query_string=encoded)
    assert answer.status_code in (200, 400)
    assert answer.mimetype == "text/html"


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
