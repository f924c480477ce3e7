"""The blueprint that the pages of moderation share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("moderation", __name__, url_prefix="/moderation")
