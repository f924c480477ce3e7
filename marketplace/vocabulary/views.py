"""Pages of the vocabulary: the list, one set, what a change would do, and keeping it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from marketplace.core import analysis, jobs
from marketplace.core.clock import utc_now
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.web.language import say
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, reading, unit_of_work
from marketplace.vocabulary import service
from marketplace.vocabulary.forms import SetForm
from marketplace.vocabulary.service import Listed

pages = Blueprint("vocabulary", __name__, url_prefix="/synonyms")
PAGE = 50
Answer = str | Response | tuple[str, int]


@pages.get("/")
@login_required
def index() -> str:
    sought = request.args.get("q", "")[:60].strip()
    every = service.listed(reading(), current_actor(), sought)
    first = min(max(request.args.get("from", 0, type=int), 0), len(every)) // PAGE * PAGE
    return render_template(
        "vocabulary/index.html",
        sets=every[first : first + PAGE],
        count=len(every),
        sought=sought,
        newer=first - PAGE if first else None,
        older=first + PAGE if first + PAGE < len(every) else None,
    )


@pages.route("/new", methods=["GET", "POST"])
@login_required
def new() -> Answer:
    service.check_bureau(current_actor())
    return _form(None)


@pages.route("/<int:set_id>", methods=["GET", "POST"])
@login_required
def edit(set_id: int) -> Answer:
    return _form(service.found(reading(), current_actor(), set_id, ""))


@pages.route("/shipped", methods=["GET", "POST"])
@login_required
def edit_shipped() -> Answer:
    return _form(service.found(reading(), current_actor(), None, request.args.get("name", "")))


def _form(kept: Listed | None) -> Answer:
    """Show the set; when it is sent, have its effect weighed. Retiring is weighed too."""
    if request.method == "GET":
        return render_template("vocabulary/form.html", form=SetForm.of(kept), kept=kept)
    form = SetForm()
    retiring = kept is not None and "retire" in request.form
    try:
        with unit_of_work() as session:
            names = [] if retiring else form.each
            reason = (form.reason.data or "").strip()
            job_id = service.weigh(session, current_actor(), kept, names, reason, now=utc_now()).id
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render_template("vocabulary/form.html", form=form, kept=kept), 400
    return redirect(url_for("vocabulary.weighed", job_id=job_id))


@pages.get("/changes/<int:job_id>")
@login_required
def weighed(job_id: int) -> Answer:
    """What the change would do; while it is being reckoned, the page asks again by itself."""
    service.check_bureau(current_actor())
    job = _job(job_id)
    if job.state == "done" and request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": url_for("vocabulary.weighed", job_id=job_id)})
    part = "vocabulary/_working.html" if request.headers.get("HX-Request") else "vocabulary/weighed.html"
    return render_template(part, job=job)


@pages.post("/changes/<int:job_id>/keep")
@login_required
def keep(job_id: int) -> Answer:
    service.check_bureau(current_actor())
    _job(job_id)
    try:
        with unit_of_work() as session:
            job = jobs.own_job(session, current_actor(), job_id)
            service.keep(session, current_actor(), job, now=utc_now())
    except Refusal as refusal:
        flash(say(refusal.code), "danger")
        return redirect(url_for("vocabulary.index"))
    analysis.look_again()
    flash(say("vocabulary.said.kept"), "success")
    return redirect(url_for("vocabulary.index"))


def _job(job_id: int) -> jobs.Job:
    job = jobs.own_job(reading(), current_actor(), job_id)
    if job.kind != service.WEIGH:
        raise NotFound
    return job
