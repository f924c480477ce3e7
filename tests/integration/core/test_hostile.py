"""Requests that no browser sends: no address and no body is a fault of ours."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.integration.core.edge import HERE, get, site, visitor

__all__ = ["site", "visitor"]


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
