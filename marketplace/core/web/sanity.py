"""What no person types is refused before any page reads it: NUL bytes and broken characters, which databases refuse."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Flask, request

from marketplace.core.errors import Refusal

_UNREADABLE = re.compile(r"[\x00\ud800-\udfff]")


def register_sanity(app: Flask) -> None:
    @app.before_request
    def look() -> None:
        if any(_UNREADABLE.search(text) for text in _everything()):
            raise Refusal("core.unseen_character")


def _everything() -> Iterable[str]:
    yield request.path
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value
