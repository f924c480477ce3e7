"""Pages of a match list: read it need by need, pin, drop, add, freeze, prove, export. Part of the conferences' pages."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from marketplace.conferences import adding, exports, list_queries, lists, rules, weight_queries
from marketplace.conferences.asking import asked_once, followed
from marketplace.conferences.blueprint import pages
from marketplace.conferences.cards import eyes_of, staff_card
from marketplace.conferences.forms import AddPairForm
from marketplace.conferences.jobs import ADD, RECOMPUTE
from marketplace.conferences.list_queries import NeedLine
from marketplace.conferences.models import MatchEntry, MatchList
from marketplace.conferences.weight_cards import held_weights, weight_panel
from marketplace.conferences.weight_rules import choice_in
from marketplace.conferences.weights import not_weighable
from marketplace.core import jobs
from marketplace.core.errors import Refusal
from marketplace.core.sheets.writing import XLSX
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.proposals.evidence import causes_readable_by
from marketplace.proposals.wording import Wording

# Which needs the index beside a list shows.
FILTERS: dict[str, Callable[[NeedLine], bool]] = {
    "": lambda line: True,
    "strong": lambda line: line.strong > 0,
    "possible": lambda line: line.strong == 0,
}


@pages.get("/jobs/<int:job_id>")
def working(job_id: int) -> Any:
    """The page of a running job; as a fragment it polls itself, and leads on when the job is done."""
    job = followed(reading(), current_actor(), job_id)
    part = request.headers.get("HX-Request")
    if job.state == "done":
        target = _after(job)
        return FlaskResponse("", 200, {"HX-Redirect": target}) if part else redirect(target)
    template = "conferences/_working.html" if part else "conferences/working.html"
    return render_template(template, job=job, back=_before(job))


def _after(job: jobs.Job) -> str:
    """Where a finished job leads: a recomputation's verdict is shown beside the list, a pair added where it stands."""
    result = job.result or {}
    if job.kind == ADD:
        return _at_pair(result["list_id"], result["need_id"], result["entry_id"])
    proof = job.id if job.kind == RECOMPUTE else None
    return url_for("conferences.match_list", list_id=result["list_id"], proof=proof)


def _at_pair(list_id: int, need_id: int, entry_id: int) -> str:
    return url_for("conferences.match_list", list_id=list_id, need=need_id, _anchor=f"pair-{entry_id}")


def _before(job: jobs.Job) -> str:
    """The page that a job was started from."""
    if "list_id" in job.params:
        return url_for(
            "conferences.match_list", list_id=job.params["list_id"], need=job.params.get("need_id")
        )
    return url_for("conferences.show", conference_id=job.params["conference_id"])


@pages.get("/lists/<int:list_id>")
def match_list(list_id: int) -> str:
    """One edition: needs on the left, the chosen need's pairs on the right; needs without a match as their own tab."""
    return _page(list_id, AddPairForm(formdata=None), request.args.get("need", type=int))


def _page(list_id: int, form: AddPairForm, wanted: int | None, find: str = "") -> str:
    actor = current_actor()
    found = lists.known_list(reading(), actor, list_id)
    lines = list_queries.needs_of(reading(), list_id)
    unmatched = list_queries.unmatched_of(reading(), list_id)
    without = {row.need_id: row.need for row in unmatched}
    only = request.args.get("only", "")
    index = [line for line in lines if FILTERS.get(only, FILTERS[""])(line)]
    known = {line.need_id for line in lines} | set(without)
    need_id = wanted if wanted in known else (index[0].need_id if index else None)
    entries = list_queries.entries_of_need(reading(), list_id, need_id) if need_id else []
    counts = list_queries.supplier_counts(reading(), list_id)
    return render_template(
        "conferences/list.html",
        match_list=found,
        conference=found.conference,
        editable=found.frozen_at is None,
        index=index,
        filters=[(key, sum(map(chosen, lines)), key == only) for key, chosen in FILTERS.items()],
        only=only if only in FILTERS else "",
        matched_count=len(lines),
        unmatched=unmatched,
        causes={row.need_id: causes_readable_by(row.causes, eyes_of(actor, row.need)) for row in unmatched},
        tab="unmatched" if request.args.get("tab") == "unmatched" else "matched",
        showing="record" if wanted in known else "queue",
        need=entries[0].need if entries else without.get(need_id or 0),
        need_id=need_id,
        cards=_cards(entries),
        form=form,
        find=find,
        candidates=list_queries.candidates(reading(), list_id, need_id or 0, find, today()) if find else (),
        proof=_proof(request.args.get("proof", type=int), list_id),
        suppliers=len(counts),
        concentration=rules.concentration(counts.values()),
        held=held_weights(found, current_locale()),
        **_weights(found),
    )


def _weights(found: MatchList) -> dict[str, Any]:
    """The panel of a draft's weights, as they are; closed with the reason where others cannot be tried."""
    if found.frozen_at is not None:
        return {"panel": None}
    state = weight_queries.weighable(reading(), found)
    reason = not_weighable(found, state)
    panel = weight_panel(found, choice_in(found.run.weights), state, current_locale())
    return {"panel": panel, "closed": say(reason.code, reason.params) if reason else None, "errors": {}}


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
        eyes = eyes_of(current_actor(), entry.need)
        cards.append(staff_card(entry, rank, wording, current_locale(), urls, eyes))
    return cards


def _proof(job_id: int | None, list_id: int) -> dict[str, Any] | None:
    """What a recomputation of this list gave, if the reader has just followed one."""
    job = reading().get(jobs.Job, job_id) if job_id is not None else None
    if job is None or job.kind != RECOMPUTE:
        return None
    result = job.result or {}
    return result if result.get("list_id") == list_id else None


@pages.get("/lists/<int:list_id>/compare")
def compare(list_id: int) -> Any:
    """Two pairs of one need side by side."""
    found = lists.known_list(reading(), current_actor(), list_id)
    entries = list_queries.entries_by_id(reading(), list_id, request.args.getlist("pair", type=int)[:3])
    need_id = request.args.get("need", type=int)
    if len(entries) != 2 or entries[0].need_id != entries[1].need_id:
        flash(say("conferences.two_wanted"), "danger")
        return redirect(url_for("conferences.match_list", list_id=list_id, need=need_id))
    return render_template(
        "conferences/compare.html",
        match_list=found,
        need=entries[0].need,
        pairs=list(zip(_cards(entries), [entry.capability for entry in entries], strict=True)),
    )


def _decision(entry_id: int, said: str, decide: Callable[[Session], MatchEntry]) -> Response:
    """Carry out one decision; what is refused is said on the list that the pair stands on."""
    try:
        with unit_of_work() as session:
            entry = decide(session)
            list_id, need_id = entry.list_id, entry.need_id
        flash(say(said), "success")
    except Refusal as refusal:
        stood = list_queries.entry_or_none(reading(), entry_id)
        if stood is None:
            raise
        list_id, need_id = stood.list_id, stood.need_id
        flash(say_problem(refusal.problems[0]), "danger")
    return redirect(_at_pair(list_id, need_id, entry_id))


@pages.post("/entries/<int:entry_id>/pin")
def pin(entry_id: int) -> Response:
    actor, reason = current_actor(), request.form.get("reason", "")
    return _decision(
        entry_id,
        "conferences.said.pinned",
        lambda session: lists.pin(session, actor, entry_id, reason=reason, now=now()),
    )


@pages.post("/entries/<int:entry_id>/drop")
def drop(entry_id: int) -> Response:
    actor, reason = current_actor(), request.form.get("reason", "")
    return _decision(
        entry_id,
        "conferences.said.dropped",
        lambda session: lists.drop(session, actor, entry_id, reason=reason, now=now()),
    )


@pages.post("/entries/<int:entry_id>/restore")
def restore(entry_id: int) -> Response:
    actor = current_actor()
    return _decision(
        entry_id,
        "conferences.said.restored",
        lambda session: lists.restore(session, actor, entry_id, now=now()),
    )


@pages.get("/lists/<int:list_id>/candidates")
def candidates(list_id: int) -> str:
    """Options for adding a pair by hand: open capabilities by product or firm name."""
    lists.known_list(reading(), current_actor(), list_id)
    text = _find(request.args.get("q"))
    need_id = request.args.get("need", 0, type=int)
    found = list_queries.candidates(reading(), list_id, need_id, text, today()) if text else ()
    return render_template("conferences/_candidates.html", candidates=found, find=text)


def _find(text: str | None) -> str:
    return (text or "").strip()[:60]


@pages.post("/lists/<int:list_id>/needs/<int:need_id>/add")
def add(list_id: int, need_id: int) -> Response | tuple[str, int]:
    """Ask for a pair by hand; the worker compares the two and puts it on the list."""
    form, actor = AddPairForm(), current_actor()
    capability_id, reason = request.form.get("capability_id", 0, type=int), form.reason.data or ""
    pair = {"list_id": list_id, "need_id": need_id, "capability_id": capability_id}
    try:
        with unit_of_work() as session:
            adding.to_add(session, actor, **pair, reason=reason, now=now())
            job_id = asked_once(session, actor, ADD, {**pair, "reason": reason}, now(), *pair)
    except Refusal as refusal:
        if refusal.problems[0].code == "conferences.frozen":
            raise
        form.offer(capability_id)
        show_refusal(form, refusal)
        return _page(list_id, form, need_id, _find(request.form.get("q"))), 422
    return redirect(url_for("conferences.working", job_id=job_id))


@pages.post("/lists/<int:list_id>/freeze")
def freeze(list_id: int) -> Response:
    try:
        with unit_of_work() as session:
            edition = lists.freeze(session, current_actor(), list_id, now=now()).edition
        flash(say("conferences.said.frozen", edition=edition), "success")
    except Refusal as refusal:  # sent twice, or somebody else was first
        flash(say_problem(refusal.problems[0]), "warning")
    return redirect(url_for("conferences.match_list", list_id=list_id))


@pages.post("/lists/<int:list_id>/recompute")
def recompute(list_id: int) -> Response:
    actor = current_actor()
    with unit_of_work() as session:
        lists.known_list(session, actor, list_id)
        job_id = asked_once(session, actor, RECOMPUTE, {"list_id": list_id}, now(), "list_id")
    return redirect(url_for("conferences.working", job_id=job_id))


@pages.get("/lists/<int:list_id>/match-list.xlsx")
def export(list_id: int) -> FlaskResponse:
    """The workbook; ``copy=firms`` leaves the numbers out."""
    with_scores = request.args.get("copy") != "firms"
    content = exports.match_list_workbook(
        reading(), current_actor(), list_id, locale=current_locale(), with_scores=with_scores
    )
    edition = lists.known_list(reading(), current_actor(), list_id).edition
    name = say("conferences.file.staff" if with_scores else "conferences.file.firms", edition=edition)
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
