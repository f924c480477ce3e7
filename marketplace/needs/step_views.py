"""Steps in a need's life, each a POST: submit, withdraw, pause, resume, renew, close, reopen, revise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from marketplace.core.errors import Refusal
from marketplace.core.web.language import table_day
from marketplace.core.web.links import local_path
from marketplace.core.web.request import now, unit_of_work
from marketplace.needs import service
from marketplace.needs.blueprint import NEED, pages, signed_in, tell
from marketplace.needs.edit_views import with_problems

_PLAIN: dict[str, tuple[Callable[..., Any], Any]] = {
    "withdraw": (service.withdraw, lazy_gettext("已撤回，现在是草稿，改好后可以再提交。")),
    "pause": (service.pause, lazy_gettext("已暂停，其他企业暂时看不到；随时可以恢复。")),
    "resume": (service.resume, lazy_gettext("已恢复，其他企业又能看到了。")),
    "revise": (service.revise, lazy_gettext("已转为草稿：改好后提交，审核通过再公开。")),
    "reopen": (service.reopen, lazy_gettext("已撤销关闭，需求恢复到关闭前的状态。")),
}


def _done(need_id: int, take: Callable[[Session], object], said: str) -> Response:
    """Take a step and go back to where the reader was; what refuses it is said there."""
    try:
        with unit_of_work() as session:
            take(session)
    except Refusal as refusal:
        tell(refusal)
    else:
        flash(said, "success")
    target = local_path(request.form.get("next"))
    return redirect(target if target != "/" else url_for("needs.show", need_id=need_id))


@pages.post(f"{NEED}/<any(withdraw, pause, resume, revise, reopen):verb>")
def step(need_id: int, verb: str) -> Response:
    actor = signed_in()
    work, said = _PLAIN[verb]
    answer = _done(need_id, lambda session: work(session, actor, need_id, now=now()), str(said))
    if verb == "revise":
        answer.location = url_for("needs.edit", need_id=need_id)
    return answer


@pages.post(f"{NEED}/submit")
def submit(need_id: int) -> Response | tuple[str, int]:
    """Submit from the record page. Where something is missing the form opens, with the errors at their fields."""
    actor = signed_in()
    try:
        with unit_of_work() as session:
            service.submit(session, actor, need_id, now=now())
    except Refusal as refusal:
        if refusal.code != "lifecycle.step":
            return with_problems(need_id, refusal), 422
        tell(refusal)
    else:
        flash(gettext("需求已提交，主办单位审核后发布；审核期间可以撤回修改。"), "success")
    return redirect(url_for("needs.show", need_id=need_id))


@pages.post(f"{NEED}/renew")
def renew(need_id: int) -> Response:
    actor = signed_in()
    try:
        until = date.fromisoformat(request.form.get("valid_until", "").strip())
    except ValueError:
        tell(Refusal("needs.valid_until_missing", "valid_until"))
        return redirect(url_for("needs.show", need_id=need_id))
    said = gettext("有效期已延长到 %(day)s。", day=table_day(until))
    return _done(
        need_id,
        lambda session: service.renew(session, actor, need_id, valid_until=until, now=now()),
        said,
    )


@pages.post(f"{NEED}/close")
def close(need_id: int) -> Response:
    actor = signed_in()
    reason = request.form.get("reason", "")
    said = gettext("需求已关闭。关错了可以在七天内撤销。")
    return _done(
        need_id, lambda session: service.close(session, actor, need_id, reason=reason, now=now()), said
    )
