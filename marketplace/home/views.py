"""The site's own pages: the first page, the language switch, health."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session
from sqlalchemy import text
from werkzeug.wrappers import Response

from marketplace.core.i18n import LOCALES
from marketplace.core.web.links import local_path
from marketplace.core.web.request import current_actor, now, reading, today
from marketplace.home import queries

pages = Blueprint("pages", __name__)


@pages.get("/")
def home() -> str:
    """What this is, for those who are new; what waits, for those who are signed in."""
    actor, session_ = current_actor(), reading()
    if not actor.signed_in:
        return render_template("home/welcome.html", numbers=queries.district_numbers(session_, today()))
    return render_template(
        "home/home.html",
        todos=[
            todo
            for todo in queries.todos_for(session_, actor, today())
            if todo.endpoint in current_app.view_functions
        ],
        conferences=queries.coming_conferences(session_, actor, now()),
        numbers=queries.district_numbers(session_, today()),
    )


@pages.get("/about")
def about() -> str:
    """How matching works, what is done with personal data, and how to tell that a message is the bureau's."""
    return render_template("home/about.html")


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
