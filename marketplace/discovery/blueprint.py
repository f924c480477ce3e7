"""The blueprint that discovery's pages share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("discovery", __name__)
ENDPOINTS = {"need": "discovery.needs", "capability": "discovery.capabilities", "firm": "discovery.firms"}
