"""Where a redirect may lead: this site, and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_path(target: str | None) -> str:
    """A path of this site, whatever was asked: never an address of another."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(character < " " for character in target):
        return "/"
    return target
