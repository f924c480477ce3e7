"""Pages of saved searches: what one follows, what is new, and the few things one can do with it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from marketplace.core.errors import Refusal
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.limits import SEARCHES, limiter
from marketplace.core.web.request import (
    current_actor,
    current_locale,
    now,
    reading,
    today,
    unit_of_work,
)
from marketplace.discovery import facets, saving
from marketplace.discovery.blueprint import ENDPOINTS, pages
from marketplace.discovery.cards import cards
from marketplace.discovery.models import SavedSearch
from search.query import BadQuery
from search.results import Hit

PAGE_SIZE = 20


def search_url(search: SavedSearch) -> str:
    """The search page that it was saved from."""
    return url_for(ENDPOINTS[search.kind], q=search.text or None, **search.filters)


def _conditions(search: SavedSearch, names: facets.Names) -> list[str]:
    return [names.of(facet, value) for facet, values in search.filters.items() for value in values]


@pages.get("/searches")
@login_required
def saved() -> str:
    names = facets.Names(reading(), current_locale())
    rows = [
        {
            "search": row.search,
            "unseen": row.unseen,
            "conditions": _conditions(row.search, names),
            "url": search_url(row.search),
        }
        for row in saving.followed(reading(), current_actor())
    ]
    return render_template("discovery/saved.html", rows=rows)


@pages.post("/searches")
@login_required
@limiter.limit(SEARCHES)
def save_search() -> Any:
    kind = request.form.get("kind", "")
    asked = {facet: tuple(request.form.getlist(facet)) for facet in facets.OF_KIND.get(kind, ())}
    try:
        with unit_of_work() as writing:
            search = saving.save(
                writing,
                current_actor(),
                name=request.form.get("name", ""),
                kind=kind,
                text=request.form.get("q", ""),
                filters={facet: values for facet, values in asked.items() if values},
                cadence=request.form.get("cadence", ""),
                now=now(),
            )
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "error")
        return redirect(url_for(ENDPOINTS.get(kind, "discovery.needs")))
    except BadQuery as bad:
        flash(say(f"discovery.{bad.code}", bad.params), "error")
        return redirect(url_for(ENDPOINTS.get(kind, "discovery.needs")))
    flash(_("已关注「%(name)s」：今后有新的结果，会列在这里。", name=search.name), "success")
    return redirect(url_for("discovery.saved"))


@pages.get("/searches/<int:search_id>")
@login_required
def saved_search(search_id: int) -> str:
    search = saving.own_search(reading(), current_actor(), search_id)
    before = request.args.get("before", type=int)
    found = saving.found_by(reading(), search, before, PAGE_SIZE + 1)
    page = found[:PAGE_SIZE]
    since = request.args.get("since", type=int)
    names = facets.Names(reading(), current_locale())
    hits = [Hit(search.kind, row.item_id, (), "", (), 0.0) for row in page]
    shown = cards(reading(), current_actor(), hits, today(), names)
    by_url = {row.item_id: row for row in page}
    for card in shown:
        row = by_url[card["id"]]
        if since is not None and row.hit_id > since:
            word, tone = (_("新"), "primary") if row.first else (_("有更新"), "doubt")
            card["badges"] = [{"label": word, "icon": None, "tone": tone}, *card["badges"]]
    return render_template(
        "discovery/saved_search.html",
        search=search,
        conditions=_conditions(search, names),
        cards=shown,
        url=search_url(search),
        next_url=url_for("discovery.saved_search", search_id=search.id, before=page[-1].hit_id)
        if len(found) > PAGE_SIZE
        else None,
    )


@pages.post("/searches/<int:search_id>/look")
@login_required
def look_at_search(search_id: int) -> Any:
    with unit_of_work() as writing:
        since = saving.look(writing, current_actor(), search_id)
    return redirect(url_for("discovery.saved_search", search_id=search_id, since=since))


@pages.post("/searches/<int:search_id>")
@login_required
def change_search(search_id: int) -> Any:
    try:
        with unit_of_work() as writing:
            saving.change(
                writing,
                current_actor(),
                search_id,
                name=request.form.get("name", ""),
                cadence=request.form.get("cadence", ""),
                now=now(),
            )
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "error")
    else:
        flash(_("已保存。"), "success")
    return redirect(url_for("discovery.saved_search", search_id=search_id))


@pages.post("/searches/<int:search_id>/<any(mute, unmute):step>")
@login_required
def mute_search(search_id: int, step: str) -> Any:
    with unit_of_work() as writing:
        saving.mute(writing, current_actor(), search_id, muted=step == "mute", now=now())
    flash(_("已静音：继续查找，不再提醒。") if step == "mute" else _("已恢复提醒。"), "success")
    return redirect(url_for("discovery.saved"))


@pages.post("/searches/<int:search_id>/delete")
@login_required
def delete_search(search_id: int) -> Any:
    with unit_of_work() as writing:
        saving.delete(writing, current_actor(), search_id, now=now())
    flash(_("已删除。"), "success")
    return redirect(url_for("discovery.saved"))
