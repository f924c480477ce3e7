"""Static files by whitenoise, with the headers that every other answer has."""

from __future__ import annotations

import re
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from marketplace.core.web.headers import protect

# A vendored folder carries its version in its name: what lies there never changes.
_VERSIONED = re.compile(r"^/static/vendor/[^/]+-\d[^/]*/")
MAX_AGE_SECONDS = 300


def register_static_files(app: Flask, folder: Path, *, secure: bool) -> None:
    """Serve ``folder`` under /static/; a file that is not there becomes the site's own 404."""

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        protect(headers, secure=secure)

    app.add_url_rule("/static/<path:filename>", endpoint="static", build_only=True)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix="static/",
        max_age=MAX_AGE_SECONDS,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: _VERSIONED.match(url) is not None,
        add_headers_function=add_headers,
    )
