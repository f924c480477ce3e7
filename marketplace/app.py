"""create_app: the one assembly point of the web site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from marketplace import navigation, paths, tables, words
from marketplace.core import analysis
from marketplace.core.bells import Bells
from marketplace.core.db import LARGEST_ID, Database
from marketplace.core.files import LARGEST_UPLOAD
from marketplace.core.logs import configure_logs
from marketplace.core.web.headers import register_headers
from marketplace.core.web.language import register_language
from marketplace.core.web.limits import register_limits
from marketplace.core.web.refusals import register_refusals
from marketplace.core.web.request import register_database
from marketplace.core.web.sanity import register_sanity
from marketplace.core.web.static_files import register_static_files
from marketplace.identity import register_identity
from marketplace.rooms import register_rooms
from marketplace.settings import Settings

__all__ = ["create_app", "tables", "words"]


class RowId(IntegerConverter):
    """A number in an address: never one that no database could hold, which would be an error instead of a 404."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def create_app(settings: Settings | None = None) -> Flask:
    """The site for these settings (read from the environment when none are given)."""
    configure_logs()
    settings = settings or Settings()
    app = Flask("marketplace", template_folder=str(paths.TEMPLATES), static_folder=None)
    _configure(app, settings)
    database = Database(settings.database_url, Bells(settings))
    register_database(app, database)
    analysis.watch(database)
    register_language(app)
    register_limits(app, enabled=settings.rate_limits)
    register_identity(app)
    register_refusals(app)
    register_sanity(app)
    register_headers(app, secure=settings.secure)
    register_rooms(app)
    navigation.register_navigation(app)
    register_static_files(app, paths.STATIC, secure=settings.secure)
    _trust_proxies(app, settings.trusted_proxies)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["lianqiao.settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=2 * LARGEST_UPLOAD + 1024 * 1024,
        MAX_FORM_PARTS=5000,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_COOKIE_NAME="__Host-lianqiao" if settings.secure else "lianqiao",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure,
    )
    app.url_map.converters["int"] = RowId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)


def _trust_proxies(app: Flask, count: int) -> None:
    """Forwarded headers count only as far as that many proxies wrote them; without any, they are anybody's to forge."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
