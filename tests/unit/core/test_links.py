"""A redirect stays on this site, whatever a stranger put into the address."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.web.links import local_path

HERE = "https://lianqiao.example/sign-in"
ABROAD = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "HTTPS://evil.example/x",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "mailto:a@evil.example",
    "//user@evil.example",
    "/%09/../\\evil.example",
    "/\x00//evil.example",
    "/\x0b/evil.example",
    "/\x85/evil.example",
    "/\u00a0/evil.example",
    "//[::1",
    "/x\ud800",
    "evil.example",
    "?next=//evil.example",
    "#x",
    "",
    None,
    "/" + "a" * 5000,
    "/a\r\nSet-Cookie: x=1",
]


@pytest.mark.parametrize("target", ABROAD)
def test_what_leads_away_leads_home(target: str | None) -> None:
    assert local_path(target) == "/"


@pytest.mark.parametrize(
    "target",
    ["/", "/needs/12", "/needs/browse?q=%E5%B0%BC&chain=nylon#x", "/a//b", "/企业?x=1", "/a:b", "/@x"],
)
def test_what_stays_is_kept(target: str) -> None:
    assert local_path(target) == target


def read_by_a_browser(target: str) -> str:
    """The host that a browser goes to: it drops tabs and line breaks and reads a backslash as a slash."""
    cleaned = "".join(c for c in target if c not in "\t\n\r").replace("\\", "/").strip()
    return urlsplit(urljoin(HERE, cleaned)).netloc


@given(st.text(st.sampled_from("/\\.:@?#%\t\n\r ahtpsev\x00\x85"), max_size=30))
def test_no_text_leads_away(target: str) -> None:
    assert read_by_a_browser(local_path(target)) == "lianqiao.example"
