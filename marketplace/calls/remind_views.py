"""Pages of reminders: mails, the text for a WeChat group, the sheet to telephone by, what came of a call."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from marketplace.accounts.web import mail_link, site
from marketplace.calls import exports, queries, reminding
from marketplace.calls.blueprint import pages
from marketplace.calls.forms import OutcomeForm, row_id
from marketplace.calls.jobs import REMIND
from marketplace.calls.models import Call
from marketplace.core import jobs
from marketplace.core.errors import Refusal
from marketplace.core.sheets.writing import XLSX
from marketplace.core.web.language import say, say_problem, translated
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work

# A sheet of paper that one desk works off in a day; the workbook has them all.
MOST_PRINTED = 300
MOST_NAMED = 60


def _call(call_id: int) -> Call:
    return reminding.to_remind(reading(), current_actor(), call_id, now())


@pages.post("/<int:call_id>/remind/mail")
def remind_by_mail(call_id: int) -> Response:
    """Staff press once; the worker mails everybody who has not answered and can be mailed."""
    office_id = row_id(request.form.get("office"))
    try:
        with unit_of_work() as session:
            actor = current_actor()
            reminding.begin_mails(session, actor, call_id, office_id, now=now())
            link = mail_link("calls.show", call_id=call_id)
            jobs.submit(
                session, actor, REMIND, {"call_id": call_id, "office_id": office_id, "link": link}, now()
            )
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "danger")
    else:
        flash(say("calls.said.mailing"), "success")
    return redirect(url_for("calls.show", call_id=call_id, office=office_id))


@pages.get("/<int:call_id>/remind/group")
def group_text(call_id: int) -> str:
    """A text to copy into a WeChat group: plain words, free of charge, how to verify."""
    call = _call(call_id)
    office_id = row_id(request.args.get("office"))
    named = request.args.get("names") == "1"
    return render_template(
        "calls/group.html",
        call=call,
        text=_group_text(call, office_id, named),
        office=exports.office_of(reading(), office_id),
        office_id=office_id,
        named=named,
        offices=queries.by_office(reading(), call, queries.reach_of(current_actor())),
    )


def _group_text(call: Call, office_id: int | None, named: bool) -> str:
    reach = queries.reach_of(current_actor(), office_id)
    tally = queries.tally_of(reading(), call, reach)
    place = site().told_in(current_locale())
    kinds = tuple(kind for kind in ("needs", "capabilities") if getattr(call, f"asks_{kind}"))
    values = {
        "title": call.title,
        "number": call.number or "",
        "asked": exports.kinds_in_words(kinds, current_locale()),
        "day": call.due_on,
        "reported": tally.reported + tally.none,
        "all": tally.asked,
        "waiting": tally.unanswered,
        "link": mail_link("calls.show", call_id=call.id),
        "site": place.name,
        "address": place.base_url,
        "office": call.office.name,
    }
    paragraphs = [
        say("calls.group.greeting", values),
        say("calls.group.late" if call.due_on < today() else "calls.group.due", values),
        say("calls.group.standing", values),
        say("calls.group.how", values),
        say("calls.group.free", values),
    ]
    if named and tally.unanswered:
        names = [
            line.firm for line in exports.lines(reading(), current_actor(), call, office_id, size=MOST_NAMED)
        ]
        more = tally.unanswered - len(names)
        code = "calls.group.names_more" if more > 0 else "calls.group.names"
        paragraphs.insert(3, say(code, names=names, more=more))
    return "\n".join(paragraphs)


@pages.post("/<int:call_id>/remind/group")
def note_group(call_id: int) -> Response:
    office_id = row_id(request.form.get("office"))
    try:
        with unit_of_work() as session:
            count = reminding.note_group(session, current_actor(), call_id, office_id, now=now())
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "danger")
    else:
        flash(say("calls.said.grouped", count=count), "success")
    return redirect(url_for("calls.show", call_id=call_id, office=office_id))


@pages.get("/<int:call_id>/sheet")
def sheet(call_id: int) -> str:
    """The sheet on paper, to telephone by."""
    call, office_id = _call(call_id), row_id(request.args.get("office"))
    found = exports.lines(reading(), current_actor(), call, office_id, size=MOST_PRINTED + 1)
    return render_template(
        "calls/sheet.html",
        call=call,
        lines=found[:MOST_PRINTED],
        more=len(found) > MOST_PRINTED,
        most=MOST_PRINTED,
        office=exports.office_of(reading(), office_id),
        office_id=office_id,
        day=today(),
    )


@pages.post("/<int:call_id>/sheet.xlsx")
def sheet_file(call_id: int) -> FlaskResponse:
    """The same as a workbook. Numbers leave the house with it, so who took it is written down."""
    office_id = row_id(request.form.get("office"))
    with unit_of_work() as session:
        call = reminding.note_sheet(session, current_actor(), call_id, office_id, now=now())
    # Thousands of rows are written out while nobody waits for the database.
    content = exports.call_sheet(reading(), current_actor(), call, office_id, locale=current_locale())
    name = translated("电话催报表")
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


@pages.post("/<int:call_id>/firms/<int:firm_id>/called")
def note_call(call_id: int, firm_id: int) -> Response:
    form = OutcomeForm()
    form.validate()
    by: date | None = form.report_by.data
    try:
        with unit_of_work() as session:
            reminding.note_call(
                session,
                current_actor(),
                call_id,
                firm_id,
                outcome=form.outcome.data or "",
                report_by=by,
                note=form.note.data,
                now=now(),
            )
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "danger")
    else:
        flash(say("calls.said.noted"), "success")
    back = {
        key: value for key in ("office", "tab", "after") if (value := row_id_or_word(request.form.get(key)))
    }
    return redirect(url_for("calls.show", call_id=call_id, **back))  # type: ignore[arg-type]


def row_id_or_word(text: str | None) -> str | None:
    """What may go back into an address: a number or one of our tabs."""
    return text if text and (row_id(text) is not None or text.isidentifier()) else None
