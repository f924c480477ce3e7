"""A search taken away as a table: at once while it is short, as a job that one can leave and come back to when it is long."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required

from marketplace.core import jobs
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.jobs import Job
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.limits import EXPORTS, limiter
from marketplace.core.web.request import (
    current_actor,
    current_locale,
    file_store,
    now,
    reading,
    settings,
    today,
    unit_of_work,
)
from marketplace.discovery import exporting, facets
from marketplace.discovery.blueprint import ENDPOINTS, pages
from marketplace.discovery.exporting import MEDIA_TYPES, Question
from search.engines.base import EngineError
from search.query import BadQuery


@pages.post("/searches/export")
@login_required
@limiter.limit(EXPORTS)
def export() -> Any:
    kind = request.form.get("kind", "")
    asked = {facet: tuple(request.form.getlist(facet)) for facet in facets.OF_KIND.get(kind, ())}
    filters = {facet: values for facet, values in asked.items() if values}
    question = Question(kind, request.form.get("q", ""), filters, request.form.get("format", ""))
    try:
        rows = exporting.count(settings(), current_actor(), question, today())
        with unit_of_work() as writing:
            job = exporting.ask(writing, current_actor(), question, rows, now=now())
            job_id = job.id if job is not None else None
        if job_id is not None:
            return redirect(url_for("discovery.export_state", job_id=job_id))
        content = exporting.table(settings(), question, lambda: (reading(), current_actor()), today())
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "error")
    except BadQuery as bad:
        flash(say(f"discovery.{bad.code}", bad.params), "error")
    except EngineError:
        flash(_("检索服务暂时不可用，没有导出：请过几分钟再试。"), "error")
    else:
        name = exporting.file_name(question, current_locale(), today())
        media_type = MEDIA_TYPES[question.suffix]
        return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    return redirect(url_for(ENDPOINTS.get(kind, "discovery.needs")))


def _own(job_id: int) -> Job:
    job = jobs.own_job(reading(), current_actor(), job_id)
    if job.kind != exporting.EXPORT or job.account_id != current_actor().account_id:
        raise NotFound
    return job


@pages.get("/searches/exports/<int:job_id>")
@login_required
def export_state(job_id: int) -> str:
    job = _own(job_id)
    failure = say(job.failure["code"], job.failure["params"]) if job.failure is not None else None
    ready = exporting.kept_file(reading(), job, now())
    return render_template("discovery/export.html", job=job, failure=failure, ready=ready)


@pages.get("/searches/exports/<int:job_id>/progress")
@login_required
def export_progress(job_id: int) -> Any:
    """The fragment that polls itself; leads on when the job is done."""
    job = _own(job_id)
    if job.finished_at is None:
        return render_template("discovery/_exporting.html", job=job)
    target = url_for("discovery.export_state", job_id=job_id)
    if request.headers.get("HX-Request"):
        return Response("", 200, {"HX-Redirect": target})
    return redirect(target)


@pages.get("/searches/exports/<int:job_id>/file")
@login_required
def export_file(job_id: int) -> Any:
    stored = exporting.kept_file(reading(), _own(job_id), now())
    if stored is None:
        raise NotFound
    path = file_store().path_of(stored.sha256)
    return send_file(
        path, mimetype=stored.media_type, as_attachment=True, download_name=stored.name, max_age=0
    )
