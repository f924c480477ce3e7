"""Attachments and invited firms of a need."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath

from flask import flash, redirect, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.web.language import say_problem
from marketplace.core.web.links import local_path
from marketplace.core.web.request import current_actor, file_store, forget_files, now, reading, unit_of_work
from marketplace.needs import attachments, inviting
from marketplace.needs.attachments import AttachmentLine
from marketplace.needs.blueprint import NEED, pages, signed_in, tell
from marketplace.needs.record import record_page

_ATTACHMENT = f"{NEED}/attachments/<int(max=9223372036854775807):attachment_id>"


def name_shown(line: AttachmentLine, number: int) -> str:
    """The file's own name, or a plain one where that might say who the buyer is."""
    return line.name or gettext(
        "附件 %(number)s%(suffix)s", number=number, suffix=PurePath(line.attachment.file.name).suffix
    )


@pages.get(_ATTACHMENT)
def download(need_id: int, attachment_id: int) -> Response:
    line = attachments.to_download(reading(), current_actor(), need_id, attachment_id, now())
    stored = line.attachment.file
    path = file_store().path_of(stored.sha256)
    if not path.exists():
        raise NotFound
    answer = send_file(
        BytesIO(path.read_bytes()),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=name_shown(line, attachment_id),
        conditional=False,
        etag=False,
        max_age=0,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post(f"{_ATTACHMENT}/remove")
def remove(need_id: int, attachment_id: int) -> Response:
    actor = signed_in()
    forget_files(lambda session: attachments.remove(session, actor, need_id, attachment_id, now=now()))
    flash(gettext("附件已移除，文件也已删除。"), "success")
    return _back(need_id)


@pages.post(f"{_ATTACHMENT}/ask")
def ask(need_id: int, attachment_id: int) -> Response:
    """A firm asks for a restricted attachment; for nda this is where it accepts the undertaking."""
    actor = signed_in()
    try:
        with unit_of_work() as session:
            attachments.ask(
                session,
                actor,
                need_id,
                attachment_id,
                _own_firm(actor),
                undertaking="undertaking" in request.form,
                now=now(),
            )
        flash(gettext("已申请。采购方同意后，这里会出现下载按钮。"), "success")
    except Refusal as refusal:
        tell(refusal)
    return _back(need_id)


def _own_firm(actor: Actor) -> int:
    firm_id = request.form.get("firm_id", type=int)
    if firm_id is None and len(actor.firm_ids) == 1:
        return next(iter(actor.firm_ids))
    if firm_id is None:
        raise NotFound
    return firm_id


@pages.post(f"{_ATTACHMENT}/<any(release, revoke):verb>/<int(max=9223372036854775807):firm_id>")
def decide(need_id: int, attachment_id: int, verb: str, firm_id: int) -> Response:
    actor = signed_in()
    try:
        with unit_of_work() as session:
            if verb == "release":
                attachments.release(session, actor, need_id, attachment_id, firm_id, now=now())
                flash(gettext("已放行，对方现在可以下载。"), "success")
            else:
                attachments.revoke(session, actor, need_id, attachment_id, firm_id, now=now())
                flash(gettext("已收回，对方不能再下载；此前下载的文件仍受保密承诺约束。"), "success")
    except Refusal as refusal:
        tell(refusal)
    return _back(need_id)


@pages.post(f"{NEED}/invite")
def invite(need_id: int) -> Response | tuple[str, int]:
    actor, text = signed_in(), request.form.get("firms", "")
    try:
        with unit_of_work() as session:
            count = inviting.invite_named(session, actor, need_id, text, now=now())
    except Refusal as refusal:
        problems = [say_problem(problem) for problem in refusal.problems]
        return record_page(need_id, invite_text=text, invite_problems=problems), 422
    flash(gettext("已邀请 %(count)s 家企业。", count=count), "success")
    return redirect(url_for("needs.show", need_id=need_id, _anchor="invitees"))


@pages.post(f"{NEED}/uninvite/<int(max=9223372036854775807):firm_id>")
def uninvite(need_id: int, firm_id: int) -> Response:
    actor = signed_in()
    with unit_of_work() as session:
        inviting.uninvite(session, actor, need_id, firm_id, now=now())
    flash(gettext("已取消邀请，这家企业不再看到这条需求。"), "success")
    return redirect(url_for("needs.show", need_id=need_id, _anchor="invitees"))


def _back(need_id: int) -> Response:
    target = local_path(request.form.get("next"))
    return redirect(
        target if target != "/" else url_for("needs.show", need_id=need_id, _anchor="attachments")
    )
