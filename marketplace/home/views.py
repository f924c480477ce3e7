"""The site's own pages: the first page, the language switch, health."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from marketplace.calls.queries import waiting_for
from marketplace.capabilities.models import Capability
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import LOCALES
from marketplace.core.web.language import say
from marketplace.core.web.links import local_path, url_if_there
from marketplace.core.web.request import current_actor, current_locale, now, reading, today
from marketplace.firms.queries import firms_of
from marketplace.home import queries
from marketplace.home.entries import ways_of
from marketplace.home.steps import steps_for
from marketplace.needs.models import Need
from marketplace.needs.queries import firm_shown

pages = Blueprint("pages", __name__)
log = structlog.get_logger()


@pages.get("/")
def home() -> str:
    """What this is, for those who are new; what waits, for those who are signed in."""
    actor, session_ = current_actor(), reading()
    if not actor.signed_in:
        return render_template(
            "home/welcome.html",
            numbers=queries.district_numbers(session_, actor, today()),
            needs=_lines(queries.newest_needs(session_, actor, today())),
        )
    # A supplier is shown what is asked for, a buyer what is offered.
    supplier, buyer = actor.supplies and not actor.staff, actor.buys and not actor.staff
    return render_template(
        "home/home.html",
        steps=steps_for(actor),
        needs=_lines(queries.newest_needs(session_, actor, today())) if supplier else [],
        capabilities=_lines(queries.newest_capabilities(session_, actor, today())) if buyer else [],
        todos=[
            todo
            for todo in queries.todos_for(session_, actor, today())
            if todo.endpoint in current_app.view_functions
        ],
        calls=waiting_for(session_, actor.own_firms) if supplier or buyer else [],
        conferences=queries.coming_conferences(session_, actor, now()),
        numbers=queries.district_numbers(session_, actor, today()),
    )


@pages.get("/post")
def post() -> str:
    """Where every entry starts: what this party may ask for, open or offer."""
    actor = current_actor()
    if not actor.signed_in:
        raise Forbidden
    firms = [firm for firm in firms_of(reading(), actor) if actor.may_edit_firm(firm.id)]
    chosen = request.args.get("firm", type=int)
    firm = next((one for one in firms if one.id == chosen), firms[0] if firms else None)
    return render_template(
        "home/post.html",
        firm=firm,
        firms=firms,
        ways=ways_of(reading(), firm, current_locale()) if firm else [],
        firm_url=url_if_there("firms.mine"),
    )


def _lines(listings: Sequence[Need | Capability]) -> list[dict[str, str]]:
    """Each listing on one line: what, of whom, until when."""
    actor, found = current_actor(), []
    for row in listings:
        if isinstance(row, Need):
            firm, title, url = firm_shown(actor, row), row.title, url_for("needs.show", need_id=row.id)
        else:
            firm, title = row.firm, row.product
            url = url_for("capabilities.show", capability_id=row.id)
        name = firm.legal_name if firm is not None else say("needs.anonymous_firm")
        until = say("home.until", day=row.valid_until.isoformat()) if row.valid_until else ""
        found.append({"title": title, "url": url, "firm": name, "until": until})
    return found


@pages.get("/about")
def about() -> str:
    """How matching works, what is done with personal data, and how to tell that a message is the bureau's."""
    return render_template("home/about.html")


@pages.post("/language")
def language() -> Response:
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        session["locale"] = chosen
    return redirect(_page_to_read(local_path(request.form.get("next"))))


def _page_to_read(path: str) -> str:
    """The path, or the first page where it only takes forms: what a form answered with has no address to come back to."""
    try:
        current_app.create_url_adapter(request).match(urlsplit(path).path, method="GET")  # type: ignore[union-attr]
    except RequestRedirect:
        return path
    except HTTPException:
        return url_for("pages.home")
    return path


@pages.get("/health")
def health() -> tuple[dict[str, str], int]:
    """For the machine room: 200 while the database answers, 503 while it does not."""
    try:
        reading().execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.error("database does not answer", exc_info=error)
        return {"status": "database does not answer"}, 503
    return {"status": "ok"}, 200
