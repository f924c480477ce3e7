"""Photos of a capability on its form: add, name, order, remove; and the pictures themselves."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from marketplace.capabilities import photos, queries, rules
from marketplace.capabilities.blueprint import pages
from marketplace.capabilities.views.writing import mine_or_404
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.web.language import say_problem
from marketplace.core.web.limits import UPLOADS, limiter
from marketplace.core.web.request import current_actor, file_store, keeping, now, reading, today, unit_of_work


@pages.get("/<int:capability_id>/photos/<int:photo_id>")
def photo(capability_id: int, photo_id: int) -> Response:
    """The picture, for whoever may see the capability. Browsers keep it to themselves for an hour."""
    stored = photos.file_of(reading(), current_actor(), capability_id, photo_id, now())
    response = FlaskResponse(file_store().read(stored.sha256), mimetype=stored.media_type)
    response.headers["Content-Disposition"] = f"inline; filename=photo-{photo_id}.jpg"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.set_etag(stored.sha256)
    return response.make_conditional(request)


@pages.post("/<int:capability_id>/photos")
@login_required
@limiter.limit(UPLOADS)
def add_photos(capability_id: int) -> str | Response:
    mine_or_404(capability_id)
    problems = []
    for upload in request.files.getlist("photos"):
        if not upload.filename:
            continue
        try:
            picture = photos.drawn(upload.filename, upload.read())
            with keeping(picture.content) as session:
                photos.add(session, current_actor(), file_store(), capability_id, picture, now=now())
        except Refusal as refusal:
            problems += [say_problem(problem) for problem in refusal.problems]
    return _list(capability_id, problems)


@pages.post("/<int:capability_id>/photos/<int:photo_id>/<any(caption, earlier, later, remove):change>")
@login_required
def change_photo(capability_id: int, photo_id: int, change: str) -> str | Response:
    problems = []
    actor = current_actor()
    try:
        with unit_of_work() as session:
            if change == "caption":
                photos.caption(
                    session,
                    actor,
                    capability_id,
                    photo_id,
                    request.form.get(f"caption-{photo_id}", ""),
                    now=now(),
                )
            elif change == "remove":
                photos.remove(session, actor, capability_id, photo_id, now=now())
            else:
                places = -1 if change == "earlier" else 1
                photos.move(session, actor, capability_id, photo_id, places, now=now())
    except Refusal as refusal:
        problems = [say_problem(problem) for problem in refusal.problems]
    return _list(capability_id, problems)


def _list(capability_id: int, problems: list[str]) -> str | Response:
    """The list of photos as a fragment; without scripts, the form again with what went wrong on top."""
    if not request.headers.get("HX-Request"):
        for problem in problems:
            flash(problem, "error")
        return redirect(url_for("capabilities.edit", capability_id=capability_id) + "#photos-part")
    capability = queries.capability_or_none(reading(), current_actor(), capability_id, today())
    if capability is None:
        raise NotFound
    return render_template(
        "capabilities/_photos.html", capability=capability, problems=problems, most_photos=rules.MOST_PHOTOS
    )
