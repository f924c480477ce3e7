"""How refusals reach a reader: at the field they belong to, or on top of the form; never as a raw error."""

from __future__ import annotations

import time
import uuid
from typing import Any

import structlog
from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_limiter.errors import RateLimitExceeded
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.web.language import say_problem
from marketplace.core.web.limits import limiter
from marketplace.core.web.request import current_actor, current_locale

log = structlog.get_logger()
_PAGES = (400, 403, 404, 413, 429)


def show_refusal(form: FlaskForm, refusal: Refusal) -> None:
    """Put each problem at its field; those without one go on top of the form (``form.form_errors``)."""
    for problem in refusal.problems:
        field = _field_named(form, problem.field)
        target = form.form_errors if field is None else field.errors
        if field is not None and not isinstance(target, list):
            target = list(target)
            field.errors = target
        target.append(say_problem(problem))


def _field_named(form: FlaskForm, name: str | None) -> Any | None:
    """A field by its HTML name, rows of field lists included (``specs-2-value``)."""
    if name is None:
        return None
    for field in _every_field(form):
        if field.name == name or field.short_name == name:
            return field
    return None


def _every_field(fields):  # type: ignore[no-untyped-def]
    for field in fields:
        yield field
        if hasattr(field, "entries"):
            yield from _every_field(field.entries)
        elif hasattr(field, "form"):
            yield from _every_field(field.form)


def register_refusals(app: Flask) -> None:
    """Every error becomes a calm page in the reader's language; the technical words go to the log."""

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Response:
        return _page(404)

    @app.errorhandler(Forbidden)
    def forbidden(_error: Forbidden) -> Response:
        """Somebody not signed in is asked to, and comes back here; anybody else is told that they may not."""
        if (
            not current_actor().signed_in
            and request.method == "GET"
            and "accounts.sign_in" in app.view_functions
        ):
            return make_response(redirect(url_for("accounts.sign_in", next=_here())))
        return _page(403)

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        return _page(400, problems=[say_problem(problem) for problem in refusal.problems])

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> Response:
        return _page(400, stale=True)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None or error.code is None or error.code < 400:
            return make_response(error.get_response())
        if error.code >= 500:
            return _apology(error, error.code)
        wait = _seconds_to_wait(error) if error.code == 429 else None
        page = _page(error.code if error.code in _PAGES else 400, retry_after=wait)
        page.status_code = error.code
        if wait is not None:
            page.headers["Retry-After"] = str(wait)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                page.headers[name] = value
        return page

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        return _apology(error, 500)


def _apology(error: Exception, code: int) -> Response:
    """The page for what must not happen. It asks neither database nor session, for they may be what is broken; the
    number on it is the one in the log."""
    reference = uuid.uuid4().hex[:12]
    log.error(
        "unexpected error", reference=reference, path=request.path, method=request.method, exc_info=error
    )
    template = current_app.jinja_env.get_template("errors/500.html")
    response = make_response(template.render(reference=reference, locale=current_locale()), code)
    response.headers["Cache-Control"] = "no-store"
    return response


def _seconds_to_wait(error: HTTPException) -> int | None:
    """How long until the limit that was met lets go, where it is one of ours."""
    met = limiter.current_limit if isinstance(error, RateLimitExceeded) else None
    return None if met is None else max(1, int(met.reset_at - time.time()))


def _here() -> str:
    return request.full_path if request.query_string else request.path


def _page(code: int, **context: object) -> Response:
    response = make_response(render_template(f"errors/{code}.html", **context), code)
    response.headers["Cache-Control"] = "no-store"
    return response
