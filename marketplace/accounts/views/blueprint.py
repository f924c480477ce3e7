"""The blueprint that the modules of this package hang their pages on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("accounts", __name__)
# Coarse, before any work is done; the exact counts are rows in the database (rules.LIMITS).
TRIES = "60 per minute"
