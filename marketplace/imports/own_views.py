"""A page for buyers: their own sheet of needs becomes drafts."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.core.errors import Forbidden, Problem, Refusal
from marketplace.core.files import safe_name
from marketplace.core.web.language import say
from marketplace.core.web.limits import UPLOADS, limiter
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, unit_of_work
from marketplace.firms.queries import firms_of
from marketplace.imports.blueprint import pages
from marketplace.imports.forms import ACCEPTED, OwnSheetForm
from marketplace.imports.own_needs import MOST_ROWS, draft_from_sheet


def _form() -> OwnSheetForm:
    """The form with the firms that this person may write for."""
    actor = current_actor()
    firms = {firm.id: firm.legal_name for firm in firms_of(reading(), actor) if actor.may_edit_firm(firm.id)}
    if not firms:
        raise Forbidden
    form = OwnSheetForm()
    form.firm_id.choices = firms
    if form.firm_id.data not in firms:
        form.firm_id.data = next(iter(firms))
    return form


@pages.get("/needs")
def own_needs() -> ResponseReturnValue:
    return _page(_form())


def _page(form: OwnSheetForm, status: int = 200) -> ResponseReturnValue:
    return render_template("imports/own_needs.html", form=form, accepted=ACCEPTED, most=MOST_ROWS), status


@pages.post("/needs")
@limiter.limit(UPLOADS)
def upload_own_needs() -> ResponseReturnValue:
    form = _form()
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        form.file.errors = [say("imports.one_file")]
        return _page(form, 422)
    name, content = safe_name(sent.filename), sent.read()
    try:
        with unit_of_work() as session:
            drafted = draft_from_sheet(
                session, current_actor(), form.firm_id.data, content, name, locale=current_locale(), now=now()
            )
    except Refusal as refusal:
        form.file.errors = list(form.file.errors)
        show_refusal(form, Refusal.of([_at_file(problem) for problem in refusal.problems]))
        return _page(form, 422)
    return render_template("imports/own_needs_done.html", drafted=drafted, filename=name)


def _at_file(problem: Problem) -> Problem:
    """Whatever is wrong with a sheet is wrong with the file that was chosen."""
    return Problem(problem.code, "file", problem.params)
