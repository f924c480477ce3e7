"""The blueprint that the imports' pages share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("imports", __name__, url_prefix="/imports")
