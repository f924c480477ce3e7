"""The status page of index and outbox, for administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from marketplace.core.db import LARGEST_ID
from marketplace.core.errors import Forbidden
from marketplace.core.web.request import current_actor, database, now, reading, settings, unit_of_work
from marketplace.discovery import tending
from marketplace.discovery.blueprint import pages
from marketplace.discovery.engine import engine_of
from marketplace.discovery.rules import may_watch_index

_JOBS = {"reconcile": tending.RECONCILE, "rebuild": tending.REBUILD}


@pages.get("/administration/index")
@login_required
def index_state() -> str:
    found = tending.standing(reading(), current_actor(), engine_of(settings()), now())
    return render_template("discovery/index_state.html", found=found, now=now())


@pages.post("/administration/index/<any(reconcile, rebuild):work>")
@login_required
def index_work(work: str) -> Any:
    if not may_watch_index(current_actor()):
        raise Forbidden
    tending.refuse_while_silent(engine_of(settings()))
    with unit_of_work() as writing:
        tending.ask_for(writing, current_actor(), _JOBS[work], now())
    flash(_("已排上，几秒后开始；刷新本页看结果。"), "success")
    return redirect(url_for("discovery.index_state"))


@pages.post("/administration/index/back")
@login_required
def index_back() -> Any:
    tending.go_back(database(), current_actor(), engine_of(settings()), now())
    flash(_("已切回上一份索引，正在补上此后的改动。"), "success")
    return redirect(url_for("discovery.index_state"))


@pages.post("/administration/outbox/retry")
@login_required
def outbox_retry() -> Any:
    if not may_watch_index(current_actor()):
        raise Forbidden
    if not request.form.getlist("ids"):
        flash(_("还没有勾选：请先勾选要再试的，再点「勾选的再试一次」。"), "info")
        return redirect(url_for("discovery.index_state"))
    asked = [int(text) for text in request.form.getlist("ids") if text.isascii() and text.isdigit()]
    with unit_of_work() as writing:
        ids = [number for number in asked[:500] if number <= LARGEST_ID]
        count = tending.revive(writing, current_actor(), ids, now())
    flash(_("%(count)s 项将再试一次。", count=count), "success" if count else "info")
    return redirect(url_for("discovery.index_state"))
