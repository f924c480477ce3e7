"""Where ``next`` may lead after signing in: a path of this site, however the address is dressed up."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.web.links import local_path

SITE = "https://lianqiao.example/sign-in"
FOREIGN = [
    "http://evil.example", "https://evil.example/", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "http:evil.example",
    "http:/evil.example", "https:///evil.example", "HTTP://EVIL.EXAMPLE", " //evil.example", "\t//evil.example",
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\r\n//evil.example", "javascript:alert(1)",
    "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "ftp://evil.example", "mailto:a@evil.example",
    "//user:pass@evil.example", "https://lianqiao.example@evil.example", "//evil.example:80/me", "evil.example",
    "evil.example/me", "?next=//evil.example", "#//evil.example", "", None, "/\x00/evil.example", "/me\r\nSet-Cookie: a=b",
    "//[::1]/", "//%65vil.example", "http://[::ffff:127.0.0.1]/", "//evil。example", "／／evil.example", "/\x0b/evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_no_dress_leads_to_another_site(target: str | None) -> None:
    path = local_path(target)
    assert path == "/" or urlsplit(urljoin(SITE, path)).netloc == "lianqiao.example"
    assert path == "/" or path.startswith("/")
    assert not any(character < " " for character in path)


@pytest.mark.parametrize(
    "target", ["/", "/me", "/needs?chain=nylon&q=%E5%B0%BC%E9%BE%99", "/firms/12#contacts", "/a//b", "/推荐"]
)
def test_paths_of_this_site_stay(target: str) -> None:
    assert local_path(target) == target


@given(st.text(max_size=60) | st.text("/\\:@.?#evil\t\r\n ", max_size=20).map(lambda text: "/" + text))
def test_whatever_is_asked_a_browser_stays_here(target: str) -> None:
    path = local_path(target)
    # A browser reads a backslash as a slash.
    assert urlsplit(urljoin(SITE, path.replace("\\", "/"))).netloc == "lianqiao.example"
