"""Pages of imports, for organisers: drop two sheets, look at how they were read, mend, match, read the list, keep."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import safe_name
from marketplace.core.i18n import render
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
from marketplace.imports import own_views, presenting, queries, rules, service
from marketplace.imports.blueprint import pages
from marketplace.imports.forms import ACCEPTED, UploadForm, cells_in, choices_in
from marketplace.imports.models import SheetMatch
from marketplace.proposals.wording import Wording

__all__ = ["own_views", "pages"]


def _known(match_id: int) -> SheetMatch:
    found = queries.match_or_none(reading(), current_actor(), match_id)
    if found is None:
        raise Forbidden if not current_actor().signed_in else NotFound
    return found


@pages.get("/")
def start() -> ResponseReturnValue:
    if not rules.may_import(current_actor()):
        raise Forbidden
    return _start_page(UploadForm(formdata=None))


def _start_page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    page = newest_first(
        reading(),
        queries.own_matches(current_actor()),
        SheetMatch.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
    )
    of_page = queries.jobs_of(reading(), page.items)
    earlier = [
        {"match": match, "state": _badge(presenting.stage_of(match, of_page.get(match.job_id or 0)))}
        for match in page.items
    ]
    return render_template(
        "imports/start.html", form=form, accepted=ACCEPTED, earlier=earlier, page=page
    ), status


def _badge(stage: str) -> tuple[str, str]:
    return presenting.state_badge(stage, current_locale())


@pages.post("/")
@limiter.limit(UPLOADS)
def upload() -> ResponseReturnValue:
    actor = current_actor()
    if not rules.may_import(actor):
        raise Forbidden
    form = UploadForm()
    opened, problems = _opened([file for file in request.files.getlist("files") if file.filename])
    valid = form.validate()
    if problems or not valid:
        form.files.errors = [*form.files.errors, *problems]
        return _start_page(form, 422)
    with keeping(*(each.content for each in opened)) as session:
        match = service.create(session, actor, file_store(), service.tell_sides(*opened), now=now())
        match_id = match.id
    return redirect(url_for("imports.show", match_id=match_id))


def _opened(files: list[FileStorage]) -> tuple[list[service.Upload], list[str]]:
    """The files opened, and one sentence for each that cannot be."""
    locale = current_locale()
    problems = [] if len(files) == 2 else [say("imports.two_files")]
    opened: list[service.Upload] = []
    for file in files[:2]:
        name, content = safe_name(file.filename or ""), file.read()
        try:
            opened.append(service.Upload(name, content, open_table(content, name)))
        except SheetError as error:
            problems.append(f"{name}{'：' if locale == 'zh' else ': '}{error.sentence(locale)}")
    return opened, problems


@pages.get("/<int:match_id>")
def show(match_id: int) -> ResponseReturnValue:
    """Wherever the import stands: under way, to be looked at, or its list."""
    match = _known(match_id)
    job = queries.job_of(reading(), match)
    stage = presenting.stage_of(match, job)
    if stage in ("reading", "matching", "keeping") and job is not None and not service.given_up(job, now()):
        return render_template("imports/working.html", match=match, job=job, stage=stage)
    if match.matched_at is not None and "columns" not in request.args:
        return _list_page(match, job)
    return _mapping_page(match, job)


@pages.get("/<int:match_id>/progress")
def progress(match_id: int) -> ResponseReturnValue:
    """The fragment that polls itself; leads on when the job is done."""
    match = _known(match_id)
    job = queries.job_of(reading(), match)
    target = url_for("imports.show", match_id=match_id)
    if job is not None and job.finished_at is None and not service.given_up(job, now()):
        return render_template("imports/_working.html", match=match, job=job)
    return (
        FlaskResponse("", 200, {"HX-Redirect": target})
        if request.headers.get("HX-Request")
        else redirect(target)
    )


def _failure(job: Job | None) -> str | None:
    if job is None or (job.failure is None and job.finished_at is not None):
        return None
    if job.failure is None:
        return say("core.job_failed")
    return say(job.failure["code"], job.failure["params"])


def _mapping_page(match: SheetMatch, job: Job | None, status: int = 200) -> ResponseReturnValue:
    locale = current_locale()
    sources = sorted(match.sources, key=lambda source: source.side, reverse=True)
    stored = queries.rows_of(reading(), [source.id for source in sources])
    sides = [presenting.side_view(source, locale) for source in sources]
    rows = [
        {**side, "bad": [presenting.row_view(row, source, locale) for row in stored[source.id]]}
        for source, side in zip(sources, sides, strict=True)
    ]
    return render_template(
        "imports/mapping.html",
        match=match,
        sides=rows,
        ready=match.read_at is not None and all(rules.is_usable(source.reading) for source in sources),
        sure=all(side["sure"] for side in sides),
        problems=sum(bool(row["problems"]) and not row["skipped"] for side in rows for row in side["bad"]),
        most=rules.MOST_ROWS_STORED,
        failure=_failure(job),
        job=job,
    ), status


def _list_page(match: SheetMatch, job: Job | None) -> ResponseReturnValue:
    session, locale = reading(), current_locale()
    tab = request.args.get("tab", "matched")
    tab = tab if tab in ("matched", "unmatched", "errors") else "matched"
    wording = Wording(session, locale)
    context: dict[str, Any] = {
        "match": match,
        "tab": tab,
        "counts": match.counts,
        "matched_count": queries.count_of(session, match.id, True),
        "unmatched_count": queries.count_of(session, match.id, False),
        "error_count": queries.row_count(session, match.id),
        "may_keep": rules.may_keep(current_actor()),
        "failure": _failure(job),
    }
    if tab == "errors":
        context |= _errors(session, match, locale)
    else:
        context |= _needs(session, match, wording, tab == "matched")
    return render_template("imports/list.html", **context)


def _needs(session: Session, match: SheetMatch, wording: Wording, matched: bool) -> dict[str, Any]:
    after, before = request.args.get("after", type=int), request.args.get("before", type=int)
    found = queries.needs_of(session, match.id, matched=matched, after=after, before=before)
    more = len(found) > queries.NEEDS_A_PAGE
    found = found[-queries.NEEDS_A_PAGE :] if before is not None else found[: queries.NEEDS_A_PAGE]
    has_newer = more if before is not None else after is not None
    has_older = more if before is None else True
    shown: dict[str, Any] = {
        "previous": found[0].position if found and has_newer else None,
        "next": found[-1].position if found and has_older else None,
    }
    if not matched:
        return {
            **shown,
            "needs": [
                {**presenting.need_view(need), "why": presenting.cause_views(need, wording)} for need in found
            ],
        }
    wanted = request.args.get("need", type=int)
    chosen = queries.need_of(session, match.id, wanted) if wanted is not None else None
    if chosen is None or not chosen.matched:
        chosen = found[0] if found else None
    cards = presenting.pair_views(queries.pairs_of(session, chosen.id), wording) if chosen else []
    return {
        **shown,
        "needs": [presenting.need_view(need) for need in found],
        "need": presenting.need_view(chosen) if chosen else None,
        "cards": cards,
    }


def _errors(session: Session, match: SheetMatch, locale: str) -> dict[str, Any]:
    sources = sorted(match.sources, key=lambda source: source.side, reverse=True)
    stored = queries.rows_of(session, [source.id for source in sources])
    return {
        "bad": [
            {
                "side": render(f"imports.side.{source.side}", {}, locale),
                **presenting.row_view(row, source, locale),
            }
            for source in sources
            for row in stored[source.id]
        ]
    }


@pages.post("/<int:match_id>/columns")
def choose(match_id: int) -> ResponseReturnValue:
    match = _known(match_id)
    sheets = {
        source.side: [sheet["name"] for sheet in source.reading.get("sheets", ())] for source in match.sources
    }
    return _do(match_id, lambda session: service.choose(
        session, current_actor(), match_id, choices_in(request.form, sheets), now=now()
    ))  # fmt: skip


@pages.post("/<int:match_id>/swap")
def swap(match_id: int) -> ResponseReturnValue:
    return _do(match_id, lambda session: service.swap(session, current_actor(), match_id, now=now()))


@pages.post("/<int:match_id>/rows/<int:row_id>")
def mend(match_id: int, row_id: int) -> ResponseReturnValue:
    action = request.form.get("action", "save")

    def work(session: Session) -> object:
        actor = current_actor()
        if action in ("skip", "take"):
            return service.skip(session, actor, match_id, row_id, skipped=action == "skip", now=now())
        return service.mend(session, actor, match_id, row_id, cells_in(request.form), now=now())

    return _do(match_id, work, anchor=f"row-{row_id}", columns=True)


@pages.post("/<int:match_id>/match")
def start_match(match_id: int) -> ResponseReturnValue:
    return _do(match_id, lambda session: service.start_match(session, current_actor(), match_id, now=now()))


@pages.post("/<int:match_id>/keep")
def keep(match_id: int) -> ResponseReturnValue:
    return _do(match_id, lambda session: service.start_keep(session, current_actor(), match_id, now=now()))


def _do(match_id: int, work: Any, *, anchor: str | None = None, columns: bool = False) -> ResponseReturnValue:
    """A change in its unit of work, then the page again; what a service refuses is said on it."""
    _known(match_id)
    try:
        with unit_of_work() as session:
            work(session)
    except Refusal as refusal:
        for problem in refusal.problems:
            flash(say_problem(problem), "error")
    # A parameter of None is left out of the address.
    return redirect(
        url_for("imports.show", match_id=match_id, _anchor=anchor, columns=1 if columns else None)
    )


@pages.get("/<int:match_id>/list.xlsx")
def download(match_id: int) -> ResponseReturnValue:
    match = _known(match_id)
    stored = queries.result_file(reading(), match)
    if stored is None or match.matched_at is None:
        raise NotFound
    path = file_store().path_of(stored.sha256)
    return send_file(path, mimetype=XLSX, as_attachment=True, download_name=stored.name, max_age=0)


@pages.post("/<int:match_id>/delete")
def delete(match_id: int) -> ResponseReturnValue:
    _known(match_id)
    try:
        forget_files(lambda session: service.delete(session, current_actor(), match_id, now=now()))
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "error")
        return redirect(url_for("imports.show", match_id=match_id))
    flash(translated("已删除这份导入和两个原文件。"), "success")
    return redirect(url_for("imports.start"))
