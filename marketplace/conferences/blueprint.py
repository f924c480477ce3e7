"""The blueprint that the conferences' pages share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("conferences", __name__, url_prefix="/conferences")
