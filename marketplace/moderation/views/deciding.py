"""Publish, return, publish many: each leads on to what has waited longest."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from marketplace.core.clock import utc_now
from marketplace.core.errors import Problem, Refusal
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, reading, unit_of_work
from marketplace.moderation import queries, service
from marketplace.moderation.blueprint import pages
from marketplace.moderation.forms import PublishForm, ReturnForm, publish_form
from marketplace.moderation.views.desk import desk_page, only
from marketplace.needs.models import Need

# Titles in one sentence; a page of the desk holds more.
MOST_NAMED = 10
Answer = str | Response | tuple[str, int]


@pages.post("/<any(need, capability):kind>/<int:subject_id>/publish")
@login_required
def publish(kind: str, subject_id: int) -> Answer:
    service.check_bureau(current_actor())
    form = publish_form(kind)
    try:
        with unit_of_work() as session:
            service.publish(
                session,
                current_actor(),
                kind,
                subject_id,
                checklist=form.ticks,
                together=form.together,
                expected_version=form.expected_version,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _refused(kind, subject_id, refusal, form, "publishing")
    return _next(kind, subject_id, "moderation.said.published")


@pages.post("/<any(need, capability):kind>/<int:subject_id>/return")
@login_required
def send_back(kind: str, subject_id: int) -> Answer:
    service.check_bureau(current_actor())
    form = ReturnForm().offer(kind)
    try:
        with unit_of_work() as session:
            service.return_(
                session,
                current_actor(),
                kind,
                subject_id,
                reasons=form.reasons.data or [],
                note=form.note.data,
                expected_version=form.expected_version,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _refused(kind, subject_id, refusal, form, "returning")
    return _next(kind, subject_id, "moderation.said.returned")


def _refused(
    kind: str, subject_id: int, refusal: Refusal, form: PublishForm | ReturnForm, which: str
) -> Answer:
    """The record again, with what is wrong at its box; a changed or decided one as it stands now."""
    subject = service.subject_of(reading(), current_actor(), kind, subject_id)
    code = refusal.code
    if code == "core.stale":
        return desk_page(kind, subject, problem=say("moderation.stale")), 409
    if code == "lifecycle.step":
        return desk_page(kind, subject, problem=say("moderation.decided")), 409
    named = [_placed(problem) for problem in refusal.problems]
    form.version.data = str(subject.version)
    show_refusal(form, Refusal.of(named))
    more: dict[str, Any] = {which: form}
    return desk_page(kind, subject, **more), 422


def _placed(problem: Problem) -> Problem:
    """A stopping flag refused as a sentence that says where it was found."""
    if not problem.code.startswith("moderation.flag."):
        return problem
    where = problem.params.get("where") or "text"
    return Problem(problem.code, None, {**problem.params, "place": (f"moderation.part.{where}", {})})


def _next(kind: str, subject_id: int, said: str) -> Response:
    """On to what has waited longest, within the filter that the officer works in."""
    subject = service.subject_of(reading(), current_actor(), kind, subject_id)
    title = subject.title if isinstance(subject, Need) else subject.product
    flash(say(said, title=title), "success")
    lines = queries.queue(reading(), kind=only(), most=1)
    if not lines:
        return redirect(url_for("moderation.desk", only=only()))
    following = lines[0]
    return redirect(
        url_for("moderation.look", kind=following.kind, subject_id=following.subject_id, only=only())
    )


@pages.post("/batch")
@login_required
def batch() -> Answer:
    """Publish the chosen lines of one kind in which nothing was found; refused, the page keeps what was ticked."""
    actor = current_actor()
    service.check_bureau(actor)
    kind = request.form.get("kind", "")
    if kind not in queries.KINDS:
        flash(say("moderation.one_kind"), "warning")
        return redirect(url_for("moderation.desk"))
    form, chosen = publish_form(kind), _chosen()
    try:
        with unit_of_work() as session:
            done = service.publish_clean(session, actor, kind, chosen, checklist=form.ticks, now=utc_now())
    except Refusal as refusal:
        why = list(dict.fromkeys(say_problem(problem) for problem in refusal.problems))
        return desk_page(None, None, batch=form, chosen=chosen, left_undone=why), 422
    if done.published:
        flash(say("moderation.said.batch", count=len(done.published)), "success")
    for sentence in _left(kind, done):
        flash(sentence, "warning")
    return redirect(url_for("moderation.desk", only=kind))


def _chosen() -> dict[int, int]:
    """Ids and the versions that stood on the page, from boxes whose value is ``<id>-<version>``."""
    chosen = {}
    for value in request.form.getlist("chosen"):
        subject_id, _, version = value.partition("-")
        if subject_id.isdecimal() and version.isdecimal() and len(value) < 30:
            chosen[int(subject_id)] = int(version)
    return chosen


def _left(kind: str, done: service.Batch) -> list[str]:
    """What was not published, one sentence for each reason."""
    titles = queries.titles(reading(), kind, done.left)
    by_reason: dict[str, list[str]] = {}
    for subject_id, problem in done.left.items():
        by_reason.setdefault(say_problem(problem), []).append(titles.get(subject_id, f"#{subject_id}"))
    return [
        say("moderation.said.left", count=len(named), titles=named[:MOST_NAMED], why=why)
        for why, named in by_reason.items()
    ]
