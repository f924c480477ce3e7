"""The site's own pages: the first page, the language switch, health."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session
from sqlalchemy import text
from werkzeug.wrappers import Response

from marketplace.core.i18n import LOCALES
from marketplace.core.web.links import local_path
from marketplace.core.web.request import reading

pages = Blueprint("pages", __name__)


@pages.get("/")
def home() -> str:
    return render_template("home/home.html")


@pages.post("/language")
def language() -> Response:
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        session["locale"] = chosen
    return redirect(local_path(request.form.get("next")))


@pages.get("/health")
def health() -> tuple[dict[str, str], int]:
    """For the machine room: 200 while the database answers."""
    reading().execute(text("SELECT 1"))
    return {"status": "ok"}, 200
