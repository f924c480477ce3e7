"""The blueprint that the capabilities' pages share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("capabilities", __name__, url_prefix="/capabilities")
