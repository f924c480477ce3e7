"""The blueprint that the rosters' pages share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("rosters", __name__, url_prefix="/rosters")
