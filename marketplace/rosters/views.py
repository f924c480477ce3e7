"""Pages of rosters, for the bureau: bring one in, look at what it would do, decide, confirm, take back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import safe_name
from marketplace.core.jobs import Job
from marketplace.core.paging import newest_first
from marketplace.core.sheets import SheetError, open_table
from marketplace.core.sheets.writing import XLSX
from marketplace.core.web.language import say, say_problem, translated
from marketplace.core.web.limits import UPLOADS, limiter
from marketplace.core.web.request import (
    current_actor,
    current_locale,
    file_store,
    forget_files,
    keeping,
    now,
    reading,
    unit_of_work,
)
from marketplace.imports.forms import cells_in, choices_in
from marketplace.rosters import exports, presenting, queries, rules, service
from marketplace.rosters.blueprint import pages
from marketplace.rosters.comparing import SIDE
from marketplace.rosters.forms import ACCEPTED, RosterForm, believed_in
from marketplace.rosters.models import KINDS, Roster

__all__ = ["pages"]
# The tabs, in the order of the work.
_LOOKED_AT = ("suspicious", "changed", "new", "unread", "unchanged")


def _bureau() -> None:
    if not rules.may_bring(current_actor()):
        raise Forbidden


def _known(roster_id: int) -> Roster:
    found = queries.roster_or_none(reading(), current_actor(), roster_id)
    if found is None:
        raise Forbidden if not current_actor().signed_in else NotFound
    return found


@pages.get("/")
def start() -> ResponseReturnValue:
    _bureau()
    return _start_page(RosterForm(formdata=None))


def _start_page(form: RosterForm, status: int = 200) -> ResponseReturnValue:
    page = newest_first(
        reading(), queries.own_rosters(current_actor()), Roster.id,
        before=request.args.get("before", type=int), after=request.args.get("after", type=int),
    )  # fmt: skip
    jobs = queries.jobs_of(reading(), page.items)
    earlier = [
        {
            "roster": roster,
            "state": presenting.state_badge(
                presenting.state_of(roster, jobs.get(roster.job_id or 0)), current_locale()
            ),
        }
        for roster in page.items
    ]
    return render_template(
        "rosters/start.html", form=form, accepted=ACCEPTED, earlier=earlier, page=page
    ), status


@pages.post("/")
@limiter.limit(UPLOADS)
def upload() -> ResponseReturnValue:
    _bureau()
    form = RosterForm()
    file = request.files.get("file")
    if file is None or not file.filename or not form.validate():
        form.file.errors = [*form.file.errors, say("rosters.one_file")]
        return _start_page(form, 422)
    name, content = safe_name(file.filename), file.read()
    try:
        kind = open_table(content, name).kind
    except SheetError as error:
        form.file.errors = [error.sentence(current_locale())]
        return _start_page(form, 422)
    brought = service.RosterFile(name, content, kind)
    with keeping(content) as session:
        roster_id = service.create(session, current_actor(), file_store(), brought, now=now()).id
    return redirect(url_for("rosters.show", roster_id=roster_id))


@pages.get("/export.xlsx")
@limiter.limit(UPLOADS)
def export() -> ResponseReturnValue:
    """The district's roster, to be mended in Excel and brought back."""
    _bureau()
    out = BytesIO()
    exports.write_roster(out, reading(), current_actor(), now=now())
    out.seek(0)
    day = now().date().isoformat()
    return send_file(out, mimetype=XLSX, as_attachment=True, download_name=f"企业名册-{day}.xlsx", max_age=0)


@pages.get("/<int:roster_id>")
def show(roster_id: int) -> ResponseReturnValue:
    """Wherever the roster stands: under way, to be looked at, or what came of it."""
    roster = _known(roster_id)
    job = queries.job_of(reading(), roster)
    if job is not None and service.under_way(job, now()):
        return render_template("rosters/working.html", roster=roster, job=job)
    return _preview(roster, job)


@pages.get("/<int:roster_id>/progress")
def progress(roster_id: int) -> ResponseReturnValue:
    """The fragment that polls itself; leads on when the job is done."""
    roster = _known(roster_id)
    job = queries.job_of(reading(), roster)
    if job is not None and service.under_way(job, now()):
        return render_template("rosters/_working.html", roster=roster, job=job)
    target = url_for("rosters.show", roster_id=roster_id)
    if request.headers.get("HX-Request"):
        return FlaskResponse("", 200, {"HX-Redirect": target})
    return redirect(target)


def _failure(job: Job | None) -> str | None:
    if job is None or (job.failure is None and job.finished_at is not None):
        return None
    return say("core.job_failed") if job.failure is None else say(job.failure["code"], job.failure["params"])


def _wanted() -> dict[str, str]:
    """What narrows the list, out of the address; anything else is nothing."""
    kind = request.args.get("kind", "")
    return {
        "kind": kind if kind in KINDS else "",
        "reason": request.args.get("reason", "")[:30],
        "outcome": request.args.get("outcome", "")[:12],
        "beside": str(request.args.get("beside", type=int) or ""),
    }


def _preview(roster: Roster, job: Job | None) -> ResponseReturnValue:
    session, locale, wanted = reading(), current_locale(), _wanted()
    kinds = queries.counts_by_kind(session, roster.id)
    outcomes = queries.outcome_counts(session, roster.id)
    if not any(wanted.values()):
        wanted["kind"] = next((kind for kind in _LOOKED_AT if kinds.get(kind)), "")
    after, before = request.args.get("after", type=int), request.args.get("before", type=int)
    rows = queries.rows_page(session, roster.id, **wanted, after=after, before=before)
    more = len(rows) > queries.ROWS_A_PAGE
    rows = rows[-queries.ROWS_A_PAGE :] if before is not None else rows[: queries.ROWS_A_PAGE]
    words, twins = presenting.words_for(session, locale), queries.twins(session, rows)
    asked = {name: value for name, value in wanted.items() if value}
    earlier = queries.earlier_of_same_file(session, roster)
    return render_template(
        "rosters/show.html",
        roster=roster,
        failure=_failure(job),
        job=job,
        side=presenting.sheet_view(roster, locale) if roster.reading else None,
        kinds=[(kind, kinds.get(kind, 0)) for kind in _LOOKED_AT],
        wanted=wanted,
        asked=asked,
        reasons=queries.counts_by_reason(session, roster.id),
        protected=roster.counts.get("protected", {}),
        waiting=queries.waiting_count(session, roster.id),
        outcomes=outcomes,
        undecided=queries.undecided_count(session, roster.id) if outcomes else 0,
        effects=queries.effect_counts(session, roster.id) if outcomes else {},
        left=presenting.kept_views(session, queries.kept_effects(session, roster.id), locale)
        if roster.undone_at
        else [],
        earlier=earlier,
        rows=[presenting.row_view(row, roster, twins[row.id], words, locale) for row in rows],
        newer=rows[0].position if rows and (more if before is not None else after is not None) else None,
        older=rows[-1].position if rows and (more if before is None else True) else None,
    )


def _do(
    roster_id: int, work: Callable[[Session], Any], *, anchor: str | None = None, said: str | None = None
) -> ResponseReturnValue:
    """A change in its unit of work, then the page as it was narrowed; what a service refuses is said on it."""
    _known(roster_id)
    try:
        with unit_of_work() as session:
            work(session)
        if said:
            flash(said, "success")
    except Refusal as refusal:
        for problem in refusal.problems:
            flash(say_problem(problem), "error")
    kept: dict[str, Any] = {name: value for name, value in _wanted().items() if value}
    place = {name: request.args.get(name, type=int) for name in ("after", "before")}
    return redirect(url_for("rosters.show", roster_id=roster_id, _anchor=anchor, **kept, **place))  # type: ignore[arg-type]


@pages.post("/<int:roster_id>/columns")
def choose(roster_id: int) -> ResponseReturnValue:
    roster = _known(roster_id)
    names = {SIDE: [sheet["name"] for sheet in roster.reading.get("sheets", ())]}
    choices = choices_in(request.form, names)[SIDE]
    return _do(
        roster_id, lambda session: service.choose(session, current_actor(), roster_id, choices, now=now())
    )


@pages.post("/<int:roster_id>/again")
def again(roster_id: int) -> ResponseReturnValue:
    return _do(
        roster_id, lambda session: service.compare_again(session, current_actor(), roster_id, now=now())
    )


@pages.post("/<int:roster_id>/rows/<int:line_id>")
def row(roster_id: int, line_id: int) -> ResponseReturnValue:
    """One row's buttons: mend its cells, write it as ticked, leave it, say who it is."""
    action = request.form.get("action", "")

    def work(session: Session) -> object:
        actor, moment = current_actor(), now()
        if action == "save":
            return service.mend(session, actor, roster_id, line_id, cells_in(request.form), now=moment)
        if action in ("skip", "unskip"):
            return service.skip(session, actor, roster_id, line_id, skipped=action == "skip", now=moment)
        if action in ("same", "other"):
            return service.join(session, actor, roster_id, line_id, same=action == "same", now=moment)
        fields = request.form.getlist("shown")
        return service.decide(
            session, actor, roster_id, line_id, taken=action == "take",
            believed=believed_in(request.form, fields) if action == "take" else None, now=moment,
        )  # fmt: skip

    return _do(roster_id, work, anchor=f"row-{line_id}")


@pages.post("/<int:roster_id>/reasons/<reason>")
def decide_all(roster_id: int, reason: str) -> ResponseReturnValue:
    taken = request.form.get("action") == "take"
    return _do(
        roster_id,
        lambda session: service.decide_all(
            session, current_actor(), roster_id, reason, taken=taken, now=now()
        ),
    )


@pages.post("/<int:roster_id>/fields/<field>")
def believe_all(roster_id: int, field: str) -> ResponseReturnValue:
    believed = request.form.get("action") == "believe"
    return _do(
        roster_id,
        lambda session: service.believe_all(
            session, current_actor(), roster_id, field, believed=believed, now=now()
        ),
    )


@pages.post("/<int:roster_id>/confirm")
def confirm(roster_id: int) -> ResponseReturnValue:
    return _do(roster_id, lambda session: service.confirm(session, current_actor(), roster_id, now=now()))


@pages.post("/<int:roster_id>/undo")
def undo(roster_id: int) -> ResponseReturnValue:
    return _do(roster_id, lambda session: service.take_back(session, current_actor(), roster_id, now=now()))


@pages.post("/<int:roster_id>/delete")
def delete(roster_id: int) -> ResponseReturnValue:
    _known(roster_id)
    try:
        forget_files(lambda session: service.delete(session, current_actor(), roster_id, now=now()))
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "error")
        return redirect(url_for("rosters.show", roster_id=roster_id))
    flash(translated("已删除这份名册和它的预览；已写入的档案不受影响。"), "success")
    return redirect(url_for("rosters.start"))
