"""Where a redirect may lead: this site, and nowhere else."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for

LONGEST = 2000
_UNSAFE = re.compile(r"^//|[\\\x00-\x1f\x7f-\xa0\ud800-\udfff]")


def local_path(target: str | None) -> str:
    """A path of this site, whatever was asked: never an address of another.

    Browsers drop tabs and line breaks from an address and read a backslash as a slash, so neither may be in it.
    """
    if not target or len(target) > LONGEST or not target.startswith("/") or _UNSAFE.search(target):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return target if not parts.scheme and not parts.netloc else "/"


def url_if_there(endpoint: str, **values: Any) -> str | None:
    """The address of another topic's page or fragment, or None where this site has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
