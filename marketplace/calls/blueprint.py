"""The blueprint that the calls' pages share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("calls", __name__, url_prefix="/calls")
