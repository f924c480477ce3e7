"""Pages of a list's weights: choose them, see what they would change, adopt them. Part of the conferences' pages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.conferences import lists, weight_queries, weights
from marketplace.conferences.asking import asked_once
from marketplace.conferences.blueprint import pages
from marketplace.conferences.jobs import REWEIGH
from marketplace.conferences.weight_cards import preview_cards, weight_panel
from marketplace.conferences.weight_rules import choice_in, chosen, preset
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say_problem
from marketplace.core.web.request import current_actor, current_locale, now, reading, unit_of_work


@pages.get("/lists/<int:list_id>/weights")
def weights_of_list(list_id: int) -> tuple[str, int]:
    """The panel with what its weights would change; the part alone where a page has asked for it."""
    found = lists.known_list(reading(), current_actor(), list_id)
    steps, shown, errors, closed = choice_in(found.run.weights), None, {}, None
    try:
        steps = _asked()
        after = request.args.get("after", 0, type=int)
        shown = weights.preview(reading(), current_actor(), list_id, steps, after)
    except Refusal as refusal:
        errors = {problem.field: say_problem(problem) for problem in refusal.problems if problem.field}
        closed = None if errors else say_problem(refusal.problems[0])
    values: dict[str, Any] = {
        "panel": weight_panel(found, steps, weight_queries.weighable(reading(), found), current_locale()),
        "preview": shown,
        "cards": preview_cards(shown, found.run.weights, steps, current_actor(), current_locale())
        if shown
        else (),
        "errors": errors,
        "closed": closed,
    }
    part = request.headers.get("HX-Request")
    template = "conferences/_weights.html" if part else "conferences/weights.html"
    return render_template(template, match_list=found, **values), 422 if errors else 200


def _asked() -> dict[str, str]:
    """The choice in the address: a named one, or the step of each signal."""
    key = request.args.get("preset")
    if key is None:
        return chosen(request.args)
    named = preset(key)
    if named is None:
        raise Refusal("conferences.preset_unknown", "preset")
    return dict(named.steps)


@pages.post("/lists/<int:list_id>/weights")
def adopt_weights(list_id: int) -> Response:
    """Ask for a new edition under these weights; the worker makes it."""
    actor = current_actor()
    try:
        with unit_of_work() as session:
            steps = chosen(request.form)
            weights.to_adopt(session, actor, list_id, steps)
            wanted = {"list_id": list_id, "steps": steps}
            job_id = asked_once(session, actor, REWEIGH, wanted, now(), "list_id")
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "warning")
        return redirect(url_for("conferences.match_list", list_id=list_id))
    return redirect(url_for("conferences.working", job_id=job_id))
