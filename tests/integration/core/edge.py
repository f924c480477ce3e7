"""A site of its own for the tests of the edge, with pages that go wrong in every way that a page can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.app import create_app
from marketplace.core.errors import Forbidden, NotFound, Refusal
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
