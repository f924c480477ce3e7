"""Rate limits at the edge, per signed-in person or address. Sign-in and claim codes are also counted in the database."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from marketplace.core.web.request import current_actor


def _who() -> str:
    actor = current_actor()
    return f"account:{actor.account_id}" if actor.signed_in else f"address:{get_remote_address()}"


limiter = Limiter(key_func=_who, default_limits=[], storage_uri="memory://", headers_enabled=False)

UPLOADS = "30 per minute; 300 per hour"
SEARCHES = "120 per minute"
EXPORTS = "10 per minute; 60 per hour"
SIGN_UPS = "10 per hour"


def register_limits(app: Flask, *, enabled: bool) -> None:
    app.config["RATELIMIT_ENABLED"] = enabled
    limiter.init_app(app)
