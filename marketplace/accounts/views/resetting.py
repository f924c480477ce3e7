"""A forgotten password: ask for a link, use it once."""

from __future__ import annotations

import time

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import letters, service, throttle
from marketplace.accounts.forms import (
    CodeForm,
    ResetForm,
    ResetRequestForm,
)
from marketplace.accounts.views.blueprint import TRIES, pages
from marketplace.accounts.web import (
    address,
    answer_evenly,
    dead_link,
    mail_link,
    refused,
    same_twice,
    site,
)
from marketplace.core.codes import normal_code
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say
from marketplace.core.web.limits import limiter
from marketplace.core.web.request import now, reading, settings, unit_of_work
from marketplace.mail.sms import sender_for


@pages.route("/reset", methods=["GET", "POST"])
@limiter.limit(TRIES, methods=["POST"])
def reset_request() -> ResponseReturnValue:
    """Ask for a link. The answer is the same, in words and in time, whether the name is known or not."""
    form, status, started = ResetRequestForm(), 200, time.monotonic()
    sms = sender_for(settings())
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as writing:
                    found = service.request_reset(
                        writing, login=form.login.data, address=address(), by_sms=sms.on, now=now()
                    )
                    if found is not None and found[0].email is not None:
                        account, token = found
                        link = mail_link("accounts.reset", token=token)
                        letters.send_reset(writing, account, token, link, site(), now())
                # A message cannot be taken back, so it follows the commit of its code.
                if found is not None and found[0].email is None and found[0].mobile is not None:
                    sms.send(found[0].mobile, letters.reset_sms(found[0], found[1], site()))
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                answer_evenly(started)
                return redirect(url_for("accounts.reset_asked"))
    return render_template("accounts/reset_request.html", form=form, sms_on=sms.on), status


@pages.get("/reset/asked")
def reset_asked() -> str:
    return render_template("accounts/reset_asked.html", sms_on=sender_for(settings()).on)


@pages.route("/reset/code", methods=["GET", "POST"])
@limiter.limit(TRIES, methods=["POST"])
def reset_code() -> ResponseReturnValue:
    """Where a code that the bureau handed out is typed in. Tries are counted per address."""
    form, status = CodeForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            code = normal_code(form.code.data)
            try:
                with unit_of_work() as writing:
                    throttle.spend(writing, "reset_address", address(), now())
                if service.reset_link_works(reading(), code, now()):
                    return redirect(url_for("accounts.reset", token=code))
                form.code.errors = [say("accounts.code_wrong")]
            except Refusal as refusal:
                status = refused(form, refusal)
    return render_template("accounts/reset_code.html", form=form), status


@pages.route("/reset/<token>", methods=["GET", "POST"])
@limiter.limit(TRIES, methods=["POST"])
def reset(token: str) -> ResponseReturnValue:
    if not service.reset_link_works(reading(), token, now()):
        return dead_link(url_for("accounts.reset_request"), _("重新申请链接"))
    form, status = ResetForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate() and same_twice(form):
            try:
                with unit_of_work() as writing:
                    account = service.reset_password(
                        writing, token=token, password=form.password.data, now=now()
                    )
                    letters.send_password_changed(
                        writing, account, mail_link("accounts.reset_request"), site(), now()
                    )
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                flash(_("新密码已生效，请用它登录。"), "success")
                return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/reset.html", form=form), status
