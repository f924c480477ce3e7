"""A page for buyers: their own sheet of needs becomes drafts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.core.errors import Forbidden, Problem, Refusal
from marketplace.core.files import safe_name
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.limits import UPLOADS, limiter
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.firms.queries import firms_of
from marketplace.imports.blueprint import pages
from marketplace.imports.forms import ACCEPTED, DraftLineForm, DraftsForm, OwnSheetForm
from marketplace.imports.handing_over import MOST_AT_ONCE, hand_over
from marketplace.imports.own_needs import MOST_ROWS, Drafted, draft_from_sheet, draft_mended
from marketplace.imports.own_rows import MOST_MENDED
from marketplace.needs.content import NeedContent
from marketplace.needs.models import Need
from marketplace.needs.presenting import quantity_text
from marketplace.needs.queries import content_of_need, needs_of
from marketplace.needs.rules import USUAL_VALIDITY, submission_problems
from marketplace.taxonomy import queries as taxonomy


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
    return _done(drafted, form.firm_id.data, name)


def _done(drafted: Drafted, firm_id: int, filename: str) -> ResponseReturnValue:
    return render_template(
        "imports/own_needs_done.html", drafted=drafted, firm_id=firm_id, filename=filename, most=MOST_MENDED
    )


@pages.post("/needs/rows")
@limiter.limit(UPLOADS)
def mend_own_rows() -> ResponseReturnValue:
    """Rows of the sheet as their reader mended them: what is right now becomes drafts, the rest stays open."""
    form, name = _form(), request.form.get("filename", "")[:120]
    try:
        with unit_of_work() as session:
            drafted = draft_mended(
                session,
                current_actor(),
                form.firm_id.data,
                request.form,
                locale=current_locale(),
                now=now(),
            )
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "danger")
        return redirect(url_for("imports.own_drafts"))
    return _done(drafted, form.firm_id.data, name)


@pages.route("/needs/drafts", methods=["GET", "POST"])
def own_drafts() -> ResponseReturnValue:
    """The firm's drafts with what each still lacks; the chosen ones go to the bureau together."""
    actor = current_actor()
    writable = [firm.id for firm in firms_of(reading(), actor) if actor.may_edit_firm(firm.id)]
    if not writable:
        raise Forbidden
    # Sheets of buyers seldom say until when a need holds: the usual time stands there to be changed.
    form = DraftsForm(data={"valid_until": today() + USUAL_VALIDITY})
    kept_back: dict[int, tuple[Problem, ...]] = {}
    unread: dict[int, DraftLineForm] = {}
    if form.validate_on_submit():
        chosen = [
            int(text)
            for text in request.form.getlist("need_id")
            if text.isascii() and text.isdigit() and len(text) < 19
        ]
        lines = {need_id: DraftLineForm.sent(need_id, request.form) for need_id in chosen[:MOST_AT_ONCE]}
        unread = {need_id: line for need_id, line in lines.items() if not line.validate()}
        with unit_of_work() as session:
            done = hand_over(
                session,
                actor,
                [need_id for need_id in chosen if need_id not in unread],
                valid_until=form.valid_until.data,
                mended={need_id: line.contents for need_id, line in lines.items()},
                now=now(),
            )
        kept_back = done.kept_back
        if done.submitted:
            flash(
                gettext(
                    "%(count)s 条已交主办单位审核，点开就能看到可能合适的企业。", count=len(done.submitted)
                ),
                "success",
            )
        if done.not_own:
            flash(
                gettext(
                    "勾选的有 %(count)s 条不是贵单位的需求，或已不存在，没有提交：请从下面的草稿中勾选。",
                    count=done.not_own,
                ),
                "warning",
            )
        if not kept_back and not unread:
            if not chosen:
                flash(gettext("还没有勾选：请先勾选要提交的草稿。"), "warning")
            return redirect(url_for("imports.own_drafts"))
    drafts = needs_of(writable, today(), "draft").order_by(Need.id.desc()).limit(MOST_AT_ONCE)
    rows = [_draft_line(need, kept_back.get(need.id)) for need in reading().scalars(drafts).unique()]
    status = 422 if kept_back or unread or form.errors else 200
    return render_template("imports/own_drafts.html", form=form, rows=rows), status


def _draft_line(need: Need, refused: tuple[Problem, ...] | None) -> dict[str, Any]:
    """A draft in the table: what kept it back just now, else what it would be sent back for."""
    content = content_of_need(need)
    found = refused if refused is not None else _still_missing(content)
    line = DraftLineForm.shown(need.id, request.form, content)
    said: dict[str, list[str]] = {}
    for problem in found:
        on_line = problem.field if problem.field in line.data else ""
        said.setdefault(on_line or "", []).append(say_problem(problem))
    for field in line:
        # Sentences of what could not be read come first; then the box says nothing else.
        told = [*field.errors, *(() if field.errors else said.pop(field.short_name, ()))]
        field.errors = told
    return {
        "id": need.id,
        "chosen": str(need.id) in request.form.getlist("need_id"),
        "title": need.title or gettext("（没有名称）"),
        "selected_label": need.title,
        "quantity": quantity_text(content),
        "problems": said.get("", []),
        "fields": [field for field in line if field.errors],
        "url": url_for("needs.edit", need_id=need.id),
    }


def _still_missing(content: NeedContent) -> tuple[Problem, ...]:
    """What a draft would be sent back for; the validity that all share is asked above the table."""
    problems = submission_problems(content, today(), taxonomy.type_fields(reading()))
    return tuple(problem for problem in problems if problem.code != "needs.valid_until_missing")


def _at_file(problem: Problem) -> Problem:
    """Whatever is wrong with a sheet is wrong with the file that was chosen."""
    return Problem(problem.code, "file", problem.params)
