"""Where a redirect may lead: this site, and nowhere else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for


def local_path(target: str | None) -> str:
    """A path of this site, whatever was asked: never an address of another."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(character < " " for character in target):
        return "/"
    return target


def url_if_there(endpoint: str, **values: Any) -> str | None:
    """The address of another topic's page or fragment, or None where this site has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
