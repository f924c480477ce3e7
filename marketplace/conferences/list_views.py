"""Pages of a match list: read it need by need, pin, drop, add, freeze, prove, export. Part of the conferences' pages."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.conferences import exports, lists, queries, rules
from marketplace.conferences.blueprint import pages
from marketplace.conferences.cards import staff_card
from marketplace.conferences.forms import AddPairForm
from marketplace.conferences.jobs import RECOMPUTE
from marketplace.conferences.models import MatchEntry, MatchList
from marketplace.core import jobs
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.core.work_as import actor_params
from marketplace.proposals.wording import Wording

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/jobs/<int:job_id>")
def working(job_id: int) -> Any:
    """The page of a running job; as a fragment it polls itself, and leads on when the job is done."""
    job = jobs.own_job(reading(), current_actor(), job_id)
    if job.state == "done":
        target = _after(job)
        if request.headers.get("HX-Request"):
            return FlaskResponse("", 200, {"HX-Redirect": target})
        return redirect(target)
    template = (
        "conferences/_working.html" if request.headers.get("HX-Request") else "conferences/working.html"
    )
    return render_template(template, job=job)


def _after(job: jobs.Job) -> str:
    """Where a finished job leads; a recomputation's verdict is shown beside the list."""
    result = job.result or {}
    proof = job.id if job.kind == RECOMPUTE else None
    return url_for("conferences.match_list", list_id=result["list_id"], proof=proof)


@pages.get("/lists/<int:list_id>")
def match_list(list_id: int) -> str:
    """One edition: needs on the left, the chosen need's pairs on the right; needs without a match as their own tab."""
    return _page(list_id, AddPairForm(formdata=None), request.args.get("need", type=int))


def _page(list_id: int, form: AddPairForm, need_id: int | None) -> str:
    actor = current_actor()
    found = lists.known_list(reading(), actor, list_id)
    index = queries.needs_of(reading(), list_id)
    unmatched = queries.unmatched_of(reading(), list_id)
    tab = request.args.get("tab", "matched")
    known = {line.need_id for line in index} | {row.need_id for row in unmatched}
    if need_id not in known:
        need_id = index[0].need_id if index else None
    entries = queries.entries_of_need(reading(), list_id, need_id) if need_id else []
    without = {row.need_id: row.need for row in unmatched}
    counts = queries.supplier_counts(reading(), list_id)
    return render_template(
        "conferences/list.html",
        match_list=found,
        conference=found.conference,
        editable=found.frozen_at is None,
        index=index,
        unmatched=unmatched,
        tab=tab if tab in ("matched", "unmatched") else "matched",
        need=entries[0].need if entries else without.get(need_id or 0),
        need_id=need_id,
        cards=_cards(entries),
        form=form,
        proof=_proof(request.args.get("proof", type=int), list_id),
        suppliers=len(counts),
        concentration=rules.concentration(counts.values()),
    )


def _cards(entries: list[MatchEntry]) -> list[dict[str, Any]]:
    wording = Wording(reading(), current_locale())
    cards, position = [], 0
    for entry in entries:
        position += entry.dropped_at is None
        urls = {
            "capability": url_for("capabilities.show", capability_id=entry.capability_id),
            "firm": url_for("firms.show", firm_id=entry.supplier_id),
        }
        rank = position if entry.dropped_at is None else None
        cards.append(staff_card(entry, rank, wording, current_locale(), urls))
    return cards


def _proof(job_id: int | None, list_id: int) -> dict[str, Any] | None:
    """What a recomputation of this list gave, if the reader has just asked for one."""
    if job_id is None:
        return None
    job = jobs.own_job(reading(), current_actor(), job_id)
    result = job.result or {}
    return result if job.kind == RECOMPUTE and result.get("list_id") == list_id else None


def _decided(entry: MatchEntry, said: str) -> Response:
    flash(say(said), "success")
    return redirect(
        url_for(
            "conferences.match_list", list_id=entry.list_id, need=entry.need_id, _anchor=f"pair-{entry.id}"
        )
    )


@pages.post("/entries/<int:entry_id>/pin")
def pin(entry_id: int) -> Response:
    with unit_of_work() as session:
        entry = lists.pin(
            session, current_actor(), entry_id, reason=request.form.get("reason", ""), now=now()
        )
    return _decided(entry, "conferences.said.pinned")


@pages.post("/entries/<int:entry_id>/drop")
def drop(entry_id: int) -> Response:
    try:
        with unit_of_work() as session:
            entry = lists.drop(
                session, current_actor(), entry_id, reason=request.form.get("reason", ""), now=now()
            )
    except Refusal as refusal:
        if refusal.code != "conferences.reason_missing":
            raise
        flash(say_problem(refusal.problems[0]), "danger")
        kept = queries.entry_or_none(reading(), entry_id)
        assert kept is not None
        return redirect(url_for("conferences.match_list", list_id=kept.list_id, need=kept.need_id))
    return _decided(entry, "conferences.said.dropped")


@pages.post("/entries/<int:entry_id>/restore")
def restore(entry_id: int) -> Response:
    with unit_of_work() as session:
        entry = lists.restore(session, current_actor(), entry_id, now=now())
    return _decided(entry, "conferences.said.restored")


@pages.get("/lists/<int:list_id>/candidates")
def candidates(list_id: int) -> str:
    """Options for adding a pair by hand: open capabilities by product or firm name."""
    lists.known_list(reading(), current_actor(), list_id)
    text = (request.args.get("q") or "").strip()[:60]
    need_id = request.args.get("need", 0, type=int)
    found = queries.candidates(reading(), list_id, need_id, text, today()) if text else ()
    return render_template("conferences/_candidates.html", candidates=found, text=text)


@pages.post("/lists/<int:list_id>/needs/<int:need_id>/add")
def add(list_id: int, need_id: int) -> Response | tuple[str, int]:
    form = AddPairForm()
    capability_id = request.form.get("capability_id", 0, type=int)
    try:
        with unit_of_work() as session:
            entry = lists.add(
                session,
                current_actor(),
                list_id,
                need_id,
                capability_id,
                reason=form.reason.data or "",
                now=now(),
            )
    except Refusal as refusal:
        for problem in refusal.problems:
            flash(say_problem(problem), "danger")
        return _page(list_id, form, need_id), 422
    return _decided(entry, "conferences.said.added")


@pages.post("/lists/<int:list_id>/freeze")
def freeze(list_id: int) -> Response:
    with unit_of_work() as session:
        frozen: MatchList = lists.freeze(session, current_actor(), list_id, now=now())
        edition = frozen.edition
    flash(say("conferences.said.frozen", edition=edition), "success")
    return redirect(url_for("conferences.match_list", list_id=list_id))


@pages.post("/lists/<int:list_id>/recompute")
def recompute(list_id: int) -> Response:
    actor = current_actor()
    with unit_of_work() as session:
        lists.known_list(session, actor, list_id)
        job = jobs.submit(
            session, actor, RECOMPUTE, {"list_id": list_id, "actor": actor_params(actor)}, now()
        )
        job_id = job.id
    return redirect(url_for("conferences.working", job_id=job_id))


@pages.get("/lists/<int:list_id>/match-list.xlsx")
def export(list_id: int) -> FlaskResponse:
    """The workbook; ``copy=firms`` leaves the numbers out."""
    with_scores = request.args.get("copy") != "firms"
    content = exports.match_list_workbook(
        reading(), current_actor(), list_id, locale=current_locale(), with_scores=with_scores
    )
    name = "match-list.xlsx" if with_scores else "match-list-for-firms.xlsx"
    return FlaskResponse(
        content, mimetype=XLSX, headers={"Content-Disposition": f"attachment; filename={name}"}
    )
